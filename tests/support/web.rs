//! A browser of one page: cookies, links, forms, nothing else. What goes wrong is a sentence, so that the
//! demonstration may say it.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::io::Write as _;
use std::net::TcpStream;
use std::time::Duration;

/// Somebody who looks at the web.
#[derive(Clone, Debug)]
pub struct Client {
    port: u16,
    cookies: BTreeMap<String, String>,
}

/// An answer of the web.
#[derive(Clone, Debug)]
pub struct Page {
    pub status: u16,
    /// Where it leads on, if it does.
    pub to: Option<String>,
    /// Status line and headers.
    pub head: String,
    pub html: String,
    /// The same, as it came: for files.
    pub bytes: Vec<u8>,
}

/// A form of a page: where it goes, and what is hidden in it.
#[derive(Clone, Debug)]
pub struct Form<'a> {
    pub action: &'a str,
    pub hidden: Vec<(&'a str, &'a str)>,
    /// Everything between its tags.
    pub html: &'a str,
}

impl Page {
    pub fn forms(&self) -> Vec<Form<'_>> {
        let forms = self.html.split("<form ").skip(1);
        forms
            .filter_map(|rest| {
                let html = rest.split("</form>").next().unwrap_or(rest);
                let hidden = html
                    .split("<input ")
                    .skip(1)
                    .map(|input| input.split('>').next().unwrap_or(input))
                    .filter(|input| input.contains("type=\"hidden\""))
                    .filter_map(|input| {
                        let name = between(input, "name=\"", "\"")?;
                        Some((name, between(input, "value=\"", "\"")?))
                    })
                    .collect();
                Some(Form {
                    action: between(html, "action=\"", "\"")?,
                    hidden,
                    html,
                })
            })
            .collect()
    }

    /// The form that does this, by its hidden field or by one of its buttons.
    pub fn form(&self, act: &str) -> Option<Form<'_>> {
        let mark = format!("name=\"act\" value=\"{act}\"");
        self.forms()
            .into_iter()
            .find(|form| form.html.contains(&mark))
    }

    /// Fails with what the page says unless it leads on, as every act that was done does.
    pub fn done(self, what: &str) -> Result<Page, String> {
        match self.to {
            Some(_) => Ok(self),
            None => Err(format!("{what}: {} {}", self.status, self.text())),
        }
    }

    /// The words of the page, without its tags.
    pub fn text(&self) -> String {
        let main = between(&self.html, "<main", "</main>").unwrap_or(&self.html);
        words(main)
    }
}

impl Client {
    pub fn new(port: u16) -> Client {
        Client {
            port,
            cookies: BTreeMap::new(),
        }
    }

    /// Logs in with a link, from a letter or from the command: opens it, presses the button.
    pub fn enter(&mut self, link: &str) -> Result<(), String> {
        let token = link.rsplit("t=").next().unwrap_or_default();
        self.get(&format!("/vao?t={token}"))?;
        self.post("/vao", &[("t", token)])?.done(link).map(drop)
    }

    pub fn get(&mut self, path: &str) -> Result<Page, String> {
        self.request("GET", path, None)
    }

    pub fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Result<Page, String> {
        let form: Vec<String> = fields
            .iter()
            .map(|(name, value)| format!("{}={}", escaped(name), escaped(value)))
            .collect();
        self.request("POST", path, Some(form.join("&")))
    }

    /// Presses the button that does this, with everything hidden in its form and `more`.
    pub fn press(&mut self, page: &Page, act: &str, more: &[(&str, &str)]) -> Result<Page, String> {
        let Some(form) = page.form(act) else {
            return Err(format!("no form for {act} in: {}", page.text()));
        };
        let mut fields = form.hidden.clone();
        if fields.iter().all(|(name, _)| *name != "act") {
            fields.push(("act", act));
        }
        fields.extend_from_slice(more);
        self.post(form.action, &fields)
    }

    /// Any request at all.
    pub fn ask(
        &mut self,
        method: &str,
        path: &str,
        fields: &[(String, String)],
    ) -> Result<Page, String> {
        let form: Vec<String> = fields
            .iter()
            .map(|(name, value)| format!("{}={}", escaped(name), escaped(value)))
            .collect();
        self.request(method, path, Some(form.join("&")))
    }

    fn request(&mut self, method: &str, path: &str, form: Option<String>) -> Result<Page, String> {
        let said = |error: std::io::Error| format!("{method} {path}: {error}");
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).map_err(said)?;
        stream
            .set_read_timeout(Some(Duration::from_secs(30)))
            .map_err(said)?;
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
        )
        .map_err(said)?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).map_err(said)?;
        let split = answer.windows(4).position(|four| four == b"\r\n\r\n");
        let split = split.ok_or_else(|| format!("{method} {path}: no whole answer"))?;
        let bytes = answer.split_off(split + 4);
        let head = String::from_utf8_lossy(&answer).into_owned();
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
            status: status.ok_or_else(|| format!("{method} {path}: no status"))?,
            to,
            head,
            html: String::from_utf8_lossy(&bytes).into_owned(),
            bytes,
        })
    }
}

pub fn between<'a>(text: &'a str, from: &str, to: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(from)?;
    rest.split_once(to).map(|(found, _)| found)
}

/// The words of a piece of HTML, single spaces between them.
pub fn words(html: &str) -> String {
    let mut text = String::new();
    let mut within = false;
    for c in html.chars() {
        match c {
            '<' => within = true,
            '>' => {
                within = false;
                text.push(' ');
            }
            _ if within => {}
            c => text.push(c),
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
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
