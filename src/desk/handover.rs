//! Handing entries over: what a unit would send, the word that sends it, and a package that waits for a person.

use serde_json::json;

use super::Desk;
use super::Done;
use super::Error;
use super::Refusal;
use super::Result;
use super::snapshot::Snapshot;
use super::snapshot::Watch;
use crate::contest::deadline;
use crate::contest::deadline::What;
use crate::contest::unit::Handover;
use crate::db;
use crate::db::Tx;
use crate::db::contest::Standing;
use crate::db::handover::Candidate;
use crate::db::job::JobKind;
use crate::db::matter::Matter;
use crate::db::matter::Subject;
use crate::entry::HandoverState;
use crate::entry::MatterKind;
use crate::entry::MessageKind;
use crate::entry::MessageState;
use crate::text::words::hex;

/// Priority of what a person asked for.
const ASKED: i64 = 2;

/// What a unit would hand over now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Code of the receiving unit.
    pub to: String,
    /// The locked list; `None`: every entry.
    pub queue: Option<i64>,
    pub entries: Vec<Candidate>,
    /// How many the plan asks for (R001-29).
    pub wanted: Option<u32>,
    /// How many stand in the locked list; `None`: no list is locked.
    pub lines: Option<i64>,
    /// The list went already.
    pub handed: bool,
    /// Entries that wait for a decision and so do not go.
    pub held: i64,
    /// The intake ends then, ms UTC, and has not ended.
    pub intake_until: Option<i64>,
}

/// What the unit with this code would hand over; `None` when the plan asks nothing of it.
pub async fn offer(
    tx: &mut Tx,
    standing: &Standing,
    code: &str,
    now: i64,
) -> db::Result<Option<Offer>> {
    let plan = &standing.plan;
    let (Some(unit), Some(id)) = (plan.unit(code), standing.units.get(code).copied()) else {
        return Ok(None);
    };
    let mut offer = Offer {
        to: String::new(),
        queue: None,
        entries: Vec::new(),
        wanted: None,
        lines: None,
        handed: false,
        held: 0,
        intake_until: None,
    };
    match &unit.handover {
        Handover::None => return Ok(None),
        Handover::All { to } => {
            offer.to = to.clone();
            offer.entries = db::handover::open_entries(tx, id).await?;
            offer.held = db::handover::held_entries(tx, id).await?;
            offer.intake_until = deadline::in_force(plan, What::Intake, code, Some("email"))
                .map(|deadline| deadline.until)
                .filter(|until| *until > now);
        }
        Handover::Top { n, to } => {
            offer.to = to.clone();
            offer.wanted = Some(*n);
            let Some(round) = plan.last_round(unit) else {
                return Ok(Some(offer));
            };
            if let Some(list) = db::handover::list_of(tx, id, &round.code).await? {
                offer.queue = Some(list.queue);
                offer.lines = Some(list.lines);
                offer.handed = db::handover::is_handed(tx, list.queue).await?;
                offer.entries = db::handover::list_entries(tx, list.queue).await?;
            }
        }
    }
    Ok(Some(offer))
}

/// Releases what the unit has to hand over. Its mails wait for a minute in which it can be taken back.
pub async fn release(tx: &mut Tx, desk: &Desk<'_>, code: &str, early: bool) -> Result<Done> {
    let units = &desk.standing.units;
    let from = units.get(code).copied().ok_or(Error::Missing)?;
    if !desk.who.units.holds(from) {
        return Err(Error::Missing);
    }
    let nothing = Error::Refused(Refusal::NothingToHandOver);
    let Some(offer) = offer(tx, desk.standing, code, desk.now).await? else {
        return Err(nothing);
    };
    if offer.entries.is_empty() || offer.handed {
        return Err(nothing);
    }
    if offer.intake_until.is_some() && !early {
        return Err(Error::Refused(Refusal::IntakeOpen));
    }
    let plan = &desk.standing.plan;
    if plan.mailbox(code).is_none() || plan.mailbox(&offer.to).is_none() {
        return Err(Error::Refused(Refusal::NoMailbox));
    }
    let to = units.get(&offer.to).copied().ok_or(Error::Missing)?;
    let id = db::handover::release(
        tx,
        desk.who.units.contest,
        &package(),
        (from, to),
        offer.queue,
        &offer.entries,
        desk.who.account,
        desk.now,
    )
    .await?;
    db::job::put(tx, JobKind::Pack, id, ASKED, desk.now).await?;
    let watch = Watch {
        handover: Some(id),
        ..Watch::default()
    };
    Ok(Done {
        subject: Subject::Handover,
        subject_id: id,
        unit: from,
        before: Snapshot::take(tx, &watch).await?,
        watch,
        note: json!({ "unit": offer.to, "entries": offer.entries.len() }),
    })
}

