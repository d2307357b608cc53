//! The tree of a question, built by hand from what is wanted: nobody's text is ever parsed as a query.
//!
//! The scope is a clause of the tree, so that hits and their number know nothing outside of it. Scores are points
//! for where a word stands, not statistics of the whole index: how rare a word is among the entries of another unit
//! must not move anything here.

use std::ops::Bound;

use tantivy::Term;
use tantivy::query::BooleanQuery;
use tantivy::query::ConstScoreQuery;
use tantivy::query::DisjunctionMaxQuery;
use tantivy::query::Occur;
use tantivy::query::PhraseQuery;
use tantivy::query::Query;
use tantivy::query::RangeQuery;
use tantivy::query::TermQuery;
use tantivy::query::TermSetQuery;
use tantivy::schema::Field;
use tantivy::schema::IndexRecordOption;

use super::schema::Fields;
use super::schema::Part;
use super::spell::Form;
use super::spell::Spelling;
use super::wanted::Need;
use super::wanted::Wanted;
use crate::db::view::Scope;

/// A word with the very diacritics that were typed goes before everything that only resembles it, wherever it
/// stands: more than all parts of an entry together can bring.
const EXACT: f32 = 2_000.0;
/// The words in their order, nothing between them: so many times what one of them counts there.
const TOGETHER: f32 = 3.0;
/// A receipt code names one entry.
const CODE: f32 = 100_000.0;
const NUMBER: f32 = 50_000.0;
/// In an essay fewer letters begin too many words to say anything.
const START_IN_TEXT: usize = 3;

type Tree = Box<dyn Query>;

/// What is wanted, within the units of the person who asks.
pub fn tree(fields: &Fields, scope: &Scope, wanted: &Wanted) -> BooleanQuery {
    let mut clauses = within(fields, scope);
    let needs = wanted
        .needs
        .iter()
        .map(|need| (Occur::Must, answer(fields, need)));
    match wanted.code_start() {
        Some(start) => {
            let words: Tree = Box::new(BooleanQuery::new(needs.collect()));
            let code = worth(begins(fields.code, &start), CODE);
            clauses.push((
                Occur::Must,
                Box::new(BooleanQuery::union(vec![words, code])),
            ));
        }
        None => clauses.extend(needs),
    }
    for need in &wanted.needs {
        clauses.extend(exactly(fields, need).map(|tree| (Occur::Should, tree)));
    }
    if let Some(words) = wanted.loose() {
        for part in fields.parts() {
            let together = phrase(part, Form::Folded, words.iter().copied());
            let points = f32::from(part.weight) * TOGETHER;
            clauses.push((Occur::Should, worth(together, points)));
        }
    }
    BooleanQuery::new(clauses)
}

/// Whether one of these words stands anywhere within the scope.
pub fn word_within(fields: &Fields, scope: &Scope, word: &Spelling) -> BooleanQuery {
    let mut clauses = within(fields, scope);
    clauses.push((Occur::Must, answer(fields, &Need::Start(word.clone()))));
    BooleanQuery::new(clauses)
}

fn within(fields: &Fields, scope: &Scope) -> Vec<(Occur, Tree)> {
    let contest = term(Term::from_field_i64(fields.contest, scope.contest));
    let units = scope
        .units
        .iter()
        .map(|unit| Term::from_field_i64(fields.unit, *unit));
    vec![
        (Occur::Must, worth(contest, 0.0)),
        (Occur::Must, worth(Box::new(TermSetQuery::new(units)), 0.0)),
    ]
}

