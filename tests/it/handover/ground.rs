//! Where handovers are tested: mail servers, a department's mailbox full of entries, and installations that know
//! nothing of one another.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use jiff::Timestamp;
use jiff::ToSpan as _;
use serde_json::Value;

use crate::desk::Clerk;
use crate::desk::Page;
use crate::desk::between;
use crate::support::cast;
use crate::support::cast::When;
use crate::support::house::House;
use crate::support::house::Wishes;
use crate::support::imap::RawMail;
use crate::support::mime;
use crate::support::places;
use crate::support::places::Places;
use crate::support::prose;
use crate::support::servers::Account;
use crate::support::servers::MailServers;
use crate::support::servers::Outgoing;
use crate::support::servers::new_folder;

pub const CITY: &str = "ha-noi";
pub const CITY_MAILBOX: &str = "timhieudvctructuyen2019@gmail.com";
pub const LIMIT: Duration = Duration::from_secs(120);

/// Mail servers with a department's mails in its mailbox, and where installations are built.
pub struct Ground {
    pub servers: MailServers,
    pub places: Places,
    folder: PathBuf,
    until: Timestamp,
    /// Message-IDs of the mails to the department.
    pub mails: Vec<String>,
}

impl Ground {
    pub fn lay(seed: u64) -> Ground {
        let places = places::hanoi();
        let now = Timestamp::now();
        let cast = cast::cast(places.clone(), seed, now);
        let mut accounts = cast.accounts();
        accounts.push(Account::mailbox(CITY_MAILBOX));
        accounts.push(Account::mailbox("hoa@nguoidan.example"));
        accounts.push(Account::mailbox("lam@nguoidan.example"));
        accounts.sort();
        accounts.dedup();
        let servers = MailServers::start(&accounts);
        let mut mails = Vec::new();
        for scene in &cast.scenes {
            let to_department = scene.spots == [3] && scene.when == When::BeforeDeadline;
            if to_department && !scene.expect.entries.is_empty() {
                servers.deliver(&scene.mail).expect("Postfix takes it");
                mails.push(scene.id.clone());
            }
        }
        for mail in [written_in_the_mail(&places), with_a_large_file(&places)] {
            let outgoing = Outgoing {
                from: mail.from.clone(),
                to: mail.to.clone(),
                bytes: mail.bytes(),
            };
            servers.deliver(&outgoing).expect("Postfix takes it");
            mails.push(mail.id);
        }
        servers.wait_for(department(&places), LIMIT, |inbox| {
            inbox.len() >= mails.len()
        });
        Ground {
            servers,
            places,
            folder: new_folder("ho"),
            until: now.checked_add(72.hours()).expect("a time"),
            mails,
        }
    }

    /// An installation that reads these mailboxes.
    pub fn house(&self, name: &str, mailboxes: &[&str], database: Option<String>) -> House {
        let folder = self.folder.join(name);
        std::fs::create_dir_all(&folder).expect("a folder");
        let wishes = Wishes {
            database,
            // Mails of a tenth of a megabyte, so that a few essays are several mails.
            outbox: "part_mib = 0.1\nundo_seconds = 0".into(),
            intake: "missing_seconds = 2".into(),
            mailboxes: mailboxes.iter().map(|address| (*address).into()).collect(),
            ..Wishes::default()
        };
        let exe = PathBuf::from(env!("CARGO_BIN_EXE_phach"));
        let house = House::build(&folder, &exe, &self.servers, &self.places, &wishes);
        house.apply_plan(&self.places, self.until);
        house
    }

    pub fn city_mails(&self, header: &str) -> Vec<RawMail> {
        of_header(self.servers.inbox(CITY_MAILBOX), header)
    }

    pub fn department_mails(&self, header: &str) -> Vec<RawMail> {
        of_header(self.servers.inbox(department(&self.places)), header)
    }
}

impl Drop for Ground {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("logs of the failed test: {}", self.folder.display());
        } else {
            let _ = std::fs::remove_dir_all(&self.folder);
        }
    }
}

pub fn of_header(mut mails: Vec<RawMail>, header: &str) -> Vec<RawMail> {
    mails.retain(|mail| mail.header(header).is_some());
    mails
}

pub fn department(places: &Places) -> &'static str {
    places.spots[3].mailbox
}

