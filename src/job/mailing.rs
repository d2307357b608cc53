//! Writes the letters of a mailing that a second person released, some at a time: an address is marked as written in
//! the transaction that queues its letter, so that whoever ends the program loses none and doubles none.

use super::Ctx;
use super::Failure;
use super::event;
use crate::clock;
use crate::crash;
use crate::db;
use crate::db::Tx;
use crate::db::job::Job;
use crate::db::job::JobKind;
use crate::db::letter::LetterKind;
use crate::db::letter::NewLetter;
use crate::db::mailing::Address;
use crate::db::mailing::Mailing;
use crate::entry::MailingState;
use crate::letter;
use crate::letter::mime::Author;
use crate::letter::wording::Facts;
use crate::words;

/// Letters in one transaction: a moment's work, so that nobody else waits for the database.
const PIECE: i64 = 50;

/// Writes what is left of the mailing of a job, unless it was taken back or stopped.
pub async fn run(ctx: &Ctx, job: &Job) -> Result<(), Failure> {
    loop {
        let now = clock::now();
        let mut tx = ctx.db.begin().await?;
        let contest = db::mailing::get(&mut tx, job.job_key).await?.contest_id;
        // Whoever stops it waits for this piece, and finds its letters.
        db::contest::lock(&mut tx, contest).await?;
        db::job::hold(&mut tx, job).await?;
        let mailing = db::mailing::get(&mut tx, job.job_key).await?;
        let due = match (mailing.state, mailing.run_at) {
            (MailingState::Released, Some(at)) if at > now => return Err(Failure::NotYet(at)),
            (MailingState::Released, _) => true,
            (
                MailingState::Draft
                | MailingState::Stopped
                | MailingState::Done
                | MailingState::Dropped,
                _,
            ) => false,
        };
        if !due {
            db::job::finish(&mut tx, job, now).await?;
            return Ok(tx.commit().await?);
        }
        let addresses = db::mailing::next(&mut tx, mailing.id, PIECE).await?;
        if addresses.is_empty() {
            let (from, to) = (MailingState::Released, MailingState::Done);
            db::mailing::step(&mut tx, (mailing.id, mailing.n), from, to, now).await?;
            event(
                &mut tx,
                mailing.contest_id,
                "mailing.done",
                mailing.id,
                "",
                now,
            )
            .await?;
            db::job::finish(&mut tx, job, now).await?;
            return Ok(tx.commit().await?);
        }
        let contest = ctx.contest(mailing.contest_id).await?;
        for address in &addresses {
            let unit = contest.standing.unit_name(address.unit_id);
            write(&mut tx, &mailing, address, unit, now).await?;
        }
        crash::point("mailing_uncommitted");
        tx.commit().await?;
        ctx.wake.notify_waiters();
        crash::point("mailing_written");
    }
}

