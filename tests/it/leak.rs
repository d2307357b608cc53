//! Whoever judges learns nothing of whoever wrote: an installation with real mail servers, two districts at work, and
//! everything that comes over the wire to a judge and to a head judge of each looked through for the cast's names,
//! addresses, phones, birth dates, files, Message-IDs and receipt codes.
//!
//! Every link and form from their home on; then every address of the route table with other people's ids.

mod secrets;
mod walk;

use std::collections::BTreeSet;

use serde_json::Value;

use crate::desk::Clerk;
use crate::desk::Page;
use crate::desk::between;
use crate::stage::Jobs;
use crate::stage::LIMIT;
use crate::stage::Running;
use crate::stage::Stage;
use crate::support::cast;
use crate::support::cast::Scene;
use crate::support::house::Wishes;
use crate::support::wait;

use secrets::Secrets;
use walk::Walk;

/// What an address is to somebody who judges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Row {
    /// For everybody, logged in or not.
    Open,
    /// The secretariat's: no page for a judge, whatever the id.
    Desk,
    /// A judge's own, and nobody else's.
    Own,
}

/// Every address of the program. One that is missing here fails the test.
const ROWS: &[(&str, Row)] = &[
    ("/", Row::Desk),
    ("/bai-du-thi", Row::Desk),
    ("/bai-du-thi/{id}", Row::Desk),
    ("/bai-du-thi/{id}/xoa-du-lieu", Row::Desk),
    ("/bai-du-thi/{id}/trang", Row::Desk),
    ("/bai-du-thi/{id}/trang/{file}/{page}", Row::Desk),
    ("/tep/{id}", Row::Desk),
    ("/thu-den/{id}/goc", Row::Desk),
    ("/tep-thu/{id}", Row::Desk),
    ("/giay-to/{id}", Row::Desk),
    ("/tim", Row::Desk),
    ("/ban-giao", Row::Desk),
    ("/doi-chieu", Row::Desk),
    ("/doi-chieu/{id}", Row::Desk),
    ("/viec", Row::Desk),
    ("/viec/{id}", Row::Desk),
    ("/thu-di", Row::Desk),
    ("/thu-di/{id}", Row::Desk),
    ("/gui-nhieu-nguoi", Row::Desk),
    ("/gui-nhieu-nguoi/{id}", Row::Desk),
    ("/mau-thu", Row::Desk),
    ("/mau-thu/{form}", Row::Desk),
    ("/hom-thu", Row::Desk),
    ("/nhat-ky", Row::Desk),
    ("/xu-ly", Row::Desk),
    ("/hoan-tac", Row::Desk),
    ("/chon", Row::Desk),
    ("/dang-nhap", Row::Open),
    ("/dang-nhap/ma", Row::Open),
    ("/vao", Row::Open),
    ("/dang-xuat", Row::Open),
    ("/health", Row::Open),
    ("/metrics", Row::Desk),
    ("/static/{name}", Row::Open),
    ("/cham", Row::Own),
    ("/cham/tiep", Row::Own),
    ("/cham/{sheet}", Row::Own),
    ("/cham/trang/{code}", Row::Own),
    ("/ban-giam-khao", Row::Own),
    ("/ban-giam-khao/{queue}", Row::Own),
    ("/ban-giam-khao/{queue}/danh-sach", Row::Own),
    ("/ban-giam-khao/{queue}/bai/{entry}", Row::Own),
];

/// What stands in the place of an id.
const GARBAGE: &[&str] = &[
    "0",
    "1",
    "-1",
    "abc",
    "99999999999999999999",
    "%C4%90",
    "'%20OR%201=1",
];

const BUSY: &str = "hoan-kiem";
const LOCKED: &str = "dong-da";
const JUDGES: &[&str] = &[
    "giamkhao1.hoankiem@coquan.example",
    "giamkhao2.hoankiem@coquan.example",
    "truongban.hoankiem@coquan.example",
    "giamkhao1.dongda@coquan.example",
    "giamkhao2.dongda@coquan.example",
    "truongban.dongda@coquan.example",
];

