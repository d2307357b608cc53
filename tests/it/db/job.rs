//! Work that must happen once, whoever dies or is slow.

use std::collections::HashMap;

use futures::future::join_all;

use phach::db;
use phach::db::Db;
use phach::db::Error;
use phach::db::job;
use phach::db::job::Job;
use phach::db::job::JobKind;
use phach::db::job::Lane;

use super::house::House;
use super::house::NOW;
use super::house::on_both;

async fn put(house: &House, kind: JobKind, key: i64, priority: i64, run_at: i64) {
    house
        .write(async |tx| job::put(tx, kind, key, priority, run_at).await)
        .await
        .unwrap();
}

async fn claim(house: &House, now: i64) -> Option<Job> {
    let quick = job::claim(&house.db, Lane::Quick, now, 100).await.unwrap();
    match quick {
        Some(job) => Some(job),
        None => job::claim(&house.db, Lane::Post, now, 100).await.unwrap(),
    }
}

async fn states(house: &House) -> Vec<String> {
    house
        .texts(
            "SELECT kind || ' ' || CAST(job_key AS TEXT) || ' ' || state || ' ' || CAST(attempts AS TEXT)
                 || coalesce(' ' || failure, '') || coalesce(' ended ' || CAST(ended_at AS TEXT), '')
             FROM job ORDER BY id",
        )
        .await
}

#[tokio::test]
async fn the_same_work_is_open_once() {
    on_both(async |house| {
        join_all((0..8).map(|_| put(&house, JobKind::Sort, 1, 5, NOW))).await;
        put(&house, JobKind::Again, 1, 5, NOW).await;
        assert_eq!(states(&house).await.len(), 2);
        let first = claim(&house, NOW).await.unwrap();
        put(&house, JobKind::Sort, 1, 5, NOW).await;
        assert_eq!(states(&house).await.len(), 2, "running is open too");
        house
            .write(async |tx| job::finish(tx, &first, NOW).await)
            .await
            .unwrap();
        put(&house, JobKind::Sort, 1, 5, NOW).await;
        let about = house
            .write(async |tx| job::about(tx, first.id).await)
            .await
            .unwrap();
        assert_eq!(about, (JobKind::Sort, 1));
        let missing = house.write(async |tx| job::about(tx, 1).await).await;
        assert!(matches!(missing, Err(Error::Missing)), "{missing:?}");
        states(&house).await
    })
    .await;
}

#[tokio::test]
async fn jobs_are_taken_by_priority_then_age_and_not_before_their_time() {
    on_both(async |house| {
        put(&house, JobKind::Sort, 1, 5, NOW).await;
        put(&house, JobKind::Sort, 2, 5, NOW - 9).await;
        put(&house, JobKind::Send, 3, 0, NOW + 1).await;
        put(&house, JobKind::Again, 4, 1, NOW).await;
        put(&house, JobKind::Sort, 5, 5, NOW).await;
        assert_eq!(job::runnable(&house.db, NOW).await.unwrap(), 4);
        let mut order = Vec::new();
        while let Some(job) = claim(&house, NOW).await {
            assert_eq!(job.attempts, 1);
            order.push((job.kind.as_str(), job.job_key));
        }
        assert_eq!(order, [("again", 4), ("sort", 2), ("sort", 1), ("sort", 5)]);
        assert_eq!(
            claim(&house, NOW + 1).await.map(|job| job.kind),
            Some(JobKind::Send)
        );
    })
    .await;
}

