//! A mailbox and a relay that are logged in to by token, at a real Dovecot and Postfix: what ends in the middle is renewed,
//! what is broken is waited for, and what a person must do is told to a person.

use std::fs;
use std::io::BufRead as _;
use std::io::BufReader;
use std::io::Read as _;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Child;
use std::process::Stdio;
use std::time::Duration;
use std::time::Instant;

use phach::entry::Trouble;
use phach::words;

use crate::desk::Clerk;
use crate::stage::LIMIT;
use crate::stage::Running;
use crate::stage::Stage;
use crate::support::cast;
use crate::support::cast::Scene;
use crate::support::house::Wishes;
use crate::support::identity;
use crate::support::identity::Identity;
use crate::support::servers::Which;
use crate::support::wait;

/// The mailbox that is read by token, and one that is read with a password.
const MAILBOX: &str = "hoankiem@duthi.hanoi.example";
const UNIT: &str = "hoan-kiem";

/// From healing to resumed work.
const RESUMED: Duration = Duration::from_secs(60);

struct World {
    identity: Identity,
    stage: Stage,
}

/// One mailbox and the relay are logged in to by token; nobody has logged in yet.
fn world() -> World {
    let identity = Identity::start();
    let wishes = Wishes {
        alarm_seconds: Some(15),
        ..Wishes::default()
    };
    let stage = Stage::build(1..=2, &wishes);
    stage.servers.take_tokens(&identity.introspection());
    let file = stage.house.folder.join("phach.toml");
    let settings = fs::read_to_string(&file).expect("the settings");
    let own = format!(
        "[[imap]]\naddresses = [\"{MAILBOX}\"]\nhost = \"localhost\"\nport = {}\nsecurity = \"tls\"\noauth = \"thu\"\n\
         ca_file = \"{}\"\n\n[[imap]]",
        stage.servers.imaps_port(),
        stage.servers.ca_file().display()
    );
    let password = format!("password_file = \"passwords/{}\"", cast::SENDER);
    assert!(settings.contains("[[imap]]") && settings.contains(&password));
    let settings = settings
        .replacen("[[imap]]", &own, 1)
        .replace(&password, "oauth = \"thu\"");
    fs::write(&file, settings + &identity.settings("thu")).expect("write the settings");
    World { identity, stage }
}

/// A `phach mailbox login` that runs, and what it said so far.
struct Talk {
    child: Child,
    out: BufReader<std::process::ChildStdout>,
    said: String,
}

impl World {
    fn log_in(&self, words: &[&str]) -> Talk {
        let mut all = vec!["mailbox", "login"];
        all.extend(words);
        let mut child = self
            .stage
            .house
            .command(&all)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("start phach");
        let out = BufReader::new(child.stdout.take().expect("its words"));
        Talk {
            child,
            out,
            said: String::new(),
        }
    }

    /// A person logs in by the code on a device.
    fn by_device(&self, address: &str, person: &str) -> (bool, String) {
        let mut talk = self.log_in(&[address]);
        let code = talk.word_with("MA-");
        self.identity.agree(&code, person);
        talk.end()
    }

    /// All connections to the mailbox are cut; the server is there again at once.
    fn cut(&self) {
        self.stage.servers.kill(Which::Imap);
        self.stage.servers.restart();
    }

    fn failure(&self) -> serde_json::Value {
        let status = self.stage.house.status();
        let mut rows = status["mailboxes"].as_array().into_iter().flatten();
        let row = rows.find(|row| row["address"] == MAILBOX);
        row.expect("the mailbox in the status")["failure"].clone()
    }

    fn receipt(&self, scene: &Scene, limit: Duration) {
        wait::until(&format!("the receipt of {}", scene.name), limit, || {
            (self.stage.answers(scene).len() == 1).then_some(())
        });
    }
}

impl Talk {
    /// Reads until a word with this in it stands there.
    fn word_with(&mut self, mark: &str) -> String {
        loop {
            let mut line = String::new();
            let read = self.out.read_line(&mut line).expect("a line");
            assert!(read > 0, "no {mark} in {}", self.said);
            self.said.push_str(&line);
            let word = line.split_whitespace().find(|word| word.contains(mark));
            if let Some(word) = word {
                return word.to_owned();
            }
        }
    }

    /// Waits for its end: whether all went well, and everything it said.
    fn end(mut self) -> (bool, String) {
        self.out.read_to_string(&mut self.said).expect("the rest");
        let rest = self.child.wait_with_output().expect("its end");
        self.said.push_str(&String::from_utf8_lossy(&rest.stderr));
        (rest.status.success(), self.said)
    }
}

