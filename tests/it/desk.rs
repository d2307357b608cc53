//! A clerk at the desk with a browser of one page; whatever goes wrong fails the test.

use crate::stage::LIMIT;
use crate::stage::Stage;
use crate::support::house::House;
use crate::support::secretary;
use crate::support::servers::MailServers;
use crate::support::wait;
use crate::support::web::Client;

pub use crate::support::web::Page;
pub use crate::support::web::between;

/// Somebody who looks at the web.
pub struct Clerk(Client);

impl Clerk {
    /// Adds the account and logs in the way a person does: asks for a letter, opens its link, presses the button.
    /// The web must be running.
    pub fn log_in(stage: &Stage, email: &str, role: &str, unit: &str) -> Clerk {
        secretary::add(&stage.house, email, "Nguyễn Thư Ký", role, unit).expect("an account");
        Clerk(by_letter(&stage.house, &stage.servers, email).expect("a login"))
    }

    /// Logs in with a link that the command prints, as a clerk does when mail is down.
    pub fn by_link(house: &House, email: &str, role: &str, unit: &str) -> Clerk {
        secretary::add(house, email, "Nguyễn Thư Ký", role, unit).expect("an account");
        let mut client = Client::new(house.web_port);
        wait::until("the page /dang-nhap", LIMIT, || {
            let page = client.get("/dang-nhap").ok();
            page.filter(|page| page.status == 200)
        });
        let link = house.run(&["user", "link", email]);
        client.enter(link.trim()).expect("a login");
        Clerk(client)
    }

    pub fn get(&mut self, path: &str) -> Page {
        self.0.get(path).expect("an answer of the web")
    }

    pub fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        self.0.post(path, fields).expect("an answer of the web")
    }

    /// Any request at all.
    pub fn ask(&mut self, method: &str, path: &str, fields: &[(String, String)]) -> Page {
        self.0
            .ask(method, path, fields)
            .expect("an answer of the web")
    }

    /// Presses the button of the form on this page whose `act` is this one, with everything hidden in it.
    pub fn press(&mut self, page: &Page, act: &str) -> Page {
        self.0.press(page, act, &[]).expect("a form and an answer")
    }
}

/// Logs an account in by the letter that its own mailbox gets.
pub fn by_letter(house: &House, servers: &MailServers, email: &str) -> Result<Client, String> {
    let mut client = Client::new(house.web_port);
    wait::until("the page /dang-nhap", LIMIT, || {
        client
            .get("/dang-nhap")
            .ok()
            .filter(|page| page.status == 200)
    });
    let links = |mails: &[crate::support::imap::RawMail]| -> Vec<String> {
        mails.iter().filter_map(|mail| link(&mail.bytes)).collect()
    };
    let before = links(&servers.inbox(email)).len();
    client.post("/dang-nhap", &[("email", email)])?;
    let mails = servers.wait_for(email, LIMIT, |mails| links(mails).len() > before);
    client.enter(links(&mails).last().map_or("", String::as_str))?;
    Ok(client)
}

/// The link of a login letter.
fn link(mail: &[u8]) -> Option<String> {
    let mail = mail_parser::MessageParser::default().parse(mail)?;
    let text = mail.body_text(0)?;
    let mut words = text.split_whitespace();
    words
        .find(|word| word.contains("/vao?t="))
        .map(str::to_owned)
}