/// Takes jobs until none is left, ending each at once.
async fn work(db: Db) -> Vec<i64> {
    let mut done = Vec::new();
    while let Some(job) = job::claim(&db, Lane::Quick, NOW, 60_000).await.unwrap() {
        let mut tx = db.begin().await.unwrap();
        job::finish(&mut tx, &job, NOW).await.unwrap();
        tx.commit().await.unwrap();
        done.push(job.job_key);
    }
    done
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_hundred_jobs_are_done_by_eight_workers_once_each() {
    on_both(async |house| {
        house
            .write(async |tx| {
                for key in 0..200 {
                    job::put(tx, JobKind::Sort, key, 5, NOW).await?;
                }
                Ok(())
            })
            .await
            .unwrap();
        let workers: Vec<_> = (0..8).map(|_| tokio::spawn(work(house.db.clone()))).collect();
        let mut times: HashMap<i64, u32> = HashMap::new();
        for worker in workers {
            for key in worker.await.unwrap() {
                *times.entry(key).or_default() += 1;
            }
        }
        assert_eq!(times.len(), 200);
        assert!(times.values().all(|times| *times == 1), "{times:?}");
        assert_eq!(job::open_by_kind(&house.db).await.unwrap(), []);
        house.texts("SELECT DISTINCT state || ' ' || CAST(attempts AS TEXT) || ' ' || CAST(fence AS TEXT) FROM job").await
    })
    .await;
}

#[tokio::test]
async fn a_slow_worker_cannot_end_a_job_that_somebody_has_taken_over() {
    on_both(async |house| {
        put(&house, JobKind::Sort, 1, 5, NOW).await;
        let slow = claim(&house, NOW).await.unwrap();
        let [first] = job::in_hand(&house.db).await.unwrap()[..] else {
            panic!("one job in hand");
        };
        assert_eq!((first.id, first.fence), (slow.id, slow.fence));
        job::renew(&house.db, &slow, NOW + 300).await.unwrap();
        assert!(
            !job::free(&house.db, first, NOW + 300).await.unwrap(),
            "its worker lives"
        );
        assert_eq!(claim(&house, NOW + 999).await, None, "no clock frees it");
        let later = job::in_hand(&house.db).await.unwrap()[0];
        assert_ne!(first, later);
        assert!(job::free(&house.db, later, NOW + 301).await.unwrap());
        assert!(!job::free(&house.db, later, NOW + 301).await.unwrap());
        let quick = claim(&house, NOW + 301).await.unwrap();
        assert_eq!(
            (quick.id, quick.attempts, quick.fence),
            (slow.id, 2, slow.fence + 1)
        );

        let renewed = job::renew(&house.db, &slow, NOW + 999).await;
        assert!(matches!(renewed, Err(Error::Stale)), "{renewed:?}");
        let finished = house
            .write(async |tx| job::finish(tx, &slow, NOW).await)
            .await;
        assert!(matches!(finished, Err(Error::Stale)), "{finished:?}");
        let postponed = house
            .write(async |tx| job::postpone(tx, &slow, NOW, "x").await)
            .await;
        assert!(matches!(postponed, Err(Error::Stale)), "{postponed:?}");
        let failed = house
            .write(async |tx| job::fail(tx, &slow, NOW, "x").await)
            .await;
        assert!(matches!(failed, Err(Error::Stale)), "{failed:?}");
        // Giving back what is not in hand any more is no error and no effect.
        house
            .write(async |tx| job::give_back(tx, &slow, NOW).await)
            .await
            .unwrap();
        assert_eq!(states(&house).await, ["sort 1 running 2"]);

        house
            .write(async |tx| job::finish(tx, &quick, NOW + 302).await)
            .await
            .unwrap();
        let twice = house
            .write(async |tx| job::finish(tx, &quick, NOW + 303).await)
            .await;
        assert!(matches!(twice, Err(Error::Stale)), "{twice:?}");
        assert_eq!(
            states(&house).await,
            [format!("sort 1 done 2 ended {}", NOW + 302)]
        );
    })
    .await;
}

#[tokio::test]
async fn a_job_is_put_off_given_back_or_given_up() {
    on_both(async |house| {
        put(&house, JobKind::Send, 1, 5, NOW).await;
        let job = claim(&house, NOW).await.unwrap();
        house
            .write(async |tx| job::postpone(tx, &job, NOW + 50, "greylisted\0").await)
            .await
            .unwrap();
        assert_eq!(states(&house).await, ["send 1 ready 1 greylisted\u{fffd}"]);
        assert_eq!(claim(&house, NOW + 49).await, None);
        put(&house, JobKind::Send, 2, 5, NOW + 60).await;
        put(&house, JobKind::Sort, 3, 5, NOW + 70).await;
        let waiting = job::waiting(&house.db, NOW).await.unwrap();
        let waiting: Vec<_> = waiting
            .into_iter()
            .map(|w| (w.kind, w.jobs, w.run_at))
            .collect();
        assert_eq!(
            waiting,
            [(JobKind::Send, 2, NOW + 50), (JobKind::Sort, 1, NOW + 70)]
        );
        assert_eq!(job::runnable(&house.db, NOW).await.unwrap(), 0);

        let job = claim(&house, NOW + 50).await.unwrap();
        assert_eq!(job.attempts, 2);
        assert_eq!(
            job::runnable(&house.db, NOW).await.unwrap(),
            1,
            "what runs is not idle"
        );
        house
            .write(async |tx| job::give_back(tx, &job, NOW + 55).await)
            .await
            .unwrap();
        let job = claim(&house, NOW + 55).await.unwrap();
        assert_eq!(job.attempts, 2, "the last attempt was none");
        house
            .write(async |tx| job::fail(tx, &job, NOW + 56, "refused\0").await)
            .await
            .unwrap();
        assert_eq!(job::failed(&house.db).await.unwrap(), 1);
        let open = job::open_by_kind(&house.db).await.unwrap();
        let want = [
            (JobKind::Send, "failed".to_owned(), 1),
            (JobKind::Send, "ready".to_owned(), 1),
            (JobKind::Sort, "ready".to_owned(), 1),
        ];
        assert_eq!(open, want);
        put(&house, JobKind::Send, 1, 5, NOW + 57).await;
        assert_eq!(job::failed(&house.db).await.unwrap(), 0, "taken up again");
        states(&house).await
    })
    .await;
}

#[tokio::test]
async fn a_process_that_is_alone_takes_over_what_the_dead_one_had_in_hand() {
    on_both(async |house| {
        for key in 0..3 {
            put(&house, JobKind::Sort, key, 5, NOW).await;
        }
        let dead = claim(&house, NOW).await.unwrap();
        claim(&house, NOW).await.unwrap();
        put(&house, JobKind::Send, 9, 5, NOW + 5).await;
        let letter = job::claim(&house.db, Lane::Post, NOW + 5, 100).await;
        assert_eq!(letter.unwrap().map(|job| job.attempts), Some(1));
        assert_eq!(job::take_over(&house.db, NOW + 1).await.unwrap(), 3);
        let letter = job::claim(&house.db, Lane::Post, NOW + 5, 100).await;
        let letter = letter.unwrap().unwrap();
        assert_eq!(letter.attempts, 1, "no server was at fault");
        house
            .write(async |tx| job::finish(tx, &letter, NOW).await)
            .await
            .unwrap();
        assert_eq!(job::take_over(&house.db, NOW + 1).await.unwrap(), 0);
        let late = house
            .write(async |tx| job::finish(tx, &dead, NOW).await)
            .await;
        assert!(matches!(late, Err(Error::Stale)), "{late:?}");
        let keys: Vec<i64> = {
            let mut keys = Vec::new();
            while let Some(job) = claim(&house, NOW + 1).await {
                keys.push(job.job_key);
            }
            keys
        };
        assert_eq!(keys, [2, 0, 1], "by the time since which they could run");
    })
    .await;
}

#[tokio::test]
async fn a_job_that_waits_may_be_put_off_or_called_off_and_never_hurried() {
    on_both(async |house| {
        put(&house, JobKind::Missing, 1, 5, NOW + 10).await;
        for until in [NOW + 50, NOW + 20] {
            house
                .write(async |tx| job::put_off(tx, JobKind::Missing, 1, until).await)
                .await
                .unwrap();
        }
        let waiting = job::waiting(&house.db, NOW).await.unwrap();
        assert_eq!(waiting[0].run_at, NOW + 50);
        house
            .write(async |tx| job::call_off(tx, JobKind::Missing, 1, NOW).await)
            .await
            .unwrap();
        assert_eq!(job::waiting(&house.db, NOW).await.unwrap(), []);
    })
    .await;
}

#[tokio::test]
async fn a_job_and_its_work_are_committed_together_or_not_at_all() {
    on_both(async |house| {
        put(&house, JobKind::Sort, 1, 5, NOW).await;
        let job = claim(&house, NOW).await.unwrap();
        let broken: db::Result<()> = house
            .write(async |tx| {
                job::finish(tx, &job, NOW).await?;
                job::put(tx, JobKind::Send, 9, 5, NOW).await?;
                Err(Error::Missing)
            })
            .await;
        assert!(broken.is_err());
        assert_eq!(states(&house).await, ["sort 1 running 1"]);
    })
    .await;
}

#[tokio::test]
async fn letters_wait_together_for_their_relay() {
    on_both(async |house| {
        for key in 1..4 {
            put(&house, JobKind::Send, key, 5, NOW).await;
        }
        put(&house, JobKind::Send, 4, 5, NOW).await;
        let wait = async |relay: &str| {
            let job = claim(&house, NOW).await.unwrap();
            house
                .write(async |tx| job::wait_for(tx, &job, relay, NOW + 999).await)
                .await
                .unwrap();
            let twice = house.write(async |tx| job::wait_for(tx, &job, relay, NOW).await);
            assert!(matches!(twice.await, Err(Error::Stale)));
            job.job_key
        };
        // One was tried before the relay went away.
        let tried = claim(&house, NOW).await.unwrap();
        house
            .write(async |tx| job::postpone(tx, &tried, NOW, "x").await)
            .await
            .unwrap();
        let mut first = vec![wait("a").await, wait("a").await, wait("a").await];
        assert_eq!(wait("b").await, 4);
        first.sort_unstable();
        assert_eq!(first, [1, 2, 3]);
        assert_eq!(claim(&house, NOW + 998).await, None, "no attempt was made");
        assert_eq!(job::awaited(&house.db).await.unwrap(), ["a", "b"]);
        assert_eq!(job::go_on(&house.db, "a", true, NOW).await.unwrap(), 1);
        let one = claim(&house, NOW).await.unwrap();
        assert_eq!((one.job_key, one.attempts), (2, 1), "the one tried least");
        assert_eq!(job::go_on(&house.db, "a", false, NOW).await.unwrap(), 2);
        assert_eq!(job::go_on(&house.db, "a", false, NOW).await.unwrap(), 0);
        assert_eq!(job::awaited(&house.db).await.unwrap(), ["b"]);
        states(&house).await
    })
    .await;
}

#[tokio::test]
async fn a_clock_that_went_back_makes_pauses_void() {
    on_both(async |house| {
        let now = phach::clock::now();
        let hour = 3_600_000;
        put(&house, JobKind::Send, 1, 5, now + hour).await;
        let job = claim(&house, now).await;
        assert_eq!(job, None);
        let void = async |at: i64| job::void_pauses(&house.db, at, 30_000).await.unwrap();
        assert_eq!(void(now).await, 0, "a pause like any other");
        assert_eq!(void(now - 20_000).await, 0);
        assert_eq!(void(now - hour).await, 1);
        assert_eq!(void(now - hour).await, 0);
        assert!(claim(&house, now - hour).await.is_some());
        states(&house).await
    })
    .await;
}

#[tokio::test]
async fn ids_grow_although_the_clock_went_back() {
    on_both(async |house| {
        assert!(db::id::newest(&house.db).await.unwrap() >= 0);
        put(&house, JobKind::Sort, 1, 5, NOW).await;
        let newest = db::id::newest(&house.db).await.unwrap();
        db::id::go_on_after(newest + 5_000_000);
        assert!(db::new_id() > newest + 5_000_000);
        db::id::go_on_after(1);
        assert!(db::new_id() > newest + 5_000_000);
    })
    .await;
}

#[tokio::test]
async fn pictures_wait_for_a_lane_of_their_own() {
    on_both(async |house| {
        put(&house, JobKind::Ocr, 1, 0, NOW).await;
        put(&house, JobKind::Sort, 2, 5, NOW).await;
        let quick = claim(&house, NOW).await.unwrap();
        assert_eq!((quick.kind, quick.job_key), (JobKind::Sort, 2));
        assert_eq!(claim(&house, NOW).await, None);
        let slow = job::claim(&house.db, Lane::Slow, NOW, 100)
            .await
            .unwrap()
            .unwrap();
        assert_eq!((slow.kind, slow.job_key), (JobKind::Ocr, 1));
        assert_eq!(
            job::claim(&house.db, Lane::Slow, NOW, 100).await.unwrap(),
            None
        );
        states(&house).await
    })
    .await;
}
