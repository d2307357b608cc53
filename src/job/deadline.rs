//! A plan with another deadline is applied: entries that are here are judged by it at once, in the same transaction, and
//! whoever was told otherwise is told (R001-30).

use std::collections::BTreeMap;

use super::Failure;
use super::event;
use super::wording;
use crate::contest::Plan;
use crate::contest::deadline;
use crate::contest::deadline::Timing;
use crate::contest::deadline::What;
use crate::db;
use crate::db::Tx;
use crate::db::contest::Standing;
use crate::db::entry::Entry;
use crate::db::job::JobKind;
use crate::db::letter::LetterKind;
use crate::db::letter::NewLetter;
use crate::db::matter::NewMatter;
use crate::db::matter::Subject;
use crate::entry::LetterForm;
use crate::entry::MatterKind;
use crate::entry::Timeliness;
use crate::letter;
use crate::letter::deadline::Moved;
use crate::words;

/// What became of the entries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Were late, are in time now.
    pub in_time: usize,
    /// Were in time, are late now: each a matter for a person.
    pub late: usize,
    /// Letters to those who had a receipt.
    pub letters: usize,
}

/// Judges the entries of a contest anew, whose plan was `old` until now. What a person has accepted stays accepted, and
/// what a person has to decide about the clocks stays with that person.
pub async fn reclassify(
    tx: &mut Tx,
    standing: &Standing,
    old: &Plan,
    now: i64,
) -> Result<Outcome, Failure> {
    let mut outcome = Outcome::default();
    let mut told: BTreeMap<i64, Vec<Entry>> = BTreeMap::new();
    for (entry, message) in db::entry::judged_by_deadline(tx, standing.contest).await? {
        let unit = standing.code(entry.unit_id).unwrap_or_default();
        let judge = |plan: &Plan| match deadline::judge(plan, unit, "email", entry.received_at) {
            Timing::OnTime { .. } | Timing::NoDeadline => Timeliness::OnTime,
            Timing::Late { .. } => Timeliness::Late,
        };
        // Only what the deadline itself has moved: a copy that came earlier may have made a late mail one in time.
        let timeliness = judge(&standing.plan);
        if timeliness == judge(old) || timeliness == entry.timeliness {
            continue;
        }
        let moved = Entry {
            timeliness,
            ..entry.clone()
        };
        db::entry::change(tx, &entry, &moved).await?;
        let word = if timeliness == Timeliness::Late {
            outcome.late += 1;
            open(tx, &moved, now).await?;
            "entry.late_by_plan"
        } else {
            outcome.in_time += 1;
            let kind = MatterKind::Late;
            db::matter::recovered(tx, kind, Subject::Entry, entry.id, now).await?;
            "entry.in_time_by_plan"
        };
        let version = standing.version.to_string();
        event(tx, standing.contest, word, entry.id, &version, now).await?;
        told.entry(message).or_default().push(moved);
    }
    for (message, entries) in told {
        outcome.letters += usize::from(tell(tx, standing, message, &entries, now).await?);
    }
    Ok(outcome)
}

async fn open(tx: &mut Tx, entry: &Entry, now: i64) -> Result<(), Failure> {
    let detail = serde_json::json!({ "code": entry.receipt_code });
    let matter = NewMatter {
        contest: entry.contest_id,
        unit: entry.unit_id,
        kind: MatterKind::Late,
        subject: Subject::Entry,
        subject_id: entry.id,
        detail: &detail,
    };
    db::matter::open(tx, &matter, now).await?;
    Ok(())
}

