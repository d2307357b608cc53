//! The hall where the jury sits: an installation into which thirteen essays came by mail, and the people's accounts.

use std::path::Path;
use std::path::PathBuf;

use jiff::Timestamp;
use jiff::ToSpan as _;

use crate::stage::Jobs;
use crate::stage::LIMIT;
use crate::stage::Running;
use crate::support::axe;
use crate::support::browser::Browser;
use crate::support::browser::ENTER;
use crate::support::browser::LAPTOP;
use crate::support::browser::PHONE;
use crate::support::cast;
use crate::support::house::House;
use crate::support::house::Wishes;
use crate::support::mime::Body;
use crate::support::mime::File;
use crate::support::mime::Mail;
use crate::support::papers::Paper;
use crate::support::person::Person;
use crate::support::person::Sort;
use crate::support::places;
use crate::support::prose;
use crate::support::prose::Dice;
use crate::support::servers::Account;
use crate::support::servers::MailServers;
use crate::support::servers::Outgoing;
use crate::support::servers::new_folder;
use crate::support::wait;

/// Ten are screened and ten are marked; one fails on the way, two are for mishaps.
pub const ESSAYS: usize = 13;
pub const UNIT: &str = "hoan-kiem";
pub const HEAD: &str = "truongban@giamkhao.example";
pub const JUDGE: &str = "mot@giamkhao.example";
pub const SECOND: &str = "hai@giamkhao.example";

pub struct Hall {
    /// Ends before its servers do.
    serve: Option<Running>,
    pub house: House,
    _servers: MailServers,
    folder: PathBuf,
}

impl Hall {
    /// Thirteen people have mailed their essays, and each of them is in the unit's first queue.
    pub fn with_essays() -> Hall {
        let places = places::hanoi();
        let spot = &places.spots[0];
        let mut dice = Dice::new(20_190_906);
        let people: Vec<Person> = (1..=ESSAYS)
            .map(|number| {
                let sort = [Sort::Pupil, Sort::Staff, Sort::Resident][number % 3];
                Person::new(number, sort, spot, places.year, &mut dice)
            })
            .collect();
        let accounts: Vec<Account> = places
            .spots
            .iter()
            .map(|spot| Account::mailbox(spot.mailbox))
            .chain(people.iter().map(|person| Account::mailbox(&person.email)))
            .chain([cast::ADMINISTRATOR_ELSEWHERE, cast::SENDER].map(Account::mailbox))
            .collect();
        let servers = MailServers::start(&accounts);
        let folder = new_folder("ph");
        let exe = Path::new(env!("CARGO_BIN_EXE_phach"));
        let house = House::build(&folder, exe, &servers, &places, &Wishes::default());
        let until = Timestamp::now().checked_add(72.hours()).expect("a time");
        house.apply_plan(&places, until);
        for (number, person) in people.iter().enumerate() {
            let mail = essay(number, person, spot.mailbox, &mut dice);
            servers.deliver(&mail).expect("Postfix takes an essay");
        }
        let mut hall = Hall {
            serve: None,
            house,
            _servers: servers,
            folder,
        };
        hall.serve();
        wait::until("every essay is an entry", LIMIT, || {
            let status = hall.house.status();
            let entries = status["contests"][0]["entries"].as_object()?;
            let entries: u64 = entries.values().filter_map(serde_json::Value::as_u64).sum();
            (entries == ESSAYS as u64).then_some(())
        });
        hall.wait_until_idle();
        hall
    }

    /// Starts the program, on the port that it had before.
    pub fn serve(&mut self) {
        self.serve = Some(Running(self.house.start(&["serve"], "serve.log")));
    }

    /// The power fails.
    pub fn stop(&mut self) {
        self.serve = None;
    }

    pub fn wait_until_idle(&self) {
        wait::until("no job is open any more", LIMIT, || {
            (Jobs::of(&self.house.status()).open() == 0).then_some(())
        });
    }

    pub fn appoint(&self, email: &str, name: &str, role: &str) {
        let words = ["user", "add", email, "--name", name, "--role", role];
        self.house.run(&[&words[..], &["--unit", UNIT]].concat());
    }