/// Finds what a need asks for, in whichever part it counts most.
fn answer(fields: &Fields, need: &Need) -> Tree {
    match need {
        Need::Word(word) => best(in_parts(fields, word)),
        Need::Start(word) => {
            let mut found = in_parts(fields, word);
            let long = word.folded.chars().count() >= START_IN_TEXT;
            let parts = fields.parts();
            for part in parts
                .iter()
                .take(if long { parts.len() } else { parts.len() - 1 })
            {
                let points = f32::from(part.weight) - 1.0;
                found.push(worth(begins(part.folded, &word.folded), points));
            }
            best(found)
        }
        Need::Phrase(words) => best(
            fields
                .parts()
                .into_iter()
                .flat_map(|part| {
                    let points = f32::from(part.weight) * TOGETHER;
                    let exact = phrase(part, Form::Exact, words);
                    let folded = phrase(part, Form::Folded, words);
                    [worth(exact, points + 1.0), worth(folded, points)]
                })
                .collect(),
        ),
        Need::Code(code, words) => {
            let code = term(Term::from_field_text(fields.code, code));
            best(vec![worth(code, CODE), all(fields, words)])
        }
        Need::Number(number, words) => {
            let phone = worth(begins(fields.phone, number), NUMBER);
            best(vec![phone, all(fields, words)])
        }
    }
}

/// Points for the very spelling, where somebody meant it.
fn exactly(fields: &Fields, need: &Need) -> Option<Tree> {
    if !need.spellings().iter().any(Spelling::is_marked) {
        return None;
    }
    let found = fields
        .parts()
        .into_iter()
        .map(|part| match need {
            Need::Word(word) => term(Term::from_field_text(part.exact, &word.exact)),
            Need::Start(word) => begins(part.exact, &word.exact),
            Need::Phrase(words) | Need::Code(_, words) | Need::Number(_, words) => {
                phrase(part, Form::Exact, words)
            }
        })
        .collect();
    let words = u8::try_from(need.spellings().len()).unwrap_or(u8::MAX);
    Some(worth(
        Box::new(BooleanQuery::union(found)),
        EXACT * f32::from(words),
    ))
}

/// A word in each part: as it was typed counts one point more than as it folds.
fn in_parts(fields: &Fields, word: &Spelling) -> Vec<Tree> {
    fields
        .parts()
        .into_iter()
        .flat_map(|part| {
            let points = f32::from(part.weight);
            let exact = term(Term::from_field_text(part.exact, &word.exact));
            let folded = term(Term::from_field_text(part.folded, &word.folded));
            [worth(exact, points + 1.0), worth(folded, points)]
        })
        .collect()
}

fn all(fields: &Fields, words: &[Spelling]) -> Tree {
    let words = words
        .iter()
        .map(|word| best(in_parts(fields, word)))
        .collect();
    Box::new(BooleanQuery::intersection(words))
}

/// Words in their order, nothing between them.
fn phrase<'a>(part: Part, form: Form, words: impl IntoIterator<Item = &'a Spelling>) -> Tree {
    let mut terms: Vec<Term> = words
        .into_iter()
        .map(|word| match form {
            Form::Exact => Term::from_field_text(part.exact, &word.exact),
            Form::Folded => Term::from_field_text(part.folded, &word.folded),
        })
        .collect();
    match (terms.len(), terms.pop()) {
        (0, _) | (_, None) => Box::new(tantivy::query::EmptyQuery),
        (1, Some(only)) => term(only),
        (_, Some(last)) => {
            terms.push(last);
            Box::new(PhraseQuery::new(terms))
        }
    }
}

/// Terms that begin with these letters.
fn begins(field: Field, start: &str) -> Tree {
    let end = format!("{start}{}", char::MAX);
    Box::new(RangeQuery::new(
        Bound::Included(Term::from_field_text(field, start)),
        Bound::Excluded(Term::from_field_text(field, &end)),
    ))
}

fn term(term: Term) -> Tree {
    Box::new(TermQuery::new(term, IndexRecordOption::Basic))
}

fn worth(tree: Tree, points: f32) -> Tree {
    Box::new(ConstScoreQuery::new(tree, points))
}

fn best(trees: Vec<Tree>) -> Tree {
    Box::new(DisjunctionMaxQuery::new(trees))
}
