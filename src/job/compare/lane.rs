//! The essays of a contest in memory, in the order in which they came to be compared. A cache: made of rows and texts
//! when it is missing, and brought up to date when another process was faster.

use std::collections::BTreeMap;
use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::PoisonError;

use super::Written;
use super::aside;
use super::given;
use super::written;
use crate::db::comparison;
use crate::db::comparison::Evidence;
use crate::duplicate::Contest;
use crate::duplicate::Essay;
use crate::duplicate::Level;
use crate::duplicate::Text;
use crate::duplicate::Verdict;
use crate::job;
use crate::job::Ctx;
use crate::job::Failure;

/// Texts in memory at a time.
pub const BATCH: i64 = 256;

/// The lanes of all contests; one that is at work is not in here.
#[derive(Default)]
pub struct Lanes(Mutex<HashMap<i64, Lane>>);

/// What was compared so far.
pub struct Lane {
    /// Of the contest's own texts.
    given: String,
    contest: Contest,
    /// The entries by their place.
    entries: Vec<i64>,
    /// The last row that is in here.
    seq: i64,
}

impl Lane {
    /// The lane of a contest with all that was compared before, for the caller alone until it is put back.
    pub async fn take(ctx: &Ctx, contest: &job::Contest) -> Result<Lane, Failure> {
        let id = contest.standing.contest;
        let kept = {
            let mut lanes = ctx.lanes.0.lock().unwrap_or_else(PoisonError::into_inner);
            lanes.remove(&id)
        };
        let (texts, hash) = given(contest);
        let mut lane = match kept {
            Some(lane) if lane.given == hash => lane,
            Some(_) | None => Lane {
                given: hash,
                contest: Contest::new(&texts),
                entries: Vec::new(),
                seq: 0,
            },
        };
        loop {
            let behind = comparison::compared(&ctx.db, id, lane.seq, BATCH).await?;
            let Some(last) = behind.last() else {
                return Ok(lane);
            };
            let seq = last.seq;
            let entries: Vec<i64> = behind.iter().map(|placed| placed.entry_id).collect();
            let essays = written(&ctx.db, contest, &entries).await?;
            lane = lane.add(essays).await?.0;
            lane.seq = seq;
        }
    }

    /// Keeps a lane whose last essays are rows by now.
    pub fn put_back(self, ctx: &Ctx, contest: i64, seq: i64) {
        let mut lanes = ctx.lanes.0.lock().unwrap_or_else(PoisonError::into_inner);
        lanes.insert(contest, Lane { seq, ..self });
    }

    /// Compares essays with all before them, one after the other.
    pub async fn add(
        mut self,
        essays: Vec<Written>,
    ) -> Result<(Lane, Vec<(Written, Evidence)>), Failure> {
        aside(move || {
            let found = essays
                .into_iter()
                .map(|essay| {
                    let text = Text::read(&essay.text);
                    let verdict = self.contest.add(Essay {
                        text: &text,
                        person: essay.person,
                        unread: &essay.unread,
                    });
                    let evidence = evidence(verdict, &self.entries, essay.entry);
                    self.entries.push(essay.entry);
                    (essay, evidence)
                })
                .collect();
            (self, found)
        })
        .await
    }
}

/// A verdict with the entries it names. What an entry shares with an earlier version of itself is nothing to look at.
pub fn evidence(mut verdict: Verdict, order: &[i64], entry: i64) -> Evidence {
    let of = |place: u32| order.get(place as usize).copied();
    let own = |place: u32| of(place) == Some(entry);
    if verdict.sources.iter().any(|source| own(source.essay)) {
        verdict.sources.retain(|source| !own(source.essay));
        verdict.passages.retain(|passage| !own(passage.source));
        verdict.shared.retain(|shared| !own(shared.passage.source));
        verdict.pages.retain(|page| !own(page.source));
        if verdict.sources.is_empty() {
            verdict.level = Level::Clear;
            verdict.score = 0.0;
        }
    }
    let places = verdict
        .sources
        .iter()
        .map(|source| source.essay)
        .chain(verdict.passages.iter().map(|passage| passage.source))
        .chain(verdict.shared.iter().map(|shared| shared.passage.source));
    let entries: BTreeMap<u32, i64> = places
        .filter_map(|place| Some((place, of(place)?)))
        .collect();
    Evidence { verdict, entries }
}
