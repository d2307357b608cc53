//! What judges see and what follows from their lists, on a database: copies, raised hands, rounds, prizes.

use std::sync::Arc;

use super::Ctx;
use crate::clock;
use crate::config::Config;
use crate::contest::Plan;
use crate::contest::role::Role;
use crate::db;
use crate::db::copy;
use crate::db::job::JobKind;
use crate::db::job::Lane;
use crate::db::judge;
use crate::db::matter::Matter;
use crate::db::matter::Subject;
use crate::db::page::Picture;
use crate::db::page::Sheet;
use crate::desk::tests::fixture::Case;
use crate::desk::tests::fixture::DEADLINE;
use crate::entry::EntryState;
use crate::entry::FileRole;
use crate::entry::FlagKind;
use crate::entry::MatterKind;
use crate::entry::Timeliness;
use crate::jury::list;
use crate::jury::sheet;
use crate::jury::tests::bench::Bench;
use crate::jury::tests::bench::Essay;
use crate::jury::tests::bench::NOW;
use crate::jury::tests::bench::scored;

fn ctx(bench: &Bench) -> Ctx {
    let config: Config = toml::from_str("").expect("settings");
    Ctx::new(bench.house.db.clone(), Arc::new(config))
}

/// Runs the job of this kind about this row, put by others or here.
async fn run(bench: &Bench, kind: JobKind, key: i64) {
    bench
        .write(async |tx| db::job::put(tx, kind, key, 1, 0).await)
        .await;
    let ctx = ctx(bench);
    loop {
        let job = db::job::claim(&ctx.db, Lane::Quick, clock::now(), 60_000)
            .await
            .expect("jobs")
            .expect("a job");
        if (job.kind, job.job_key) != (kind, key) {
            continue;
        }
        let ended = match kind {
            JobKind::Copy => super::copy::run(&ctx, &job).await,
            JobKind::Flag => super::flag::run(&ctx, &job).await,
            JobKind::Advance => super::advance::run(&ctx, &job).await,
            JobKind::Sort
            | JobKind::Again
            | JobKind::Send
            | JobKind::Papers
            | JobKind::Prizes
            | JobKind::Pack
            | JobKind::Missing
            | JobKind::Ocr
            | JobKind::Compare
            | JobKind::CompareAll
            | JobKind::Remove
            | JobKind::Mailing => return,
        };
        ended.expect("done");
        return;
    }
}

async fn matters(bench: &Bench, entry: i64) -> Vec<Matter> {
    bench
        .write(async |tx| db::matter::open_about(tx, Subject::Entry, entry).await)
        .await
}

/// An entry of the fixture that waits for its copy, and its version.
async fn waiting(bench: &Bench, case: &Case<'_>) -> (i64, i64) {
    let queued = Case {
        state: EntryState::Queued,
        ..*case
    };
    let entry = bench.house.entry(&queued).await;
    let version = db::entry::version(&bench.house.db, entry).await;
    (entry, version.expect("version").id)
}

/// Makes the copy of a version: whether it is safe, and its blocks.
async fn copied(bench: &Bench, version: i64) -> (bool, String) {
    run(bench, JobKind::Copy, version).await;
    let copy = copy::get(&bench.house.db, version).await.expect("copy");
    copy.expect("it was made")
}

/// How many may be dealt, and how many wait at the secretariat.
async fn far(bench: &Bench) -> (usize, i64) {
    let ready = bench
        .write(async |tx| judge::dealable(tx, bench.queue).await)
        .await;
    let figures = judge::queue_figures(&bench.house.db, bench.queue).await;
    (ready.len(), figures.expect("figures").waiting)
}

const HEADED: &str = "Họ và tên: Nguyễn Văn An\nNgày sinh: 09/02/1981\nĐiện thoại: 0912345678\n\
     Dịch vụ công trực tuyến giúp người dân làm thủ tục tại nhà. Tôi thấy hồ sơ được trả đúng hẹn.";

#[tokio::test]
async fn a_copy_without_its_author_may_be_dealt() {
    let bench = Bench::new(&scored(), 0).await;
    let case = Case {
        text: HEADED,
        ..Case::default()
    };
    let (entry, version) = waiting(&bench, &case).await;
    assert_eq!(far(&bench).await, (0, 1));
    let (safe, body) = copied(&bench, version).await;
    assert!(safe, "{body}");
    for gone in ["Văn An", "1981", "0912345678"] {
        assert!(!body.contains(gone), "{gone} in {body}");
    }
    assert!(body.contains("hồ sơ được trả đúng hẹn"), "{body}");
    assert_eq!(far(&bench).await, (1, 0));
    assert!(matters(&bench, entry).await.is_empty());
    let before = far(&bench).await;
    assert_eq!(copied(&bench, version).await, (true, body));
    assert_eq!(far(&bench).await, before, "made again, nothing changes");
}