#[test]
fn no_page_tells_a_judge_who_wrote_an_essay() {
    let stage = Stage::with(31..=31, &Wishes::default(), JUDGES);
    let (later, now) = essays(&stage);
    stage.mail(now.iter().copied());
    let _serve = Running(stage.house.start(&["serve"], "serve.log"));
    let codes = settled(&stage, &now);
    let mut secrets = Secrets::of(&stage);
    for code in &codes {
        secrets.add("receipt code", code);
    }
    assert!(secrets.len() > 200, "only {}", secrets.len());

    let join = |n: usize, role: &str, unit: &str| Clerk::log_in(&stage, JUDGES[n], role, unit);
    let [mut one, two, mut head] = [
        join(0, "judge", BUSY),
        join(1, "judge", BUSY),
        join(2, "head_judge", BUSY),
    ];
    let [mut first, mut second, mut chair] = [
        join(3, "judge", LOCKED),
        join(4, "judge", LOCKED),
        join(5, "head_judge", LOCKED),
    ];
    // One unit in the midst of its screening.
    draw(&mut head, "Vòng loại");
    mark(&mut one, 1, &[("verdict", "pass")]);
    // The other has locked its screening, and marks.
    draw(&mut chair, "Vòng loại");
    mark(&mut first, 99, &[("verdict", "pass")]);
    mark(&mut second, 99, &[("verdict", "pass")]);
    lock(&mut chair, "Vòng loại");
    settled(&stage, &now);
    draw(&mut chair, "Vòng sơ khảo");
    let marks = [
        ("c.hinh-thuc", "1"),
        ("c.noi-dung", "1"),
        ("c.giai-phap", "1"),
        ("c.hieu-biet", "1"),
    ];
    mark(&mut first, 1, &marks);

    let mut walks = [
        Walk::new("a judge in the midst", one),
        Walk::new("another judge there", two),
        Walk::new("the head judge there", head),
        Walk::new("a judge after the lock", first),
        Walk::new("the head judge after the lock", chair),
    ];
    for walk in &mut walks {
        walk.everywhere(&["/", "/cham", "/ban-giam-khao"], false);
        assert!(walk.shown.len() > 3, "{}: {:?}", walk.who, walk.shown);
    }
    // Whoever looks at one unit sees nothing of another's day.
    let before: Vec<_> = walks[3..].iter_mut().map(Walk::again).collect();
    stage.mail(later.iter().copied());
    for code in settled(&stage, &later) {
        secrets.add("receipt code", &code);
    }
    for (walk, before) in walks[3..].iter_mut().zip(before) {
        for (path, now) in walk.again() {
            assert_eq!(Some(&now), before.get(&path), "{} {path}", walk.who);
        }
    }

    for walk in &mut walks {
        walk.everywhere(&["/", "/cham", "/ban-giam-khao"], true);
    }
    settled(&stage, &now);
    let known = desk(&stage);
    let all: Vec<String> = walks
        .iter()
        .flat_map(|walk| walk.known.iter().cloned())
        .chain(known)
        .collect();
    for walk in &mut walks {
        every_route(walk, &all);
        let csrf = ("csrf".to_owned(), walk.csrf.clone());
        let out = walk.ask("POST", "/dang-xuat", &[csrf]);
        assert_eq!(out.to.as_deref(), Some("/dang-nhap"));
    }
    let answers: Vec<_> = walks.iter().flat_map(|walk| &walk.answers).collect();
    // Most refusals are one and the same page.
    let mut seen = BTreeSet::new();
    let told: Vec<String> = answers
        .iter()
        .filter(|answer| seen.insert((plain_head(&answer.page.head), &answer.page.bytes)))
        .flat_map(|answer| {
            let told = secrets.told(&answer.page.head, &answer.page.bytes);
            let whence = format!("{}: {}", answer.who, answer.asked);
            told.into_iter()
                .map(move |secret| format!("{whence}: {secret}"))
        })
        .collect();
    assert!(
        told.is_empty(),
        "{} times:\n{}",
        told.len(),
        told.join("\n")
    );
    let broken: Vec<&str> = answers
        .iter()
        .filter(|answer| answer.page.status >= 500)
        .map(|answer| &*answer.asked)
        .collect();
    assert!(broken.is_empty(), "{broken:?}");
    println!(
        "{} answers, {} different, {} secrets",
        answers.len(),
        seen.len(),
        secrets.len()
    );
}

