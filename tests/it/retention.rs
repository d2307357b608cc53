//! A contest that is over: what is known of people goes by a clerk's word, in pieces that any end of the program leaves
//! whole; and the same mails, fetched or imported once more, bring nothing back and are not answered again.

use std::fs;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::path::PathBuf;
use std::time::Duration;
use std::time::SystemTime;

use jiff::Timestamp;
use jiff::ToSpan as _;
use phach::db::Db;
use serde_json::Value;

use crate::desk::Clerk;
use crate::desk::Page;
use crate::desk::between;
use crate::stage::LIMIT;
use crate::stage::Running;
use crate::stage::Stage;
use crate::stage::figure;
use crate::support::cast::Scene;
use crate::support::house::Wishes;
use crate::support::places;
use crate::support::servers::Postgres;
use crate::support::wait;

pub const SIGABRT: i32 = 6;

#[test]
fn a_contest_that_is_over_is_forgotten_on_sqlite() {
    story(None);
}

#[test]
fn a_contest_that_is_over_is_forgotten_on_postgresql() {
    let cluster = Postgres::start();
    story(Some(cluster.url()));
}

fn story(database: Option<&str>) {
    let wishes = Wishes {
        database: database.map(str::to_owned),
        ..Wishes::default()
    };
    let stage = Stage::build(1..=1, &wishes);
    let essays = |scene: &&Scene| {
        scene.name.starts_with("docx") && scene.spots.len() == 1 && scene.fellow.is_none()
    };
    let scenes: Vec<&Scene> = stage.scenes.iter().filter(essays).take(3).collect();
    assert_eq!(scenes.len(), 3);
    let secrets = secrets(&stage, &scenes);
    stage.mail(scenes.iter().copied());
    stage.finish(&[]);
    end_the_contest(&stage);
    let answers = |stage: &Stage| -> Vec<usize> {
        let count = |scene: &&Scene| stage.servers.inbox(&scene.sender).len();
        scenes.iter().map(count).collect()
    };
    let told = answers(&stage);
    assert!(told.iter().all(|letters| *letters >= 1), "{told:?}");
    let entries = |stage: &Stage| figure(&stage.house.status(), "deliveries", "flagged");
    assert_ne!(found(&stage, &secrets, "before"), Vec::<String>::new());

    let serve = Running(stage.house.start(&["serve"], "serve.log"));
    let mut clerk = Clerk::by_link(&stage.house, "truong@duthi.example", "secretary", "ha-noi");
    let page = clerk.get(&format!("/tim?q={}", scenes[0].sender));
    assert_eq!(page.status, 200, "the index is filled: {}", page.html);
    confirm(&mut clerk);
    drop(serve);
    assert_eq!(due(&stage)["removals"][0]["state"], "confirmed");
    let idle = stage.house.output(&["serve", "--until-idle"]);
    assert_eq!(idle.status.code(), Some(3), "its job waits");
    assert_eq!(due(&stage)["messages"], 3, "nothing goes within a day");

    let times: &[&str] = match database {
        None => &[
            "removed_uncommitted",
            "removed",
            "removed:2",
            "files_removed",
        ],
        // Another process may have the job, so each end is waited for.
        Some(_) => &["removed"],
    };
    its_time_has_come(&stage);
    for place in times {
        let mut command = stage.house.command(&["serve", "--until-idle"]);
        let ended = command.env("PHACH_CRASH", place).status().expect("phach");
        assert_eq!(ended.signal(), Some(SIGABRT), "{place}: {ended}");
    }
    stage.finish(&[]);
    let now = due(&stage);
    let removal = &now["removals"][0];
    assert_eq!(removal["state"], "done", "{now}");
    assert_eq!((&now["messages"], &now["entries"]), (&0.into(), &0.into()));
    assert_eq!(
        (&removal["messages"], &removal["entries"]),
        (&3.into(), &3.into())
    );
    assert_eq!(blobs(&stage), Vec::<PathBuf>::new());
    assert_eq!(found(&stage, &secrets, "after"), Vec::<String>::new());
    assert_eq!(stage.house.output(&["verify"]).status.code(), Some(0));

    // The server still has them all, and numbers them anew; and somebody kept two as files.
    let fetched = entries(&stage);
    sql(&stage, "UPDATE mailbox SET uid_validity = uid_validity - 1");
    let files = stage.house.folder.join("luu");
    fs::create_dir_all(&files).expect("a folder");
    let mailbox = &scenes[0].mail.to[0];
    let on_server = stage.servers.inbox(mailbox).remove(0).bytes;
    let mut other = b"X-Kept-By: somebody\r\n".to_vec();
    other.extend_from_slice(&on_server);
    fs::write(files.join("1.eml"), &on_server).expect("a file");
    fs::write(files.join("2.eml"), &other).expect("a file");
    stage
        .house
        .run(&["import", &files.to_string_lossy(), "--mailbox", mailbox]);
    stage.finish(&[]);
    assert!(entries(&stage) > fetched, "they were fetched again");
    let now = due(&stage);
    assert_eq!((&now["messages"], &now["entries"]), (&0.into(), &0.into()));
    assert_eq!(answers(&stage), told, "nobody is answered again");
    // Of the one in other bytes the files go when nobody can be about to name them.
    make_old(&stage);
    let serve = Running(stage.house.start(&["serve"], "again.log"));
    wait::until("the files are gone again", LIMIT, || {
        blobs(&stage).is_empty().then_some(())
    });
    let mut clerk = Clerk::by_link(&stage.house, "truong@duthi.example", "secretary", "ha-noi");
    let list = clerk.get("/bai-du-thi");
    let entry = between(&list.html, "href=\"/bai-du-thi/", "\"").expect("an entry");
    let page = clerk.get(&format!("/bai-du-thi/{entry}"));
    assert!(page.html.contains("đã được xóa lúc"), "{}", page.html);
    assert!(page.form("correct").is_none(), "{}", page.html);
    drop(serve);
    assert_eq!(found(&stage, &secrets, "again"), Vec::<String>::new());
    assert_eq!(stage.house.output(&["verify"]).status.code(), Some(0));
}

