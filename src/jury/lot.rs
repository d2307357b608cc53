//! Drawing the lot of a queue: who marks what. The first draw deals the whole queue; every later one deals what is
//! new, takes back what a judge has left or may not mark any more, and leaves the rest where it is.

use std::collections::BTreeMap;
use std::collections::HashMap;

use super::Error;
use super::Result;
use super::event;
use super::round;
use crate::contest::plan::RoundKind;
use crate::contest::role::Role;
use crate::db;
use crate::db::Db;
use crate::db::contest::Standing;
use crate::db::judge::DealtSheet;
use crate::db::judge::NewSheet;
use crate::entry::SheetState;
use crate::judging::lot;
use crate::judging::lot::EntryToDeal;
use crate::judging::lot::JudgeLoad;
use crate::judging::lot::Sheet;
use crate::text::words::hex;
use crate::words;
use crate::words::jury::Refusal;

/// What a lot did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawn {
    pub sheets: usize,
    pub seed: String,
}

/// Draws a lot over a queue with a fresh seed, by the head judge `account`.
pub async fn draw(
    db: &Db,
    standing: &Standing,
    queue: i64,
    account: i64,
    now: i64,
) -> Result<Drawn> {
    let seen = db::judge::queue(db, queue).await?;
    let round = round(standing, &seen)?;
    let of = async |role: Role| db::judge::judges(db, seen.contest_id, seen.unit_id, role).await;
    let mut judges = of(Role::Judge).await?;
    if round.kind == RoundKind::Triage {
        // Whoever decides where judges differ gives no first word on it.
        let heads = of(Role::HeadJudge).await?;
        judges.retain(|judge| heads.iter().all(|head| head.account_id != judge.account_id));
    }
    let mut random = [0u8; 16];
    getrandom::fill(&mut random).map_err(|_| Error::Refused(Refusal::NoRandomness))?;
    let seed = hex(&random);

    let mut tx = db.begin().await?;
    let held = db::judge::hold_queue(&mut tx, queue).await?;
    if held.locked_at.is_some() {
        return Err(Error::Refused(Refusal::Locked));
    }
    let dealable = db::judge::dealable(&mut tx, queue).await?;
    let dealt = db::judge::dealt(&mut tx, queue).await?;
    let codes: BTreeMap<i64, &str> = dealable
        .iter()
        .map(|entry| (entry.queue_entry, entry.blind_code.as_str()))
        .collect();
    let mut by_entry: HashMap<i64, Vec<&DealtSheet>> = HashMap::new();
    for sheet in &dealt {
        by_entry
            .entry(sheet.queue_entry_id)
            .or_default()
            .push(sheet);
    }
    let entries: Vec<EntryToDeal> = dealable
        .iter()
        .map(|entry| {
            let sheets = by_entry
                .get(&entry.queue_entry)
                .map_or(&[][..], Vec::as_slice);
            to_deal(entry.queue_entry, &entry.barred, sheets)
        })
        .collect();
    let panel: Vec<JudgeLoad> = judges
        .iter()
        .map(|judge| load(judge.account_id, &codes, &dealt))
        .collect();
    let changes = lot::redraw(&seed, &entries, &panel, round.marks).map_err(|error| {
        let code = |id: i64| codes.get(&id).copied().unwrap_or_default().to_owned();
        Error::Rule(words::judging::no_lot(&error, code))
    })?;
    if changes.is_empty() {
        return Err(Error::Refused(Refusal::NothingToDeal));
    }
    let input = serde_json::json!({
        "marks": round.marks,
        "judges": panel.iter().map(|judge| (judge.id, judge.load)).collect::<Vec<_>>(),
        "entries": dealable.iter().map(|entry| (&entry.blind_code, &entry.barred)).collect::<Vec<_>>(),
    });
    let sheets = changes.len();
    let count = i64::try_from(sheets).unwrap_or(i64::MAX);
    let row = db::judge::put_lot(
        &mut tx,
        queue,
        &seed,
        &input.to_string(),
        count,
        account,
        now,
    )
    .await?;
    for change in &changes {
        if let Some(from) = change.from {
            let mut sheets = by_entry.get(&change.to.entry).into_iter().flatten();
            let old = sheets
                .find(|sheet| sheet.account_id == from && sheet.state == SheetState::Open)
                .ok_or(Error::Stale)?;
            db::judge::take_sheet_back(&mut tx, old.id).await?;
        }
    }
    for change in &changes {
        let sheet = NewSheet {
            queue,
            queue_entry: change.to.entry,
            account: change.to.judge,
            lot: row,
            pass: i64::from(change.to.pass),
            place: i64::from(change.to.place),
        };
        db::judge::put_sheet(&mut tx, &sheet).await?;
    }
    db::judge::withdraw(&mut tx, queue).await?;
    event(&mut tx, &held, "queue.lot", &sheets.to_string(), now).await?;
    tx.commit().await?;
    Ok(Drawn { sheets, seed })
}

/// An entry with the sheets it has. Whoever was excused from it, or gave it back, never gets it again.
fn to_deal(entry: i64, barred: &[i64], sheets: &[&DealtSheet]) -> EntryToDeal {
    let mut conflicts = barred.to_vec();
    conflicts.extend(
        sheets
            .iter()
            .filter(|sheet| sheet.state == SheetState::Excused)
            .map(|sheet| sheet.account_id),
    );
    let sheets = sheets
        .iter()
        .filter(|sheet| sheet.state != SheetState::Excused)
        .map(|sheet| Sheet {
            judge: sheet.account_id,
            pass: u32::try_from(sheet.pass).unwrap_or(1),
            place: u32::try_from(sheet.place).unwrap_or(1),
            // What a judge has looked at stays, unless the judge may not mark it at all.
            settled: sheet.state == SheetState::Given
                || (sheet.opened && !barred.contains(&sheet.account_id)),
        })
        .collect();
    EntryToDeal {
        id: entry,
        conflicts,
        sheets,
    }
}

/// A judge with the sheets of entries that are not dealt now (taken out of the queue, or not ready any more).
fn load(judge: i64, dealable: &BTreeMap<i64, &str>, dealt: &[DealtSheet]) -> JudgeLoad {
    let mine = || dealt.iter().filter(|sheet| sheet.account_id == judge);
    let elsewhere = mine().filter(|sheet| {
        sheet.state == SheetState::Given && !dealable.contains_key(&sheet.queue_entry_id)
    });
    let last_place = mine().map(|sheet| sheet.place).max().unwrap_or(0);
    JudgeLoad {
        id: judge,
        load: u32::try_from(elsewhere.count()).unwrap_or(u32::MAX),
        last_place: u32::try_from(last_place).unwrap_or(u32::MAX),
    }
}