/// Headers without the date.
fn plain_head(head: &str) -> String {
    let lines = head
        .lines()
        .filter(|line| !line.to_ascii_lowercase().starts_with("date:"));
    lines.collect::<Vec<_>>().join("\n")
}

/// Plain essays of two districts; one of the first, and one of a third, are kept for later.
fn essays(stage: &Stage) -> (Vec<&Scene>, Vec<&Scene>) {
    let of = |spot: usize| {
        let plain = |scene: &&Scene| {
            scene.spots == [spot]
                && (scene.name.starts_with("docx") || scene.name == "decomposed letters")
        };
        stage.scenes.iter().filter(plain).collect::<Vec<_>>()
    };
    let (mut busy, locked, other) = (of(0), of(1), of(2));
    assert!(busy.len() >= 3 && locked.len() >= 3 && !other.is_empty());
    let later = vec![busy.remove(0), other[0]];
    busy.extend(locked);
    (later, busy)
}

/// Waits until all that follows from these mails is done. Returns the receipt codes of their entries.
fn settled(stage: &Stage, scenes: &[&Scene]) -> Vec<String> {
    let ids: Vec<&str> = scenes.iter().map(|scene| &*scene.id).collect();
    wait::until("every mail is sorted and every job done", LIMIT, || {
        let traces = stage.house.trace(&ids);
        let codes: Vec<String> = traces
            .iter()
            .filter_map(|trace| trace["entries"][0]["code"].as_str())
            .map(str::to_owned)
            .collect();
        let jobs = Jobs::of(&stage.house.status());
        assert_eq!(jobs.in_state("failed"), 0, "{jobs:?}");
        let done = traces.iter().all(|trace| *trace != Value::Null)
            && codes.len() == ids.len()
            && jobs.open() == 0;
        done.then_some(codes)
    })
}

/// The address of a unit's queue in the round whose name begins so.
fn queue(head: &mut Clerk, round: &str) -> String {
    let all = head.get("/ban-giam-khao");
    let (before, _) = all
        .html
        .split_once(&format!("\">{round}"))
        .unwrap_or_else(|| panic!("no {round} in {}", all.html));
    let (_, path) = before.rsplit_once('"').expect("an address");
    path.to_owned()
}

#[track_caller]
fn follow(clerk: &mut Clerk, said: Page) -> Page {
    let to = said.to.unwrap_or_else(|| panic!("{}", said.html));
    clerk.get(&to)
}

/// Presses the button that does this, with everything in its form.
fn press(clerk: &mut Clerk, page: &Page, act: &str) -> Page {
    let does = ("act".to_owned(), act.to_owned());
    let form = walk::forms(&page.html, "")
        .into_iter()
        .find(|form| form.buttons.contains(&does))
        .unwrap_or_else(|| panic!("no button for {act} in {}", page.html));
    let mut fields = form.fields;
    fields.push(does);
    clerk.ask("POST", &form.action, &fields)
}

fn draw(head: &mut Clerk, round: &str) {
    let path = queue(head, round);
    let panel = head.get(&path);
    let drawn = press(head, &panel, "draw");
    let panel = follow(head, drawn);
    assert!(panel.html.contains("Đã bốc thăm"), "{}", panel.html);
}