    /// Opens a login link and presses Enter.
    pub fn log_in(&self, browser: &Browser, email: &str) {
        log_in(&self.house, browser, email);
    }
}

/// Opens a login link and presses Enter.
pub fn log_in(house: &House, browser: &Browser, email: &str) {
    browser.goto("/dang-nhap");
    browser.forget("phach");
    let said = house.run(&["user", "link", email]);
    let link = said.split_whitespace().find(|word| word.contains("/vao?"));
    browser.goto(link.unwrap_or_else(|| panic!("no link in {said}")));
    browser.keys(&ENTER.to_string());
    browser.wait("location.pathname === '/' || location.pathname === '/cham'");
}

impl Drop for Hall {
    fn drop(&mut self) {
        self.serve = None;
        if std::thread::panicking() {
            eprintln!("logs of the failed test: {}", self.folder.display());
        } else {
            let _ = std::fs::remove_dir_all(&self.folder);
        }
    }
}

fn essay(number: usize, person: &Person, mailbox: &str, dice: &mut Dice) -> Outgoing {
    let words = 500 + dice.below(600);
    let mut paragraphs = prose::essay(dice.next(), words);
    let answers =
        (1..=5).map(|question| format!("Câu {question}: {}", dice.pick(&["A", "B", "C", "D"])));
    paragraphs.splice(0..0, answers);
    let paper = Paper {
        head: person.head(number % 4),
        title: "BÀI DỰ THI TÌM HIỂU DỊCH VỤ CÔNG TRỰC TUYẾN".to_owned(),
        paragraphs,
        footer: "Bài dự thi".to_owned(),
        ..Paper::default()
    };
    let now = Timestamp::now();
    let mail = Mail {
        from_name: person.name.clone(),
        from: person.email.clone(),
        to: vec![mailbox.to_owned()],
        subject: "Bài dự thi Tìm hiểu Dịch vụ công trực tuyến".to_owned(),
        id: format!("{number}.trinhduyet@nguoidan.example"),
        date: now.strftime("%a, %d %b %Y %H:%M:%S +0000").to_string(),
        body: Body::Plain("Kính gửi Ban Tổ chức, tôi xin nộp bài dự thi.".to_owned()),
        files: vec![File::new("Bài dự thi.docx", paper.docx())],
        ..Mail::default()
    };
    Outgoing {
        from: person.email.clone(),
        to: vec![mailbox.to_owned()],
        bytes: mail.bytes(),
    }
}

/// Where pictures of the pages go.
pub fn screens() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("screens")
}

/// What must be true of every page, on a laptop and on a phone: nobody is kept out (axe-core), nothing scrolls
/// sideways, no word is cut off on a button or in a field, and there is one red button at most.
pub fn look(browser: &Browser, page: &str) {
    for screen in [LAPTOP, PHONE] {
        browser.sit_at(screen);
        browser.picture(
            &screens().join(format!("{page}-{}.png", screen.name)),
            screen.phone,
        );
        let wide = browser.look(&format!(
            "document.documentElement.scrollWidth - {}",
            screen.width
        ));
        assert!(
            wide.as_i64() <= Some(0),
            "{page} scrolls sideways at {} by {wide}",
            screen.name
        );
        let cut = browser.look(
            "[...document.querySelectorAll('button, .btn, input:not([type=hidden]), summary, td, th')]\
             .filter(e => e.checkVisibility() && e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 1)\
             .map(e => e.outerHTML.slice(0, 120))",
        );
        assert_eq!(
            cut,
            serde_json::json!([]),
            "{page} cuts words off at {}",
            screen.name
        );
        let red = browser.look(
            "[...document.querySelectorAll('.btn.main')].filter(e => e.checkVisibility()).length",
        );
        assert!(red.as_i64() <= Some(1), "{page} has {red} red buttons");
        let found = axe::violations(browser);
        assert!(
            found.is_empty(),
            "{page} at {}:\n{}",
            screen.name,
            found.join("\n")
        );
    }
    browser.sit_at(LAPTOP);
}
