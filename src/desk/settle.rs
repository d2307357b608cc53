//! What a cluster of essays is that have their text from one another: one decision for all of it.

use serde_json::json;

use super::Desk;
use super::Done;
use super::Error;
use super::Refusal;
use super::Result;
use super::movable;
use super::snapshot::Snapshot;
use super::snapshot::Watch;
use crate::db;
use crate::db::Tx;
use crate::db::comparison;
use crate::db::matter::Matter;
use crate::db::matter::Subject;
use crate::db::view::Scope;
use crate::entry::EntryState;
use crate::entry::MatterKind;
use crate::entry::Ruling;

/// Longest reason that is kept, characters.
const LONGEST: usize = 1_000;

/// The open matters that a decision about the cluster around `root` answers too: that two essays are the same.
pub async fn settled(tx: &mut Tx, root: i64, scope: &Scope) -> Result<Vec<i64>> {
    let mut found = Vec::new();
    for member in comparison::members(tx, root).await? {
        let open = db::matter::open_about(tx, Subject::Entry, member.entry_id).await?;
        let same = open
            .iter()
            .filter(|matter| matter.kind == MatterKind::SameText && scope.holds(matter.unit_id));
        found.extend(same.map(|matter| matter.id));
    }
    Ok(found)
}

/// Decides about the cluster of a matter. Copies are set aside, essays that were handed in again are joined to the
/// earliest one that stays; both are kept in full. At least one essay stays.
pub async fn settle(
    tx: &mut Tx,
    desk: &Desk<'_>,
    matter: Option<&Matter>,
    ruling: Ruling,
    entries: &[i64],
    reason: &str,
) -> Result<Done> {
    let matter = matter
        .filter(|matter| matter.kind == MatterKind::Copied)
        .ok_or(Error::Refused(Refusal::NoMatter))?;
    let root = matter.subject_id;
    let standing: Vec<comparison::Member> = comparison::members(tx, root)
        .await?
        .into_iter()
        .filter(comparison::Member::stands)
        .collect();
    let leaves = |member: &&comparison::Member| entries.contains(&member.entry_id);
    let leaving: Vec<&comparison::Member> = standing.iter().filter(leaves).collect();
    let kept = standing.iter().find(|member| !leaves(member));
    let Some(kept) = kept.filter(|_| leaving.is_empty() != ruling.takes_out()) else {
        return Err(Error::Refused(Refusal::SettleWhich));
    };
    let watch = Watch::entries(
        &leaving
            .iter()
            .map(|member| member.entry_id)
            .collect::<Vec<_>>(),
    );
    let before = Snapshot::take(tx, &watch).await?;
    for member in &leaving {
        let from = movable(tx, desk, member.entry_id).await?;
        let (state, joined_to) = match ruling {
            Ruling::Resent => (EntryState::Joined, Some(kept.entry_id)),
            Ruling::Copied | Ruling::Quoted | Ruling::Different => (EntryState::SetAside, None),
        };
        let to = db::entry::Entry {
            state,
            joined_to,
            ..from.clone()
        };
        db::entry::change(tx, &from, &to).await?;
        db::queue::take_out(tx, member.entry_id, desk.now).await?;
    }
    let members: Vec<i64> = standing.iter().map(|member| member.entry_id).collect();
    let codes: Vec<&str> = leaving
        .iter()
        .map(|member| member.receipt_code.as_str())
        .collect();
    let reason: String = crate::text::normal(reason)
        .trim()
        .chars()
        .take(LONGEST)
        .collect();
    Ok(Done {
        subject: Subject::Entry,
        subject_id: root,
        unit: matter.unit_id,
        before,
        watch,
        note: json!({
            "ruling": ruling,
            "members": members,
            "kept": kept.receipt_code,
            "codes": codes,
            "reason": reason,
        }),
    })
}
