//! Lists: what stands in the way, equal entries, picks by hand, approvals, the lock.

use super::bench::Bench;
use super::bench::Essay;
use super::bench::NOW;
use super::bench::scored;
use super::bench::typed;
use super::refused;
use super::ruled;
use super::stale;
use crate::contest::role::Role;
use crate::db;
use crate::db::copy::Readiness;
use crate::db::job::JobKind;
use crate::db::judge;
use crate::desk::tests::fixture::Case;
use crate::entry::FlagKind;
use crate::jury::Error;
use crate::jury::Result;
use crate::jury::list;
use crate::jury::list::Approved;
use crate::jury::list::View;
use crate::jury::sheet;
use crate::words::jury::Refusal;

async fn view(bench: &Bench) -> View {
    list::view(&bench.house.db, &bench.house.standing, bench.queue)
        .await
        .expect("list")
}

async fn propose(bench: &Bench) -> Result<i64> {
    let house = &bench.house;
    list::propose(&house.db, &house.standing, bench.queue, bench.head, NOW).await
}

async fn approve(bench: &Bench, hash: &str, account: i64, roles: &[Role]) -> Result<Approved> {
    let (db, standing) = (&bench.house.db, &bench.house.standing);
    list::approve(db, standing, bench.queue, hash, account, roles, NOW).await
}

async fn order(bench: &Bench, essays: &[&Essay], reason: &str, now: i64) -> Result<()> {
    let (db, standing) = (&bench.house.db, &bench.house.standing);
    let ids: Vec<i64> = essays.iter().map(|essay| essay.id).collect();
    list::order(db, standing, bench.queue, &ids, reason, bench.head, now).await
}

async fn choose(bench: &Bench, essay: &Essay, taken: Option<bool>, reason: &str) -> Result<()> {
    let db = &bench.house.db;
    list::choose(db, bench.queue, essay.id, taken, reason, bench.head, NOW).await
}

/// Codes and places of those who go on, best first.
async fn taken(bench: &Bench) -> Vec<(String, u32)> {
    let view = view(bench).await;
    let rows = view.now.rows.into_iter().filter(|row| row.taken);
    rows.map(|row| (row.code, row.place)).collect()
}

fn at(essay: &Essay, place: u32) -> (String, u32) {
    (essay.code.clone(), place)
}

#[tokio::test]
async fn a_list_waits_for_every_mark_and_for_every_entry_that_waits_itself() {
    let bench = Bench::new(&scored(), 2).await;
    ruled(propose(&bench).await, &["chưa có bài nào"]);
    let marked = bench.essay().await;
    let unmarked = bench.essay().await;
    bench.draw(NOW).await.expect("drawn");
    bench.mark(&marked, "5").await;
    ruled(propose(&bench).await, &["Còn 1 bài chưa chấm đủ lượt"]);
    let rows = view(&bench).await.now.rows;
    assert_eq!((rows[0].place, rows[0].marks), (1, 2));
    // 5 + 1 for the form + 1 by the key, twice
    assert_eq!(rows[0].quarters, 56);
    assert_eq!(rows[1].place, 0, "without its marks it has no place");
    bench.mark(&unmarked, "4").await;
    let waits = bench.unread(&Case::default()).await;
    ruled(propose(&bench).await, &["Còn 1 bài đang chờ"]);
    bench.ready(&waits, Readiness::Out).await;
    propose(&bench).await.expect("late ones block nothing");
}

