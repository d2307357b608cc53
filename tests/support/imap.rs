//! A reader of IMAP mailboxes in one page, independent of the program's own: what a participant's mail
//! program would show. It reads with BODY.PEEK, so looking changes nothing.

use std::io::BufRead;
use std::io::BufReader;
use std::io::Read;
use std::io::Write;
use std::net::TcpStream;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rustls::ClientConfig;
use rustls::ClientConnection;
use rustls::RootCertStore;
use rustls::StreamOwned;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::ServerName;
use rustls::pki_types::pem::PemObject;

/// A mail as it lies in a mailbox.
#[derive(Clone, Debug, PartialEq)]
pub struct RawMail {
    pub uid: u32,
    /// As the server writes it: "21-Nov-2026 06:39:04 +0000".
    pub internal_date: String,
    /// "\\Seen", "\\Flagged" …
    pub flags: Vec<String>,
    pub bytes: Vec<u8>,
}

impl RawMail {
    /// The value of a header, unfolded; the first one of that name.
    pub fn header(&self, name: &str) -> Option<String> {
        let text = String::from_utf8_lossy(&self.bytes);
        let head = text.split("\r\n\r\n").next()?.replace("\r\n ", " ");
        let head = head.replace("\r\n\t", " ");
        head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name)
                .then(|| value.trim().to_owned())
        })
    }
}

/// A logged-in session over TLS, with the certificate checked against `ca`.
pub struct Session {
    stream: BufReader<StreamOwned<ClientConnection, TcpStream>>,
    tag: u32,
}

/// One answer line with the literals that stood in it.
pub struct Line {
    pub text: String,
    pub literals: Vec<Vec<u8>>,
}

impl Session {
    /// Connects to 127.0.0.1 and logs in. The error is the server's refusal.
    pub fn open(port: u16, ca: &Path, user: &str, password: &str) -> Result<Session, String> {
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_file_iter(ca).expect("the CA file") {
            roots
                .add(certificate.expect("a certificate"))
                .expect("a CA certificate");
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("TLS versions")
            .with_root_certificates(roots)
            .with_no_client_auth();
        let socket = TcpStream::connect(("127.0.0.1", port)).map_err(|e| e.to_string())?;
        socket
            .set_read_timeout(Some(Duration::from_secs(30)))
            .map_err(|e| e.to_string())?;
        let name = ServerName::try_from("localhost").expect("a name");
        let tls = ClientConnection::new(Arc::new(config), name).map_err(|e| e.to_string())?;
        let mut session = Session {
            stream: BufReader::new(StreamOwned::new(tls, socket)),
            tag: 0,
        };
        session.line().map_err(|e| e.to_string())?;
        session.run(&format!("LOGIN \"{user}\" \"{password}\""))?;
        Ok(session)
    }

    /// Every mail of a folder, in the order of arrival.
    pub fn mails(&mut self, folder: &str) -> Result<Vec<RawMail>, String> {
        self.run(&format!("EXAMINE \"{folder}\""))?;
        let answer = self.run("UID FETCH 1:* (UID INTERNALDATE FLAGS BODY.PEEK[])")?;
        let mut mails = Vec::new();
        for line in answer {
            let Some(bytes) = line.literals.into_iter().next() else {
                continue;
            };
            let after = |mark: &str| line.text.split_once(mark).map(|(_, rest)| rest);
            let uid = after("UID ").and_then(|rest| {
                let digits = rest.split(|c: char| !c.is_ascii_digit()).next()?;
                digits.parse().ok()
            });
            mails.push(RawMail {
                uid: uid.ok_or_else(|| format!("no UID in {}", line.text))?,
                internal_date: after("INTERNALDATE \"")
                    .and_then(|rest| rest.split('"').next())
                    .unwrap_or_default()
                    .trim()
                    .to_owned(),
                flags: after("FLAGS (")
                    .and_then(|rest| rest.split(')').next())
                    .unwrap_or_default()
                    .split_whitespace()
                    .map(str::to_owned)
                    .collect(),
                bytes,
            });
        }
        Ok(mails)
    }

    /// Removes a mail from a folder for good, as if it had never come.
    pub fn lose(&mut self, folder: &str, uid: u32) -> Result<(), String> {
        self.run(&format!("SELECT \"{folder}\""))?;
        self.run(&format!("UID STORE {uid} +FLAGS (\\Deleted)"))?;
        self.run("EXPUNGE")?;
        Ok(())
    }

    /// The number under which a folder's UIDs are valid.
    pub fn uid_validity(&mut self, folder: &str) -> Result<u32, String> {
        let answer = self.run(&format!("EXAMINE \"{folder}\""))?;
        let number = answer.iter().find_map(|line| {
            let (_, rest) = line.text.split_once("[UIDVALIDITY ")?;
            rest.split(']').next()?.parse().ok()
        });
        number.ok_or_else(|| "no UIDVALIDITY".to_owned())
    }

    /// The bare stream, between commands.
    pub fn into_stream(self) -> StreamOwned<ClientConnection, TcpStream> {
        self.stream.into_inner()
    }

    /// One command, its untagged answers; `Err` with the server's words unless it ends with OK.
    pub fn run(&mut self, command: &str) -> Result<Vec<Line>, String> {
        self.tag += 1;
        let tag = format!("t{}", self.tag);
        let stream = self.stream.get_mut();
        write!(stream, "{tag} {command}\r\n").map_err(|e| e.to_string())?;
        stream.flush().map_err(|e| e.to_string())?;
        let mut answer = Vec::new();
        loop {
            let line = self.line().map_err(|e| e.to_string())?;
            match line.text.strip_prefix(&format!("{tag} ")) {
                Some(end) if end.starts_with("OK") => return Ok(answer),
                Some(end) => return Err(end.to_owned()),
                None => answer.push(line),
            }
        }
    }

    fn line(&mut self) -> std::io::Result<Line> {
        let mut line = Line {
            text: String::new(),
            literals: Vec::new(),
        };
        loop {
            let mut raw = Vec::new();
            if self.stream.read_until(b'\n', &mut raw)? == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
            let text = String::from_utf8_lossy(&raw).trim_end().to_owned();
            line.text.push_str(&text);
            let length = text
                .strip_suffix('}')
                .and_then(|head| head.rsplit_once('{'))
                .and_then(|(_, digits)| digits.parse::<usize>().ok());
            let Some(length) = length else {
                return Ok(line);
            };
            let mut literal = vec![0; length];
            self.stream.read_exact(&mut literal)?;
            line.literals.push(literal);
        }
    }
}
