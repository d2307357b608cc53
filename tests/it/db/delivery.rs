//! What each mailbox's server holds, and how far each mail has come.

use phach::db::Error;
use phach::db::delivery;
use phach::db::delivery::Listed;
use phach::db::delivery::Numbering;
use phach::db::mailbox;
use phach::entry::DeliveryState;

use super::house::House;
use super::house::NOW;
use super::house::on_both;

fn listed(uid: i64) -> Listed {
    Listed {
        uid,
        size: 100 * uid,
        internal_at: NOW + uid,
    }
}

/// A mailbox whose server numbers by 7, with three mails listed out of order.
async fn three_mails(house: &House, address: &str) -> Numbering {
    let mailbox = house.mailbox(address).await;
    house
        .write(async |tx| {
            let numbering = Numbering {
                mailbox,
                epoch: mailbox::epoch(tx, mailbox, 7).await?,
                uid_validity: 7,
            };
            for uid in [3, 1, 2] {
                delivery::list(tx, numbering, &listed(uid)).await?;
            }
            Ok(numbering)
        })
        .await
        .unwrap()
}

#[tokio::test]
async fn a_list_read_twice_is_one_list() {
    on_both(async |house| {
        let numbering = three_mails(&house, "hoankiem@duthi.example").await;
        let larger = Listed {
            size: 1,
            ..listed(2)
        };
        house
            .write(async |tx| {
                delivery::list(tx, numbering, &larger).await?;
                delivery::list(tx, numbering, &listed(4)).await
            })
            .await
            .unwrap();
        let mut uids: Vec<i64> = delivery::uids(&house.db, numbering)
            .await
            .unwrap()
            .into_iter()
            .collect();
        uids.sort_unstable();
        assert_eq!(uids, [1, 2, 3, 4]);
        // Another numbering is another list.
        for other in [
            Numbering {
                epoch: 1,
                ..numbering
            },
            Numbering {
                uid_validity: 8,
                ..numbering
            },
            Numbering {
                mailbox: house.mailbox("badinh@duthi.example").await,
                ..numbering
            },
        ] {
            assert!(delivery::uids(&house.db, other).await.unwrap().is_empty());
            house
                .write(async |tx| delivery::list(tx, other, &listed(1)).await)
                .await
                .unwrap();
            assert_eq!(delivery::uids(&house.db, other).await.unwrap().len(), 1);
        }
        assert_eq!(delivery::listed_only(&house.db).await.unwrap(), 7);
        let rows = delivery::in_state(&house.db, numbering, DeliveryState::Listed)
            .await
            .unwrap();
        let rows: Vec<(i64, i64, i64)> = rows
            .iter()
            .map(|row| (row.uid, row.size, row.internal_at))
            .collect();
        assert_eq!(
            rows[1],
            (2, 200, NOW + 2),
            "a row stays as it was first written"
        );
        rows
    })
    .await;
}

#[tokio::test]
async fn a_mail_out_of_a_file_is_taken_once_and_is_no_servers() {
    on_both(async |house| {
        let numbering = three_mails(&house, "hoankiem@duthi.example").await;
        let mailbox = numbering.mailbox;
        let import = async |mailbox, uid| {
            let taken = house.write(async |tx| delivery::import(tx, mailbox, &listed(uid)).await);
            taken.await.unwrap()
        };
        let first = import(mailbox, 1).await.unwrap();
        assert_eq!(import(mailbox, 1).await, None);
        let other = house.mailbox("badinh@duthi.example").await;
        assert!(import(other, 1).await.is_some());
        let row = delivery::get(&house.db, first).await.unwrap();
        assert_eq!(
            (row.mailbox_id, row.state, row.internal_at),
            (mailbox, DeliveryState::Flagged, NOW + 1)
        );
        // What the server holds is counted without it.
        assert_eq!(delivery::uids(&house.db, numbering).await.unwrap().len(), 3);
        assert_eq!(delivery::held(&house.db, mailbox).await.unwrap(), 0);
    })
    .await;
}

