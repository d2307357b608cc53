//! From shared blocks to a verdict: which earlier essays are sources, with which passages, and who must look.

use serde::Deserialize;
use serde::Serialize;

use super::align::Block;
use super::common;
use super::compare::Pair;
use super::law::Law;
use super::normal::NOTHING;
use super::normal::Text;
use super::pictures::SamePage;

/// An essay with fewer own syllables is measured as if it had so many: a short text shares a large part easily.
const LEAST_OWN: usize = 150;
/// A passage must add so many syllables to those of better sources.
const LEAST_NEW: usize = 12;
/// A single passage is a source when it covers this share; else there must be two, and [`SEVERAL`].
const SINGLE: f64 = 0.50;
const SEVERAL: f64 = 0.08;
/// From here on an essay waits in the queue of copies.
const COPIED: f64 = 0.40;
/// From here on somebody should look.
const REVIEW: f64 = 0.25;
/// A passage of so many syllables is noted.
const NOTED: usize = 40;
/// So near to the border of a paragraph a passage begins or ends at it, in syllables.
const BORDER: usize = 6;

/// A page that cannot be read counts as so many syllables: an A4 page by hand.
const PAGE: usize = 250;

/// What happens with an essay. Nothing is ever rejected by it.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    sqlx::Type,
    serde::Serialize,
    serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "TEXT", rename_all = "snake_case")]
pub enum Level {
    #[default]
    Clear,
    /// A passage is shown beside the essay, nobody is asked.
    Note,
    /// Somebody should look.
    Review,
    /// The same person sent the essay before.
    Resent,
    /// The essay is in the queue of copies.
    Copied,
}

impl Level {
    /// The stored name: "copied".
    pub fn as_str(self) -> &'static str {
        match self {
            Level::Clear => "clear",
            Level::Note => "note",
            Level::Review => "review",
            Level::Resent => "resent",
            Level::Copied => "copied",
        }
    }
}

/// A part of the essay that stands in an earlier one, in syllables of both.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passage {
    pub own: (usize, usize),
    /// The earlier essay, by its place in the order of arrival.
    pub source: u32,
    pub theirs: (usize, usize),
    /// Syllables that agree.
    pub matched: usize,
}

/// An earlier essay, and the share of the own text that is taken from it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Source {
    pub essay: u32,
    /// Of the syllables that are neither given nor common, 0 to 1.
    pub share: f64,
    /// Shared in more than one place, or half of the text: else it may be a quotation of the same page.
    pub corroborated: bool,
    /// Sent by the same person.
    pub same_person: bool,
}

/// A passage that is of neither essay: several independent ones have it, perhaps from a page that nobody handed in; or
/// it quotes a law.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shared {
    pub passage: Passage,
    /// So many independent essays have it word for word; 0 when that cannot be said.
    pub essays: u32,
}

/// What the comparison of one essay found.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// 0 to 1: share of the own text covered by corroborated sources, and a little for the rest.
    pub score: f64,
    pub level: Level,
    /// In order of the own text.
    pub passages: Vec<Passage>,
    /// Largest share first.
    pub sources: Vec<Source>,
    pub shared: Vec<Shared>,
    /// Stretches of given text, in syllables.
    pub given: Vec<(usize, usize)>,
    /// Stretches that many essays have.
    pub common: Vec<(usize, usize)>,
    /// Syllables that are neither.
    pub own: usize,
    /// Pages that no reader can read and that are pictures of the same sheet as a source's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pages: Vec<SamePage>,
}

/// The pages of an essay that no reader can read.
pub struct Pages {
    /// How many there are.
    pub unread: usize,
    /// Those of earlier essays, too: for each page every essay that has it.
    pub same: Vec<SamePage>,
}