/// Whoever sent these: names, phones and addresses by which they would be found.
fn secrets(stage: &Stage, scenes: &[&Scene]) -> Vec<String> {
    let mut secrets = Vec::new();
    for scene in scenes {
        secrets.push(scene.sender.clone());
        let person = stage
            .people
            .iter()
            .find(|person| person.email == scene.sender)
            .expect("a person");
        secrets.extend([person.name.clone(), person.phone.clone()]);
    }
    secrets
}

/// The last deadline is past, and since yesterday the data is to go.
fn end_the_contest(stage: &Stage) {
    let now = Timestamp::now();
    let past = now.checked_sub((40 * 24).hours()).expect("a time");
    stage.house.apply_plan(&places::hanoi(), past);
    let file = stage.house.folder.join("plan.toml");
    let yesterday = now.checked_sub(24.hours()).expect("a time");
    let day = yesterday.strftime("%Y-%m-%d");
    let plan = fs::read_to_string(&file).expect("the plan");
    fs::write(&file, format!("{plan}\n[retention]\nafter = \"{day}\"\n")).expect("the plan");
    let said = stage
        .house
        .run(&["contest", "apply", "--yes", &file.to_string_lossy()]);
    assert!(said.contains("Xóa dữ liệu cá nhân"), "{said}");
    stage.finish(&[]);
}