#[tokio::test]
async fn pictures_beside_a_text_wait_for_a_clerk_and_the_text_does_not() {
    let bench = Bench::new(&scored(), 0).await;
    let case = Case {
        text: HEADED,
        files: &[("bai.docx", FileRole::Main), ("anh.jpg", FileRole::Annex)],
        ..Case::default()
    };
    let (entry, version) = waiting(&bench, &case).await;
    let files = db::entry::files(&bench.house.db, version).await;
    let annex = files.expect("files").remove(1);
    let sheet = Sheet {
        number: 0,
        picture: Picture {
            picture: "drawn".into(),
            width: 900,
            height: 600,
        },
        print: None,
        words: None,
    };
    bench
        .write(async |tx| db::page::keep(tx, &annex.blob, &[sheet]).await)
        .await;
    assert!(copied(&bench, version).await.0);
    assert_eq!(far(&bench).await, (1, 0), "judges may have the text");
    let asked = matters(&bench, entry).await;
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].kind, MatterKind::Pictures);
    // Whoever says that they are not for judges is not asked again.
    bench
        .write(async |tx| db::matter::close(tx, asked[0].id, "close", 5).await)
        .await;
    copied(&bench, version).await;
    assert!(matters(&bench, entry).await.is_empty());
}

#[tokio::test]
async fn without_a_name_to_look_for_a_clerk_must_have_read_the_text() {
    let bench = Bench::new(&scored(), 0).await;
    let nameless = Case {
        name: "",
        ..Case::default()
    };
    let (entry, version) = waiting(&bench, &nameless).await;
    let made = copied(&bench, version).await;
    assert_eq!(made, (false, "[]".into()), "nothing is kept for judges");
    let asked = matters(&bench, entry).await;
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].kind, MatterKind::Copy);
    assert!(asked[0].detail.contains("no_name"), "{}", asked[0].detail);
    assert_eq!(far(&bench).await, (0, 1));
    let clerk = Some(bench.house.secretary);
    bench
        .write(async |tx| copy::set_voucher(tx, version, clerk).await)
        .await;
    assert!(copied(&bench, version).await.0);
    assert_eq!(far(&bench).await, (1, 0));
    assert!(matters(&bench, entry).await.is_empty(), "it is answered");
}

#[tokio::test]
async fn what_a_clerk_names_is_covered_in_a_copy_that_was_given_out_already() {
    let bench = Bench::new(&scored(), 0).await;
    let text = "Dịch vụ công giúp dân. Em là lớp trưởng lớp chín A trường Hoa Sữa.";
    let case = Case {
        text,
        ..Case::default()
    };
    let (_, version) = waiting(&bench, &case).await;
    let (_, before) = copied(&bench, version).await;
    assert!(before.contains("Hoa Sữa"), "{before}");
    let words = ["trường Hoa Sữa".to_owned()];
    let clerk = bench.house.secretary;
    bench
        .write(async |tx| copy::set_covers(tx, version, &words, clerk, NOW).await)
        .await;
    let (safe, after) = copied(&bench, version).await;
    assert!(safe && !after.contains("Hoa Sữa"), "{after}");
    assert!(after.contains("Dịch vụ công giúp dân"), "{after}");
}

#[tokio::test]
async fn what_is_late_waits_until_it_is_decided_and_then_blocks_nobody() {
    let bench = Bench::new(&scored(), 0).await;
    for timeliness in [Timeliness::Late, Timeliness::Review] {
        let case = Case {
            timeliness,
            ..Case::default()
        };
        let (entry, version) = waiting(&bench, &case).await;
        let about = (Subject::Entry, entry);
        let detail = serde_json::json!({});
        let matter = bench
            .house
            .matter("hoan-kiem", MatterKind::Late, about.0, about.1, detail)
            .await;
        copied(&bench, version).await;
        assert_eq!(far(&bench).await, (0, 1), "{timeliness:?}");
        bench
            .write(async |tx| db::matter::close(tx, matter, "close", DEADLINE).await)
            .await;
        copied(&bench, version).await;
        assert_eq!(far(&bench).await, (0, 0), "{timeliness:?}");
    }
    let accepted = Case {
        timeliness: Timeliness::Accepted,
        ..Case::default()
    };
    let (_, version) = waiting(&bench, &accepted).await;
    copied(&bench, version).await;
    assert_eq!(far(&bench).await, (1, 0));
}

#[tokio::test]
async fn the_secretariat_hears_of_a_raised_hand_that_concerns_it() {
    let check = async |kind: FlagKind, taken_back: bool, want: bool| {
        let bench = Bench::new(&scored(), 2).await;
        let essay = bench.essay().await;
        bench.draw(NOW).await.expect("drawn");
        let (db, sheet) = (&bench.house.db, bench.sheet(bench.judges[0], &essay).await);
        sheet::flag(db, &sheet, kind, "có tên ở dòng ba", NOW)
            .await
            .expect("raised");
        let flag = judge::flags_of(db, sheet.id).await.expect("flags")[0].id;
        if taken_back {
            sheet::unflag(db, &sheet, flag, NOW).await.expect("down");
        }
        run(&bench, JobKind::Flag, flag).await;
        let told = matters(&bench, essay.entry).await;
        assert_eq!(told.len(), usize::from(want), "{kind:?} {taken_back}");
        let entry = db::entry::get(db, essay.entry).await.expect("entry");
        for matter in told {
            assert_eq!(matter.kind, MatterKind::Judge);
            let detail = &matter.detail;
            assert!(detail.contains(&entry.receipt_code), "{detail}");
            assert!(detail.contains("có tên ở dòng ba"), "{detail}");
            assert!(!detail.contains(&essay.code), "no blind code: {detail}");
        }
    };
    for (kind, want) in [
        (FlagKind::Exposed, true),
        (FlagKind::Copied, true),
        (FlagKind::Unreadable, true),
        (FlagKind::OffTopic, false),
        (FlagKind::Proposal, false),
        (FlagKind::Recuse, false),
    ] {
        check(kind, false, want).await;
    }
    check(FlagKind::Exposed, true, false).await;
}

