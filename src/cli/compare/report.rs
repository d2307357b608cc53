//! The report: clusters as stars, and essays side by side with their sources, in one page that needs no server.

use askama::Template;

use super::essays::Essays;
use crate::duplicate::Level;
use crate::duplicate::Piece;
use crate::duplicate::Text;
use crate::duplicate::Verdict;
use crate::duplicate::painted;
use crate::words;

/// So many pairs are shown side by side, the weightiest first; a page with more does not open any more.
const PAIRS: usize = 200;
/// So many sources stand beside an essay.
const SOURCES: usize = 3;

#[derive(Template)]
#[template(path = "report/compare.html")]
struct Page {
    essays: usize,
    stars: Vec<Star>,
    rows: Vec<Row>,
    left_out: usize,
}

/// A cluster: the earliest essay, and those around it.
struct Star {
    center: String,
    around: Vec<Link>,
}

struct Link {
    name: String,
    score: u32,
    /// Where the pair stands on the page, if it does.
    place: Option<usize>,
}

/// An essay and its sources.
struct Row {
    place: usize,
    name: String,
    level: &'static str,
    score: u32,
    text: Vec<Piece>,
    sources: Vec<Beside>,
}

struct Beside {
    name: String,
    share: u32,
    same_person: bool,
    corroborated: bool,
    text: Vec<Piece>,
}

/// Essays of at least this level, by score; equal scores by arrival.
pub fn weightiest(verdicts: &[Verdict], least: Level) -> Vec<usize> {
    let mut places: Vec<usize> = (0..verdicts.len())
        .filter(|place| verdicts[*place].level >= least)
        .collect();
    places.sort_by(|a, b| {
        verdicts[*b]
            .score
            .total_cmp(&verdicts[*a].score)
            .then(a.cmp(b))
    });
    places
}

/// The page as HTML.
pub fn page(
    essays: &Essays,
    verdicts: &[Verdict],
    clusters: &[Option<u32>],
) -> anyhow::Result<String> {
    let all = weightiest(verdicts, Level::Note);
    let shown = &all[..all.len().min(PAIRS)];
    let mut stars: Vec<Star> = Vec::new();
    let mut roots: Vec<u32> = clusters.iter().copied().flatten().collect();
    roots.sort_unstable();
    roots.dedup();
    for root in roots {
        let around = (0..verdicts.len())
            .filter(|place| clusters[*place] == Some(root) && *place != root as usize);
        stars.push(Star {
            center: essays.name(root as usize),
            around: around
                .map(|place| Link {
                    name: essays.name(place),
                    score: words::duplicate::percent(verdicts[place].score),
                    place: shown.contains(&place).then_some(place),
                })
                .collect(),
        });
    }
    let mut rows = Vec::new();
    for place in shown {
        rows.push(row(essays, verdicts, *place)?);
    }
    let page = Page {
        essays: essays.len(),
        stars,
        rows,
        left_out: all.len() - shown.len(),
    };
    Ok(page.render()?)
}

fn row(essays: &Essays, verdicts: &[Verdict], place: usize) -> anyhow::Result<Row> {
    let verdict = &verdicts[place];
    let numbered = || (1..).zip(&verdict.passages);
    let own: Vec<(usize, (usize, usize))> = numbered()
        .map(|(number, passage)| (number, passage.own))
        .collect();
    let mut sources = Vec::new();
    for source in verdict.sources.iter().take(SOURCES) {
        let there: Vec<(usize, (usize, usize))> = numbered()
            .filter(|(_, passage)| passage.source == source.essay)
            .map(|(number, passage)| (number, passage.theirs))
            .collect();
        let place = source.essay as usize;
        sources.push(Beside {
            name: essays.name(place),
            share: words::duplicate::percent(source.share),
            same_person: source.same_person,
            corroborated: source.corroborated,
            text: paint(&essays.text(place)?, &verdicts[place], &there),
        });
    }
    Ok(Row {
        place,
        name: essays.name(place),
        level: words::duplicate::level(verdict.level),
        score: words::duplicate::percent(verdict.score),
        text: paint(&essays.text(place)?, verdict, &own),
        sources,
    })
}

fn paint(text: &str, verdict: &Verdict, passages: &[(usize, (usize, usize))]) -> Vec<Piece> {
    painted(text, &Text::read(text), verdict, passages)
}
