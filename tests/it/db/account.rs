//! Accounts, roles, logins and sessions.

use std::time::Duration;

use futures::future::join_all;

use phach::contest::role::Role;
use phach::db::Error;
use phach::db::account;

use super::house::House;
use super::house::NOW;
use super::house::on_both;

const ROLES: [Role; 6] = [
    Role::Administrator,
    Role::Secretary,
    Role::HeadJudge,
    Role::Judge,
    Role::QuestionAuthor,
    Role::Monitor,
];

async fn token(house: &House, account: i64, hash: &str, now: i64) -> i64 {
    house
        .write(async |tx| account::put_token(tx, account, hash, "mã", now, now + 100).await)
        .await
        .unwrap()
}

#[tokio::test]
async fn an_address_is_one_account() {
    on_both(async |house| {
        let put = async |email: &str, name: &str| {
            house
                .write(async |tx| account::put(tx, email, name, NOW).await)
                .await
                .unwrap()
        };
        let an = put("an@duthi.example", "Ánh").await;
        assert_eq!(put("an@duthi.example", "Nguyễn Thị Ánh").await, an);
        put("binh@duthi.example", "Bình").await;
        let found = account::by_email(&house.db, "an@duthi.example")
            .await
            .unwrap()
            .unwrap();
        assert_eq!((found.id, found.name.as_str()), (an, "Nguyễn Thị Ánh"));
        assert_eq!(
            account::by_email(&house.db, "x@duthi.example")
                .await
                .unwrap(),
            None
        );

        let odd = account::by_email(&house.db, "an\0@duthi.example").await;
        assert_eq!(odd.unwrap(), None, "whatever a stranger types");

        house
            .run(&format!(
                "UPDATE account SET disabled_at = {NOW} WHERE id = {an}"
            ))
            .await;
        assert_eq!(
            account::by_email(&house.db, "an@duthi.example")
                .await
                .unwrap(),
            None
        );
        let all = account::all(&house.db).await.unwrap();
        let all: Vec<_> = all
            .into_iter()
            .map(|a| (a.email, a.name, a.disabled_at))
            .collect();
        assert_eq!(all[0].2, Some(NOW));
        assert_eq!(put("an@duthi.example", "Ánh").await, an);
        assert!(
            account::by_email(&house.db, "an@duthi.example")
                .await
                .unwrap()
                .is_some()
        );
        all
    })
    .await;
}

#[tokio::test]
async fn the_same_role_twice_is_one_and_all_are_taken_back_together() {
    on_both(async |house| {
        let an = house.account("an@duthi.example").await;
        let unit = Some(house.unit("hoan-kiem"));
        house
            .write(async |tx| {
                for (n, role) in ROLES.into_iter().enumerate() {
                    let now = NOW + n as i64;
                    account::grant(tx, an, house.contest, None, role, now).await?;
                    account::grant(tx, an, house.contest, None, role, now).await?;
                }
                account::grant(tx, an, house.contest, unit, Role::Judge, NOW + 9).await?;
                account::grant(tx, an, house.contest, unit, Role::Judge, NOW + 9).await
            })
            .await
            .unwrap();
        let grants = account::grants(&house.db, an).await.unwrap();
        let given: Vec<(Role, bool)> = grants
            .iter()
            .map(|g| (g.role, g.unit_id.is_some()))
            .collect();
        let mut want: Vec<(Role, bool)> = ROLES.into_iter().map(|role| (role, false)).collect();
        want.push((Role::Judge, true));
        assert_eq!(given, want);
        assert_eq!(
            (grants[6].unit_id, grants[6].contest_id),
            (unit, house.contest)
        );

        let revoke = async || {
            house
                .write(async |tx| account::revoke(tx, an, house.contest, NOW).await)
                .await
                .unwrap()
        };
        assert_eq!((revoke().await, revoke().await), (7, 0));
        assert_eq!(account::grants(&house.db, an).await.unwrap(), []);
        house
            .write(async |tx| account::grant(tx, an, house.contest, unit, Role::Judge, NOW).await)
            .await
            .unwrap();
        assert_eq!(
            account::grants(&house.db, an).await.unwrap().len(),
            1,
            "given again"
        );
    })
    .await;
}