/// Asked by the program, a clerk first types something else, then confirms, calls it off and confirms again.
fn confirm(clerk: &mut Clerk) {
    let list = wait::until("a person is asked", LIMIT, || {
        let list = clerk.get("/viec?loai=xoa-du-lieu");
        list.html.contains("href=\"/viec/").then_some(list)
    });
    assert!(list.html.contains("3 thư, 3 bài"), "{}", list.html);
    let links = list.html.split("href=\"/viec/").skip(1);
    let id = links
        .filter_map(|rest| rest.split('"').next())
        .find(|id| id.parse::<i64>().is_ok())
        .expect("a matter")
        .to_owned();
    let path = format!("/viec/{id}");
    let page = clerk.get(&path);
    let mut press = |page: &Page, typed: &str| {
        let form = page.form("remove").expect("the form");
        let mut fields = form.hidden.clone();
        fields.push(("typed", typed));
        clerk.post(form.action, &fields)
    };
    assert_eq!(press(&page, "xoa").status, 409);
    assert_eq!(press(&page, "").status, 409);
    let slug = places::hanoi().slug;
    assert_eq!(press(&page, slug).status, 303);
    assert_eq!(press(&page, slug).status, 409, "confirmed once");
    let journal = clerk.get("/nhat-ky");
    let act = between(&journal.html, "name=\"act\" value=\"", "\"").expect("an act");
    let csrf = between(&journal.html, "name=\"csrf\" value=\"", "\"").expect("a token");
    let undone = clerk.post("/hoan-tac", &[("csrf", csrf), ("act", act)]);
    assert_eq!(undone.status, 303, "{}", undone.html);
    let page = clerk.get(&path);
    let form = page.form("remove").expect("asked again");
    let mut fields = form.hidden.clone();
    fields.push(("typed", slug));
    assert_eq!(clerk.post(form.action, &fields).status, 303);
    let page = clerk.get(&path);
    assert!(page.html.contains("còn hoàn tác được"), "{}", page.html);
}

/// What `phach retention` says of the contest.
pub fn due(stage: &Stage) -> Value {
    let said = stage.house.run(&["retention", "--json"]);
    serde_json::from_str(said.trim()).expect("JSON")
}

/// The day of thought is over, and files are as old as they would be.
pub fn its_time_has_come(stage: &Stage) {
    sql(stage, "UPDATE removal SET run_at = 1");
    sql(stage, "UPDATE job SET run_at = 1 WHERE kind = 'remove'");
    make_old(stage);
}

pub fn sql(stage: &Stage, statement: &'static str) {
    let file = stage.house.folder.join("data/phach.db");
    let sqlite = format!("sqlite:{}", file.display());
    let url = stage.house.database.clone().unwrap_or(sqlite);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let db = Db::connect(&url).await.expect("the database");
        match &db {
            Db::Lite { write, .. } => {
                sqlx::query(statement).execute(write).await.expect("done");
            }
            Db::Pg(pool) => {
                sqlx::query(statement).execute(pool).await.expect("done");
            }
        }
        db.close().await;
    });
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files_below(&path));
        } else {
            found.push(path);
        }
    }
    found
}

pub fn blobs(stage: &Stage) -> Vec<PathBuf> {
    files_below(&stage.house.folder.join("data/blobs"))
}

fn make_old(stage: &Stage) {
    let then = SystemTime::now() - Duration::from_secs(2 * 3_600);
    for path in blobs(stage) {
        let file = fs::File::open(path).expect("a blob");
        file.set_modified(then).expect("an older time");
    }
}

/// Which of these stand anywhere in the data folder or in a row.
pub fn found(stage: &Stage, secrets: &[String], name: &str) -> Vec<String> {
    let copy = stage.house.folder.join("copies").join(name);
    stage.house.run(&["backup", &copy.to_string_lossy()]);
    let data = stage.house.folder.join("data");
    let mut found = Vec::new();
    for path in [copy, data].iter().flat_map(|folder| files_below(folder)) {
        let bytes = fs::read(&path).expect("a file");
        for secret in secrets {
            let secret_bytes = secret.as_bytes();
            if bytes
                .windows(secret_bytes.len())
                .any(|at| at == secret_bytes)
            {
                found.push(format!("{secret} in {}", path.display()));
            }
        }
    }
    found
}
