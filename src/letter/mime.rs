//! A letter on the wire: text and HTML side by side, files after them, 7-bit encodings, threaded, marked as
//! automatic.

use std::time::Duration;
use std::time::SystemTime;

use lettre::Address;
use lettre::Message;
use lettre::message::Attachment as Attached;
use lettre::message::Body;
use lettre::message::Mailbox;
use lettre::message::MultiPart;
use lettre::message::MultiPartKind;
use lettre::message::SinglePart;
use lettre::message::header::ContentTransferEncoding;
use lettre::message::header::ContentType;
use lettre::message::header::Header;
use lettre::message::header::HeaderName;
use lettre::message::header::HeaderValue;
use sha2::Digest;
use sha2::Sha256;

use crate::message::LOOP_MARK;
use crate::text::words::hex;

/// What a letter says and to whom.
pub struct Draft<'a> {
    /// Display name of the sender, Vietnamese.
    pub from_name: &'a str,
    pub from: &'a str,
    pub to: &'a str,
    pub subject: &'a str,
    /// What the Message-ID is made of: the letter's key, or a token of it that nobody can guess.
    pub key: &'a str,
    /// Date header, ms UTC.
    pub at: i64,
    /// Message-ID of the mail it answers, without brackets.
    pub in_reply_to: Option<&'a str>,
    /// The thread so far, without brackets.
    pub references: &'a [String],
    pub author: Author,
    pub text: &'a str,
    pub html: &'a str,
    pub attachments: &'a [Attachment<'a>],
    /// More headers for programs: name and value, both ASCII.
    pub headers: &'a [(&'a str, &'a str)],
}

/// A file that goes with a letter.
pub struct Attachment<'a> {
    /// As people see it; any letters.
    pub name: &'a str,
    /// "application/zip"
    pub media_type: &'a str,
    pub bytes: &'a [u8],
}

/// Who wrote a letter, for Auto-Submitted (RFC 3834 §5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Author {
    /// A machine, answering a mail: `auto-replied`.
    Answer,
    /// A machine, of itself: `auto-generated`.
    Machine,
    /// A clerk.
    Person,
}

/// A letter ready to be queued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Composed {
    /// Without brackets.
    pub rfc_id: String,
    pub mime: String,
}

#[derive(Debug, thiserror::Error)]
#[error("letter cannot be composed: {0}")]
pub struct BadLetter(String);

/// Puts a letter into its wire form.
pub fn compose(draft: &Draft<'_>) -> Result<Composed, BadLetter> {
    let from: Address = draft
        .from
        .parse()
        .map_err(|_| BadLetter("sender is no address".into()))?;
    let to: Address = draft
        .to
        .parse()
        .map_err(|_| BadLetter("recipient is no address".into()))?;
    let rfc_id = message_id(draft.key, from.domain());
    let date = SystemTime::UNIX_EPOCH + Duration::from_millis(u64::try_from(draft.at).unwrap_or(0));
    let mut builder = Message::builder()
        .from(Mailbox::new(Some(draft.from_name.to_owned()), from))
        .to(Mailbox::new(None, to))
        .subject(one_line(draft.subject))
        .date(date)
        .message_id(Some(format!("<{rfc_id}>")))
        .header(LoopMark(
            rfc_id.split('@').next().unwrap_or_default().to_owned(),
        ));
    if let Some(answered) = draft.in_reply_to {
        let answered = one_line(answered);
        let mut thread: Vec<String> = draft
            .references
            .iter()
            .map(|id| format!("<{}>", one_line(id)))
            .collect();
        // A long thread keeps its root and its latest mails.
        if thread.len() > 20 {
            thread.drain(1..thread.len() - 15);
        }
        thread.push(format!("<{answered}>"));
        thread.dedup();
        builder = builder
            .in_reply_to(format!("<{answered}>"))
            .references(thread.join(" "));
    }
    builder = match draft.author {
        Author::Answer => builder.header(AutoSubmitted("auto-replied")),
        Author::Machine => builder.header(AutoSubmitted("auto-generated")),
        Author::Person => builder,
    };
    for (name, value) in draft.headers {
        let name = HeaderName::new_from_ascii((*name).to_owned())
            .map_err(|error| BadLetter(error.to_string()))?;
        builder = builder.raw_header(HeaderValue::new(name, one_line(value)));
    }
    let boundary = rfc_id.split('@').next().unwrap_or_default();
    let said = MultiPart::builder()
        .kind(MultiPartKind::Alternative)
        .boundary(format!("=_{boundary}"))
        .singlepart(SinglePart::plain(draft.text.to_owned()))
        .singlepart(SinglePart::html(draft.html.to_owned()));
    let content = if draft.attachments.is_empty() {
        said
    } else {
        let mut content = MultiPart::builder()
            .kind(MultiPartKind::Mixed)
            .boundary(format!("=_a{boundary}"))
            .multipart(said);
        for file in draft.attachments {
            content = content.singlepart(attached(file)?);
        }
        content
    };
    let message = builder
        .multipart(content)
        .map_err(|error| BadLetter(error.to_string()))?;
    let mime = String::from_utf8(message.formatted()).map_err(|_| BadLetter("not 7-bit".into()))?;
    Ok(Composed { rfc_id, mime })
}