/// A name for a package that nobody can guess.
fn package() -> String {
    let mut random = [0u8; 16];
    // Without randomness the id still differs from every other one of this installation.
    if getrandom::fill(&mut random).is_err() {
        for (byte, of_id) in random.iter_mut().zip(db::new_id().to_le_bytes()) {
            *byte = of_id;
        }
    }
    hex(&random)
}

/// Sends the parts again that the receiver has not acknowledged.
pub async fn resend(tx: &mut Tx, desk: &Desk<'_>, id: i64) -> Result<Done> {
    let row = db::handover::get(tx, id).await?;
    if row.contest_id != desk.who.units.contest || !desk.who.units.holds(row.from_unit_id) {
        return Err(Error::Missing);
    }
    if row.state != HandoverState::Packed {
        return Err(Error::Refused(Refusal::Nothing));
    }
    let parts = db::handover::unsend(tx, id).await?;
    if parts == 0 {
        return Err(Error::Refused(Refusal::Nothing));
    }
    db::job::put(tx, JobKind::Pack, id, ASKED, desk.now).await?;
    Ok(Done {
        subject: Subject::Handover,
        subject_id: id,
        unit: row.from_unit_id,
        before: Snapshot::default(),
        watch: Watch::default(),
        note: json!({ "parts": parts }),
    })
}

/// Takes a package in that waited. Where it waited for trust in its key, the key is trusted from now on, and every
/// mail signed with it comes in.
pub async fn take_in(
    tx: &mut Tx,
    desk: &Desk<'_>,
    message: i64,
    matter: Option<&Matter>,
) -> Result<Done> {
    let matter = matter.ok_or(Error::Refused(Refusal::NoMatter))?;
    let fits = matter.kind == MatterKind::Handover
        && matter.subject == Subject::Message
        && matter.subject_id == message;
    if !fits {
        return Err(Error::Missing);
    }
    let mut note = json!({});
    match db::handover::untrusted_of(tx, message).await? {
        Some((_, unit, key)) => {
            let contest = desk.who.units.contest;
            let account = desk.who.account;
            db::installation::trust(tx, contest, unit, &key, account, desk.now).await?;
            let mut packages: Vec<i64> = db::handover::hold_back(tx, contest, unit, &key)
                .await?
                .into_iter()
                .map(|(package, _)| package)
                .collect();
            packages.dedup();
            for package in packages {
                sort_again(tx, package, None, desk.now).await?;
                db::handover::forget(tx, package).await?;
            }
            note = json!({ "unit": desk.standing.code(unit), "key": key });
        }
        None => sort_mail(tx, message, desk.now).await?,
    }
    Ok(Done {
        subject: Subject::Message,
        subject_id: message,
        unit: matter.unit_id,
        before: Snapshot::default(),
        watch: Watch::default(),
        note,
    })
}

/// Has every mail of an untrusted package sorted once more, except the one that is being sorted just now.
pub async fn sort_again(
    tx: &mut Tx,
    package: i64,
    except: Option<i64>,
    now: i64,
) -> db::Result<()> {
    for part in db::handover::parts(tx, package).await? {
        if let Some(message) = part.message_id
            && part.message_id != except
        {
            sort_mail(tx, message, now).await?;
        }
    }
    Ok(())
}

async fn sort_mail(tx: &mut Tx, message: i64, now: i64) -> db::Result<()> {
    let sorted = (MessageState::Sorted, MessageKind::Handover);
    let stored = (MessageState::Stored, MessageKind::Handover);
    db::message::judge(tx, message, sorted, stored).await?;
    db::job::put(tx, JobKind::Sort, message, ASKED, now).await
}