/// Gives so many sheets by the button "Chấm bài tiếp", or as many as there are.
fn mark(judge: &mut Clerk, most: usize, marks: &[(&str, &str)]) {
    for _ in 0..most {
        let home = judge.get("/cham");
        let Some(ask) = walk::forms(&home.html, "/cham")
            .into_iter()
            .find(|form| form.asks)
        else {
            return;
        };
        let path = format!("{}?{}={}", ask.action, ask.fields[0].0, ask.fields[0].1);
        let next = judge.get(&path);
        let sheet = follow(judge, next);
        let form = walk::forms(&sheet.html, "")
            .into_iter()
            .find(|form| form.buttons.iter().any(|(_, value)| value == "give"))
            .unwrap_or_else(|| panic!("no sheet in {}", sheet.html));
        let mut fields = form.fields;
        for (name, value) in &mut fields {
            if let Some((_, mark)) = marks.iter().find(|(of, _)| of == name) {
                (*mark).clone_into(value);
            } else if name.starts_with("c.") {
                "1".clone_into(value);
            }
        }
        fields.push(("act".to_owned(), "give".to_owned()));
        let given = judge.ask("POST", &form.action, &fields);
        assert!(given.to.is_some(), "{}: {}", given.status, given.html);
    }
}

fn lock(head: &mut Clerk, round: &str) {
    let list = format!("{}/danh-sach", queue(head, round));
    for (act, said) in [("propose", "Đã lập danh sách"), ("approve", "đã chốt")] {
        let page = head.get(&list);
        let done = press(head, &page, act);
        let page = follow(head, done);
        assert!(page.html.contains(said), "{act}: {}", page.html);
    }
}

/// Every address that the secretariats of both districts come by.
fn desk(stage: &Stage) -> Vec<String> {
    let mut known = Vec::new();
    for unit in [BUSY, LOCKED] {
        let mut clerk = Clerk::log_in(stage, &cast::secretary(unit), "secretary", unit);
        draft(&mut clerk, unit);
        let mut walk = Walk::new("a secretary", clerk);
        let pages = [
            "/",
            "/bai-du-thi",
            "/viec",
            "/thu-di",
            "/mau-thu",
            "/gui-nhieu-nguoi",
            "/nhat-ky",
        ];
        walk.everywhere(&pages, false);
        let told = walk.answers.iter().any(|answer| {
            stage
                .people
                .iter()
                .any(|person| answer.page.html.contains(&person.name))
        });
        assert!(told, "at the desk names are seen, so the looking works");
        known.extend(walk.known);
    }
    known
}

/// Keeps a letter to many people that nobody releases.
fn draft(clerk: &mut Clerk, unit: &str) {
    let page = clerk.get("/gui-nhieu-nguoi/moi");
    let csrf = between(&page.html, "name=\"csrf\" value=\"", "\"").expect("a token");
    let fields = [
        ("csrf", csrf),
        ("don-vi", unit),
        ("doi-tuong", "tat-ca"),
        ("subject", "Lịch trao giải"),
        ("body", "Kính gửi {{ nguoi_nhan }}."),
        ("lam", "luu"),
    ];
    let kept = clerk.post("/gui-nhieu-nguoi/moi", &fields);
    assert!(kept.to.is_some(), "{}", kept.text());
}

