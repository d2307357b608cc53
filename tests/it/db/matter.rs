//! What a person must decide.

use futures::future::join_all;
use serde_json::json;

use phach::db::Error;
use phach::db::matter;
use phach::db::matter::NewMatter;
use phach::db::matter::Subject;
use phach::entry::MatterKind;

use super::house::House;
use super::house::NOW;
use super::house::on_both;

const SUBJECTS: [Subject; 6] = [
    Subject::Entry,
    Subject::Message,
    Subject::Mailbox,
    Subject::Delivery,
    Subject::Job,
    Subject::Letter,
];

async fn open(house: &House, kind: MatterKind, subject: Subject, id: i64, now: i64) -> Option<i64> {
    let new = NewMatter {
        contest: house.contest,
        unit: house.unit("hoan-kiem"),
        kind,
        subject,
        subject_id: id,
        detail: &json!({"units": ["Quận Ba Đình"]}),
    };
    house
        .write(async |tx| matter::open(tx, &new, now).await)
        .await
        .unwrap()
}

#[tokio::test]
async fn a_matter_is_open_once_and_may_be_opened_again_after_it_was_closed() {
    on_both(async |house| {
        let (kind, subject) = (MatterKind::Route, Subject::Entry);
        let first = open(&house, kind, subject, 7, NOW).await.unwrap();
        assert_eq!(open(&house, kind, subject, 7, NOW + 1).await, None);
        assert!(open(&house, kind, subject, 8, NOW).await.is_some());
        assert!(open(&house, kind, Subject::Message, 7, NOW).await.is_some());
        assert!(
            open(&house, MatterKind::Late, subject, 7, NOW + 5)
                .await
                .is_some()
        );

        house
            .write(async |tx| matter::close(tx, first, "act 5", NOW + 2).await)
            .await
            .unwrap();
        let twice = house
            .write(async |tx| matter::close(tx, first, "act 6", NOW + 3).await)
            .await;
        assert!(matches!(twice, Err(Error::Stale)), "{twice:?}");
        let closed = matter::get(&house.db, first).await.unwrap();
        assert_eq!(
            (closed.closed_at, closed.decision.as_deref()),
            (Some(NOW + 2), Some("act 5"))
        );

        house
            .write(async |tx| matter::reopen(tx, first).await)
            .await
            .unwrap();
        let mut open_again = matter::get(&house.db, first).await.unwrap();
        assert_eq!((open_again.closed_at, &open_again.decision), (None, &None));
        let about = house
            .write(async |tx| matter::open_about(tx, subject, 7).await)
            .await
            .unwrap();
        let kinds: Vec<MatterKind> = about.iter().map(|matter| matter.kind).collect();
        assert_eq!(kinds, [MatterKind::Route, MatterKind::Late]);

        house
            .write(async |tx| matter::close(tx, first, "act 7", NOW + 4).await)
            .await
            .unwrap();
        let second = open(&house, kind, subject, 7, NOW + 6).await.unwrap();
        assert_ne!(first, second);
        let clash = house
            .write(async |tx| matter::reopen(tx, first).await)
            .await;
        assert!(clash.is_err(), "two open matters about one thing");
        assert!(matches!(
            matter::get(&house.db, 1).await,
            Err(Error::Missing)
        ));
        (open_again.id, open_again.contest_id, open_again.unit_id) = (0, 0, 0);
        (open_again, kinds)
    })
    .await;
}

#[tokio::test]
async fn a_cause_that_goes_away_closes_its_matter() {
    on_both(async |house| {
        let recovered = async |kind, id| {
            house
                .write(async |tx| matter::recovered(tx, kind, Subject::Mailbox, id, NOW + 9).await)
                .await
                .unwrap()
        };
        let id = open(&house, MatterKind::Mailbox, Subject::Mailbox, 3, NOW)
            .await
            .unwrap();
        assert!(!recovered(MatterKind::Mailbox, 4).await);
        assert!(!recovered(MatterKind::Job, 3).await);
        assert!(recovered(MatterKind::Mailbox, 3).await);
        assert!(!recovered(MatterKind::Mailbox, 3).await, "once");
        let by = async |decision| {
            let (kind, about) = (MatterKind::Mailbox, Subject::Mailbox);
            house
                .write(async |tx| matter::was_closed(tx, kind, about, 3, decision).await)
                .await
                .unwrap()
        };
        assert!(by("recovered").await && !by("close").await);
        let closed = matter::get(&house.db, id).await.unwrap();
        (closed.closed_at, closed.decision)
    })
    .await;
}

