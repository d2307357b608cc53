//! What must hold between the parts of a plan: every code exists, nothing runs in circles, times and rounds follow.

use std::collections::HashMap;
use std::collections::HashSet;

use super::Fault;
use super::fault::nearest;
use super::table::At;
use super::table::Reader;
use super::units::Units;
use crate::contest::Plan;
use crate::contest::deadline::What;
use crate::contest::deadline::in_force;
use crate::contest::plan::Criterion;
use crate::contest::plan::Round;
use crate::contest::plan::RoundEntry;
use crate::contest::unit::Handover;
use crate::text::fold;

/// Codes of units that are named somewhere, codes and addresses that occur twice, circles of parents.
pub(super) fn units(reader: &mut Reader, found: &Units, also_named: &[At<String>]) {
    let mut lines: HashMap<&str, usize> = HashMap::new();
    let mut names: HashMap<(Option<&str>, String), usize> = HashMap::new();
    for unit in &found.units {
        let (line, unit) = (unit.line, &unit.value);
        if let Some(first) = lines.get(unit.code.as_str()) {
            let (code, line_of_first) = (unit.code.clone(), *first);
            let fault = Fault::DuplicateCode {
                code,
                line: line_of_first,
            };
            reader.error(line, fault);
            continue;
        }
        lines.insert(&unit.code, line);
        if unit.name.is_empty() {
            continue;
        }
        let name = (unit.parent.as_deref(), fold(&unit.name));
        if let Some(first) = names.get(&name) {
            let (name, line_of_first) = (unit.name.clone(), *first);
            let fault = Fault::SameName {
                name,
                line: line_of_first,
            };
            reader.error(line, fault);
        } else {
            names.insert(name, line);
        }
    }
    for named in found.named.iter().chain(also_named) {
        if !lines.contains_key(named.value.as_str()) {
            let nearest = nearest(&named.value, lines.keys().copied());
            let code = named.value.clone();
            reader.error(named.line, Fault::UnknownUnit { code, nearest });
        }
    }
    let parent: HashMap<&str, &str> = found
        .units
        .iter()
        .filter_map(|unit| Some((unit.value.code.as_str(), unit.value.parent.as_deref()?)))
        .collect();
    for unit in &found.units {
        let code = unit.value.code.as_str();
        let mut above = parent.get(code);
        for _ in 0..found.units.len() {
            match above {
                Some(at) if *at == code => {
                    reader.error(unit.line, Fault::Cycle(code.to_owned()));
                    break;
                }
                Some(at) => above = parent.get(at),
                None => break,
            }
        }
        let to = match &unit.value.handover {
            Handover::None => None,
            Handover::All { to } | Handover::Top { to, .. } => Some(to),
        };
        if to.is_some_and(|to| to == code) {
            reader.error(unit.line, Fault::HandoverToItself(code.to_owned()));
        }
    }
    if found.units.iter().all(|unit| unit.value.parent.is_some()) {
        let first = found.units.first().map_or(1, |unit| unit.line);
        reader.error(first, Fault::NoRoot);
    }
    let mut addresses: HashMap<&str, usize> = HashMap::new();
    for mailbox in &found.mailboxes {
        let address = mailbox.value.address.as_str();
        if let Some(first) = addresses.get(address) {
            let (address, line) = (address.to_owned(), *first);
            reader.error(mailbox.line, Fault::DuplicateAddress { address, line });
        } else {
            addresses.insert(address, mailbox.line);
        }
    }
}

/// No unit's deadline after the one above it, no handover before the intake ends. `lines` run along `plan.deadlines`.
pub(super) fn deadlines(reader: &mut Reader, plan: &Plan, lines: &[usize]) {
    for (deadline, line) in plan.deadlines.iter().zip(lines) {
        let channel = deadline.channel.as_deref();
        let Some(code) = deadline.unit.as_deref() else {
            continue;
        };
        let Some(unit) = plan.unit(code) else {
            continue;
        };
        let parent = unit.parent.as_deref().unwrap_or_default();
        if let Some(above) = in_force(plan, deadline.what, parent, channel)
            && above.until < deadline.until
        {
            let fault = Fault::AfterAbove {
                phrase: deadline.phrase.clone(),
                above: above.phrase.clone(),
            };
            reader.error(*line, fault);
        }
    }
    for (deadline, line) in plan.deadlines.iter().zip(lines) {
        if deadline.what != What::Handover {
            continue;
        }
        let unit = deadline.unit.as_deref().unwrap_or_default();
        let channel = deadline.channel.as_deref();
        if let Some(intake) = in_force(plan, What::Intake, unit, channel)
            && deadline.until <= intake.until
        {
            let fault = Fault::HandoverFirst {
                handover: deadline.phrase.clone(),
                intake: intake.phrase.clone(),
            };
            reader.warning(*line, fault);
        }
    }
}