/// Settles which pairs are sources. `shared`: a text in so many independent essays is of nobody in particular.
pub fn settle(
    words: &[u16],
    text: &Text,
    mut pairs: Vec<Pair>,
    shared: u32,
    pages: Pages,
    same_person: impl Fn(u32) -> bool,
) -> Verdict {
    let own = words.iter().filter(|word| **word != NOTHING).count();
    let base = (own + pages.unread * PAGE).max(LEAST_OWN) as f64;
    let paragraphs = common::paragraphs(text);
    let law = Law::new();
    let mut verdict = Verdict {
        own,
        ..Verdict::default()
    };
    let mut taken = vec![false; words.len()];
    while let Some(pair) = next(&mut pairs, &taken) {
        let mut covered = 0;
        let mut places = 0;
        for shared_block in pair.blocks {
            let Some(block) = clipped(shared_block.block, &taken) else {
                continue;
            };
            let block = snapped(block, words, &paragraphs);
            let passage = Passage {
                own: block.own,
                source: pair.source,
                theirs: block.theirs,
                matched: block.matched,
            };
            if shared_block.family >= shared || law.quoted(text, block.own) {
                verdict.shared.push(Shared {
                    passage,
                    essays: shared_block.family,
                });
                continue;
            }
            covered += taken[block.own.0..block.own.1]
                .iter()
                .filter(|taken| !**taken)
                .count();
            taken[block.own.0..block.own.1].fill(true);
            places += parts(&block, &paragraphs);
            verdict.passages.push(passage);
        }
        if places > 0 {
            let share = covered as f64 / base;
            verdict.sources.push(Source {
                essay: pair.source,
                share,
                corroborated: pair.linked || share >= SINGLE || (places >= 2 && share >= SEVERAL),
                same_person: same_person(pair.source),
            });
        }
    }
    verdict.pages = of_one_sheet(pages.same);
    for page in &verdict.pages {
        let share = PAGE as f64 / base;
        let known = verdict.sources.iter_mut().find(|s| s.essay == page.source);
        match known {
            Some(source) => {
                source.share += share;
                source.corroborated = true;
            }
            None => verdict.sources.push(Source {
                essay: page.source,
                share,
                corroborated: true,
                same_person: same_person(page.source),
            }),
        }
    }
    verdict
        .passages
        .sort_by_key(|passage| (passage.own, passage.source));
    verdict
        .sources
        .sort_by(|a, b| b.share.total_cmp(&a.share).then(a.essay.cmp(&b.essay)));
    let sum = |wanted: &dyn Fn(&Source) -> bool| -> f64 {
        let shares = verdict.sources.iter().filter(|source| wanted(source));
        shares
            .map(|source| source.share)
            .fold(0.0, |sum, share| sum + share)
    };
    let all = sum(&|_| true);
    let firm = sum(&|source| source.corroborated);
    let others = sum(&|source| source.corroborated && !source.same_person);
    verdict.score = (firm + 0.05 * all).min(1.0);
    verdict.level = if verdict.score >= COPIED && others < COPIED && others < firm {
        Level::Resent
    } else if verdict.score >= COPIED {
        Level::Copied
    } else if verdict.score >= REVIEW {
        Level::Review
    } else if verdict
        .passages
        .iter()
        .any(|passage| passage.own.1 - passage.own.0 >= NOTED)
    {
        Level::Note
    } else {
        Level::Clear
    };
    verdict
}

/// One source for every page: the essay that has most of them, of equals the earliest.
fn of_one_sheet(mut same: Vec<SamePage>) -> Vec<SamePage> {
    let mut taken = Vec::new();
    loop {
        let mut sources: Vec<u32> = same.iter().map(|page| page.source).collect();
        sources.sort_unstable();
        let most = sources
            .chunk_by(|a, b| a == b)
            .min_by_key(|pages| (usize::MAX - pages.len(), pages[0]));
        let Some(source) = most.map(|pages| pages[0]) else {
            taken.sort_unstable_by_key(|page: &SamePage| page.own);
            return taken;
        };
        for page in &same {
            let new = taken.iter().all(|known| known.own != page.own);
            if page.source == source && new {
                taken.push(*page);
            }
        }
        same.retain(|page| taken.iter().all(|known| known.own != page.own));
    }
}

/// The pair that adds most to what is taken already; of those that add about as much, the earliest. So all members of
/// a ring lead to its beginning.
fn next(pairs: &mut Vec<Pair>, taken: &[bool]) -> Option<Pair> {
    let adds = |pair: &Pair| -> usize {
        let blocks = pair.blocks.iter();
        blocks
            .map(|shared| new(&shared.block, taken))
            .filter(|new| *new >= LEAST_NEW)
            .sum()
    };
    let all: Vec<usize> = pairs.iter().map(adds).collect();
    let most = all.iter().max().copied().filter(|most| *most > 0)?;
    let near = (0..pairs.len()).filter(|place| all[*place] * 20 >= most * 19);
    let best = near.min_by_key(|place| pairs[*place].source)?;
    Some(pairs.swap_remove(best))
}

fn new(block: &Block, taken: &[bool]) -> usize {
    let own = taken.get(block.own.0..block.own.1).unwrap_or_default();
    own.iter().filter(|taken| !**taken).count()
}

/// The block without the ends that a better source has.
fn clipped(mut block: Block, taken: &[bool]) -> Option<Block> {
    if new(&block, taken) < LEAST_NEW {
        return None;
    }
    let own = taken.get(block.own.0..block.own.1)?;
    let before = own.iter().take_while(|taken| **taken).count();
    let after = own.iter().rev().take_while(|taken| **taken).count();
    let length = block.length();
    block.own = (block.own.0 + before, block.own.1 - after);
    let their_length = block.theirs.1 - block.theirs.0;
    let scaled = |part: usize| part * their_length / length.max(1);
    block.theirs = (
        block.theirs.0 + scaled(before),
        block.theirs.1 - scaled(after),
    );
    Some(block)
}

/// The block out to the borders of a paragraph that are near.
fn snapped(mut block: Block, words: &[u16], paragraphs: &[(usize, usize)]) -> Block {
    for (from, to) in paragraphs {
        let free = |from: usize, to: usize| {
            from < to
                && to - from <= BORDER
                && words
                    .get(from..to)
                    .is_some_and(|words| !words.contains(&NOTHING))
        };
        if free(*from, block.own.0) {
            block.theirs.0 = block.theirs.0.saturating_sub(block.own.0 - from);
            block.own.0 = *from;
        }
        if free(block.own.1, *to) {
            block.own.1 = *to;
        }
    }
    block
}

/// In how many places the block is evidence: the paragraphs that it takes a good part of.
fn parts(block: &Block, paragraphs: &[(usize, usize)]) -> usize {
    let good = |(from, to): &(usize, usize)| {
        block.own.1.min(*to).saturating_sub(block.own.0.max(*from)) >= 2 * LEAST_NEW
    };
    paragraphs
        .iter()
        .filter(|paragraph| good(paragraph))
        .count()
        .max(1)
}
