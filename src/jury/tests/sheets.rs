//! One sheet: drafts, giving, taking back, flags, and whom it is refused to.

use super::bench::Bench;
use super::bench::Essay;
use super::bench::NOW;
use super::bench::scored;
use super::bench::typed;
use super::refused;
use super::stale;
use crate::contest::Quarters;
use crate::contest::role::Role;
use crate::contest::score::BadMark;
use crate::db;
use crate::db::copy;
use crate::db::copy::NewCopy;
use crate::db::judge;
use crate::db::judge::Sheet;
use crate::entry::FlagKind;
use crate::entry::SheetState;
use crate::jury::Error;
use crate::jury::list;
use crate::jury::sheet;
use crate::jury::sheet::UNDO_MS;
use crate::words::jury::Refusal;

const WHOLE: &[(&str, &str)] = &[("noi-dung", "4,25"), ("hinh-thuc", "2.5")];

/// One essay dealt to two judges.
async fn dealt() -> (Bench, Essay, Sheet) {
    let bench = Bench::new(&scored(), 2).await;
    let essay = bench.essay().await;
    bench.draw(NOW).await.expect("drawn");
    let sheet = bench.sheet(bench.judges[0], &essay).await;
    (bench, essay, sheet)
}

#[tokio::test]
async fn a_draft_is_kept_and_a_sheet_is_given_with_its_part_by_the_key() {
    let (bench, essay, sheet) = dealt().await;
    let half = typed(&sheet, &[("noi-dung", "4,25")]);
    let saved = bench.save(&sheet, &half, false, NOW).await.expect("draft");
    assert!(!saved.given);
    assert_eq!(saved.wrong, [("hinh-thuc".to_owned(), BadMark::Empty)]);
    let draft = bench.sheet(sheet.account_id, &essay).await;
    assert_eq!((draft.version, draft.state), (1, SheetState::Open));
    assert_eq!(draft.marks().get("noi-dung"), Some(&17));
    assert_eq!((draft.remark.as_str(), draft.total), ("Đã đọc kỹ", None));

    let whole = typed(&draft, WHOLE);
    let saved = bench.save(&draft, &whole, true, NOW + 1).await;
    assert!(saved.expect("given").given);
    let given = bench.sheet(sheet.account_id, &essay).await;
    assert_eq!(given.state, SheetState::Given);
    // 4,25 + 2,5 + 1 of the key
    assert_eq!(given.total, Some(31));
    assert_eq!(given.given_at, Some(NOW + 1));
    stale(bench.save(&given, &typed(&given, WHOLE), false, NOW).await);
}

#[tokio::test]
async fn what_is_no_mark_gives_no_sheet_and_loses_nothing() {
    let (bench, essay, mut sheet) = dealt().await;
    let check = |text: &str| match text {
        "" => BadMark::Empty,
        "5,25" => BadMark::TooMuch {
            full: Quarters::new(20),
        },
        "4,3" => BadMark::Step,
        "-1" => BadMark::Negative,
        _ => BadMark::NotANumber,
    };
    for text in ["", "5,25", "4,3", "-1", "bốn"] {
        let marks = [("noi-dung", text), ("hinh-thuc", "1"), ("la", "9")];
        let saved = bench.save(&sheet, &typed(&sheet, &marks), true, NOW).await;
        let saved = saved.expect("a draft");
        assert!(!saved.given, "{text}");
        assert_eq!(saved.wrong, [("noi-dung".to_owned(), check(text))]);
        sheet = bench.sheet(sheet.account_id, &essay).await;
        assert_eq!(sheet.marks().len(), 1, "only the rubric's, only marks");
        assert_eq!(sheet.version, saved.version);
    }
}

#[tokio::test]
async fn marks_of_another_essay_or_of_an_older_page_are_refused() {
    let (bench, essay, sheet) = dealt().await;
    let mut other = typed(&sheet, WHOLE);
    other.blind_code = "X1-00-000".into();
    let said = bench.save(&sheet, &other, true, NOW).await;
    refused(said, Refusal::OtherEntry);
    let page = typed(&sheet, WHOLE);
    bench.save(&sheet, &page, false, NOW).await.expect("draft");
    stale(bench.save(&sheet, &page, true, NOW).await);
    let kept = bench.sheet(sheet.account_id, &essay).await;
    assert_eq!((kept.version, kept.state), (1, SheetState::Open));
}

#[tokio::test]
async fn an_entry_of_the_judges_own_unit_is_refused_even_when_it_was_dealt() {
    let bench = Bench::new(&scored(), 2).await;
    let through = crate::desk::tests::fixture::Case {
        origin: Some("hoan-kiem.hang-bac"),
        ..Default::default()
    };
    let essay = bench.essay_of(&through).await;
    bench.draw(NOW).await.expect("drawn");
    let before = bench.sheet(bench.judges[0], &essay).await;
    bench
        .member("Giám Khảo 0", "hoan-kiem.hang-bac", Role::Secretary)
        .await;
    let now = bench.sheet(bench.judges[0], &essay).await;
    assert!(now.barred);
    let said = bench.save(&now, &typed(&now, WHOLE), true, NOW).await;
    refused(said, Refusal::Barred);
    // A page from before he took the office.
    stale(bench.save(&before, &typed(&before, WHOLE), true, NOW).await);
}

