//! Work that must happen once, whoever dies or is slow.

use std::collections::HashMap;

use futures::future::join_all;

use phach::db;
use phach::db::Db;
use phach::db::Error;
use phach::db::job;
use phach::db::job::Job;
use phach::db::job::JobKind;

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
    job::claim(&house.db, now, 100).await.unwrap()
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
    while let Some(job) = job::claim(&db, NOW, 60_000).await.unwrap() {
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
        assert_eq!(
            claim(&house, NOW + 100).await,
            None,
            "the lease still holds"
        );
        job::renew(&house.db, &slow, NOW + 300).await.unwrap();
        assert_eq!(claim(&house, NOW + 101).await, None, "and was renewed");
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
        assert_eq!(job::take_over(&house.db, NOW + 1).await.unwrap(), 2);
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
async fn putting_a_waiting_job_off_never_hurries_it() {
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
    })
    .await;
}

#[tokio::test]
async fn a_job_with_nothing_left_to_wait_for_runs_at_once() {
    on_both(async |house| {
        put(&house, JobKind::Missing, 1, 5, NOW + 50).await;
        put(&house, JobKind::Missing, 2, 5, NOW + 50).await;
        assert_eq!(claim(&house, NOW + 10).await, None);
        house
            .write(async |tx| job::hasten(tx, JobKind::Missing, 1, NOW + 10).await)
            .await
            .unwrap();
        let job = claim(&house, NOW + 10).await.unwrap();
        assert_eq!(job.job_key, 1);
        assert_eq!(claim(&house, NOW + 10).await, None);
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
