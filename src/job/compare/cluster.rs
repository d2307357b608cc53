//! The matter of a cluster: open while two of its essays stand and no decision names all that do.

use serde_json::json;

use crate::db;
use crate::db::Tx;
use crate::db::comparison;
use crate::db::comparison::Member;
use crate::db::matter::NewMatter;
use crate::db::matter::Subject;
use crate::entry::MatterKind;
use crate::job::Contest;
use crate::job::Failure;

/// Opens, restates or closes the matter of the cluster around `root`.
pub async fn settle(tx: &mut Tx, contest: &Contest, root: i64, now: i64) -> Result<(), Failure> {
    let members = comparison::members(tx, root).await?;
    let standing: Vec<&Member> = members.iter().filter(|member| member.stands()).collect();
    let decided = comparison::decided(tx, root).await?;
    let settled = standing
        .iter()
        .all(|member| decided.contains(&member.entry_id));
    let Some(first) = standing.first().filter(|_| standing.len() > 1 && !settled) else {
        let kind = MatterKind::Copied;
        db::matter::recovered(tx, kind, Subject::Entry, root, now).await?;
        return Ok(());
    };
    let detail = json!({
        "code": first.receipt_code,
        "entries": standing.len(),
    });
    let matter = NewMatter {
        contest: contest.standing.contest,
        unit: home(contest, &standing),
        kind: MatterKind::Copied,
        subject: Subject::Entry,
        subject_id: root,
        detail: &detail,
    };
    if db::matter::open(tx, &matter, now).await?.is_none() {
        db::matter::restate(tx, &matter).await?;
    }
    Ok(())
}

/// Closes the matters of clusters that are none any more.
pub async fn close_rootless(tx: &mut Tx, contest: i64, now: i64) -> Result<(), Failure> {
    let roots = comparison::roots(tx, contest).await?;
    let kind = MatterKind::Copied;
    for matter in db::matter::open_of_kind(tx, contest, kind).await? {
        if !roots.contains(&matter.subject_id) {
            db::matter::recovered(tx, kind, Subject::Entry, matter.subject_id, now).await?;
        }
    }
    Ok(())
}

/// The unit that decides: that of all members, or the lowest that is above them all.
fn home(contest: &Contest, members: &[&Member]) -> i64 {
    let standing = &contest.standing;
    let line = |member: &Member| -> Vec<i64> {
        let code = standing.code(member.unit_id).unwrap_or_default();
        let line = standing.plan.line(code);
        line.filter_map(|unit| standing.units.get(&unit.code).copied())
            .collect()
    };
    let Some((first, others)) = members.split_first() else {
        return 0;
    };
    let others: Vec<Vec<i64>> = others.iter().map(|member| line(member)).collect();
    let above_all = line(first)
        .into_iter()
        .find(|unit| others.iter().all(|line| line.contains(unit)));
    above_all.unwrap_or(first.unit_id)
}
