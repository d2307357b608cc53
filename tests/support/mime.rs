//! Mails as participants' programs write them: a small MIME writer that can also write what a careful
//! library would refuse (raw 8-bit bytes, hostile headers, any of three ways to name a file).

use std::fmt::Write as _;

/// A mail about to be written.
#[derive(Clone, Debug, Default)]
pub struct Mail {
    /// Empty: only the address stands in From.
    pub from_name: String,
    pub from: String,
    pub to: Vec<String>,
    pub cc: Vec<String>,
    pub subject: String,
    /// Without angle brackets.
    pub id: String,
    /// As it shall stand in the Date header.
    pub date: String,
    /// More headers, written as they are.
    pub more: Vec<(String, String)>,
    pub body: Body,
    pub files: Vec<File>,
}

/// What the author wrote in the mail itself.
#[derive(Clone, Debug, Default)]
pub enum Body {
    /// No part for text at all.
    #[default]
    Nothing,
    /// UTF-8, quoted-printable.
    Plain(String),
    /// UTF-8, base64, as web mail writes it: plain text and HTML side by side.
    PlainAndHtml(String),
    Html(String),
    /// The bytes of another charset, sent as 8bit.
    Charset {
        name: String,
        bytes: Vec<u8>,
    },
}

#[derive(Clone, Debug)]
pub struct File {
    pub name: String,
    pub media: String,
    pub bytes: Vec<u8>,
    pub naming: Naming,
    pub place: Place,
}

/// How a file's name is written when it is not plain ASCII.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Naming {
    /// `filename="=?UTF-8?B?…?="`: against the rules, and what most programs do.
    EncodedWord,
    /// `filename*=UTF-8''…` (RFC 2231).
    Rfc2231,
    /// `filename*0*=…; filename*1*=…`
    Rfc2231Pieces,
    /// The UTF-8 bytes between quotes.
    Raw,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Attached,
    /// Shown within the HTML by its Content-ID.
    Inline,
}

impl File {
    pub fn new(name: impl Into<String>, bytes: Vec<u8>) -> File {
        let name = name.into();
        let media = media_of(&name).to_owned();
        File {
            name,
            media,
            bytes,
            naming: Naming::EncodedWord,
            place: Place::Attached,
        }
    }

    pub fn named(mut self, naming: Naming) -> File {
        self.naming = naming;
        self
    }
}

fn media_of(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "doc" => "application/msword",
        "pdf" => "application/pdf",
        "jpg" | "jpeg" => "image/jpeg",
        "zip" => "application/zip",
        "eml" => "message/rfc822",
        "txt" => "text/plain",
        _ => "application/octet-stream",
    }
}

impl Mail {
    /// The mail as bytes, with CRLF line ends.
    pub fn bytes(&self) -> Vec<u8> {
        let mut head = String::new();
        let mut line = |name: &str, value: &str| {
            let _ = write!(head, "{name}: {value}\r\n");
        };
        let from = match self.from_name.as_str() {
            "" => self.from.clone(),
            name if name.is_ascii() => format!("\"{}\" <{}>", name.replace('"', "\\\""), self.from),
            name => format!("{} <{}>", word(name), self.from),
        };
        line("From", &from);
        line("To", &self.to.join(", "));
        if !self.cc.is_empty() {
            line("Cc", &self.cc.join(", "));
        }
        line("Subject", &word(&self.subject));
        line("Date", &self.date);
        line("Message-ID", &format!("<{}>", self.id));
        for (name, value) in &self.more {
            line(name, value);
        }
        line("MIME-Version", "1.0");
        let mut bytes = head.into_bytes();
        bytes.extend(self.content());
        bytes
    }

    /// Content headers, blank line, content.
    fn content(&self) -> Vec<u8> {
        let text = match &self.body {
            Body::Nothing => None,
            Body::Plain(text) => Some(quoted("plain", text)),
            Body::Html(html) => Some(quoted("html", html)),
            Body::PlainAndHtml(text) => Some(multipart(
                "alternative",
                &format!("alt-{}", mark(&self.id)),
                &[
                    base64_part("text/plain; charset=\"UTF-8\"", "", text.as_bytes()),
                    base64_part("text/html; charset=\"UTF-8\"", "", html_of(text).as_bytes()),
                ],
            )),
            Body::Charset { name, bytes } => {
                let mut part = format!(
                    "Content-Type: text/plain; charset={name}\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
                )
                .into_bytes();
                part.extend(bytes);
                part.extend(b"\r\n");
                Some(part)
            }
        };
        let mut parts: Vec<Vec<u8>> = text.into_iter().collect();
        parts.extend(self.files.iter().map(attached));
        match parts.as_slice() {
            [] => b"Content-Type: text/plain; charset=utf-8\r\n\r\n".to_vec(),
            [only] if self.files.is_empty() => only.clone(),
            _ => multipart("mixed", &format!("mix-{}", mark(&self.id)), &parts),
        }
    }
}

