//! A clerk at the desk with a browser of one page: cookies, links, forms, nothing else.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::io::Write as _;
use std::net::TcpStream;
use std::time::Duration;

use crate::stage::LIMIT;
use crate::stage::Stage;
use crate::support::wait;

/// Somebody who looks at the web.
pub struct Clerk {
    port: u16,
    cookies: BTreeMap<String, String>,
}

/// An answer of the web.
pub struct Page {
    pub status: u16,
    /// Where it leads on, if it does.
    pub to: Option<String>,
    /// Status line and headers.
    pub head: String,
    pub html: String,
    /// As it came.
    pub body: Vec<u8>,
}

impl Clerk {
    /// Adds the account and logs in the way a person does: asks for a letter, opens its link, presses the button.
    /// The web must be running.
    pub fn log_in(stage: &Stage, email: &str, role: &str, unit: &str) -> Clerk {
        let add = [
            "user",
            "add",
            email,
            "--name",
            "Nguyễn Thư Ký",
            "--role",
            role,
            "--unit",
            unit,
        ];
        stage.house.run(&add);
        let mut clerk = Clerk {
            port: stage.house.web_port,
            cookies: BTreeMap::new(),
        };
        clerk.wait_for("/dang-nhap", |page| page.status == 200);
        let before = stage.servers.inbox(email).len();
        let asked = clerk.post("/dang-nhap", &[("email", email)]);
        assert_eq!(asked.status, 200, "{}", asked.html);
        let mails = stage
            .servers
            .wait_for(email, LIMIT, |mails| mails.len() > before);
        let letter = mail_parser::MessageParser::default()
            .parse(&mails[before].bytes)
            .and_then(|mail| mail.body_text(0).map(|text| text.into_owned()))
            .expect("a letter with text");
        let link = letter
            .split_whitespace()
            .find(|word| word.contains("/vao?t="))
            .unwrap_or_else(|| panic!("no link in {letter}"));
        let token = link.rsplit("t=").next().unwrap_or_default();
        let shown = clerk.get(&format!("/vao?t={token}"));
        assert_eq!(shown.status, 200, "{}", shown.html);
        let entered = clerk.post("/vao", &[("t", token)]);
        assert_eq!(entered.to.as_deref(), Some("/"), "{}", entered.html);
        clerk
    }

    pub fn get(&mut self, path: &str) -> Page {
        self.try_ask("GET", path, None)
            .expect("an answer of the web")
    }

    /// Waits until a page is as wished.
    pub fn wait_for(&mut self, path: &str, wished: impl Fn(&Page) -> bool) -> Page {
        wait::until(&format!("the page {path}"), LIMIT, || {
            let page = self.try_ask("GET", path, None).ok()?;
            wished(&page).then_some(page)
        })
    }

    pub fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let form: Vec<String> = fields
            .iter()
            .map(|(name, value)| format!("{name}={}", escaped(value)))
            .collect();
        self.try_ask("POST", path, Some(form.join("&")))
            .expect("an answer of the web")
    }

    /// Presses the button of the form on this page whose `act` is this one, with everything hidden in it.
    pub fn press(&mut self, page: &Page, act: &str) -> Page {
        let form = page
            .html
            .split("<form ")
            .find(|form| form.contains(&format!("name=\"act\" value=\"{act}\"")))
            .unwrap_or_else(|| panic!("no form for {act} in {}", page.html));
        let to = between(form, "action=\"", "\"")
            .expect("where the form goes")
            .to_owned();
        let fields: Vec<(String, String)> = form
            .split("<input ")
            .filter(|input| input.contains("type=\"hidden\""))
            .filter_map(|input| {
                let name = between(input, "name=\"", "\"")?.to_owned();
                Some((name, between(input, "value=\"", "\"")?.to_owned()))
            })
            .collect();
        let fields: Vec<(&str, &str)> = fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        self.post(&to, &fields)
    }

    /// Any request at all.
    pub fn ask(&mut self, method: &str, path: &str, fields: &[(String, String)]) -> Page {
        let form: Vec<String> = fields
            .iter()
            .map(|(name, value)| format!("{}={}", escaped(name), escaped(value)))
            .collect();
        self.try_ask(method, path, Some(form.join("&")))
            .expect("an answer of the web")
    }

    fn try_ask(&mut self, method: &str, path: &str, form: Option<String>) -> std::io::Result<Page> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let host = format!("127.0.0.1:{}", self.port);
        let form = form.unwrap_or_default();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nSec-Fetch-Site: same-origin\r\n\
             Cookie: {}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\
             Connection: close\r\n\r\n{form}",
            cookies.join("; "),
            form.len(),
        )?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        let end = answer.windows(4).position(|four| four == b"\r\n\r\n");
        let (head, body) = answer.split_at(end.ok_or(std::io::ErrorKind::UnexpectedEof)?);
        let head = String::from_utf8_lossy(head).into_owned();
        let body = body.get(4..).unwrap_or_default().to_vec();
        let status = head.split(' ').nth(1).and_then(|code| code.parse().ok());
        let mut to = None;
        for line in head.lines() {
            let Some((name, value)) = line.split_once(": ") else {
                continue;
            };
            if name.eq_ignore_ascii_case("location") {
                to = Some(value.to_owned());
            }
            let pair = value
                .split(';')
                .next()
                .and_then(|pair| pair.split_once('='));
            if let (true, Some((cookie, value))) = (name.eq_ignore_ascii_case("set-cookie"), pair) {
                self.cookies.insert(cookie.to_owned(), value.to_owned());
            }
        }
        Ok(Page {
            status: status.ok_or(std::io::ErrorKind::InvalidData)?,
            to,
            head,
            html: String::from_utf8_lossy(&body).into_owned(),
            body,
        })
    }
}

pub fn between<'a>(text: &'a str, from: &str, to: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(from)?;
    rest.split_once(to).map(|(found, _)| found)
}

fn escaped(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                char::from(byte).to_string()
            }
            byte => format!("%{byte:02X}"),
        })
        .collect()
}
