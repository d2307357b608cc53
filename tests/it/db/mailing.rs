//! Letters to many people: drafts, whom they reach, and how far they are.

use phach::db::Error;
use phach::db::entry;
use phach::db::letter;
use phach::db::letter::LetterKind;
use phach::db::letter::NewLetter;
use phach::db::mailing;
use phach::db::mailing::Address;
use phach::db::mailing::Draft;
use phach::db::mailing::Progress;
use phach::db::removal;
use phach::db::view::Scope;
use phach::entry::Audience;
use phach::entry::EntryState;
use phach::entry::Finding;
use phach::entry::FindingCode;
use phach::entry::LetterState;
use phach::entry::MailingState;
use phach::entry::Timeliness;
use phach::letter::wording::Wording;

use super::house::House;
use super::house::NOW;
use super::house::on_both;
use super::house::slip;

fn text(body: &str) -> Wording {
    Wording {
        subject: "Thông báo".into(),
        body: body.into(),
    }
}

fn scope(house: &House, units: &[&str]) -> Scope {
    Scope {
        contest: house.contest,
        units: units.iter().map(|code| house.unit(code)).collect(),
    }
}

async fn draft(house: &House, body: &str) -> i64 {
    let author = house.account("mot@hn.example").await;
    let wording = text(body);
    let draft = Draft {
        unit: house.unit("hoan-kiem"),
        audience: Audience::Late,
        wording: &wording,
        author,
    };
    house
        .write(async |tx| mailing::put(tx, house.contest, &draft, NOW).await)
        .await
        .unwrap()
}

/// A letter of this key to this address.
async fn post(house: &House, key: &str, to: &str, message: Option<i64>, kind: LetterKind) -> i64 {
    let new = NewLetter {
        contest: house.contest,
        unit: house.unit("hoan-kiem"),
        key,
        rfc_id: &format!("{key}@duthi.example"),
        kind,
        recipient: to,
        null_path: true,
        sender: "hoankiem@duthi.example",
        subject: "Thư",
        mime: "Subject: x\r\n\r\n",
        message,
        not_before: NOW,
    };
    let id = house
        .write(async |tx| letter::queue(tx, &new, NOW).await)
        .await;
    id.unwrap().expect("a new letter")
}

/// An entry whose receipt went to this address.
async fn entered(house: &House, code: &str, to: &str) -> (entry::Entry, i64, i64) {
    let (row, version) = house.entry(code).await;
    let name = slip(&format!("Người {code}"));
    let message = house
        .write(async |tx| {
            entry::put_slip(tx, house.contest, version, &name, None).await?;
            Ok(())
        })
        .await;
    message.unwrap();
    let message = house.message(&format!("mail of {code}")).await;
    let receipt = post(
        house,
        &format!("receipt/{code}"),
        to,
        Some(message),
        LetterKind::Receipt,
    )
    .await;
    (row, version, receipt)
}

async fn reached(house: &House, units: &[&str], audience: Audience) -> Vec<String> {
    let units = scope(house, units).units;
    let found = house
        .write(async |tx| mailing::reached(tx, house.contest, &units, audience).await)
        .await
        .unwrap();
    found
        .into_iter()
        .map(|line| {
            let code = line.code.unwrap_or_default();
            format!(
                "{} {code} {}",
                line.recipient,
                line.name.unwrap_or_default()
            )
        })
        .collect()
}

