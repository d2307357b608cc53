//! How letters are worded: versions, the newest in force.

use phach::db::Error;
use phach::db::wording;
use phach::db::wording::NewVersion;
use phach::entry::LetterForm;
use phach::letter::wording::Wording;

use super::house::House;
use super::house::NOW;
use super::house::on_both;

fn text(body: &str) -> Wording {
    Wording {
        subject: "Bài {{ so_bai }}\0".into(),
        body: body.into(),
    }
}

async fn save(
    house: &House,
    form: LetterForm,
    body: Option<&str>,
    seen: i64,
) -> Result<i64, Error> {
    let account = house.account("thuky@hn.example").await;
    let wording = body.map(text);
    let new = NewVersion {
        contest: house.contest,
        form,
        wording: wording.as_ref(),
        account,
    };
    house
        .write(async |tx| wording::put(tx, &new, seen, NOW + seen).await)
        .await
}

#[tokio::test]
async fn the_newest_version_of_a_form_is_in_force_and_none_is_lost() {
    on_both(async |house| {
        let form = LetterForm::Receipt;
        let none = house
            .write(async |tx| wording::newest(tx, house.contest, form).await)
            .await
            .unwrap();
        assert_eq!(none, None);
        save(&house, form, Some("một"), 0).await.unwrap();
        save(&house, form, Some("hai"), 1).await.unwrap();
        save(&house, form, None, 2).await.unwrap();
        save(&house, LetterForm::Ask, Some("khác"), 0)
            .await
            .unwrap();
        let newest = house
            .write(async |tx| wording::newest(tx, house.contest, form).await)
            .await
            .unwrap()
            .expect("a version");
        assert_eq!((newest.n, newest.wording()), (3, None));
        let second = house
            .write(async |tx| wording::version(tx, house.contest, form, 2).await)
            .await
            .unwrap();
        assert_eq!(second.wording().map(|own| own.body), Some("hai".into()));
        let missing = house
            .write(async |tx| wording::version(tx, house.contest, form, 4).await)
            .await;
        assert!(matches!(missing, Err(Error::Missing)));
        let all = wording::versions(&house.db, house.contest, form)
            .await
            .unwrap();
        let all: Vec<_> = all
            .into_iter()
            .map(|version| {
                let own = version.wording().map(|own| (own.subject, own.body));
                (version.n, version.by.clone(), version.at, own)
            })
            .collect();
        assert_eq!(all.len(), 3);
        assert_eq!((all[0].0, all[2].0), (3, 1));
        all
    })
    .await;
}

#[tokio::test]
async fn of_two_who_saw_the_same_version_one_saves() {
    on_both(async |house| {
        let form = LetterForm::Deadline;
        let (one, two) = tokio::join!(
            save(&house, form, Some("một"), 0),
            save(&house, form, Some("hai"), 0)
        );
        assert!(one.is_ok() != two.is_ok(), "{one:?} {two:?}");
        let late = save(&house, form, Some("ba"), 0).await;
        assert!(matches!(late, Err(Error::Stale)), "{late:?}");
        // Nor may anybody be ahead of what there is.
        let ahead = save(&house, form, Some("bốn"), 5).await;
        assert!(matches!(ahead, Err(Error::Stale)), "{ahead:?}");
    })
    .await;
}

#[tokio::test]
async fn a_version_that_failed_is_told_of_once() {
    on_both(async |house| {
        let id = save(&house, LetterForm::Ask, Some("một"), 0).await.unwrap();
        let untold = async || {
            house
                .write(async |tx| wording::untold(tx).await)
                .await
                .unwrap()
                .len()
        };
        assert_eq!(untold().await, 0);
        for now in [NOW + 5, NOW + 9] {
            house
                .write(async |tx| wording::failed(tx, id, now).await)
                .await
                .unwrap();
        }
        assert_eq!(untold().await, 1);
        house
            .write(async |tx| wording::told(tx, id, NOW + 10).await)
            .await
            .unwrap();
        assert_eq!(untold().await, 0);
        let all = wording::versions(&house.db, house.contest, LetterForm::Ask).await;
        assert_eq!(all.unwrap()[0].failed_at, Some(NOW + 5), "the first time");
    })
    .await;
}