/// One letter a mail, to where its receipt went; nobody is written to who got none.
async fn tell(
    tx: &mut Tx,
    standing: &Standing,
    message: i64,
    entries: &[Entry],
    now: i64,
) -> Result<bool, Failure> {
    let (Some(receipt), Some(first)) =
        (db::letter::receipt_of(tx, message).await?, entries.first())
    else {
        return Ok(false);
    };
    let plan = &standing.plan;
    let zone = words::time::zone(&plan.zone);
    let code = standing.code(first.unit_id).unwrap_or_default();
    let Some(deadline) = deadline::in_force(plan, What::Intake, code, Some("email")) else {
        return Ok(false);
    };
    let moved = Moved {
        contest: plan.title.clone(),
        unit: standing.unit_name(receipt.unit_id).to_owned(),
        phrase: deadline.phrase.clone(),
        document: deadline.document_no.clone(),
        phone: plan.phone(code).map(str::to_owned),
        entries: entries
            .iter()
            .map(|entry| {
                let received = words::time::instant_exact(entry.received_at, &zone);
                let in_time = entry.timeliness == Timeliness::OnTime;
                words::deadline::entry(&entry.receipt_code, &received, in_time)
            })
            .collect(),
    };
    let form = LetterForm::Deadline;
    let said = wording::write(tx, standing.contest, form, &moved.facts(), now)
        .await?
        .said;
    let key = format!("deadline/{message}/{}", standing.version);
    let draft = letter::Draft {
        from_name: &words::receipt::sender(&moved.unit),
        from: &receipt.sender,
        to: &receipt.recipient,
        subject: &said.subject,
        key: &key,
        at: now,
        in_reply_to: Some(&receipt.rfc_id),
        references: std::slice::from_ref(&receipt.rfc_id),
        author: letter::mime::Author::Machine,
        text: &said.text,
        html: &letter::alarm::text_as_html(&said.text),
        attachments: &[],
        headers: &[],
    };
    let composed = letter::mime::compose(&draft).map_err(|error| Failure::GiveUp(error.into()))?;
    let new = NewLetter {
        contest: standing.contest,
        unit: receipt.unit_id,
        key: &key,
        rfc_id: &composed.rfc_id,
        kind: LetterKind::Deadline,
        recipient: &receipt.recipient,
        null_path: true,
        sender: &receipt.sender,
        subject: &said.subject,
        mime: &composed.mime,
        message: Some(message),
        not_before: now,
    };
    let Some(id) = db::letter::queue(tx, &new, now).await? else {
        return Ok(false);
    };
    let priority = LetterKind::Deadline.priority();
    db::job::put(tx, JobKind::Send, id, priority, now).await?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::Outcome;
    use super::reclassify;
    use crate::db;
    use crate::db::matter::Subject;
    use crate::desk::tests::fixture::Case;
    use crate::desk::tests::fixture::DEADLINE;
    use crate::desk::tests::fixture::House;
    use crate::desk::tests::fixture::house;
    use crate::entry::MatterKind;
    use crate::entry::Timeliness;

    /// Applies the plan with the intake open until then.
    async fn until(house: &House, at: i64) -> Outcome {
        let contest = house.standing.contest;
        let old = db::contest::plan_of(&house.db, "thu").await.expect("read");
        let old = old.expect("a plan");
        let mut plan = old.clone();
        plan.deadlines[0].until = at;
        plan.deadlines[0].phrase = "trước 17h00 ngày 10/9/2019".into();
        let mut tx = house.db.begin().await.expect("begin");
        db::contest::apply(&mut tx, &plan, "", "test", at)
            .await
            .expect("applied");
        let standing = db::contest::standing_in(&mut tx, contest)
            .await
            .expect("standing");
        let outcome = reclassify(&mut tx, &standing, &old, at)
            .await
            .expect("judged");
        tx.commit().await.expect("commit");
        outcome
    }

    async fn timeliness(house: &House, entry: i64) -> Timeliness {
        db::entry::get(&house.db, entry)
            .await
            .expect("entry")
            .timeliness
    }

    async fn late_matters(house: &House, entry: i64) -> usize {
        let mut tx = house.db.begin().await.expect("begin");
        let open = db::matter::open_about(&mut tx, Subject::Entry, entry)
            .await
            .expect("matters");
        open.iter()
            .filter(|matter| matter.kind == MatterKind::Late)
            .count()
    }

    /// An entry received so long after the deadline (ms), as it was judged, with its receipt.
    async fn came(house: &House, after: i64, timeliness: Timeliness) -> i64 {
        let case = Case {
            received: DEADLINE + after,
            timeliness,
            ..Case::default()
        };
        let entry = house.entry(&case).await;
        if timeliness == Timeliness::Late {
            let (kind, detail) = (MatterKind::Late, serde_json::json!({}));
            house
                .matter("hoan-kiem", kind, Subject::Entry, entry, detail)
                .await;
        }
        let row = db::entry::get(&house.db, entry).await.expect("entry");
        let message = db::view::message_of(&house.db, &row).await.expect("mail");
        house.letter("hoan-kiem", message.expect("a mail")).await;
        entry
    }

    #[tokio::test]
    async fn an_extension_makes_late_entries_those_in_time_and_says_so_once() {
        let house = house().await;
        let in_time = came(&house, -1_000, Timeliness::OnTime).await;
        let at_once = came(&house, 0, Timeliness::Late).await;
        let just = came(&house, 3_599_000, Timeliness::Late).await;
        let at_the_new = came(&house, 3_600_000, Timeliness::Late).await;
        let accepted = came(&house, 7_200_000, Timeliness::Accepted).await;
        let unsure = came(&house, 1_000, Timeliness::Review).await;
        let moved = until(&house, DEADLINE + 3_600_000).await;
        let want = Outcome {
            in_time: 2,
            late: 0,
            letters: 2,
        };
        assert_eq!(moved, want);
        for (entry, want, open) in [
            (in_time, Timeliness::OnTime, 0),
            (at_once, Timeliness::OnTime, 0),
            (just, Timeliness::OnTime, 0),
            (at_the_new, Timeliness::Late, 1),
            (accepted, Timeliness::Accepted, 0),
            (unsure, Timeliness::Review, 0),
        ] {
            assert_eq!(timeliness(&house, entry).await, want);
            assert_eq!(late_matters(&house, entry).await, open);
        }
        // The same plan once more moves nothing, and nobody is written to again.
        assert_eq!(
            until(&house, DEADLINE + 3_600_000).await,
            Outcome::default()
        );

        // Taken back: they are late again, and a person decides.
        let back = until(&house, DEADLINE).await;
        let want = Outcome {
            in_time: 0,
            late: 2,
            letters: 2,
        };
        assert_eq!(back, want);
        assert_eq!(timeliness(&house, just).await, Timeliness::Late);
        assert_eq!(late_matters(&house, just).await, 1);
    }

    #[tokio::test]
    async fn the_letter_names_the_new_deadline_and_the_entry() {
        let house = house().await;
        let entry = came(&house, 60_000, Timeliness::Late).await;
        until(&house, DEADLINE + 3_600_000).await;
        let scope = house.scope(&["hoan-kiem"]);
        let (letters, _) = db::view::letters(&house.db, &scope, None, 0)
            .await
            .expect("letters");
        let told = letters
            .iter()
            .find(|letter| letter.subject.starts_with("Thay đổi thời hạn"))
            .expect("a letter");
        assert_eq!(told.recipient, "an.nguyen@mail.example");
        let letter = db::letter::get(&house.db, told.id).await.expect("a letter");
        let parsed = mail_parser::MessageParser::default().parse(letter.mime.as_bytes());
        let text = parsed.and_then(|mail| mail.body_text(0).map(|text| text.into_owned()));
        let text = text.expect("a text");
        let row = db::entry::get(&house.db, entry).await.expect("entry");
        for said in [
            "trước 17h00 ngày 10/9/2019",
            &row.receipt_code,
            "được tính là đúng hạn",
        ] {
            assert!(text.contains(said), "{text}");
        }
    }

    /// The letter about the moved deadline, as it reads.
    async fn told(house: &House) -> (String, String) {
        let scope = house.scope(&["hoan-kiem"]);
        let (letters, _) = db::view::letters(&house.db, &scope, None, 0)
            .await
            .expect("letters");
        let told = letters
            .iter()
            .find(|letter| letter.kind == db::letter::LetterKind::Deadline)
            .expect("a letter");
        let letter = db::letter::get(&house.db, told.id).await.expect("a letter");
        (letter.subject, crate::letter::preview::text(&letter.mime))
    }

    async fn reword(house: &House, body: &str) {
        let wording = crate::letter::wording::Wording::typed("Hạn mới {{ thoi_han }}", body);
        let new = db::wording::NewVersion {
            contest: house.standing.contest,
            form: crate::entry::LetterForm::Deadline,
            wording: Some(&wording),
            account: house.secretary,
        };
        let mut tx = house.db.begin().await.expect("begin");
        db::wording::put(&mut tx, &new, 0, 1).await.expect("saved");
        tx.commit().await.expect("commit");
    }

    #[tokio::test]
    async fn a_clerks_wording_is_what_goes_out() {
        let house = house().await;
        came(&house, 60_000, Timeliness::Late).await;
        reword(
            &house,
            "Nay: {{ thoi_han }} <b>\n{% for dong in ket_qua %}\n* {{ dong }}\n{% endfor %}",
        )
        .await;
        until(&house, DEADLINE + 3_600_000).await;
        let (subject, text) = told(&house).await;
        assert_eq!(subject, "Hạn mới trước 17h00 ngày 10/9/2019");
        assert!(
            text.starts_with("Nay: trước 17h00 ngày 10/9/2019 <b>"),
            "{text}"
        );
        assert!(text.contains("\n* Bài "), "{text}");
        assert!(!text.contains("Ban Tổ chức cuộc thi"), "{text}");
    }

    #[tokio::test]
    async fn a_wording_that_fails_holds_up_no_letter_and_the_administrator_is_told_once() {
        let house = house().await;
        came(&house, 60_000, Timeliness::Late).await;
        // No page takes such a text; rows may come from an older version of the program.
        reword(&house, "{{ thoi_han }} {{ ten_la }}").await;
        let moved = until(&house, DEADLINE + 3_600_000).await;
        assert_eq!(moved.letters, 1);
        let (subject, text) = told(&house).await;
        assert!(subject.starts_with("Thay đổi thời hạn"), "{subject}");
        assert!(text.contains("được tính là đúng hạn"), "{text}");
        let settings = "[alarm]\nto = [\"quantri@la.example\"]\nfrom = \"duthi@hn.example\"";
        let config = toml::from_str(settings).expect("settings");
        let ctx = super::super::Ctx::new(house.db.clone(), std::sync::Arc::new(config));
        for _ in 0..2 {
            let mut tx = house.db.begin().await.expect("begin");
            crate::job::wording::alarm(&ctx, &mut tx, DEADLINE)
                .await
                .expect("told");
            tx.commit().await.expect("commit");
        }
        let scope = house.scope(&["ha-noi"]);
        let (letters, _) = db::view::letters(&house.db, &scope, None, 0)
            .await
            .expect("letters");
        let alarms: Vec<&str> = letters.iter().map(|alarm| alarm.subject.as_str()).collect();
        assert_eq!(
            alarms,
            ["CẢNH BÁO: mẫu thư “Thay đổi thời hạn nhận bài” không dùng được"]
        );
    }
}