/// Asks every address of the route table with ids of other people and with garbage; nothing of it may be shown.
fn every_route(walk: &mut Walk, known: &[String]) {
    let addresses = phach::web::addresses();
    let without: Vec<&&str> = addresses
        .iter()
        .filter(|address| ROWS.iter().all(|(row, _)| row != *address))
        .collect();
    assert!(without.is_empty(), "addresses without a row: {without:?}");
    for (address, row) in ROWS {
        assert!(addresses.contains(address), "{address} is no address");
        let mut paths: Vec<String> = known
            .iter()
            .filter(|path| fits(address, path) && !walk.shown.contains(*path))
            .take(5)
            .cloned()
            .collect();
        let ids = address.contains('{');
        // Neither files beside an essay nor papers of a final list nor photographed pages are in this world.
        let pages = address.starts_with("/bai-du-thi/{id}/trang");
        let rare = address.starts_with("/tep-thu") || address.starts_with("/giay-to") || pages;
        // Only the secretariat at the top is led there, and it is not in this world.
        let erase = address.ends_with("/xoa-du-lieu");
        if pages || erase {
            let entries = known.iter().filter(|path| fits("/bai-du-thi/{id}", path));
            let way = match (erase, address.ends_with("{page}")) {
                (true, _) => "xoa-du-lieu",
                (false, true) => "trang/1/0",
                (false, false) => "trang",
            };
            let bare = |entry: &String| entry.split('?').next().map(str::to_owned);
            let entries = entries.filter_map(bare).take(5);
            paths.extend(entries.map(|entry| format!("{entry}/{way}")));
        }
        if *address == "/mau-thu/{form}" {
            // Its rows have names.
            paths.push("/mau-thu/xac-nhan".to_owned());
        }
        if *row == Row::Desk && ids && !rare {
            assert!(!paths.is_empty(), "no row of {address} is known");
        }
        for id in GARBAGE {
            paths.push(filled(address, id));
        }
        if *row == Row::Own && address.contains("{entry}") {
            paths.extend(crossed(known));
        }
        paths.sort();
        paths.dedup();
        for (n, path) in paths.into_iter().enumerate() {
            if *address == "/dang-xuat" {
                continue;
            }
            let csrf = ("csrf".to_owned(), walk.csrf.clone());
            let act = ("act".to_owned(), "give".to_owned());
            let own = walk.shown.contains(&path);
            let may = own || *row == Row::Open || (*row == Row::Own && !ids);
            for (method, fields) in [
                ("GET", vec![]),
                ("POST", vec![csrf.clone(), act]),
                ("HEAD", vec![]),
                ("PUT", vec![csrf]),
            ] {
                // Of the ways that no page knows, one try.
                if n > 0 && matches!(method, "HEAD" | "PUT") {
                    continue;
                }
                let status = walk.ask(method, &path, &fields).status;
                let shows = status == 200 && !may;
                assert!(!shows, "{}: {method} {path}: {status}", walk.who);
            }
        }
    }
}

/// "/cham/{sheet}" fits "/cham/17?da=mo".
fn fits(address: &str, path: &str) -> bool {
    let path = path.split('?').next().unwrap_or_default();
    let (one, other): (Vec<&str>, Vec<&str>) =
        (address.split('/').collect(), path.split('/').collect());
    one.len() == other.len()
        && one.iter().zip(&other).all(|(part, given)| {
            part == given
                || (part.starts_with('{') && given.starts_with(|c: char| c.is_ascii_digit()))
        })
}

fn filled(address: &str, id: &str) -> String {
    let parts = address
        .split('/')
        .map(|part| if part.starts_with('{') { id } else { part });
    parts.collect::<Vec<_>>().join("/")
}

/// Entries of each queue asked for under every other queue.
fn crossed(known: &[String]) -> Vec<String> {
    let pairs: Vec<(&str, &str)> = known
        .iter()
        .filter_map(|path| path.strip_prefix("/ban-giam-khao/")?.split_once("/bai/"))
        .filter(|(_, entry)| !entry.contains('?'))
        .collect();
    let mut all = Vec::new();
    for (queue, own) in &pairs {
        for (other, entry) in &pairs {
            if queue != other && own != entry {
                all.push(format!("/ban-giam-khao/{queue}/bai/{entry}"));
            }
        }
    }
    all.sort();
    all.dedup();
    all.truncate(6);
    all
}