#[tokio::test]
async fn a_mail_moves_on_once_from_where_it_stands() {
    on_both(async |house| {
        let numbering = three_mails(&house, "hoankiem@duthi.example").await;
        let mails = delivery::in_state(&house.db, numbering, DeliveryState::Listed)
            .await
            .unwrap();
        let advance = async |id, from, to| {
            house
                .write(async |tx| delivery::advance(tx, id, from, to).await)
                .await
        };
        use DeliveryState::{Flagged, Listed, Oversize, Stored, Vanished};
        advance(mails[0].id, Listed, Stored).await.unwrap();
        let refused = advance(mails[0].id, Listed, Vanished).await;
        assert!(matches!(refused, Err(Error::Stale)), "{refused:?}");
        advance(mails[0].id, Stored, Flagged).await.unwrap();
        for count in 1..4 {
            let refused = house.write(async |tx| delivery::refused(tx, mails[1].id).await);
            assert_eq!(refused.await.unwrap(), count);
        }
        advance(mails[1].id, Listed, Oversize).await.unwrap();
        advance(mails[2].id, Listed, Vanished).await.unwrap();
        // The server shows it again, and then no more.
        advance(mails[2].id, Vanished, Listed).await.unwrap();
        advance(mails[2].id, Listed, Vanished).await.unwrap();
        assert!(matches!(
            advance(1, Listed, Stored).await,
            Err(Error::Stale)
        ));

        let mut stands = Vec::new();
        for state in DeliveryState::ALL {
            for row in delivery::in_state(&house.db, numbering, *state)
                .await
                .unwrap()
            {
                stands.push((row.uid, row.state));
                let id = row.id;
                assert_eq!(delivery::get(&house.db, id).await.unwrap(), row);
            }
        }
        assert_eq!(stands, [(1, Flagged), (2, Oversize), (3, Vanished)]);
        assert!(matches!(
            delivery::get(&house.db, 1).await,
            Err(Error::Missing)
        ));
        assert_eq!(delivery::listed_only(&house.db).await.unwrap(), 0);
        stands
    })
    .await;
}

#[tokio::test]
async fn a_mail_to_two_mailboxes_arrived_where_it_came_first() {
    on_both(async |house| {
        let db = &house.db;
        let message = house.message("một thư").await;
        let mut mailboxes = Vec::new();
        for address in ["hoankiem@duthi.example", "badinh@duthi.example"] {
            let numbering = three_mails(&house, address).await;
            let mails = delivery::in_state(db, numbering, DeliveryState::Listed)
                .await
                .unwrap();
            // The third mail of the first mailbox, the first of the second: the second mailbox came first.
            let mail = if mailboxes.is_empty() {
                &mails[2]
            } else {
                &mails[0]
            };
            house
                .write(async |tx| {
                    delivery::advance(tx, mail.id, DeliveryState::Listed, DeliveryState::Stored)
                        .await?;
                    delivery::belongs(tx, mail.id, message).await
                })
                .await
                .unwrap();
            assert_eq!(
                delivery::get(db, mail.id).await.unwrap().message_id,
                Some(message)
            );
            mailboxes.push((numbering.mailbox, mail.id));
        }
        let arrivals = delivery::arrivals(db, message).await.unwrap();
        assert_eq!(
            arrivals
                .iter()
                .map(|a| (a.mailbox, a.delivery))
                .collect::<Vec<_>>(),
            [mailboxes[1], mailboxes[0]]
        );
        assert_eq!(arrivals[0].unit, house.unit("ba-dinh"));
        let first = house.write(async |tx| delivery::first_unit(tx, message).await);
        assert_eq!(first.await.unwrap(), house.unit("ba-dinh"));
        let here = mailboxes[0].0;
        for (but, came) in [(0, true), (message, false)] {
            let answer = house.write(async |tx| delivery::came_to(tx, message, here, but).await);
            assert_eq!(answer.await.unwrap(), came, "but {but}");
        }
        let ids: Vec<i64> = delivery::blobs(db)
            .await
            .unwrap()
            .iter()
            .map(|row| row.0)
            .collect();
        assert_eq!(ids, [mailboxes[0].1, mailboxes[1].1]);
        let blob = delivery::blobs(db).await.unwrap().remove(0);
        assert_eq!((blob.1.as_str(), blob.2), ("một thư", 1000));

        let first = mailboxes[0].0;
        assert_eq!(delivery::held(db, first).await.unwrap(), 1);
        house
            .write(async |tx| {
                let mail = mailboxes[0].1;
                delivery::advance(tx, mail, DeliveryState::Stored, DeliveryState::Flagged).await
            })
            .await
            .unwrap();
        assert_eq!(
            delivery::held(db, first).await.unwrap(),
            1,
            "flagged is still held"
        );
        house
            .write(async |tx| mailbox::epoch(tx, first, 8).await)
            .await
            .unwrap();
        assert_eq!(
            delivery::held(db, first).await.unwrap(),
            0,
            "of an older numbering"
        );
        assert_eq!(delivery::held(db, 1).await.unwrap(), 0);
        arrivals
            .into_iter()
            .map(|a| (a.address, a.internal_at))
            .collect::<Vec<_>>()
    })
    .await;
}