/// A jury whose list of these essays is locked.
async fn locked(plan: &Plan, names: &[&str], marks: &[&str]) -> (Bench, Vec<Essay>) {
    let bench = Bench::new(plan, 2).await;
    let mut essays = Vec::new();
    for name in names {
        let case = Case {
            name,
            ..Case::default()
        };
        essays.push(bench.essay_of(&case).await);
    }
    bench.draw(NOW).await.expect("drawn");
    for (essay, mark) in essays.iter().zip(marks) {
        bench.mark(essay, mark).await;
    }
    let (db, standing) = (&bench.house.db, &bench.house.standing);
    let (queue, head, clerk) = (bench.queue, bench.head, bench.house.secretary);
    list::propose(db, standing, queue, head, NOW)
        .await
        .expect("proposed");
    let view = list::view(db, standing, queue).await.expect("list");
    let wanted = &plan.rounds[0].approvals;
    for (account, role) in [(head, Role::HeadJudge), (clerk, Role::Secretary)] {
        if wanted.contains(&role) {
            list::approve(db, standing, queue, &view.now.hash, account, &[role], NOW)
                .await
                .expect("approved");
        }
    }
    (bench, essays)
}

async fn open_jobs(bench: &Bench) -> Vec<(JobKind, i64)> {
    let all = db::job::open_by_kind(&bench.house.db).await.expect("jobs");
    all.into_iter().map(|(kind, _, n)| (kind, n)).collect()
}

#[tokio::test]
async fn a_locked_list_sends_its_entries_on_under_fresh_blind_codes() {
    let names = ["Lê Thị Một", "Lê Thị Hai", "Lê Thị Ba"];
    let (bench, essays) = locked(&scored(), &names, &["3", "5", "4"]).await;
    assert_eq!(open_jobs(&bench).await, [(JobKind::Advance, 1)]);
    run(&bench, JobKind::Advance, bench.queue).await;
    assert_eq!(open_jobs(&bench).await, [(JobKind::Copy, 2)]);
    let next = bench.queue_of("hoan-kiem", "chung-khao").await;
    let figures = async || {
        let figures = judge::queue_figures(&bench.house.db, next).await;
        let figures = figures.expect("figures");
        (figures.entries, figures.waiting)
    };
    assert_eq!(figures().await, (2, 2), "to be looked at anew");
    let taken = [&essays[1], &essays[2]];
    for essay in taken {
        run(&bench, JobKind::Copy, essay.version).await;
    }
    assert_eq!(figures().await, (2, 0));
    let codes = async || -> Vec<String> {
        let all = bench
            .write(async |tx| judge::dealable(tx, next).await)
            .await;
        all.into_iter().map(|entry| entry.blind_code).collect()
    };
    let fresh = codes().await;
    assert_eq!(fresh.len(), 2);
    for old in &essays {
        assert!(!fresh.contains(&old.code), "{} in {fresh:?}", old.code);
    }
    run(&bench, JobKind::Advance, bench.queue).await;
    for essay in taken {
        run(&bench, JobKind::Copy, essay.version).await;
    }
    assert_eq!(
        codes().await,
        fresh,
        "running it twice changes nothing more"
    );
}

#[tokio::test]
async fn prizes_go_to_the_best_and_nobody_gets_two() {
    let mut plan = scored();
    plan.rounds.truncate(1);
    plan.rounds[0].advance = None;
    let names = ["Lê Thị Một", "Lê Thị Một", "Lê Thị Hai", "Lê Thị Ba"];
    let (bench, essays) = locked(&plan, &names, &["5", "4", "3", "2"]).await;
    for _ in 0..2 {
        run(&bench, JobKind::Advance, bench.queue).await;
        let list = judge::newest_ranking(&bench.house.db, bench.queue).await;
        let list = list.expect("list").expect("locked");
        let awards = judge::awards(&bench.house.db, list.id).await;
        assert_eq!(
            awards.expect("prizes"),
            [
                (essays[0].id, "giai-nhat".to_owned()),
                (essays[2].id, "giai-nhi".to_owned())
            ],
            "the second entry of the first person goes without"
        );
    }
    assert!(open_jobs(&bench).await.contains(&(JobKind::Prizes, 1)));
}