/// A multipart of finished parts.
pub fn multipart(kind: &str, boundary: &str, parts: &[Vec<u8>]) -> Vec<u8> {
    let mut out =
        format!("Content-Type: multipart/{kind}; boundary=\"{boundary}\"\r\n\r\n").into_bytes();
    for part in parts {
        out.extend(format!("--{boundary}\r\n").as_bytes());
        out.extend(part);
        if !out.ends_with(b"\r\n") {
            out.extend(b"\r\n");
        }
    }
    out.extend(format!("--{boundary}--\r\n").as_bytes());
    out
}

/// A part in base64 with these headers (`more` ends with CRLF or is empty).
pub fn base64_part(media: &str, more: &str, bytes: &[u8]) -> Vec<u8> {
    let head = format!("Content-Type: {media}\r\nContent-Transfer-Encoding: base64\r\n{more}\r\n");
    let mut out = head.into_bytes();
    out.extend(lines(&base64(bytes)).as_bytes());
    out
}

fn attached(file: &File) -> Vec<u8> {
    if file.media == "message/rfc822" {
        let mut out =
            b"Content-Type: message/rfc822\r\nContent-Disposition: attachment\r\n\r\n".to_vec();
        out.extend(&file.bytes);
        return out;
    }
    let disposition = match file.place {
        Place::Attached => "attachment".to_owned(),
        Place::Inline => format!("inline\r\nContent-ID: <{}>", mark(&file.name)),
    };
    let (kind, id) = disposition.split_once("\r\n").unwrap_or((&disposition, ""));
    let mut more = format!("Content-Disposition: {kind}; {}\r\n", file_name(file));
    if !id.is_empty() {
        let _ = write!(more, "{id}\r\n");
    }
    base64_part(&file.media, &more, &file.bytes)
}

fn file_name(file: &File) -> String {
    let name = &file.name;
    if name.is_ascii() {
        return format!("filename=\"{}\"", name.replace('"', "\\\""));
    }
    match file.naming {
        Naming::Raw => format!("filename=\"{name}\""),
        Naming::EncodedWord => format!("filename=\"{}\"", word(name)),
        Naming::Rfc2231 => format!("filename*=UTF-8''{}", percent(name)),
        Naming::Rfc2231Pieces => {
            // A piece ends between characters, never within an escape.
            let mut pieces = vec![String::new()];
            for c in name.chars() {
                let c = percent(&c.to_string());
                match pieces.last_mut() {
                    Some(piece) if piece.len() + c.len() <= 48 => piece.push_str(&c),
                    _ => pieces.push(c),
                }
            }
            let pieces: Vec<String> = pieces
                .iter()
                .enumerate()
                .map(|(n, piece)| {
                    let start = if n == 0 { "UTF-8''" } else { "" };
                    format!("filename*{n}*={start}{piece}")
                })
                .collect();
            pieces.join(";\r\n ")
        }
    }
}

fn percent(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'-' {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

/// Text for a header: as it is when ASCII, else as encoded words of whole characters (RFC 2047).
pub fn word(text: &str) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    let mut words = Vec::new();
    let mut piece = String::new();
    for c in text.chars() {
        if piece.len() + c.len_utf8() > 42 {
            words.push(std::mem::take(&mut piece));
        }
        piece.push(c);
    }
    words.push(piece);
    let words: Vec<String> = words
        .iter()
        .map(|piece| format!("=?UTF-8?B?{}?=", base64(piece.as_bytes())))
        .collect();
    words.join("\r\n ")
}

fn quoted(kind: &str, text: &str) -> Vec<u8> {
    let mut out = format!(
        "Content-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    );
    for line in text.split('\n') {
        let mut width = 0;
        let mut bytes = line.bytes().peekable();
        while let Some(byte) = bytes.next() {
            let plain = matches!(byte, b'!'..=b'<' | b'>'..=b'~')
                || (byte == b' ' && bytes.peek().is_some());
            let need = if plain { 1 } else { 3 };
            if width + need > 75 {
                out.push_str("=\r\n");
                width = 0;
            }
            width += need;
            if plain {
                out.push(char::from(byte));
            } else {
                let _ = write!(out, "={byte:02X}");
            }
        }
        out.push_str("\r\n");
    }
    out.into_bytes()
}

fn html_of(text: &str) -> String {
    let escaped = text
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    format!("<div dir=\"ltr\">{}</div>", escaped.replace('\n', "<br>\n"))
}

/// Something that may stand in a boundary or Content-ID.
fn mark(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .collect()
}

fn lines(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 38);
    for line in text.as_bytes().chunks(76) {
        out.push_str(&String::from_utf8_lossy(line));
        out.push_str("\r\n");
    }
    out
}

/// Base64 with padding (RFC 4648 §4).
pub fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let byte = |place: usize| u32::from(three.get(place).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for place in 0..4 {
            out.push(if place <= three.len() {
                char::from(LETTERS[(bits >> (18 - 6 * place)) as usize & 63])
            } else {
                '='
            });
        }
    }
    out
}