#[test]
fn mail_comes_and_goes_by_token_through_every_trouble() {
    let world = world();
    let (stage, identity) = (&world.stage, &world.identity);
    let mut scenes = stage.scenes.iter().filter(|scene| {
        scene.name.starts_with("docx") && scene.mail.to == [MAILBOX] && scene.expect.receipts == 1
    });
    let mut next = || scenes.next().expect("a scene more");

    // Nobody has logged in: said, with what to do.
    let check = stage.house.output(&["check"]);
    let said = String::from_utf8_lossy(&check.stdout).into_owned();
    assert!(
        said.contains(&words::check::trouble(Trouble::Login)),
        "{said}"
    );
    assert!(
        said.contains(&words::check::relay_login(cast::SENDER)),
        "{said}"
    );

    // On a device; in the browser of this machine.
    let (well, said) = world.by_device(MAILBOX, MAILBOX);
    assert!(
        well && said.contains(&words::login::works(MAILBOX, 0)),
        "{said}"
    );
    let mut talk = world.log_in(&[cast::SENDER, "--browser"]);
    let address = talk.word_with("http://");
    let page = identity::follow(&identity.browse(&address, cast::SENDER));
    assert!(page.ends_with(words::login::BROWSER_DONE), "{page}");
    let (well, said) = talk.end();
    assert!(
        well && said.contains(&words::login::relay_works("demo")),
        "{said}"
    );
    for file in fs::read_dir(stage.house.folder.join("data/tokens")).expect("tokens") {
        let mode = file
            .expect("a file")
            .metadata()
            .expect("its mode")
            .permissions()
            .mode();
        assert_eq!(mode & 0o077, 0, "for nobody else");
    }
    let said = stage.house.run(&["check"]);
    assert!(
        !said.contains("phach mailbox login") && said.contains("mã truy cập từ"),
        "{said}"
    );

    let serve = Running(stage.house.start(&["serve"], "serve.log"));
    let scene = next();
    stage.mail([scene]);
    world.receipt(scene, LIMIT);

    // Somebody else logs in by mistake: refused, and what was good stays.
    let (well, said) = world.by_device(MAILBOX, "an@nguoidan.example");
    assert!(
        !well && said.contains(&words::login::wrong(MAILBOX)),
        "{said}"
    );

    // The tokens end before their time: had anew, and nobody hears of it.
    let (before, _) = identity.renewals();
    identity.end_access();
    world.cut();
    let scene = next();
    stage.mail([scene]);
    world.receipt(scene, LIMIT);
    assert!(identity.renewals().0 > before);
    assert_eq!(
        stage.servers.inbox(cast::ADMINISTRATOR_ELSEWHERE),
        [],
        "no alarm"
    );

    // The provider has trouble: waited for.
    identity.set_down(true);
    identity.end_access();
    world.cut();
    let scene = next();
    stage.mail([scene]);
    wait::until("the trouble is noted", LIMIT, || {
        (world.failure() == "unreachable").then_some(())
    });
    std::thread::sleep(Duration::from_secs(4));
    assert!(stage.answers(scene).is_empty());
    identity.set_down(false);
    let healed = Instant::now();
    world.receipt(scene, RESUMED);
    println!(
        "after the provider's trouble: {:.1} s",
        healed.elapsed().as_secs_f64()
    );

    // The login is taken away: the administrator is told what to do, and the mail waits.
    identity.revoke(MAILBOX);
    world.cut();
    let scene = next();
    stage.mail([scene]);
    let mails = stage
        .servers
        .wait_for(cast::ADMINISTRATOR_ELSEWHERE, LIMIT, |mails| {
            !mails.is_empty()
        });
    let alarm = mail_parser::MessageParser::default()
        .parse(&mails[0].bytes)
        .and_then(|mail| mail.body_text(0).map(|text| text.into_owned()))
        .expect("a letter with text");
    let alarm = alarm.split_whitespace().collect::<Vec<_>>().join(" ");
    for said in [
        words::mailbox::trouble(Trouble::Login),
        words::mailbox::what_to_do(Trouble::Login),
    ] {
        assert!(alarm.contains(said), "{said:?} in {alarm}");
    }
    assert_eq!(world.failure(), "login");
    assert!(stage.answers(scene).is_empty());

    // A person logs in again, with the browser on another machine.
    let mut talk = world.log_in(&[MAILBOX, "--browser"]);
    let address = talk.word_with("http://");
    let pasted = identity.browse(&address, MAILBOX);
    let mut keyboard = talk.child.stdin.take().expect("a keyboard");
    writeln!(
        keyboard,
        "https://khong.phai.example/?code=1&state=2\n{pasted}"
    )
    .expect("typed");
    let (well, said) = talk.end();
    assert!(
        well && said.contains(words::login::NOT_THE_ADDRESS),
        "{said}"
    );
    let healed = Instant::now();
    world.receipt(scene, RESUMED);
    println!("after a new login: {:.1} s", healed.elapsed().as_secs_f64());
    wait::until("all is well", LIMIT, || {
        world.failure().is_null().then_some(())
    });

    let mut clerk = Clerk::log_in(stage, &cast::secretary(UNIT), "secretary", UNIT);
    let page = clerk.get("/hom-thu");
    assert!(page.html.contains("mã truy cập từ"), "{}", page.html);
    drop(serve);
    let (_, shown_twice) = identity.renewals();
    assert_eq!(shown_twice, 0, "no used refresh token was shown again");
    let log = fs::read_to_string(stage.house.folder.join("serve.log")).expect("the log");
    assert!(log.contains("invalid_grant"), "{log}");
    assert!(!log.contains(identity::MARK), "no token in the log: {log}");
    stage.house.run(&["verify"]);
}

#[test]
fn a_mailbox_with_a_password_is_explained_and_tried() {
    let stage = Stage::build(1..=1, &Wishes::default());
    let said = stage.house.run(&["mailbox", "login", MAILBOX]);
    let how = words::login::passwords(MAILBOX, words::login::Home::Other);
    assert!(said.contains(&how), "{said}");
    assert!(said.contains(&words::login::works(MAILBOX, 0)), "{said}");
    let file = stage.house.folder.join("passwords").join(MAILBOX);
    fs::write(file, "mat-khau-cu").expect("write a password");
    let output = stage.house.output(&["mailbox", "login", MAILBOX]);
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        said.contains(&words::check::trouble(Trouble::Auth)),
        "{said}"
    );
    let unknown = stage
        .house
        .output(&["mailbox", "login", "la@nguoidan.example"]);
    let said = String::from_utf8_lossy(&unknown.stderr).into_owned();
    assert!(
        said.contains(&words::login::unknown("la@nguoidan.example")),
        "{said}"
    );
}
