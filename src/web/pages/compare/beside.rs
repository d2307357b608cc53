//! An essay and one of its sources, painted. Of another unit's essay only the shared passages are shown.

use crate::db;
use crate::db::comparison;
use crate::db::comparison::Comparison;
use crate::db::comparison::Member;
use crate::duplicate::Paint;
use crate::duplicate::Passage;
use crate::duplicate::Piece;
use crate::duplicate::Text;
use crate::duplicate::Verdict;
use crate::duplicate::painted;
use crate::slip;
use crate::web::State;
use crate::web::error::Error;
use crate::web::error::Result;
use crate::web::page;
use crate::web::session::Visitor;
use crate::words;

/// Two essays beside each other.
#[derive(Default)]
pub struct Pair {
    pub left: Option<Side>,
    pub right: Option<Side>,
    pub sources: Vec<Source>,
    pub passages: usize,
    pub notice: Option<&'static str>,
}

/// One essay.
pub struct Side {
    pub id: i64,
    pub code: String,
    pub unit: String,
    pub received: String,
    pub name: String,
    /// Whether the page of the entry may be opened.
    pub known: bool,
    pub pieces: Vec<Piece>,
    /// Its pages, where some could not be read and are compared as pictures.
    pub sheets: Vec<Sheet>,
}

/// A page as a picture.
pub struct Sheet {
    /// In its essay, from 1.
    pub number: u32,
    pub file: i64,
    pub page: i64,
    pub width: i64,
    pub height: i64,
    /// The page of the other essay that is a picture of the same sheet, from 1.
    pub same: Option<u32>,
}

/// An essay that the left one has text from.
pub struct Source {
    /// The left one.
    pub of: i64,
    pub entry: i64,
    pub text: String,
    pub here: bool,
}

/// The essay of `left` beside the source asked for, else beside its largest one. One of the two is of this person's
/// units: what others have from each other is not theirs to read.
pub async fn pair(
    state: &State,
    visitor: &Visitor,
    left: &Member,
    asked: Option<i64>,
) -> Result<Pair> {
    let found = comparison::get(&state.db, left.entry_id).await?;
    let evidence = &found.evidence;
    let verdict = &evidence.verdict;
    let entries: Vec<i64> = evidence.entries.values().copied().collect();
    let named = comparison::named(&state.db, &entries).await?;
    let known = visitor.scope.holds(left.unit_id);
    let sources: Vec<(u32, &Member, f64)> = verdict
        .sources
        .iter()
        .filter_map(|source| {
            let entry = evidence.entry(source.essay)?;
            let member = named.iter().find(|member| member.entry_id == entry)?;
            let shown = known || visitor.scope.holds(member.unit_id);
            shown.then_some((source.essay, member, source.share))
        })
        .collect();
    let chosen = sources
        .iter()
        .find(|(_, member, _)| Some(member.entry_id) == asked)
        .or(sources.first())
        .copied();
    let Some((place, source, _)) = chosen else {
        let notice = if known {
            words::compare::NOTHING
        } else {
            words::compare::BOTH_ELSEWHERE
        };
        return Ok(Pair {
            notice: Some(notice),
            ..Pair::default()
        });
    };
    let passages: Vec<(usize, &Passage)> = (1..).zip(&verdict.passages).collect();
    let of_source = || {
        passages
            .iter()
            .filter(|(_, passage)| passage.source == place)
    };
    let theirs: Vec<_> = of_source()
        .map(|(n, passage)| (*n, passage.theirs))
        .collect();
    let own: Vec<_> = if known {
        passages
            .iter()
            .map(|(n, passage)| (*n, passage.own))
            .collect()
    } else {
        of_source().map(|(n, passage)| (*n, passage.own)).collect()
    };
    let of = comparison::get(&state.db, source.entry_id).await?;
    let pages: Vec<(u32, u32)> = verdict
        .pages
        .iter()
        .filter(|page| page.source == place)
        .map(|page| (page.own, page.theirs))
        .collect();
    let turned: Vec<(u32, u32)> = pages.iter().map(|(own, theirs)| (*theirs, *own)).collect();
    let mut notice = (!pages.is_empty()).then_some(words::compare::SAME_SHEET);
    Ok(Pair {
        left: Some(Side {
            sheets: sheets(state, visitor, left, &pages).await?,
            ..side(state, visitor, left, &found, &own, &mut notice).await?
        }),
        right: Some(Side {
            sheets: sheets(state, visitor, source, &turned).await?,
            ..side(state, visitor, source, &of, &theirs, &mut notice).await?
        }),
        sources: sources
            .iter()
            .map(|(_, member, share)| Source {
                of: left.entry_id,
                entry: member.entry_id,
                text: format!(
                    "{} · {}",
                    member.receipt_code,
                    words::compare::share(*share)
                ),
                here: member.entry_id == source.entry_id,
            })
            .collect(),
        passages: theirs.len(),
        notice,
    })
}

