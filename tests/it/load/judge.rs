//! A judge as the program sees one: asks for the next sheet, thinks, gives its marks, over one connection.

use std::collections::BTreeMap;
use std::io;
use std::time::Duration;
use std::time::Instant;

use tokio::io::AsyncReadExt as _;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

/// A judge's cookie and form token.
pub struct Seat {
    pub cookie: String,
    pub csrf: String,
}

/// What came of judging.
#[derive(Default)]
pub struct Done {
    pub given: usize,
    pub pages: Vec<Duration>,
    pub saves: Vec<Duration>,
    pub failed: Vec<String>,
}

/// Marks until nothing is left or time is up.
pub async fn judge(port: u16, seat: Seat, queue: i64, thinking: Duration, until: Instant) -> Done {
    let mut done = Done::default();
    let mut line = Line { port, stream: None };
    let mut path = format!("/cham/tiep?hang-doi={queue}");
    // Judges do not all begin in the same moment.
    let mut wait =
        thinking.mul_f64(f64::from(seat.csrf.bytes().map(u32::from).sum::<u32>() % 97) / 97.0);
    while Instant::now() < until {
        tokio::time::sleep(wait).await;
        wait = thinking;
        let begun = Instant::now();
        let mut page = match line.ask("GET", &path, &seat.cookie, "").await {
            Ok(page) => page,
            Err(error) => {
                done.failed.push(format!("GET {path}: {error}"));
                return done;
            }
        };
        if let Some(to) = page.to.take() {
            path = to;
            if !path.starts_with("/cham/") {
                return done;
            }
            continue;
        }
        done.pages.push(begun.elapsed());
        let Some(form) = form(&page.html, &seat.csrf) else {
            done.failed
                .push(format!("{path}: {} without a form", page.status));
            return done;
        };
        tokio::time::sleep(thinking).await;
        wait = Duration::ZERO;
        let sheet = path.split('?').next().unwrap_or_default().to_owned();
        let begun = Instant::now();
        match line.ask("POST", &sheet, &seat.cookie, &form).await {
            Ok(saved) if saved.status == 303 => {
                done.saves.push(begun.elapsed());
                done.given += 1;
                path = saved.to.unwrap_or_default();
                if !path.starts_with("/cham/") {
                    return done;
                }
            }
            Ok(saved) => {
                done.failed.push(format!("POST {sheet}: {}", saved.status));
                return done;
            }
            Err(error) => {
                done.failed.push(format!("POST {sheet}: {error}"));
                return done;
            }
        }
    }
    done
}

/// The form of a page with half marks everywhere.
fn form(html: &str, csrf: &str) -> Option<String> {
    let value = |name: &str| {
        let mark = format!("name=\"{name}\" value=\"");
        let (_, rest) = html.split_once(&mark)?;
        rest.split_once('"').map(|(value, _)| value.to_owned())
    };
    let mut form = format!(
        "csrf={csrf}&act=give&code={}&version={}&remark=",
        value("code")?,
        value("version")?
    );
    let mut marks: BTreeMap<&str, u32> = BTreeMap::new();
    for input in html.split("name=\"c.").skip(1) {
        let (name, rest) = input.split_once('"')?;
        let (_, full) = rest.split_once("data-full=\"")?;
        marks.insert(name, full.split_once('"')?.0.parse().ok()?);
    }
    for (name, quarters) in marks {
        form.push_str(&format!("&c.{name}={}", quarters / 8));
    }
    Some(form)
}

/// A connection that stays open.
struct Line {
    port: u16,
    stream: Option<TcpStream>,
}

struct Answer {
    status: u16,
    to: Option<String>,
    html: String,
}

impl Line {
    async fn ask(
        &mut self,
        method: &str,
        path: &str,
        cookie: &str,
        form: &str,
    ) -> io::Result<Answer> {
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => TcpStream::connect(("127.0.0.1", self.port)).await?,
        };
        let host = format!("127.0.0.1:{}", self.port);
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {host}\r\nSec-Fetch-Site: same-origin\r\nCookie: {cookie}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
            form.len()
        );
        stream.write_all(request.as_bytes()).await?;
        let mut bytes = Vec::new();
        let (head, length) = loop {
            let split = bytes.windows(4).position(|four| four == b"\r\n\r\n");
            if let Some(split) = split {
                let head = String::from_utf8_lossy(&bytes[..split]).into_owned();
                let length = header(&head, "content-length").and_then(|n| n.parse().ok());
                break (head, split + 4 + length.unwrap_or(0usize));
            }
            if stream.read_buf(&mut bytes).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        };
        while bytes.len() < length {
            if stream.read_buf(&mut bytes).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        self.stream = Some(stream);
        let status = head.split(' ').nth(1).and_then(|code| code.parse().ok());
        Ok(Answer {
            status: status.ok_or(io::ErrorKind::InvalidData)?,
            to: header(&head, "location"),
            html: String::from_utf8_lossy(&bytes).into_owned(),
        })
    }
}

fn header(head: &str, wanted: &str) -> Option<String> {
    head.lines().find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        name.eq_ignore_ascii_case(wanted).then(|| value.to_owned())
    })
}