#[tokio::test]
async fn an_audience_is_whoever_had_a_receipt_that_did_not_come_back() {
    on_both(async |house| {
        let change = async |from: &entry::Entry, state, timeliness| {
            let to = entry::Entry {
                state,
                timeliness,
                ..from.clone()
            };
            house
                .write(async |tx| entry::change(tx, from, &to).await)
                .await
                .unwrap();
        };
        entered(&house, "A", "a@la.example").await;
        let (late, version, _) = entered(&house, "B", "b@la.example").await;
        change(&late, EntryState::Held, Timeliness::Late).await;
        let missing = Finding::new(FindingCode::NoBirthDate, "");
        let advice = Finding::new(FindingCode::NotA4, "");
        house
            .write(async |tx| entry::put_finding(tx, version, None, &missing).await)
            .await
            .unwrap();
        let (_, version, _) = entered(&house, "C", "c@la.example").await;
        house
            .write(async |tx| entry::put_finding(tx, version, None, &advice).await)
            .await
            .unwrap();
        let (_, _, bounced) = entered(&house, "D", "d@la.example").await;
        house
            .write(async |tx| letter::bounced(tx, bounced, NOW).await)
            .await
            .unwrap();
        let (aside, _, _) = entered(&house, "E", "e@la.example").await;
        change(&aside, EntryState::SetAside, Timeliness::OnTime).await;
        // Two who were asked for an essay; one of them sent it.
        for (key, to) in [("ask/1", "a@la.example"), ("ask/2", "cho@la.example")] {
            post(&house, key, to, None, LetterKind::Receipt).await;
        }
        let own = ["hoan-kiem"];
        let mut told = Vec::new();
        for audience in Audience::ALL {
            told.push(reached(&house, &own, *audience).await);
        }
        let [a, b, c] = [
            "a@la.example A Người A",
            "b@la.example B Người B",
            "c@la.example C Người C",
        ];
        assert_eq!(told[0], [a, b, c]);
        assert_eq!(told[1], [a, c]);
        assert_eq!(told[2], [b]);
        assert_eq!(told[3], [b]);
        assert_eq!(told[4], [b]);
        assert_eq!(told[5], ["cho@la.example  "]);
        assert_eq!(reached(&house, &["ba-dinh"], Audience::All).await, [""; 0]);
        assert_eq!(reached(&house, &[], Audience::Silent).await, [""; 0]);
        told
    })
    .await;
}

