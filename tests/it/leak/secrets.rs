//! What no judge may read, and the looking for it in everything that came over the wire.

use std::io::Cursor;
use std::io::Read as _;

use phach::text::fold;

use crate::stage::Stage;
use crate::support::cast::Scene;
use crate::support::person::Person;

/// What must not be told, each with what it is.
#[derive(Default)]
pub struct Secrets(Vec<Secret>);

struct Secret {
    what: String,
    raw: String,
    folded: String,
    /// Letters and digits alone; none where that is too short to tell from an id.
    squeezed: Option<String>,
}

/// A text as it is, and as somebody would look through it who cares for no diacritic, case, blank or dot.
struct Views {
    raw: String,
    folded: String,
    squeezed: String,
}

impl Secrets {
    /// Everything about everybody of the cast and about the mails that were sent.
    pub fn of(stage: &Stage) -> Secrets {
        let mut secrets = Secrets::default();
        for person in &stage.people {
            secrets.person(person);
        }
        for scene in &stage.scenes {
            secrets.scene(scene);
        }
        secrets
    }

    fn person(&mut self, person: &Person) {
        let (year, month, day) = person.birth;
        self.add("name", &person.name);
        self.add("e-mail", &person.email);
        self.add("phone", &person.phone);
        let local = person.phone.trim_start_matches('0');
        self.add("phone", &format!("+84{local}"));
        self.add("address", &person.address);
        let street: Vec<&str> = person.address.split(", ").take(2).collect();
        self.add("street", &street.join(", "));
        for birth in [
            format!("{day:02}/{month:02}/{year}"),
            format!("{day:02}-{month:02}-{year}"),
            format!("{day:02}.{month:02}.{year}"),
            format!("ngày {day:02} tháng {month:02} năm {year}"),
            format!("ngày {day} tháng {month} năm {year}"),
            person.birth_iso(),
        ] {
            self.add_plainly("birth date", &birth);
        }
    }

    fn scene(&mut self, scene: &Scene) {
        self.add("sender", &scene.sender);
        self.add("Message-ID", &scene.id);
        let Some(mail) = mail_parser::MessageParser::default().parse(&scene.mail.bytes) else {
            return;
        };
        use mail_parser::MimeHeaders as _;
        for name in mail.attachments().filter_map(|part| part.attachment_name()) {
            self.add_plainly("file name", name);
        }
    }

    pub fn add(&mut self, what: &str, secret: &str) {
        self.keep(what, secret, true);
    }

    /// Of letters and digits alone there would be too little to tell it by.
    fn add_plainly(&mut self, what: &str, secret: &str) {
        self.keep(what, secret, false);
    }

    fn keep(&mut self, what: &str, secret: &str, squeeze: bool) {
        if secret.is_empty() {
            return;
        }
        let squeezed = squeezed(secret);
        self.0.push(Secret {
            what: format!("{what} {secret}"),
            raw: phach::text::normal(secret),
            folded: fold(secret),
            squeezed: (squeeze && squeezed.len() >= 9).then_some(squeezed),
        });
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The secrets that an answer tells: in its headers, its body, or what is packed in it.
    pub fn told(&self, head: &str, body: &[u8]) -> Vec<&str> {
        let mut texts = vec![unescaped(head), unescaped(&String::from_utf8_lossy(body))];
        texts.extend(unpacked(body));
        let views: Vec<Views> = texts.iter().map(|text| Views::of(text)).collect();
        self.0
            .iter()
            .filter(|secret| views.iter().any(|views| secret.stands_in(views)))
            .map(|secret| secret.what.as_str())
            .collect()
    }
}

impl Secret {
    fn stands_in(&self, views: &Views) -> bool {
        views.raw.contains(&self.raw)
            || views.folded.contains(&self.folded)
            || self
                .squeezed
                .as_ref()
                .is_some_and(|squeezed| views.squeezed.contains(squeezed))
    }
}

impl Views {
    fn of(text: &str) -> Views {
        Views {
            raw: phach::text::normal(text),
            folded: fold(text),
            squeezed: squeezed(text),
        }
    }
}

fn squeezed(text: &str) -> String {
    let mut folded = fold(text);
    folded.retain(char::is_alphanumeric);
    folded
}

/// With HTML's own signs and the percent signs of addresses taken away.
fn unescaped(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let code = bytes.get(at + 1..at + 3);
        let code = code.and_then(|two| std::str::from_utf8(two).ok());
        match code.and_then(|two| u8::from_str_radix(two, 16).ok()) {
            Some(code) if *byte == b'%' => {
                out.push(code);
                at += 3;
            }
            _ => {
                out.push(*byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out)
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&")
}

/// Names and texts in a zip, a docx or an xlsx.
fn unpacked(body: &[u8]) -> Vec<String> {
    if !body.starts_with(b"PK") {
        return Vec::new();
    }
    let mut archive = zip::ZipArchive::new(Cursor::new(body)).expect("a zip");
    let mut texts = Vec::new();
    for at in 0..archive.len() {
        let mut file = archive.by_index(at).expect("a file of the zip");
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).expect("its bytes");
        let text = String::from_utf8_lossy(&bytes).into_owned();
        texts.push(format!("{} {text}", file.name().expect("its name")));
    }
    texts
}

#[test]
fn a_secret_is_found_however_it_is_told() {
    let mut secrets = Secrets::default();
    secrets.add("name", "Nguyễn Thị Ánh");
    secrets.add("phone", "0912345678");
    secrets.add_plainly("birth date", "09/02/1981");
    let check = |head: &str, body: &str, want: usize| {
        let told = secrets.told(head, body.as_bytes());
        assert_eq!(told.len(), want, "{head} {body}: {told:?}");
    };
    check("", "<p>Nguyễn Thị Ánh</p>", 1);
    check("", "NGUYEN THI ANH", 1);
    check("Location: /?t=Nguy%E1%BB%85n%20Th%E1%BB%8B+%C3%81nh", "", 1);
    check("X-File: nguyen-thi_anh.docx", "", 1);
    check("", "Tel. 0912.345.678, 9/2/1981", 1);
    check("", "sinh 09/02/1981", 1);
    check("", "Nguyễn Thị Bình 0912345679 19810209", 0);
}