fn written_in_the_mail(places: &Places) -> mime::Mail {
    let essay = prose::essay(77, 600).join("\n\n");
    mime::Mail {
        from: "hoa@nguoidan.example".into(),
        to: vec![department(places).into()],
        subject: "Bài dự thi tìm hiểu dịch vụ công trực tuyến".into(),
        id: "trong-thu@nguoidan.example".into(),
        date: "Fri, 6 Sep 2019 09:00:00 +0700".into(),
        body: mime::Body::Plain(format!(
            "BÀI DỰ THI\nHọ và tên: Lê Thị Hoa\nNgày sinh: 09/02/1981\nĐơn vị: Sở Tư pháp thành phố Hà Nội\n\n{essay}"
        )),
        ..mime::Mail::default()
    }
}

fn with_a_large_file(places: &Places) -> mime::Mail {
    let essay = prose::essay(78, 500).join("\n\n");
    let text = format!(
        "BÀI DỰ THI\nHọ và tên: Trần Văn Lâm\nNgày sinh: 01/03/1979\nĐơn vị: Sở Tư pháp thành phố Hà Nội\n\n{essay}"
    );
    let mut dice = prose::Dice::new(5);
    let large: Vec<u8> = (0..50_000)
        .flat_map(|_| dice.next().to_le_bytes())
        .collect();
    mime::Mail {
        from: "lam@nguoidan.example".into(),
        to: vec![department(places).into()],
        subject: "Bài dự thi của Trần Văn Lâm".into(),
        id: "tep-lon@nguoidan.example".into(),
        date: "Fri, 6 Sep 2019 09:00:00 +0700".into(),
        body: mime::Body::Plain("Tôi xin gửi bài dự thi.".into()),
        files: vec![
            mime::File::new("Bài dự thi.txt", text.into_bytes()),
            mime::File::new("Ảnh minh họa.dat", large),
        ],
        ..mime::Mail::default()
    }
}

/// The web of an installation, asked to end (and waited for) when dropped.
pub struct Web(std::process::Child);

impl Web {
    pub fn open(house: &House) -> Web {
        Web(house.start(&["serve", "--only", "web"], "web.log"))
    }
}

impl Drop for Web {
    fn drop(&mut self) {
        let _ = Command::new("kill")
            .args(["-TERM", &self.0.id().to_string()])
            .status();
        let _ = self.0.wait();
    }
}

/// Reads the mailboxes and does everything that can be done now.
pub fn work(house: &House) {
    let output = house.output(&["serve", "--until-idle"]);
    assert!(
        matches!(output.status.code(), Some(0 | 3)),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// The entries of these mails, by receipt code.
pub fn entries(house: &House, mails: &[String]) -> BTreeMap<String, Value> {
    let ids: Vec<&str> = mails.iter().map(String::as_str).collect();
    house
        .trace(&ids)
        .iter()
        .flat_map(|trace| trace["entries"].as_array().expect("entries").clone())
        .map(|entry| (entry["code"].as_str().expect("a code").to_owned(), entry))
        .collect()
}

/// As `entries`, asked by receipt code.
pub fn entry(house: &House, code: &str) -> Option<Value> {
    let traces = house.trace(&[code]);
    let entries = traces.first()?["entries"].as_array()?.clone();
    entries.into_iter().find(|entry| entry["code"] == code)
}

/// The files of an entry: role, kind, pages, hash; with the essay in a mail as the file it travels as.
pub fn files(entry: &Value) -> Vec<Value> {
    entry["files"].as_array().expect("files").clone()
}

pub fn blob(house: &House, sha256: &str) -> Vec<u8> {
    let path = house
        .folder
        .join("data/blobs")
        .join(&sha256[..2])
        .join(sha256);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Everything a status counts, besides the moment.
pub fn counts(house: &House) -> Value {
    let status = house.status();
    serde_json::json!([status["contests"], status["jobs"]])
}

pub fn letters(house: &House, kind: &str) -> i64 {
    let status = house.status();
    let letters = status["contests"][0]["letters"].as_array().cloned();
    letters
        .unwrap_or_default()
        .iter()
        .filter(|row| row["kind"] == kind && row["state"] == "sent")
        .filter_map(|row| row["count"].as_i64())
        .sum()
}

pub fn matters(house: &House) -> i64 {
    house.status()["contests"][0]["matters"]["handover"]
        .as_i64()
        .unwrap_or_default()
}

/// Opens the only matter of the handover kind and returns its page.
pub fn the_matter(clerk: &mut Clerk) -> Page {
    let list = clerk.get("/viec?loai=ban-giao");
    let id = between(&list.html, "href=\"/viec/", "\"")
        .expect("a matter")
        .to_owned();
    clerk.get(&format!("/viec/{id}"))
}
