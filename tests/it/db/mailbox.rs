//! Who reads a mailbox, and how well that goes.

use futures::future::join_all;

use phach::db::Error;
use phach::db::mailbox;
use phach::entry::Trouble;

use super::house::NOW;
use super::house::on_both;

const HOAN_KIEM: &str = "hoankiem@duthi.example";

#[tokio::test]
async fn one_process_reads_a_mailbox_and_the_next_takes_over_when_its_time_has_run_out() {
    on_both(async |house| {
        let (db, id) = (&house.db, house.mailbox(HOAN_KIEM).await);
        let (one, two) = (mailbox::owner(), mailbox::owner());
        let guard = async |lease| {
            house
                .write(async |tx| mailbox::guard(tx, lease).await)
                .await
        };

        let first = mailbox::lease(db, id, one, NOW, NOW + 100)
            .await
            .unwrap()
            .unwrap();
        assert!(
            mailbox::lease(db, id, two, NOW + 50, NOW + 150)
                .await
                .unwrap()
                .is_none()
        );
        let again = mailbox::lease(db, id, one, NOW + 60, NOW + 160)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(first.fence, again.fence, "ours already");
        guard(first).await.unwrap();
        // The last moment still belongs to the owner.
        assert!(
            mailbox::lease(db, id, two, NOW + 160, NOW + 260)
                .await
                .unwrap()
                .is_none()
        );
        let second = mailbox::lease(db, id, two, NOW + 161, NOW + 261)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(second.fence, first.fence + 1);
        let refused = guard(first).await;
        assert!(matches!(refused, Err(Error::Stale)), "{refused:?}");
        guard(second).await.unwrap();

        // Who has lost a lease gives nothing back.
        mailbox::release(db, one).await.unwrap();
        guard(second).await.unwrap();
        mailbox::release(db, two).await.unwrap();
        assert!(matches!(guard(second).await, Err(Error::Stale)));
        let third = mailbox::lease(db, id, one, NOW + 162, NOW + 999)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(third.fence, second.fence + 1);

        let refused = guard(first).await;
        assert!(
            matches!(refused, Err(Error::Stale)),
            "ours, but of an older time"
        );
        guard(third).await.unwrap();

        mailbox::take_over(db).await.unwrap();
        assert!(matches!(guard(third).await, Err(Error::Stale)));
        let fourth = mailbox::lease(db, id, two, NOW + 163, NOW + 999)
            .await
            .unwrap()
            .unwrap();
        assert!(
            mailbox::lease(db, 1, one, NOW, NOW + 1)
                .await
                .unwrap()
                .is_none()
        );
        [first, again, second, third, fourth].map(|lease| lease.fence)
    })
    .await;
}

#[tokio::test]
async fn of_eight_processes_one_gets_the_mailbox() {
    on_both(async |house| {
        let id = house.mailbox(HOAN_KIEM).await;
        let leases =
            join_all((0..8).map(|owner| mailbox::lease(&house.db, id, owner + 1, NOW, NOW + 9)))
                .await;
        let got: Vec<i64> = leases
            .into_iter()
            .filter_map(|lease| lease.unwrap().map(|lease| lease.fence))
            .collect();
        assert_eq!(got, [1]);
    })
    .await;
}

#[tokio::test]
async fn a_server_that_numbers_anew_begins_a_new_epoch() {
    on_both(async |house| {
        let id = house.mailbox(HOAN_KIEM).await;
        let mut epochs = Vec::new();
        for validity in [7, 7, 9, 9, 7] {
            let epoch = house.write(async |tx| mailbox::epoch(tx, id, validity).await);
            epochs.push(epoch.await.unwrap());
        }
        assert_eq!(epochs, [0, 0, 1, 1, 2]);
        let kept = mailbox::get(&house.db, id).await.unwrap();
        assert_eq!((kept.epoch, kept.uid_validity), (2, Some(7)));
        let missing = mailbox::get(&house.db, 1).await;
        assert!(matches!(missing, Err(Error::Missing)), "{missing:?}");
    })
    .await;
}

#[tokio::test]
async fn trouble_keeps_its_first_moment_until_the_next_complete_list() {
    on_both(async |house| {
        let id = house.mailbox(HOAN_KIEM).await;
        let fresh = mailbox::get(&house.db, id).await.unwrap();
        assert_eq!(
            (fresh.epoch, fresh.uid_validity, fresh.failure),
            (0, None, None)
        );
        for (at, trouble) in Trouble::ALL.iter().enumerate() {
            let at = NOW + at as i64;
            let since = house
                .write(async |tx| mailbox::failing(tx, id, at, *trouble).await)
                .await
                .unwrap();
            assert_eq!(since, NOW);
            let kept = mailbox::get(&house.db, id).await.unwrap();
            assert_eq!(
                (kept.failing_since, kept.failure),
                (Some(NOW), Some(*trouble))
            );
        }
        house
            .write(async |tx| {
                mailbox::listed(tx, id, NOW + 9, 12).await?;
                mailbox::quota(tx, id, 900, 1000).await
            })
            .await
            .unwrap();
        let mut kept = mailbox::get(&house.db, id).await.unwrap();
        assert_eq!(
            (kept.listed_at, kept.server_count),
            (Some(NOW + 9), Some(12))
        );
        assert_eq!((kept.failing_since, kept.failure), (None, None));
        assert_eq!((kept.quota_used, kept.quota_limit), (Some(900), Some(1000)));
        assert_eq!(
            (kept.contest_id, kept.unit_id),
            (house.contest, house.unit("hoan-kiem"))
        );
        (kept.id, kept.contest_id, kept.unit_id) = (0, 0, 0);
        let all = mailbox::all(&house.db).await.unwrap();
        (
            kept,
            all.into_iter()
                .map(|mailbox| mailbox.address)
                .collect::<Vec<_>>(),
        )
    })
    .await;
}