#[tokio::test]
async fn every_kind_of_matter_about_every_kind_of_row_is_kept() {
    on_both(async |house| {
        for (n, kind) in MatterKind::ALL.iter().enumerate() {
            let subject = SUBJECTS[n % SUBJECTS.len()];
            let id = open(&house, *kind, subject, 9, NOW).await.unwrap();
            let kept = matter::get(&house.db, id).await.unwrap();
            assert_eq!(
                (kept.kind, kept.subject, kept.subject_id),
                (*kind, subject, 9)
            );
        }
        open(&house, MatterKind::Late, Subject::Entry, 10, NOW)
            .await
            .unwrap();
        let counts = matter::open_by_kind(&house.db).await.unwrap();
        assert_eq!(counts.len(), MatterKind::ALL.len());
        assert!(counts.contains(&(MatterKind::Late, 2)));
        counts
    })
    .await;
}

#[tokio::test]
async fn eight_reasons_at_once_open_one_matter() {
    on_both(async |house| {
        let opened =
            join_all((0..8).map(|_| open(&house, MatterKind::Mailbox, Subject::Mailbox, 3, NOW)))
                .await;
        assert_eq!(opened.into_iter().flatten().count(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_unit_knows_whether_a_matter_of_a_kind_is_open() {
    on_both(async |house| {
        let ask = async |unit: &str| {
            let unit = house.unit(unit);
            house
                .write(async |tx| matter::is_open(tx, MatterKind::Letter, unit).await)
                .await
                .unwrap()
        };
        let mut answers = vec![ask("hoan-kiem").await];
        let id = open(&house, MatterKind::Letter, Subject::Letter, 7, NOW)
            .await
            .unwrap();
        answers.extend([ask("hoan-kiem").await, ask("ba-dinh").await]);
        house
            .write(async |tx| matter::close(tx, id, "act 1", NOW).await)
            .await
            .unwrap();
        answers.push(ask("hoan-kiem").await);
        assert_eq!(answers, [false, true, false, false]);
        answers
    })
    .await;
}

#[tokio::test]
async fn the_open_matters_of_an_entry_go_with_it_to_another_unit() {
    on_both(async |house| {
        let route = open(&house, MatterKind::Route, Subject::Entry, 7, NOW).await;
        let late = open(&house, MatterKind::Late, Subject::Entry, 7, NOW).await;
        let mail = open(&house, MatterKind::Question, Subject::Message, 7, NOW).await;
        house
            .write(async |tx| {
                matter::close(tx, route.unwrap(), "act 5", NOW + 1).await?;
                matter::carry(tx, 7, house.unit("hoan-kiem"), house.unit("tp")).await
            })
            .await
            .unwrap();
        let mut moved = Vec::new();
        for id in [route, late, mail] {
            let matter = matter::get(&house.db, id.unwrap()).await.unwrap();
            moved.push(matter.unit_id == house.unit("tp"));
        }
        assert_eq!(moved, [false, true, false]);
    })
    .await;
}

#[tokio::test]
async fn a_cluster_that_grows_is_restated_and_found_by_its_kind() {
    on_both(async |house| {
        let (kind, subject) = (MatterKind::Copied, Subject::Entry);
        let id = open(&house, kind, subject, 7, NOW).await.unwrap();
        open(&house, MatterKind::Late, subject, 7, NOW)
            .await
            .unwrap();
        let grown = NewMatter {
            contest: house.contest,
            unit: house.unit("ba-dinh"),
            kind,
            subject,
            subject_id: 7,
            detail: &json!({"entries": 3}),
        };
        house
            .write(async |tx| matter::restate(tx, &grown).await)
            .await
            .unwrap();
        let found = house.write(async |tx| matter::open_of_kind(tx, house.contest, kind).await);
        let found = found.await.unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].id, found[0].unit_id), (id, house.unit("ba-dinh")));
        assert_eq!(found[0].detail, r#"{"entries":3}"#);
        let late =
            house.write(async |tx| matter::open_of_kind(tx, house.contest, MatterKind::Late).await);
        assert_eq!(late.await.unwrap()[0].unit_id, house.unit("hoan-kiem"));
        // It holds nobody back.
        let holding = house.write(async |tx| phach::db::desk::open_matters(tx, subject, 7).await);
        assert_eq!(holding.await.unwrap(), 1);
    })
    .await;
}