#[tokio::test]
async fn without_a_safe_copy_there_is_nothing_to_mark() {
    let (bench, essay, sheet) = dealt().await;
    let exposed = NewCopy {
        version: essay.version,
        safe: false,
        body: "[]",
        words: 0,
        answers: "{}",
        maker: 1,
        pictures_wait: 0,
    };
    bench
        .write(async |tx| copy::put(tx, &exposed, NOW).await)
        .await;
    let said = bench.save(&sheet, &typed(&sheet, WHOLE), false, NOW).await;
    refused(said, Refusal::NoCopy);
}

#[tokio::test]
async fn a_given_sheet_may_be_taken_back_for_ten_minutes() {
    let (bench, essay, sheet) = dealt().await;
    let give = async |sheet: &Sheet| {
        let saved = bench.save(sheet, &typed(sheet, WHOLE), true, NOW).await;
        assert!(saved.expect("given").given);
        bench.sheet(sheet.account_id, &essay).await
    };
    let given = give(&sheet).await;
    for (now, may) in [
        (NOW, true),
        (NOW + UNDO_MS, true),
        (NOW + UNDO_MS + 1, false),
    ] {
        assert_eq!(sheet::may_reopen(&given, now), may, "{}", now - NOW);
    }
    let late = sheet::reopen(&bench.house.db, &given, NOW + UNDO_MS + 1).await;
    stale(late);
    sheet::reopen(&bench.house.db, &given, NOW + UNDO_MS)
        .await
        .expect("taken back");
    let open = bench.sheet(sheet.account_id, &essay).await;
    assert_eq!((open.state, open.total), (SheetState::Open, None));
    assert_eq!(open.marks().len(), 2, "the marks stay as a draft");
    stale(sheet::reopen(&bench.house.db, &open, NOW).await);
    assert!(!sheet::may_reopen(&open, NOW));
    give(&open).await;
}

#[tokio::test]
async fn giving_and_taking_back_withdraw_a_list_that_was_proposed() {
    let bench = Bench::new(&scored(), 2).await;
    let essays = bench.marked(&["5", "4"]).await;
    let (db, standing) = (&bench.house.db, &bench.house.standing);
    let proposed = async || {
        judge::newest_ranking(db, bench.queue)
            .await
            .expect("list")
            .is_some()
    };
    let propose = async || {
        list::propose(db, standing, bench.queue, bench.head, NOW)
            .await
            .expect("proposed")
    };
    propose().await;
    assert!(proposed().await);
    let given = bench.sheet(bench.judges[0], &essays[0]).await;
    sheet::reopen(db, &given, NOW).await.expect("taken back");
    assert!(!proposed().await);
    let open = bench.sheet(bench.judges[0], &essays[0]).await;
    bench
        .save(&open, &typed(&open, WHOLE), false, NOW)
        .await
        .expect("a draft");
    let open = bench.sheet(bench.judges[0], &essays[0]).await;
    bench
        .save(&open, &typed(&open, WHOLE), true, NOW)
        .await
        .expect("given");
    propose().await;
    assert!(proposed().await);
}

#[tokio::test]
async fn a_raised_hand_is_told_once_and_can_be_taken_down() {
    let (bench, essay, sheet) = dealt().await;
    let db = &bench.house.db;
    let raise = async |kind: FlagKind| sheet::flag(db, &sheet, kind, " giống\n bài ", NOW).await;
    raise(FlagKind::Copied).await.expect("raised");
    raise(FlagKind::Copied).await.expect("once is enough");
    let jobs = db::job::open_by_kind(db).await.expect("jobs");
    assert_eq!(
        jobs,
        [(db::job::JobKind::Flag, "ready".to_owned(), 1)],
        "the secretariat is told by a job"
    );
    let flags = judge::flags_of(db, sheet.id).await.expect("flags");
    assert_eq!(flags.len(), 1);
    sheet::unflag(db, &sheet, flags[0].id, NOW)
        .await
        .expect("taken down");
    stale(sheet::unflag(db, &sheet, flags[0].id, NOW).await);
    raise(FlagKind::Recuse).await.expect("excused");
    let gone = judge::sheet(db, sheet.account_id, sheet.id).await;
    assert!(matches!(gone, Err(db::Error::Missing)));
    assert!(!bench.dealt_to(&essay).await.contains(&sheet.account_id));
    // From a page that was still open.
    let late = bench.save(&sheet, &typed(&sheet, WHOLE), true, NOW).await;
    assert!(matches!(late, Err(Error::Stale)), "{late:?}");
}
