//! Others who read the same mailbox the same way: mbsync, and a client that asks for all at once and keeps nothing.

use std::fs;
use std::io;
use std::io::BufRead;
use std::io::BufReader;
use std::io::Read;
use std::io::Write;
use std::net::TcpStream;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;

use crate::measured::Measured;
use crate::measured::used;
use crate::support::imap::Session;
use crate::support::servers::MailServers;
use crate::support::servers::PASSWORD;
use crate::support::servers::new_folder;

/// How all reach the server.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Wire {
    Tls,
    /// As a program on the server's own machine may.
    Plain,
}

/// The mailbox all read.
pub struct Server<'a> {
    pub servers: &'a MailServers,
    pub mailbox: &'a str,
}

impl Server<'_> {
    fn session(&self) -> Session {
        let (port, ca) = (self.servers.imaps_port(), self.servers.ca_file());
        Session::open(port, &ca, self.mailbox, PASSWORD).expect("a session")
    }

    /// Takes the flags off that we set in the round before.
    pub fn unflag(&self) {
        let mut session = self.session();
        session.run("SELECT INBOX").expect("the folder");
        let answer = session.run("UID STORE 1:* -FLAGS.SILENT (\\Flagged)");
        answer.expect("no flags");
    }
}

/// One command for all mails, their bytes thrown away: what the server and the wire can give at most.
pub fn raw(server: &Server<'_>, wire: Wire) -> Measured {
    match wire {
        Wire::Tls => {
            let mut session = server.session();
            session.run("EXAMINE INBOX").expect("the folder");
            drained(session.into_stream())
        }
        Wire::Plain => {
            let port = server.servers.imap_port();
            let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("the server");
            let login = format!("l LOGIN {} {PASSWORD}", server.mailbox);
            for command in [login.as_str(), "e EXAMINE INBOX"] {
                write!(stream, "{command}\r\n").expect("a command");
                let tag = &command[..2];
                // Read without a buffer: what follows belongs to the one who measures.
                while !line(&mut stream).starts_with(tag) {}
            }
            drained(stream)
        }
    }
}

/// A line, byte by byte.
fn line(stream: &mut TcpStream) -> String {
    let mut line = Vec::new();
    while !line.ends_with(b"\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).expect("an answer");
        line.extend(byte);
    }
    String::from_utf8_lossy(&line).into_owned()
}

fn drained(stream: impl Read + Write) -> Measured {
    let before = used("/proc/self");
    let begun = Instant::now();
    let command = "a UID FETCH 1:* (UID BODY.PEEK[])\r\n";
    let mut stream = BufReader::with_capacity(64 << 10, stream);
    let sent = stream.get_mut().write_all(command.as_bytes());
    sent.expect("the command");
    let mut line = Vec::new();
    loop {
        line.clear();
        stream.read_until(b'\n', &mut line).expect("an answer");
        if line.starts_with(b"a ") {
            assert!(line.starts_with(b"a OK"), "the command failed");
            break;
        }
        let text = String::from_utf8_lossy(&line);
        let length = text.trim_end().strip_suffix('}');
        let length = length.and_then(|head| head.rsplit_once('{')?.1.parse().ok());
        let mut literal = stream.by_ref().take(length.unwrap_or(0));
        io::copy(&mut literal, &mut io::sink()).expect("a mail");
    }
    Measured {
        took: begun.elapsed(),
        processor: used("/proc/self").saturating_sub(before),
        megabytes: 0,
    }
}

/// mbsync into an empty Maildir, with its fsync, which is its default; nothing where it is not installed.
pub fn mbsync(
    server: &Server<'_>,
    wire: Wire,
    count: u64,
    left: &mut Vec<PathBuf>,
) -> Option<Measured> {
    let folder = new_folder("ph");
    let here = folder.display();
    let (port, how) = match wire {
        Wire::Tls => {
            let ca = server.servers.ca_file();
            let ca = ca.display();
            let how = format!("SSLType IMAPS\nSystemCertificates no\nCertificateFile {ca}");
            (server.servers.imaps_port(), how)
        }
        Wire::Plain => {
            let how = "SSLType None\nAuthMechs LOGIN".to_owned();
            (server.servers.imap_port(), how)
        }
    };
    let settings = format!(
        "FSync yes\n\n\
         IMAPStore far\nHost localhost\nPort {port}\nUser {user}\nPass {PASSWORD}\n{how}\n\n\
         MaildirStore near\nPath {here}/\nInbox {here}/inbox\n\n\
         Channel all\nFar :far:\nNear :near:\nSync Pull\nCreate Near\nSyncState *\n",
        user = server.mailbox,
    );
    let file = folder.join("mbsyncrc");
    fs::write(&file, settings).expect("write the settings");
    if Command::new("mbsync").arg("--version").output().is_err() {
        println!("mbsync is missing (Debian: isync)");
        return None;
    }
    let mut command = Command::new("mbsync");
    command.arg("--quiet").arg("--config").arg(&file).arg("all");
    let (measured, _) = Measured::run(command);
    let held = |part: &str| files(&folder.join("inbox").join(part));
    assert_eq!(held("new") + held("cur"), count, "mbsync brought all");
    left.push(folder);
    Some(measured)
}

fn files(folder: &Path) -> u64 {
    fs::read_dir(folder).map_or(0, Iterator::count) as u64
}