#[tokio::test]
async fn a_tie_at_the_cut_is_named_and_never_cut_silently() {
    let bench = Bench::new(&scored(), 2).await;
    let essays = bench.marked(&["5", "4", "4", "4", "1"]).await;
    let [best, one, two, three, _] = essays.as_slice() else {
        panic!("five essays");
    };
    assert_eq!(taken(&bench).await, [at(best, 1)]);
    let codes = [&*one.code, &*two.code, &*three.code];
    ruled(propose(&bench).await, &codes);
    ruled(propose(&bench).await, &["hạng 2", "1 suất"]);

    for (wrong, reason) in [(&[one, two][..], "Bài một hay hơn"), (&[best, one], "lạ")] {
        stale(order(&bench, wrong, reason, NOW).await);
    }
    let twice = order(&bench, &[one, one, two], "lặp", NOW).await;
    stale(twice);
    let mute = order(&bench, &[two, three, one], "  ", NOW).await;
    refused(mute, Refusal::ReasonNeeded);
    order(&bench, &[two, three, one], "Giải pháp khả thi hơn", NOW)
        .await
        .expect("ordered");
    assert_eq!(taken(&bench).await, [at(best, 1), at(two, 2)]);
    propose(&bench).await.expect("nothing in the way");
    order(&bench, &[three, one, two], "Ghi nhầm", NOW + 1)
        .await
        .expect("ordered anew");
    assert_eq!(taken(&bench).await, [at(best, 1), at(three, 2)]);
    propose(&bench).await.expect("nothing in the way");

    // A later mark makes the order void by itself: another is equal now.
    let last = &essays[4];
    for sheet in bench.sheets(last).await {
        sheet::reopen(&bench.house.db, &sheet, NOW)
            .await
            .expect("taken back");
    }
    bench.mark(last, "4").await;
    ruled(propose(&bench).await, &["4 bài bằng điểm", &last.code]);
    assert_eq!(taken(&bench).await, [at(best, 1)]);
    order(&bench, &[last, one, two, three], "Đã đọc lại", NOW + 2)
        .await
        .expect("ordered anew");
    assert_eq!(taken(&bench).await, [at(best, 1), at(last, 2)]);
}

#[tokio::test]
async fn a_pick_by_hand_needs_a_reason_and_shows_it() {
    let bench = Bench::new(&scored(), 2).await;
    let essays = bench.marked(&["5", "4", "3"]).await;
    let [best, second, third] = essays.as_slice() else {
        panic!("three essays");
    };
    refused(
        choose(&bench, third, Some(true), "").await,
        Refusal::ReasonNeeded,
    );
    choose(&bench, third, Some(true), "Có sáng kiến")
        .await
        .expect("taken");
    let now = view(&bench).await.now;
    assert_eq!(now.taken, 3);
    assert_eq!(now.rows[2].reason, "Có sáng kiến");
    ruled(propose(&bench).await, &["3 bài, nhiều hơn số lượng 2 bài"]);
    choose(&bench, second, Some(false), "Bài chép lại luật")
        .await
        .expect("left");
    assert_eq!(taken(&bench).await, [at(best, 1), at(third, 3)]);
    propose(&bench).await.expect("proposed");
    let list = view(&bench).await.proposal.expect("proposal");
    let lines = judge::lines(&bench.house.db, list.id).await.expect("lines");
    let reasons: Vec<&str> = lines.iter().map(|line| &*line.reason).collect();
    assert_eq!(reasons, ["", "Bài chép lại luật", "Có sáng kiến"]);
    choose(&bench, third, None, "").await.expect("as ranked");
    choose(&bench, second, None, "").await.expect("as ranked");
    assert!(view(&bench).await.proposal.is_none(), "it was withdrawn");
    assert_eq!(taken(&bench).await, [at(best, 1), at(second, 2)]);
    let elsewhere = Essay {
        id: 1,
        ..best.clone()
    };
    let said = choose(&bench, &elsewhere, Some(true), "lạ").await;
    assert!(matches!(said, Err(Error::Missing)), "{said:?}");
}

