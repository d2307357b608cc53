//! Letters to participants are worded anew. What a wording has to hold is checked with letters as the contest might send
//! them; those that are queued keep their text.

use serde_json::json;

use super::Desk;
use super::Done;
use super::Error;
use super::Refusal;
use super::Result;
use super::snapshot::Snapshot;
use super::snapshot::Watch;
use crate::db;
use crate::db::Tx;
use crate::db::matter::Subject;
use crate::db::wording::NewVersion;
use crate::entry::LetterForm;
use crate::letter::sample;
use crate::letter::wording::Wording;

/// Puts a wording in force, or the text that ships. Every unit's letters go by it, so the unit at the top decides.
pub async fn word(
    tx: &mut Tx,
    desk: &Desk<'_>,
    form: LetterForm,
    seen: i64,
    wording: Option<&Wording>,
) -> Result<Done> {
    let contest = desk.who.units.contest;
    let top = desk.standing.top().ok_or(Error::Missing)?;
    if !desk.who.units.holds(top) {
        return Err(Error::Refused(Refusal::OnlyTop));
    }
    if let Some(wording) = wording {
        let samples = sample::letters(&desk.standing.plan, form);
        wording
            .check(samples.iter().map(|sample| &sample.facts))
            .map_err(|fault| Error::Rule(fault.sentence()))?;
    }
    let newest = db::wording::newest(tx, contest, form).await?;
    let in_force = newest.as_ref().and_then(db::wording::Version::wording);
    if in_force.as_ref() == wording {
        return Err(Error::Refused(Refusal::Nothing));
    }
    let watch = Watch {
        wording: Some((contest, form)),
        ..Watch::default()
    };
    let before = Snapshot::take(tx, &watch).await?;
    let new = NewVersion {
        contest,
        form,
        wording,
        account: desk.who.account,
    };
    let id = db::wording::put(tx, &new, seen, desk.now).await?;
    Ok(Done {
        subject: Subject::Wording,
        subject_id: id,
        unit: top,
        before,
        watch,
        note: json!({ "form": form, "shipped": wording.is_none() }),
    })
}

/// Puts the version with this number (0: the text that ships) in force again, as a new one.
pub async fn back(
    tx: &mut Tx,
    (contest, form, n): (i64, LetterForm, i64),
    seen: i64,
    account: i64,
    now: i64,
) -> Result<()> {
    let wording = match n {
        0 => None,
        n => db::wording::version(tx, contest, form, n).await?.wording(),
    };
    let new = NewVersion {
        contest,
        form,
        wording: wording.as_ref(),
        account,
    };
    db::wording::put(tx, &new, seen, now).await?;
    Ok(())
}