#[tokio::test]
async fn the_same_role_given_by_two_at_once_is_one() {
    on_both(async |house| {
        let an = house.account("an@duthi.example").await;
        let role = Role::Monitor;
        if house.db.is_lite() {
            // One writer: there is no "at once".
            return;
        }
        let mut one = house.db.begin().await.unwrap();
        let mut two = house.db.begin().await.unwrap();
        account::grant(&mut one, an, house.contest, None, role, NOW)
            .await
            .unwrap();
        let mut second = Box::pin(account::grant(&mut two, an, house.contest, None, role, NOW));
        let waits = tokio::time::timeout(Duration::from_millis(300), &mut second).await;
        assert!(waits.is_err(), "the second waits for the first");
        one.commit().await.unwrap();
        second.await.unwrap();
        two.commit().await.unwrap();
        assert_eq!(account::grants(&house.db, an).await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_login_link_opens_once_and_in_time() {
    on_both(async |house| {
        let an = house.account("an@duthi.example").await;
        token(&house, an, "liên kết", NOW).await;
        let open = async |hash: &str, now: i64| {
            house
                .write(async |tx| account::use_token(tx, hash, now).await)
                .await
                .unwrap()
        };
        assert_eq!(open("liên kết", NOW + 100).await, None, "too late");
        assert_eq!(open("khác", NOW).await, None);
        assert_eq!(open("liên kết", NOW + 99).await, Some(an));
        assert_eq!(open("liên kết", NOW + 99).await, None, "used up");
        token(&house, an, "thứ hai", NOW + 50).await;
        let since = async |at: i64| {
            account::tokens_since(&house.db, an, at, NOW + 49)
                .await
                .unwrap()
        };
        assert_eq!(
            [
                since(NOW).await,
                since(NOW + 1).await,
                since(NOW + 51).await
            ],
            [1, 0, 0],
            "a clock that went back shuts nobody out"
        );

        let opened =
            join_all((0..8).map(|_| {
                house.write(async |tx| account::use_token(tx, "thứ hai", NOW + 60).await)
            }))
            .await;
        let opened: Vec<i64> = opened.into_iter().filter_map(Result::unwrap).collect();
        assert_eq!(opened, [an], "of eight at once, one");
    })
    .await;
}

#[tokio::test]
async fn a_code_is_tried_at_the_newest_login_and_counted() {
    on_both(async |house| {
        let an = house.account("an@duthi.example").await;
        let try_code = async |now: i64| {
            house
                .write(async |tx| account::try_code(tx, an, now).await)
                .await
                .unwrap()
        };
        assert_eq!(try_code(NOW).await, None);
        let old = token(&house, an, "một", NOW).await;
        let new = token(&house, an, "hai", NOW + 10).await;
        let tried = try_code(NOW + 20).await.unwrap();
        assert_eq!((tried.id, tried.account_id, tried.tries), (new, an, 1));
        assert_eq!((tried.created_at, tried.expires_at), (NOW + 10, NOW + 110));
        let tries = join_all((0..6).map(|_| try_code(NOW + 20))).await;
        let mut tries: Vec<i64> = tries
            .into_iter()
            .map(|token| token.unwrap().tries)
            .collect();
        tries.sort_unstable();
        assert_eq!(
            tries,
            [2, 3, 4, 5, 6, 7],
            "no try at the same moment is free"
        );

        house
            .write(async |tx| account::used(tx, new, NOW + 20).await)
            .await
            .unwrap();
        let twice = house
            .write(async |tx| account::used(tx, new, NOW + 20).await)
            .await;
        assert!(matches!(twice, Err(Error::Stale)), "{twice:?}");
        assert_eq!(try_code(NOW + 20).await.map(|token| token.id), Some(old));
        assert_eq!(try_code(NOW + 100).await, None, "too late");
        tried.code_hash
    })
    .await;
}

#[tokio::test]
async fn a_session_lasts_until_its_end_or_that_of_the_account() {
    on_both(async |house| {
        let an = house.account("an@duthi.example").await;
        for hash in ["một", "hai"] {
            house
                .write(async |tx| account::put_session(tx, an, hash, "csrf", NOW, NOW + 100).await)
                .await
                .unwrap();
        }
        let at = async |hash: &str, now: i64| account::session(&house.db, hash, now).await.unwrap();
        let session = at("một", NOW + 99).await.unwrap();
        assert_eq!((session.account_id, session.expires_at), (an, NOW + 100));
        assert_eq!(at("một", NOW + 100).await, None);
        assert_eq!(at("ba", NOW).await, None);
        house
            .write(async |tx| account::end_session(tx, "một").await)
            .await
            .unwrap();
        house
            .write(async |tx| account::end_session(tx, "một").await)
            .await
            .unwrap();
        assert_eq!(at("một", NOW).await, None);
        assert!(at("hai", NOW).await.is_some());
        house
            .run(&format!(
                "UPDATE account SET disabled_at = {NOW} WHERE id = {an}"
            ))
            .await;
        assert_eq!(at("hai", NOW).await, None);
        session.csrf
    })
    .await;
}

#[tokio::test]
async fn what_has_run_out_is_forgotten_and_the_rest_stays() {
    on_both(async |house| {
        let an = house.account("an@duthi.example").await;
        token(&house, an, "cũ", NOW - 200).await;
        token(&house, an, "mới", NOW).await;
        for (hash, until) in [("cũ", NOW), ("mới", NOW + 1)] {
            house
                .write(async |tx| account::put_session(tx, an, hash, "csrf", NOW - 9, until).await)
                .await
                .unwrap();
        }
        let forgotten = house
            .write(async |tx| account::forget_expired(tx, NOW).await)
            .await
            .unwrap();
        assert_eq!(forgotten, 2);
        assert!(
            account::session(&house.db, "mới", NOW)
                .await
                .unwrap()
                .is_some()
        );
        let used = house
            .write(async |tx| account::use_token(tx, "mới", NOW).await)
            .await
            .unwrap();
        assert_eq!(used, Some(an));
        forgotten
    })
    .await;
}