#[tokio::test]
async fn a_list_is_approved_once_by_each_role_and_person_and_the_last_one_locks_it() {
    let bench = Bench::new(&scored(), 2).await;
    let essays = bench.marked(&["5", "4", "3"]).await;
    let (head, clerk) = (bench.head, bench.house.secretary);
    propose(&bench).await.expect("proposed");
    let hash = view(&bench).await.proposal.expect("proposal").hash;
    let both = [Role::HeadJudge, Role::Secretary];

    stale(approve(&bench, "0000", head, &both).await);
    let judge_only = approve(&bench, &hash, bench.judges[0], &[Role::Judge]).await;
    refused(judge_only, Refusal::NotYours);
    let first = approve(&bench, &hash, head, &[Role::HeadJudge]).await;
    assert_eq!(first.expect("approved"), Approved::Waiting);
    let again = approve(&bench, &hash, head, &both).await;
    refused(again, Refusal::ApprovedAlready);
    let same_role = approve(&bench, &hash, clerk, &[Role::HeadJudge]).await;
    refused(same_role, Refusal::NotYours);

    // A mark changed meanwhile: everybody approves anew.
    let given = bench.sheet(bench.judges[0], &essays[2]).await;
    sheet::reopen(&bench.house.db, &given, NOW)
        .await
        .expect("taken back");
    stale(approve(&bench, &hash, clerk, &[Role::Secretary]).await);
    let open = bench.sheet(bench.judges[0], &essays[2]).await;
    let other = typed(&open, &[("noi-dung", "2"), ("hinh-thuc", "1")]);
    bench.save(&open, &other, true, NOW).await.expect("given");
    propose(&bench).await.expect("proposed");
    let now = view(&bench).await;
    assert!(now.approvals.is_empty());
    let new = now.proposal.expect("proposal").hash;
    assert_ne!(new, hash);

    // What came in meanwhile is named.
    let late = bench.unread(&Case::default()).await;
    ruled(
        approve(&bench, &new, head, &both).await,
        &["1 bài đang chờ"],
    );
    bench.ready(&late, Readiness::Ready(NOW)).await;
    refused(
        approve(&bench, &new, head, &both).await,
        Refusal::ListChanged,
    );
    bench.ready(&late, Readiness::Out).await;

    let first = approve(&bench, &new, clerk, &[Role::Secretary]).await;
    assert_eq!(first.expect("approved"), Approved::Waiting);
    let last = approve(&bench, &new, head, &[Role::HeadJudge]).await;
    assert_eq!(last.expect("locked"), Approved::Locked);
    let jobs = db::job::open_by_kind(&bench.house.db).await.expect("jobs");
    assert_eq!(jobs, [(JobKind::Advance, "ready".to_owned(), 1)]);
    let roles: Vec<Role> = view(&bench)
        .await
        .approvals
        .iter()
        .map(|approval| approval.role)
        .collect();
    assert_eq!(roles, [Role::Secretary, Role::HeadJudge]);
}

#[tokio::test]
async fn after_the_lock_everything_is_refused_with_its_sentence() {
    let mut bench = Bench::new(&scored(), 2).await;
    let essays = bench.marked(&["5", "4", "3"]).await;
    let (head, clerk) = (bench.head, bench.house.secretary);
    propose(&bench).await.expect("proposed");
    let hash = view(&bench).await.now.hash;
    for (account, role) in [(head, Role::HeadJudge), (clerk, Role::Secretary)] {
        approve(&bench, &hash, account, &[role])
            .await
            .expect("approved");
    }
    let db = &bench.house.db;
    let given = bench.sheet(bench.judges[0], &essays[0]).await;
    let marks = typed(&given, &[("noi-dung", "1"), ("hinh-thuc", "1")]);
    let pair = [&essays[0], &essays[1]];
    for said in [
        propose(&bench).await.map(drop),
        approve(&bench, &hash, clerk, &[Role::Secretary])
            .await
            .map(drop),
        list::withdraw(db, bench.queue, NOW).await,
        order(&bench, &pair, "lý do", NOW).await,
        choose(&bench, &essays[2], Some(true), "lý do").await,
        bench.draw(NOW).await.map(drop),
        bench.save(&given, &marks, true, NOW).await.map(drop),
        sheet::reopen(db, &given, NOW).await,
        sheet::flag(db, &given, FlagKind::Copied, "", NOW).await,
        sheet::unflag(db, &given, 1, NOW).await,
    ] {
        refused(said, Refusal::Locked);
    }
    // A newer plan changes the key: the list stays as it was approved.
    let before = view(&bench).await.now;
    let mut plan = bench.house.standing.plan.clone();
    plan.answer_key[2].right = 'A';
    plan.answer_key.truncate(3);
    let slug = bench.house.standing.contest;
    bench
        .write(async |tx| db::contest::apply(tx, &plan, "", "test", NOW).await)
        .await;
    bench.house.standing = db::contest::standing(&bench.house.db, slug)
        .await
        .expect("standing");
    let after = view(&bench).await.now;
    let lines = |now: &crate::jury::standings::Standings| -> Vec<_> {
        now.rows
            .iter()
            .map(|row| (row.code.clone(), row.place, row.mean, row.taken))
            .collect()
    };
    assert_eq!(lines(&after), lines(&before));
    assert_eq!((after.hash, after.take), (before.hash, before.take));
}