/// Queues the letter to an address; one that cannot be written is skipped, and says so on the page.
async fn write(
    tx: &mut Tx,
    mailing: &Mailing,
    address: &Address,
    unit: &str,
    now: i64,
) -> Result<(), Failure> {
    let facts = Facts {
        values: serde_json::from_str(&address.facts).map_err(db::Error::from)?,
        must: Vec::new(),
    };
    let said = match mailing.wording().write(&facts) {
        Ok(said) => said,
        Err(fault) => {
            let why = fault.sentence();
            return Ok(db::mailing::skip(tx, mailing.id, address.n, &why).await?);
        }
    };
    let key = format!("mailing/{}/{}", mailing.id, address.n);
    let draft = letter::Draft {
        from_name: &words::receipt::sender(unit),
        from: &address.sender,
        to: &address.recipient,
        subject: &said.subject,
        key: &key,
        at: now,
        in_reply_to: None,
        references: &[],
        // Nobody's absence note shall answer it (RFC 3834 §2).
        author: Author::Machine,
        text: &said.text,
        html: &letter::alarm::text_as_html(&said.text),
        attachments: &[],
        headers: &[("Precedence", "bulk")],
    };
    let composed = match letter::mime::compose(&draft) {
        Ok(composed) => composed,
        Err(error) => {
            let why = error.to_string();
            return Ok(db::mailing::skip(tx, mailing.id, address.n, &why).await?);
        }
    };
    let new = NewLetter {
        contest: mailing.contest_id,
        unit: address.unit_id,
        key: &key,
        rfc_id: &composed.rfc_id,
        kind: LetterKind::Mailing,
        recipient: &address.recipient,
        // It is to come back where it cannot be delivered.
        null_path: false,
        sender: &address.sender,
        subject: &said.subject,
        mime: &composed.mime,
        message: None,
        not_before: now,
    };
    let id = db::letter::queue(tx, &new, now).await?;
    let id = id.ok_or(db::Error::Stale)?;
    db::mailing::written(tx, mailing.id, address.n, id).await?;
    let priority = LetterKind::Mailing.priority();
    Ok(db::job::put(tx, JobKind::Send, id, priority, now).await?)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::sync::Arc;

    use super::PIECE;
    use crate::clock;
    use crate::db;
    use crate::db::job::JobKind;
    use crate::db::job::Lane;
    use crate::db::letter::LetterKind;
    use crate::db::mailing::Mailing;
    use crate::db::mailing::Progress;
    use crate::desk;
    use crate::desk::Act;
    use crate::desk::Step;
    use crate::desk::Who;
    use crate::desk::tests::fixture::Case;
    use crate::desk::tests::fixture::House;
    use crate::desk::tests::fixture::house;
    use crate::entry::Audience;
    use crate::entry::EntryState;
    use crate::entry::LetterState;
    use crate::entry::MailingState;
    use crate::job::Ctx;
    use crate::job::Failure;
    use crate::letter::wording::Wording;
    use crate::words;

    const ALL: &[&str] = &["ha-noi", "hoan-kiem", "dong-da", "hoan-kiem.hang-bac"];

    /// So many people with a receipt each, and one more entry of the first.
    async fn participants(house: &House, n: i64) {
        for n in 0..=n {
            let case = Case {
                state: EntryState::Queued,
                ..Case::default()
            };
            let entry = house.entry(&case).await;
            let row = db::entry::get(&house.db, entry).await.expect("entry");
            let message = db::view::message_of(&house.db, &row).await.expect("mail");
            let to = format!("nguoi{}@La.example", n.max(1));
            let key = format!("receipt/{entry}");
            let letter = db::letter::NewLetter {
                contest: house.standing.contest,
                unit: house.unit("hoan-kiem"),
                key: &key,
                rfc_id: &format!("{entry}@duthi.example"),
                kind: LetterKind::Receipt,
                recipient: &to,
                null_path: true,
                sender: "hoan-kiem@duthi.example",
                subject: "Xác nhận",
                mime: "Subject: x\r\n\r\n",
                message,
                not_before: 1,
            };
            let mut tx = house.db.begin().await.expect("begin");
            db::letter::queue(&mut tx, &letter, 1).await.expect("queue");
            tx.commit().await.expect("commit");
        }
    }

    /// Does a step as this account, so long ago (ms).
    async fn take(house: &House, account: i64, step: Step, ago: i64) -> desk::Result<i64> {
        let scope = house.scope(ALL);
        let who = Who {
            account,
            units: &scope,
        };
        let (now, act) = (clock::now() - ago, Act::Mailing(Box::new(step)));
        desk::perform(&house.db, &house.standing, who, None, act, now).await
    }

    async fn newest(house: &House) -> Mailing {
        let all = db::mailing::all(&house.db, &house.scope(ALL)).await;
        all.expect("mailings").remove(0)
    }

    async fn other(house: &House) -> i64 {
        let other = db::account::by_email(&house.db, "quantri@hn.example").await;
        other.expect("read").expect("an account").id
    }

    /// A draft by the secretary; returns how it is seen.
    async fn draft(house: &House) -> (i64, i64) {
        let step = Step::Write {
            of: None,
            unit: "hoan-kiem".into(),
            audience: Audience::All,
            wording: Wording::typed("Chào {{ nguoi_nhan }}", "Mã: {{ cac_ma }}"),
        };
        take(house, house.secretary, step, 0).await.expect("kept");
        let row = newest(house).await;
        (row.id, row.n)
    }

    /// Runs the job of the mailing, if there is one to run now.
    async fn run(house: &House) -> Option<Result<(), Failure>> {
        let config = toml::from_str("").expect("settings");
        let ctx = Ctx::new(house.db.clone(), Arc::new(config));
        let job = db::job::claim(&ctx.db, Lane::Quick, clock::now(), 60_000)
            .await
            .expect("jobs")?;
        assert_eq!(job.kind, JobKind::Mailing);
        Some(super::run(&ctx, &job).await)
    }

    async fn progress(house: &House, id: i64) -> Progress {
        db::mailing::progress(&house.db, id).await.expect("read")
    }

    #[tokio::test]
    async fn a_second_person_lets_it_go_and_each_address_gets_one_letter() {
        let house = house().await;
        let people = PIECE + 10;
        participants(&house, people).await;
        let of = draft(&house).await;
        let other = other(&house).await;
        let refused = async |account: i64, count: i64, want: &str| {
            let step = Step::Release { of, count };
            match take(&house, account, step, 0).await {
                Err(desk::Error::Rule(said)) => assert_eq!(said, want),
                done => panic!("{done:?}"),
            }
        };
        refused(house.secretary, people, words::mailing::OWN).await;
        refused(
            other,
            people + 1,
            &words::mailing::moved(people + 1, people),
        )
        .await;

        // Within the minute nothing is written, and anybody may take it back.
        let step = || Step::Release { of, count: people };
        let act = take(&house, other, step(), 0).await.expect("released");
        assert!(run(&house).await.is_none(), "not within the minute");
        let scope = house.scope(&["hoan-kiem"]);
        let who = Who {
            account: house.secretary,
            units: &scope,
        };
        desk::undo(&house.db, &house.standing, who, act, clock::now())
            .await
            .expect("taken back");
        let back = newest(&house).await;
        assert_eq!((back.state, back.recipients), (MailingState::Draft, 0));

        let of = (back.id, back.n);
        let step = Step::Release { of, count: people };
        let act = take(&house, other, step, 120_000).await.expect("released");
        run(&house).await.expect("a job").expect("done");
        let row = newest(&house).await;
        assert_eq!(row.state, MailingState::Done);
        assert_eq!(progress(&house, row.id).await.written, people);
        let (mut letters, mut page) = (Vec::new(), 0);
        loop {
            let (some, _) = db::view::letters(&house.db, &scope, None, page)
                .await
                .expect("read");
            if some.is_empty() {
                break;
            }
            letters.extend(
                some.into_iter()
                    .filter(|letter| letter.kind == LetterKind::Mailing),
            );
            page += 1;
        }
        let to: BTreeSet<&str> = letters
            .iter()
            .map(|letter| letter.recipient.as_str())
            .collect();
        assert_eq!(
            (letters.len(), to.len()),
            (people as usize, people as usize)
        );
        let first = letters
            .iter()
            .find(|letter| letter.recipient == "nguoi1@la.example")
            .expect("a letter");
        assert_eq!(first.subject, "Chào Nguyễn Văn An");
        let first = db::letter::get(&house.db, first.id)
            .await
            .expect("a letter");
        let text = crate::letter::preview::text(&first.mime);
        assert_eq!(text.matches(", ").count(), 1, "both of its entries: {text}");
        for said in ["Auto-Submitted: auto-generated\r\n", "Precedence: bulk\r\n"] {
            assert!(first.mime.contains(said), "{}", first.mime);
        }
        assert!(
            !first.null_path,
            "it comes back where it cannot be delivered"
        );

        // Too late to take it back; the job once more writes nothing more.
        let late = desk::undo(&house.db, &house.standing, who, act, clock::now()).await;
        let sent = desk::Refusal::AlreadySent;
        assert!(
            matches!(late, Err(desk::Error::Refused(refusal)) if refusal == sent),
            "{late:?}"
        );
        let mut tx = house.db.begin().await.expect("begin");
        db::job::put(&mut tx, JobKind::Mailing, row.id, 1, 0)
            .await
            .expect("put");
        tx.commit().await.expect("commit");
        run(&house).await.expect("a job").expect("done");
        assert_eq!(progress(&house, row.id).await.written, people);
    }

    #[tokio::test]
    async fn it_is_stopped_in_the_middle_and_goes_on_with_the_rest() {
        let house = house().await;
        participants(&house, 3).await;
        let of = draft(&house).await;
        let other = other(&house).await;
        let step = Step::Release { of, count: 3 };
        take(&house, other, step, 120_000).await.expect("released");
        let seen = async || {
            let row = newest(&house).await;
            (row.id, row.n)
        };
        // Before the job ran.
        let stop = Step::Stop { of: seen().await };
        take(&house, house.secretary, stop, 0)
            .await
            .expect("stopped");
        run(&house).await.expect("a job").expect("done");
        assert_eq!(progress(&house, of.0).await.written, 0);
        let resume = Step::Resume { of: seen().await };
        take(&house, other, resume, 0).await.expect("goes on");
        run(&house).await.expect("a job").expect("done");
        assert_eq!(progress(&house, of.0).await.written, 3);

        // When one has left and two wait for the relay.
        let mut tx = house.db.begin().await.expect("begin");
        let letters = db::letter::in_flight(&mut tx).await.expect("letters");
        let ours: Vec<i64> = letters
            .iter()
            .filter(|letter| letter.kind == LetterKind::Mailing)
            .map(|letter| letter.id)
            .collect();
        let (from, to) = (LetterState::Queued, LetterState::Sending);
        db::letter::advance(&mut tx, ours[0], from, to, None, 1)
            .await
            .expect("sending");
        tx.commit().await.expect("commit");
        let stop = Step::Stop { of: seen().await };
        take(&house, house.secretary, stop, 0)
            .await
            .expect("stopped");
        let states = async || {
            let mut states = Vec::new();
            for id in &ours {
                states.push(
                    db::letter::get(&house.db, *id)
                        .await
                        .expect("a letter")
                        .state,
                );
            }
            states
        };
        let held = LetterState::Suppressed;
        assert_eq!(states().await, [LetterState::Sending, held, held]);
        let resume = Step::Resume { of: seen().await };
        take(&house, other, resume, 0).await.expect("goes on");
        let queued = LetterState::Queued;
        assert_eq!(states().await, [LetterState::Sending, queued, queued]);
        run(&house).await.expect("a job").expect("done");
        let so_far = progress(&house, of.0).await;
        assert_eq!(
            (so_far.written, newest(&house).await.state),
            (3, MailingState::Done)
        );
    }
}
