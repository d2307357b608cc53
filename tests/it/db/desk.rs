//! What an act at the desk reads and puts back.

use phach::contest::role::Role;
use phach::db::Error;
use phach::db::account;
use phach::db::desk;
use phach::db::matter::Subject;
use phach::db::queue;
use phach::db::reading;
use phach::document::Document;

use super::day::Day;
use super::house::NOW;
use super::house::on_both;
use super::house::slip;

#[tokio::test]
async fn an_act_sees_all_it_may_have_to_put_back() {
    on_both(async |house| {
        let day = Day::spend(&house).await;
        house
            .write(async |tx| {
                let stood = desk::queued(tx, day.anh.id).await?;
                assert_eq!(stood.len(), 1);
                assert_eq!(stood[0].1, day.anh_version);
                queue::take_out(tx, day.anh.id, NOW).await?;
                assert_eq!(desk::queued(tx, day.anh.id).await?, []);
                desk::requeue(tx, day.anh.id, stood[0].0, stood[0].1).await?;
                assert_eq!(desk::queued(tx, day.anh.id).await?, stood);
                let never = desk::requeue(tx, day.binh.id, stood[0].0, stood[0].1).await;
                assert!(matches!(never, Err(Error::Stale)), "{never:?}");

                let (name, email) = desk::slip(tx, day.anh_version).await?.unwrap();
                assert_eq!(
                    (name, email.as_deref()),
                    (slip("Nguyễn Thị Ánh"), Some("an@nguoidan.example"))
                );
                assert_eq!(desk::slip(tx, 1).await?, None);
                desk::set_text_hash(tx, day.anh_version, Some("chữ")).await?;

                let matter = desk::matter(tx, day.route).await?;
                assert_eq!(
                    (matter.subject, matter.subject_id),
                    (Subject::Entry, day.anh.id)
                );
                assert!(matches!(desk::matter(tx, 1).await, Err(Error::Missing)));
                assert_eq!(
                    desk::letter(tx, day.receipt).await?.message_id,
                    Some(day.mail)
                );
                assert!(matches!(desk::letter(tx, 1).await, Err(Error::Missing)));
                assert_eq!(desk::open_matters(tx, Subject::Entry, day.anh.id).await?, 1);
                assert_eq!(
                    desk::open_matters(tx, Subject::Message, day.anh.id).await?,
                    0
                );

                reading::keep(tx, "đọc", &Document::default(), Some("h"), 1).await?;
                reading::keep(tx, "trống", &Document::default(), None, 1).await?;
                assert_eq!(desk::text_hash(tx, "đọc").await?.as_deref(), Some("h"));
                assert_eq!(desk::text_hash(tx, "trống").await?, None);
                assert_eq!(desk::text_hash(tx, "khác").await?, None);

                let answer = desk::answerable(tx, day.mail).await?;
                assert_eq!(answer.contest_id, house.contest);
                assert!(matches!(desk::answerable(tx, 1).await, Err(Error::Missing)));
                let at = desk::arrived_at(tx, day.mail).await?;
                assert_eq!(
                    at,
                    [(house.unit("hoan-kiem"), "hoankiem@duthi.example".to_owned())]
                );
                Ok((answer.rfc_id, answer.from_email))
            })
            .await
            .unwrap()
    })
    .await;
}

#[tokio::test]
async fn a_login_letter_comes_from_the_unit_of_the_first_role_at_the_desk() {
    on_both(async |house| {
        let id = house.account("thuky@duthi.example").await;
        let mailbox = house.mailbox("badinh@duthi.example").await;
        let (hoan_kiem, ba_dinh, city) = (
            house.unit("hoan-kiem"),
            house.unit("ba-dinh"),
            house.unit("tp"),
        );
        house
            .write(async |tx| {
                assert_eq!(desk::mailbox_unit(tx, mailbox).await?, ba_dinh);
                assert!(matches!(
                    desk::mailbox_unit(tx, 1).await,
                    Err(Error::Missing)
                ));
                assert_eq!(desk::home(tx, id).await?, None);
                account::grant(tx, id, house.contest, Some(hoan_kiem), Role::Judge, NOW).await?;
                assert_eq!(desk::home(tx, id).await?, Some((house.contest, hoan_kiem)));
                account::grant(
                    tx,
                    id,
                    house.contest,
                    Some(ba_dinh),
                    Role::Secretary,
                    NOW + 1,
                )
                .await?;
                assert_eq!(desk::home(tx, id).await?, Some((house.contest, ba_dinh)));
                account::revoke(tx, id, house.contest, NOW + 2).await?;
                account::grant(tx, id, house.contest, None, Role::Administrator, NOW + 3).await?;
                assert_eq!(
                    desk::home(tx, id).await?,
                    Some((house.contest, city)),
                    "every unit: the root"
                );
                Ok(())
            })
            .await
            .unwrap();
    })
    .await;
}