#[tokio::test]
async fn a_draft_is_changed_as_it_was_seen_and_then_released_once() {
    on_both(async |house| {
        let id = draft(&house, "một").await;
        let other = house.account("hai@hn.example").await;
        let wording = text("hai");
        let anew = Draft {
            unit: house.unit("hoan-kiem"),
            audience: Audience::All,
            wording: &wording,
            author: other,
        };
        for (seen, fits) in [(2, false), (1, true), (1, false)] {
            let changed = house
                .write(async |tx| mailing::change(tx, id, seen, &anew, NOW + 1).await)
                .await;
            assert_eq!(changed.is_ok(), fits, "seen {seen}");
        }
        let row = mailing::seen(&house.db, &scope(&house, &["hoan-kiem"]), id)
            .await
            .unwrap();
        assert_eq!(
            (row.n, row.author.as_str(), row.body.as_str()),
            (2, "Cán bộ", "hai")
        );
        let elsewhere = mailing::seen(&house.db, &scope(&house, &["ba-dinh"]), id).await;
        assert!(matches!(elsewhere, Err(Error::Missing)));
        let release = async |seen| {
            house
                .write(async |tx| {
                    mailing::release(tx, (id, seen), other, 3, NOW, NOW + 60_000).await
                })
                .await
        };
        assert!(release(1).await.is_err(), "not as it was seen");
        release(2).await.unwrap();
        assert!(release(3).await.is_err(), "a released one is no draft");
        let row = house
            .write(async |tx| mailing::get(tx, id).await)
            .await
            .unwrap();
        assert_eq!(
            (row.state, row.run_at),
            (MailingState::Released, Some(NOW + 60_000))
        );

        // Taken back, it is a draft without addresses; released again and begun, it cannot be taken back.
        let addresses: Vec<Address> = (1..=3)
            .map(|n| Address {
                n,
                recipient: format!("{n}@la.example"),
                unit_id: house.unit("hoan-kiem"),
                sender: "hoankiem@duthi.example".into(),
                facts: "{}".into(),
            })
            .collect();
        house
            .write(async |tx| mailing::address(tx, id, &addresses).await)
            .await
            .unwrap();
        house
            .write(async |tx| mailing::take_back(tx, id).await)
            .await
            .unwrap();
        let left = house.write(async |tx| mailing::next(tx, id, 9).await).await;
        assert_eq!(left.unwrap(), []);
        release(4).await.unwrap();
        house
            .write(async |tx| mailing::address(tx, id, &addresses).await)
            .await
            .unwrap();
        let twice = house
            .write(async |tx| mailing::address(tx, id, &addresses[..1]).await)
            .await;
        assert!(twice.is_err(), "one address, one letter");
        let begun = async || {
            house
                .write(async |tx| mailing::has_begun(tx, id).await)
                .await
                .unwrap()
        };
        assert!(!begun().await);
        house
            .write(async |tx| mailing::skip(tx, id, 1, "không viết được").await)
            .await
            .unwrap();
        assert!(begun().await);
        let back = house
            .write(async |tx| mailing::take_back(tx, id).await)
            .await;
        assert!(matches!(back, Err(Error::Stale)), "{back:?}");
        let all = mailing::all(&house.db, &scope(&house, &["hoan-kiem"])).await;
        assert_eq!(all.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn its_letters_are_written_once_counted_held_back_and_let_go_again() {
    on_both(async |house| {
        let id = draft(&house, "thư").await;
        let account = house.account("hai@hn.example").await;
        let addresses: Vec<Address> = (1..=4)
            .map(|n| Address {
                n,
                recipient: format!("{n}@la.example"),
                unit_id: house.unit("hoan-kiem"),
                sender: "hoankiem@duthi.example".into(),
                facts: "{\"so_bai\":1}".into(),
            })
            .collect();
        house
            .write(async |tx| {
                mailing::release(tx, (id, 1), account, 4, NOW, NOW).await?;
                mailing::address(tx, id, &addresses).await
            })
            .await
            .unwrap();
        let next = async |most| {
            let next = house
                .write(async |tx| mailing::next(tx, id, most).await)
                .await;
            next.unwrap()
        };
        assert_eq!(next(2).await, addresses[..2]);
        let mut letters = Vec::new();
        for n in 1..=3 {
            let key = format!("mailing/{id}/{n}");
            let letter = post(&house, &key, "x@la.example", None, LetterKind::Mailing).await;
            house
                .write(async |tx| mailing::written(tx, id, n, letter).await)
                .await
                .unwrap();
            letters.push(letter);
        }
        let again = house
            .write(async |tx| mailing::written(tx, id, 1, letters[1]).await)
            .await;
        assert!(matches!(again, Err(Error::Stale)), "{again:?}");
        assert_eq!(next(9).await, addresses[3..]);
        house
            .write(async |tx| {
                let (from, to) = (LetterState::Queued, LetterState::Sending);
                letter::advance(tx, letters[0], from, to, None, NOW).await?;
                letter::advance(tx, letters[0], to, LetterState::Sent, None, NOW).await?;
                letter::bounced(tx, letters[0], NOW).await?;
                mailing::skip(tx, id, 4, "sai").await
            })
            .await
            .unwrap();
        let progress = mailing::progress(&house.db, id).await.unwrap();
        let want = Progress {
            written: 3,
            skipped: 1,
            sent: 1,
            failed: 0,
            bounced: 1,
        };
        assert_eq!(progress, want);

        // Stopped: what left has left; the rest can go again.
        let step = async |seen, from, to| {
            house
                .write(async |tx| mailing::step(tx, (id, seen), from, to, NOW).await)
                .await
        };
        let (released, stopped) = (MailingState::Released, MailingState::Stopped);
        assert!(
            step(1, released, stopped).await.is_err(),
            "not as it was seen"
        );
        step(2, released, stopped).await.unwrap();
        let held = house
            .write(async |tx| mailing::hold_back(tx, id, "dừng").await)
            .await;
        assert_eq!(held.unwrap(), 2);
        let held = house
            .write(async |tx| mailing::held_back(tx, id).await)
            .await;
        assert_eq!(held.unwrap(), letters[1..]);
        step(3, stopped, released).await.unwrap();

        // When the data of the contest goes, so does to whom it went.
        let removal = house
            .write(async |tx| {
                let row = removal::propose(tx, house.contest, "{}", NOW, NOW).await?;
                removal::confirm(tx, row.id, NOW, NOW).await?;
                removal::get(tx, row.id).await
            })
            .await
            .unwrap();
        let gone = house
            .write(async |tx| removal::mailings(tx, &removal, NOW).await)
            .await;
        assert_eq!(gone.unwrap(), 4);
        let row = house.write(async |tx| mailing::get(tx, id).await).await;
        assert_eq!(row.unwrap().state, MailingState::Done);
        let left = house
            .texts(
                "SELECT recipient FROM mailing_address UNION ALL SELECT facts FROM mailing_address",
            )
            .await;
        assert_eq!(left, [""; 0]);
    })
    .await;
}
