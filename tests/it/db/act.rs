//! What persons did, and what they took back.

use phach::db::Error;
use phach::db::act;
use phach::db::act::Act;
use phach::db::matter::Subject;

use super::house::NOW;
use super::house::on_both;

#[tokio::test]
async fn acts_are_undone_last_first_and_once() {
    on_both(async |house| {
        let (an, binh) = (
            house.account("an@duthi.example").await,
            house.account("binh@duthi.example").await,
        );
        let new = |subject_id: i64, kind: &str| Act {
            id: act::id(),
            contest_id: house.contest,
            unit_id: house.unit("hoan-kiem"),
            matter_id: None,
            subject: Subject::Entry,
            subject_id,
            account_id: an,
            kind: kind.to_owned(),
            before: "{}".to_owned(),
            after: r#"{"unit":"Ba Đình"}"#.to_owned(),
            at: NOW,
            undone_at: None,
        };
        let (first, second, other) = (new(7, "move"), new(7, "late"), new(8, "move"));
        house
            .write(async |tx| {
                for act in [&first, &second, &other] {
                    act::record(tx, act).await?;
                }
                Ok(())
            })
            .await
            .unwrap();
        assert_eq!(act::get(&house.db, first.id).await.unwrap(), first);
        assert!(matches!(act::get(&house.db, 1).await, Err(Error::Missing)));
        let undo = async |act: &Act| {
            house
                .write(async |tx| act::undone(tx, act, binh, NOW + 1).await)
                .await
        };

        let too_early = undo(&first).await;
        assert!(matches!(too_early, Err(Error::Stale)), "{too_early:?}");
        // Even a caller that carries on with its transaction has undone nothing.
        house
            .write(async |tx| {
                assert!(act::undone(tx, &first, binh, NOW + 1).await.is_err());
                Ok(())
            })
            .await
            .unwrap();
        assert_eq!(act::get(&house.db, first.id).await.unwrap().undone_at, None);
        undo(&second).await.unwrap();
        assert!(matches!(undo(&second).await, Err(Error::Stale)), "once");
        undo(&first).await.unwrap();
        let mut about = Vec::new();
        for id in [first.id, second.id] {
            let act = act::get(&house.db, id).await.unwrap();
            about.push((act.kind, act.undone_at));
        }
        let when = Some(NOW + 1);
        assert_eq!(
            about,
            [("move".to_owned(), when), ("late".to_owned(), when)]
        );
        assert_eq!(act::get(&house.db, other.id).await.unwrap().undone_at, None);
        about
    })
    .await;
}