async fn side(
    state: &State,
    visitor: &Visitor,
    member: &Member,
    found: &Comparison,
    passages: &[(usize, (usize, usize))],
    notice: &mut Option<&'static str>,
) -> Result<Side> {
    let papers = db::search::papers(&state.db, &[member.entry_id]).await?;
    let paper = papers.into_iter().next().ok_or(Error::NotFound)?;
    let bare = slip::bare(&paper.text);
    if comparison::hash(&bare) != found.text_hash {
        *notice = Some(words::compare::READ_ANEW);
    }
    let known = visitor.scope.holds(member.unit_id);
    let verdict: &Verdict = &found.evidence.verdict;
    let pieces = painted(&paper.text, &Text::read(&bare), verdict, passages);
    if !known {
        notice.get_or_insert(words::compare::ELSEWHERE);
    }
    Ok(Side {
        id: member.entry_id,
        code: member.receipt_code.clone(),
        unit: visitor.standing.unit_name(member.unit_id).to_owned(),
        received: page::moment(visitor, member.received_at),
        name: if known {
            super::name(member)
        } else {
            words::compare::OTHER_UNIT.to_owned()
        },
        known,
        pieces: if known { pieces } else { shared_alone(pieces) },
        sheets: Vec::new(),
    })
}

/// The pages of an essay, if any is `same` (its own number and the other's, from 0) and this person may see it.
async fn sheets(
    state: &State,
    visitor: &Visitor,
    member: &Member,
    same: &[(u32, u32)],
) -> Result<Vec<Sheet>> {
    if same.is_empty() || !visitor.scope.holds(member.unit_id) {
        return Ok(Vec::new());
    }
    let version = db::entry::version(&state.db, member.entry_id).await?;
    let leaves = db::page::leaves(&state.db, version.id).await?;
    let sheets = (0_u32..).zip(leaves).map(|(number, leaf)| Sheet {
        number: number + 1,
        file: leaf.file_id,
        page: leaf.page,
        width: leaf.drawn.width,
        height: leaf.drawn.height,
        same: same
            .iter()
            .find(|(own, _)| *own == number)
            .map(|(_, theirs)| theirs + 1),
    });
    let mut sheets: Vec<Sheet> = sheets.collect();
    // Those of one sheet beside each other, in the order of the later essay.
    let place = |sheet: &Sheet| same.iter().position(|(own, _)| own + 1 == sheet.number);
    sheets.sort_by_key(|sheet| (place(sheet).is_none(), place(sheet)));
    Ok(sheets)
}

/// The shared passages; what stands between them is not this person's to read.
fn shared_alone(pieces: Vec<Piece>) -> Vec<Piece> {
    pieces
        .into_iter()
        .map(|piece| match piece.paint {
            Paint::Copied(_) => piece,
            Paint::Plain | Paint::Given | Paint::Common => Piece {
                text: " … ".to_owned(),
                paint: Paint::Plain,
                number: None,
            },
        })
        .collect()
}
