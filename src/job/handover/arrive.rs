//! A part of a package: whose it is, whether its key is trusted, and then what it brings, all in the transaction in
//! which its mail is sorted.

use sha2::Digest;
use sha2::Sha256;

use super::super::Contest;
use super::super::Ctx;
use super::super::Failure;
use super::super::event;
use super::super::mail::Mail;
use super::answer;
use super::refuse;
use super::take;
use crate::contest::unit::Handover as Rule;
use crate::db;
use crate::db::Tx;
use crate::db::handover::Arrival;
use crate::db::handover::Handover;
use crate::db::job::JobKind;
use crate::desk;
use crate::entry::Direction;
use crate::entry::HandoverState;
use crate::handover::Fault;
use crate::handover::Handed;
use crate::handover::Manifest;
use crate::handover::Part;
use crate::handover::seal;
use crate::text::words::hex;

/// A part that comes so long after the package was complete shows that the sender waits for the answer: it is given
/// once more.
const ASKED_AGAIN_MS: i64 = 5 * 60 * 1_000;

/// The units a package names, and what the plan says of them.
struct Ends<'a> {
    from: i64,
    to: i64,
    round: &'a str,
}

/// Takes a part in, or says why not.
pub async fn part(
    ctx: &Ctx,
    tx: &mut Tx,
    contest: &Contest,
    mail: &Mail<'_>,
) -> Result<(), Failure> {
    let part = match &mail.parsed.handed {
        Some(Handed::Part(part)) => part,
        Some(Handed::Broken(fault)) => return refuse(tx, mail, *fault, None).await,
        Some(Handed::Acknowledgement(_)) | None => {
            return refuse(tx, mail, Fault::Archive, None).await;
        }
    };
    match weigh(ctx, tx, contest, mail, part).await? {
        Ok(()) => Ok(()),
        Err(fault) => refuse(tx, mail, fault, Some(&part.manifest)).await,
    }
}

async fn weigh(
    ctx: &Ctx,
    tx: &mut Tx,
    contest: &Contest,
    mail: &Mail<'_>,
    part: &Part,
) -> Result<Result<(), Fault>, Failure> {
    let ends = match ends(contest, mail, &part.manifest) {
        Ok(ends) => ends,
        Err(fault) => return Ok(Err(fault)),
    };
    let Some(key) = seal::normal(&part.manifest.installation.public_key) else {
        return Ok(Err(Fault::Signature));
    };
    // What the reader says of a signature is no proof here: it runs on strangers' bytes.
    if !seal::holds(&part.text, &part.signature, &key) {
        return Ok(Err(Fault::Signature));
    }
    let own = db::installation::get_in(tx)
        .await?
        .ok_or(db::Error::Missing)?;
    let is_own = key == own.public_key && part.manifest.installation.uid == own.uid;
    let planned = contest
        .standing
        .plan
        .unit(&part.manifest.from)
        .and_then(|unit| unit.signing_key.as_deref())
        .and_then(seal::normal);
    let trusted = is_own
        || planned.as_ref() == Some(&key)
        || db::installation::is_trusted(tx, mail.message.contest_id, ends.from, &key).await?;
    let hash = hex(&Sha256::digest(part.text.as_bytes()));
    let known = db::handover::find(
        tx,
        mail.message.contest_id,
        Direction::In,
        &part.manifest.package,
    )
    .await?;
    if let Some(known) = &known
        && known.manifest_hash != hash
        && !(trusted && known.state == HandoverState::Untrusted)
    {
        return Ok(Err(Fault::Conflict));
    }
    let arrival = Arrival {
        contest: mail.message.contest_id,
        package: &part.manifest.package,
        from: ends.from,
        to: ends.to,
        state: if trusted {
            HandoverState::Arriving
        } else {
            HandoverState::Untrusted
        },
        manifest: &part.text,
        manifest_hash: &hash,
        signature: &part.signature,
        public_key: &key,
        parts: part.manifest.parts,
        made_at: part.manifest.made_at,
    };
    if !trusted {
        return wait_for_trust(tx, mail, part, &arrival).await.map(Ok);
    }
    let Ok(manifest) = Manifest::read(&part.text) else {
        return Ok(Err(Fault::Manifest));
    };
    let lines = match take::look(tx, mail, &ends.taking(&own.uid), &manifest, part.n).await? {
        Ok(lines) => lines,
        Err(fault) => return Ok(Err(fault)),
    };
    let id = begin(tx, mail, known, &arrival).await?;
    if !db::handover::part_came(tx, id, part.n, mail.message.id, mail.message.received_at).await? {
        again(tx, contest, mail, id, &manifest).await?;
        return Ok(Ok(()));
    }
    take::lines(
        tx,
        contest,
        mail,
        &ends.taking(&own.uid),
        &manifest,
        id,
        &lines,
    )
    .await?;
    event(
        tx,
        mail.message.contest_id,
        "handover.part",
        id,
        &format!("{}/{}", part.n, manifest.parts),
        mail.now,
    )
    .await?;
    let here = db::handover::parts(tx, id).await?.len();
    if here == manifest.parts as usize {
        let (from, to) = (HandoverState::Arriving, HandoverState::TakenIn);
        db::handover::advance(tx, id, from, to, Some(mail.now)).await?;
        // Nobody need be reminded of what is here: the installation is idle.
        db::job::hasten(tx, JobKind::Missing, id, mail.now).await?;
        answer::complete(tx, contest, mail, &manifest, "complete").await?;
        event(
            tx,
            mail.message.contest_id,
            "handover.taken_in",
            id,
            "",
            mail.now,
        )
        .await?;
    } else {
        let until = mail.now + ctx.config.intake.missing_seconds.max(0) * 1_000;
        db::job::put(tx, JobKind::Missing, id, 6, until).await?;
        db::job::put_off(tx, JobKind::Missing, id, until).await?;
    }
    tracing::info!(
        message.id = mail.message.id,
        handover.id = id,
        part = part.n,
        of = manifest.parts,
        "part of a package taken in"
    );
    Ok(Ok(()))
}

