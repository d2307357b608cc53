//! The essays of a contest in order of arrival, and the comparison of one with all before it.
//!
//! Memory is bounded: two bytes a syllable of own text, about a kilobyte of index an essay, and counters of fixed
//! size. Everything here follows from the given texts and the essays in their order, so a database keeps texts and
//! verdicts only, and rebuilds this by adding again.

use super::align::Own;
use super::common::Common;
use super::compare::Known;
use super::given::Given;
use super::gram;
use super::habit::Habit;
use super::index::Index;
use super::normal::NOTHING;
use super::normal::Text;
use super::pictures::Pictures;
use super::pictures::Unread;
use super::shelf::Kept;
use super::verdict;
use super::verdict::Pages;
use super::verdict::Verdict;

/// From this score on, or this share of one source, what a source explains teaches nothing about independent writing.
const EXPLAINED: f64 = 0.40;

/// An essay as it is handed in.
#[derive(Clone, Copy)]
pub struct Essay<'a> {
    pub text: &'a Text,
    /// Who sent it (see [`person`]); `None` when nobody knows.
    pub person: Option<u64>,
    /// Its pages that no reader could read.
    pub unread: &'a [Unread],
}

/// The same number for the same name in the same unit, however it is spelled; `None` without a name.
pub fn person(author: &str, unit: &str) -> Option<u64> {
    let words = Text::read(author).words();
    if words.is_empty() {
        return None;
    }
    let unit = Text::read(unit).words();
    let all = words.iter().chain([&NOTHING]).chain(&unit);
    Some(all.fold(0, |hash: u64, word| {
        let hash = hash.rotate_left(7) ^ u64::from(*word);
        u64::from(gram::mixed(hash)) << 32 | u64::from(gram::mixed(!hash))
    }))
}

/// Bytes held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bytes {
    /// Of the index: grows with the essays.
    pub index: usize,
    /// Of the kept texts: grows with the essays.
    pub texts: usize,
    /// Of the pages that cannot be read: grows with these.
    pub pictures: usize,
    /// Of the counters: always the same.
    pub counters: usize,
}

/// All essays so far.
pub struct Contest {
    given: Given,
    index: Index,
    habit: Habit,
    common: Common,
    texts: Vec<Kept>,
    people: Vec<Option<u64>>,
    pictures: Pictures,
}

impl Contest {
    /// A contest that hands out these texts.
    pub fn new(given: &[Text]) -> Contest {
        Contest {
            given: Given::new(given),
            index: Index::default(),
            habit: Habit::new(),
            common: Common::new(!given.is_empty()),
            texts: Vec::new(),
            people: Vec::new(),
            pictures: Pictures::default(),
        }
    }

    /// Compares the next essay with all before it, and keeps it. The verdict is provisional: early essays cannot know
    /// what everybody will write.
    pub fn add(&mut self, essay: Essay<'_>) -> Verdict {
        let next = self.texts.len() as u32;
        let (words, given) = self.own_words(essay.text);
        // Its source has been counted.
        let verdict = self.judged(words.clone(), given, essay, next, 1);
        self.learn(&words, &verdict);
        let free = verdict.score < EXPLAINED;
        self.pictures.add(next, essay.unread, free);
        self.people.push(essay.person);
        verdict
    }

    /// Compares an essay that has been added with all before it, now that all are there: the closing verdict.
    /// `place` counts from nought in order of arrival.
    pub fn review(&self, place: u32, essay: Essay<'_>) -> Verdict {
        let (words, given) = self.own_words(essay.text);
        // Its source and the essay itself have been counted.
        self.judged(words, given, essay, place, 2)
    }

    /// Essays so far.
    pub fn len(&self) -> usize {
        self.texts.len()
    }

    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    pub fn bytes(&self) -> Bytes {
        Bytes {
            index: self.index.bytes(),
            texts: self.texts.iter().map(Kept::bytes).sum(),
            pictures: self.pictures.bytes(),
            counters: self.habit.bytes() + self.common.bytes(),
        }
    }

    /// The syllables with given texts blanked out, and where those are.
    fn own_words(&self, text: &Text) -> (Vec<u16>, Vec<(usize, usize)>) {
        let mut words = text.words();
        let given = self.given.quoted(&words);
        for (from, to) in &given {
            words[*from..*to].fill(NOTHING);
        }
        (words, given)
    }

    fn judged(
        &self,
        mut words: Vec<u16>,
        given: Vec<(usize, usize)>,
        essay: Essay<'_>,
        limit: u32,
        counted: u32,
    ) -> Verdict {
        let places = self.common.places(&words, essay.text);
        for (from, to) in &places.whole {
            words[*from..*to].fill(NOTHING);
        }
        let mut bits = self.habit.surprise(&words, counted);
        for (bits, weak) in bits.iter_mut().zip(&places.weak) {
            if *weak {
                *bits = 0;
            }
        }
        let own = Own::new(words, bits);
        let known = Known {
            index: &self.index,
            habit: &self.habit,
            common: &self.common,
            texts: &self.texts,
            // Two more than the pair itself.
            shared: counted + 2,
        };
        let pairs = known.pairs(&own, &places.weak, limit);
        let person = |source: u32| self.people.get(source as usize).copied().flatten();
        let same = |source: u32| essay.person.is_some() && person(source) == essay.person;
        let pages = Pages {
            unread: essay.unread.len(),
            same: self.pictures.same(essay.unread, limit, known.shared),
        };
        let settled = verdict::settle(&own.words, essay.text, pairs, known.shared, pages, same);
        Verdict {
            given,
            common: places.whole,
            ..settled
        }
    }

    fn learn(&mut self, words: &[u16], verdict: &Verdict) {
        let mut free = vec![true; words.len()];
        for passage in &verdict.passages {
            let strong = verdict.sources.iter().any(|source| {
                source.essay == passage.source
                    && source.corroborated
                    && (source.share >= EXPLAINED || verdict.score >= EXPLAINED)
            });
            if strong {
                free[passage.own.0..passage.own.1].fill(false);
            }
        }
        let threes = gram::threes(words);
        let mut prints: Vec<u32> = threes.iter().flatten().copied().collect();
        prints.sort_unstable();
        prints.dedup();
        self.index.add(prints.into_iter());
        self.habit.learn(words, |place| free[place]);
        self.common.learn(&threes, |place| free[place]);
        self.texts.push(Kept::new(words));
    }
}