/// A file as base64 lines, its name by RFC 2231.
fn attached(file: &Attachment<'_>) -> Result<SinglePart, BadLetter> {
    let media_type = ContentType::parse(file.media_type)
        .map_err(|_| BadLetter(format!("{} is no media type", file.media_type)))?;
    let body = Body::new_with_encoding(file.bytes.to_vec(), ContentTransferEncoding::Base64)
        .map_err(|_| BadLetter("a file cannot be encoded".into()))?;
    Ok(Attached::new(one_line(file.name)).body(body, media_type))
}

/// The Message-ID (without brackets) of the letter with this key.
pub fn message_id(key: &str, domain: &str) -> String {
    let hash = hex(&Sha256::digest(key.as_bytes()));
    format!("{}@{domain}", &hash[..32])
}

/// Header text never holds a line break, whatever a stranger's subject held.
fn one_line(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

#[derive(Clone)]
struct AutoSubmitted(&'static str);

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Err("only written".into())
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), self.0.to_owned())
    }
}

#[derive(Clone)]
struct LoopMark(String);

impl Header for LoopMark {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str(LOOP_MARK)
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Err("only written".into())
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), self.0.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::Attachment;
    use super::Author;
    use super::Draft;
    use super::compose;

    fn draft<'a>(subject: &'a str, references: &'a [String]) -> Draft<'a> {
        Draft {
            from_name: "Ban Tổ chức cuộc thi",
            from: "hoankiem@duthi.example",
            to: "an@nguoidan.example",
            subject,
            key: "receipt/1/2",
            at: 1_567_764_000_000,
            in_reply_to: Some("abc@nguoidan.example"),
            references,
            author: Author::Answer,
            text: "Kính gửi người dự thi",
            html: "<p>Kính gửi người dự thi</p>",
            attachments: &[],
            headers: &[],
        }
    }

    #[test]
    fn a_letter_is_threaded_marked_and_seven_bit() {
        let references = ["root@nguoidan.example".to_owned()];
        let letter = compose(&draft("Xác nhận", &references)).unwrap();
        assert!(letter.mime.is_ascii());
        assert!(letter.mime.contains("Auto-Submitted: auto-replied\r\n"));
        assert!(
            letter
                .mime
                .contains("In-Reply-To: <abc@nguoidan.example>\r\n"),
            "{}",
            letter.mime
        );
        assert!(
            letter
                .mime
                .contains("References: <root@nguoidan.example> <abc@nguoidan.example>\r\n")
        );
        assert!(
            letter
                .mime
                .contains(&format!("Message-ID: <{}>", letter.rfc_id))
        );
        assert!(letter.mime.contains("X-Phach-Letter: "));
        assert_eq!(compose(&draft("Xác nhận", &references)).unwrap(), letter);
    }

    #[test]
    fn files_arrive_under_their_names_and_byte_for_byte() {
        let bytes: Vec<u8> = (0..=255).cycle().take(100_000).collect();
        let files = [
            Attachment {
                name: "Danh sách bài dự thi, đơn vị “Hoàn Kiếm”.xlsx",
                media_type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                bytes: &bytes,
            },
            Attachment {
                name: "manifest.json",
                media_type: "application/json",
                bytes: b"{}",
            },
        ];
        let headers = [("X-Phach-Handover", "0011 1/2\r\nBcc: x@y.example")];
        let letter = compose(&Draft {
            attachments: &files,
            headers: &headers,
            ..draft("Bàn giao", &[])
        })
        .unwrap();
        assert!(letter.mime.is_ascii());
        assert!(
            letter.mime.lines().all(|line| line.len() <= 998),
            "a line is too long for SMTP"
        );
        assert!(!letter.mime.contains("\r\nBcc:"));
        let read = mail_parser::MessageParser::default()
            .parse(&letter.mime)
            .expect("a mail");
        let names: Vec<&str> = read
            .attachments()
            .filter_map(mail_parser::MimeHeaders::attachment_name)
            .collect();
        assert_eq!(names, [files[0].name, files[1].name]);
        assert_eq!(
            read.attachment(0).map(|part| part.contents()),
            Some(bytes.as_slice())
        );
        assert_eq!(crate::letter::preview::files(&letter.mime), names);
        assert_eq!(
            crate::letter::preview::text(&letter.mime).trim(),
            "Kính gửi người dự thi"
        );
    }

    #[test]
    fn a_subject_cannot_bring_its_own_headers() {
        let letter = compose(&draft("Bài dự thi\r\nBcc: all@city.example\r\n\r\nx", &[])).unwrap();
        assert!(!letter.mime.contains("\r\nBcc:"), "{}", letter.mime);
    }
}