/// The units, provided the plan lets the one hand over to the other, and the mail came to the right mailbox.
fn ends<'a>(contest: &'a Contest, mail: &Mail<'_>, manifest: &Manifest) -> Result<Ends<'a>, Fault> {
    let standing = &contest.standing;
    let plan = &standing.plan;
    if manifest.contest != plan.slug {
        return Err(Fault::Contest);
    }
    let ids = standing
        .units
        .get(&manifest.from)
        .zip(standing.units.get(&manifest.to));
    let units = plan.unit(&manifest.from).zip(plan.unit(&manifest.to));
    let (Some((from, to)), Some((sender, receiver))) = (ids, units) else {
        return Err(Fault::Units);
    };
    match &sender.handover {
        Rule::All { to } | Rule::Top { to, .. } if *to == receiver.code => {}
        Rule::All { .. } | Rule::Top { .. } | Rule::None => return Err(Fault::Units),
    }
    if mail.arrival.unit != *to {
        return Err(Fault::Mailbox);
    }
    let round = plan.handover_round(receiver).ok_or(Fault::NoRound)?;
    Ok(Ends {
        from: *from,
        to: *to,
        round: &round.code,
    })
}

impl Ends<'_> {
    fn taking<'b>(&'b self, own: &'b str) -> take::Taking<'b> {
        take::Taking {
            from: self.from,
            to: self.to,
            round: self.round,
            own,
        }
    }
}

/// Notes a part whose key nobody has vouched for. One matter a package, not one a mail.
async fn wait_for_trust(
    tx: &mut Tx,
    mail: &Mail<'_>,
    part: &Part,
    arrival: &Arrival<'_>,
) -> Result<(), Failure> {
    let id = db::handover::arrive(tx, arrival).await?;
    let received_at = mail.message.received_at;
    db::handover::part_came(tx, id, part.n, mail.message.id, received_at).await?;
    if db::handover::is_told(tx, id).await? {
        return Ok(());
    }
    refuse(tx, mail, Fault::Untrusted, Some(&part.manifest)).await
}

/// The row of a trusted package. Parts that came before the key was trusted are sorted once more.
async fn begin(
    tx: &mut Tx,
    mail: &Mail<'_>,
    known: Option<Handover>,
    arrival: &Arrival<'_>,
) -> Result<i64, Failure> {
    match known {
        Some(known) if known.state != HandoverState::Untrusted => Ok(known.id),
        Some(known) => {
            desk::sort_again(tx, known.id, Some(mail.message.id), mail.now).await?;
            db::handover::forget(tx, known.id).await?;
            Ok(db::handover::arrive(tx, arrival).await?)
        }
        None => Ok(db::handover::arrive(tx, arrival).await?),
    }
}

/// A part that was here before: nothing changes, but a sender who still waits is answered.
async fn again(
    tx: &mut Tx,
    contest: &Contest,
    mail: &Mail<'_>,
    id: i64,
    manifest: &Manifest,
) -> Result<(), Failure> {
    let row = db::handover::get(tx, id).await?;
    let late = row
        .done_at
        .is_some_and(|done| mail.message.received_at > done + ASKED_AGAIN_MS);
    if row.state == HandoverState::TakenIn && late {
        let which = format!("again/{}", mail.message.id);
        answer::complete(tx, contest, mail, manifest, &which).await?;
    }
    Ok(())
}