/// A round and the lines of the parts that may be wrong.
pub(super) struct RoundAt {
    pub round: Round,
    pub line: usize,
    pub level: usize,
    pub entry: usize,
    /// The criteria of `round.ties`, with their lines.
    pub ties: Vec<At<String>>,
}

/// The chain of rounds: each begins with an intake, a handover, or an earlier round of its own level.
pub(super) fn rounds(reader: &mut Reader, found: &Units, rounds: &[RoundAt]) {
    let units = || found.units.iter().map(|unit| &unit.value);
    let mut first_of: HashSet<&str> = HashSet::new();
    for (ordinal, at) in rounds.iter().enumerate() {
        let round = &at.round;
        let earlier = rounds.get(..ordinal).unwrap_or_default();
        if let Some(first) = earlier.iter().find(|other| other.round.code == round.code) {
            let (code, line_of_first) = (round.code.clone(), first.line);
            let fault = Fault::DuplicateCode {
                code,
                line: line_of_first,
            };
            reader.error(at.line, fault);
        }
        for kind in &round.level {
            if !found.kinds.iter().any(|known| known.code == *kind) {
                let nearest = nearest(kind, found.kinds.iter().map(|kind| kind.code.as_str()));
                let code = kind.clone();
                reader.error(at.level, Fault::UnknownKind { code, nearest });
            } else if !units().any(|unit| unit.kind == *kind) {
                reader.warning(at.level, Fault::IdleLevel(kind.clone()));
            }
        }
        match &round.entry {
            RoundEntry::Intake => {
                for kind in &round.level {
                    if !first_of.insert(kind) {
                        reader.error(at.entry, Fault::TwoFirstRounds(kind.clone()));
                    }
                }
            }
            RoundEntry::Handover => {
                let receives = |code: &str| {
                    units().any(|unit| unit.code == code && round.level.contains(&unit.kind))
                };
                let fed = units().any(|unit| match &unit.handover {
                    Handover::None => false,
                    Handover::All { to } | Handover::Top { to, .. } => receives(to),
                });
                if !fed {
                    reader.error(at.level, Fault::NothingHandedOver(round.code.clone()));
                }
            }
            RoundEntry::Round(code) => {
                let code = code.clone();
                match earlier.iter().find(|other| other.round.code == code) {
                    Some(before) => {
                        let shared = |kind| before.round.level.contains(kind);
                        if !round.level.iter().all(shared) {
                            reader.error(at.level, Fault::RoundLevel(code.clone()));
                        }
                        let same = |other: &&RoundAt| other.round.entry == round.entry;
                        if let Some(other) = earlier.iter().find(same) {
                            let line = other.entry;
                            reader.error(at.entry, Fault::TwoNextRounds { code, line });
                        }
                    }
                    None if rounds.iter().any(|other| other.round.code == code) => {
                        reader.error(at.entry, Fault::RoundOrder(code));
                    }
                    None => {
                        let codes = rounds.iter().map(|at| at.round.code.as_str());
                        let nearest = nearest(&code, codes);
                        reader.error(at.entry, Fault::UnknownRound { code, nearest });
                    }
                }
            }
        }
    }
}

/// Ties are broken by criteria that exist, each once.
pub(super) fn ties(reader: &mut Reader, rubric: &[Criterion], rounds: &[RoundAt]) {
    for at in rounds {
        for (ordinal, tie) in at.ties.iter().enumerate() {
            let code = tie.value.clone();
            let codes = || rubric.iter().map(|criterion| criterion.code.as_str());
            let mut earlier = at.ties.iter().take(ordinal);
            if !codes().any(|known| known == code) {
                let nearest = nearest(&code, codes());
                reader.error(tie.line, Fault::UnknownCriterion { code, nearest });
            } else if let Some(first) = earlier.find(|other| other.value == code) {
                let line = first.line;
                reader.error(tie.line, Fault::DuplicateCode { code, line });
            }
        }
    }
}
