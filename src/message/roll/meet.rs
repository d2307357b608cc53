//! Whose row an essay belongs to: by the file that a row names, else by a name that the essay or its file gives, and of
//! several people with one name by what else both say.

use std::collections::HashMap;

use super::Lists;
use super::Roll;
use super::Row;
use crate::entry::Finding;
use crate::entry::FindingCode;
use crate::message::Essay;
use crate::message::Part;
use crate::message::file_name;
use crate::slip::Fact;
use crate::slip::Place;
use crate::slip::Slip;
use crate::text::fold;

/// Holds the lists against the essays.
pub fn meet(lists: Lists, essays: &mut [Essay], parts: &[Part]) -> Roll {
    let Lists { files, rows } = lists;
    let people = People::of(&rows);
    let named: Vec<Wanted> = essays
        .iter()
        .map(|essay| people.wanted(essay, parts))
        .collect();
    let mut taken = vec![0_usize; rows.len()];
    let mut extra = Vec::new();
    // Those whose row is certain come first, so that their namesakes are left with the others.
    for certain in [true, false] {
        for (at, (essay, wanted)) in essays.iter_mut().zip(&named).enumerate() {
            let found = people.row_of(essay, wanted, &taken);
            if found.as_ref().is_some_and(|found| found.certain) != certain {
                continue;
            }
            let Some(found) = found else {
                extra.push(at);
                continue;
            };
            if let Some(taken) = taken.get_mut(found.row) {
                *taken += 1;
            }
            if let Some(row) = rows.get(found.row).filter(|_| certain) {
                take(essay, row);
            }
        }
    }
    let with = |wanted: fn(usize) -> bool| {
        let rows = rows.iter().zip(&taken);
        rows.filter(move |(_, taken)| wanted(**taken))
            .map(|(row, taken)| (row.slip.clone(), *taken))
    };
    Roll {
        files,
        people: rows.len(),
        missing: with(|taken| taken == 0).map(|(slip, _)| slip).collect(),
        several: with(|taken| taken > 1).collect(),
        extra,
    }
}

/// By what an essay is looked up.
enum Wanted {
    /// This row names its file.
    Row(usize),
    /// A name on the lists, folded.
    Name(String),
    Nobody,
}

/// The row of an essay, and whether it can be no other.
struct Found {
    row: usize,
    certain: bool,
}

/// The rows by what essays are looked up by.
pub struct People<'a> {
    rows: &'a [Row],
    names: HashMap<String, Vec<usize>>,
    files: HashMap<&'a str, usize>,
    /// Names of two words and more, as they stand in names of files, without spaces; longest first.
    in_files: Vec<(String, String)>,
}

impl<'a> People<'a> {
    pub fn of(rows: &'a [Row]) -> People<'a> {
        let mut names: HashMap<String, Vec<usize>> = HashMap::new();
        let mut files = HashMap::new();
        for (at, row) in rows.iter().enumerate() {
            names.entry(row.name()).or_default().push(at);
            if let Some(file) = &row.file {
                files.entry(file.as_str()).or_insert(at);
            }
        }
        let mut in_files: Vec<(String, String)> = names
            .keys()
            .filter(|name| name.contains(' '))
            .map(|name| (name.replace(' ', ""), name.clone()))
            .collect();
        in_files.sort_by(|one, other| (other.0.len(), &one.0).cmp(&(one.0.len(), &other.0)));
        People {
            rows,
            names,
            files,
            in_files,
        }
    }

    fn wanted(&self, essay: &Essay, parts: &[Part]) -> Wanted {
        // A mail with several essays names its sender, a teacher.
        let name = essay.slip.name.as_ref();
        let own = name.filter(|name| name.place != Place::Sender);
        let listed = own
            .map(|name| (fold(&name.value), says_itself(name.place)))
            .filter(|(name, _)| self.names.contains_key(name));
        if let Some((name, true)) = listed {
            return Wanted::Name(name);
        }
        // What nobody can read tells whose it is only where nothing else does.
        let lead: Vec<&usize> = match essay.main {
            Some(_) => essay.main.iter().collect(),
            None => essay.pages.iter().chain(&essay.unread).collect(),
        };
        let files: Vec<String> = lead
            .into_iter()
            .filter_map(|at| parts.get(*at))
            .map(|part| fold(file_name::stem(&part.name)))
            .collect();
        if let Some(row) = files.iter().find_map(|file| self.files.get(file.as_str())) {
            return Wanted::Row(*row);
        }
        if let Some((name, _)) = listed {
            return Wanted::Name(name);
        }
        if own.is_some_and(|name| says_itself(name.place)) {
            return Wanted::Nobody;
        }
        let in_file = files.iter().find_map(|file| self.in_file(file));
        in_file.map_or(Wanted::Nobody, |name| Wanted::Name(name.to_owned()))
    }

    /// Whose file this is by its name, folded: the row that names it, else the name in it.
    pub fn author_of(&self, file: &str) -> Option<String> {
        let file = fold(file_name::stem(file));
        let row = self
            .files
            .get(file.as_str())
            .and_then(|at| self.rows.get(*at));
        row.map(Row::name)
            .or_else(|| self.in_file(&file).map(str::to_owned))
    }

    /// The longest name on the lists that stands in the folded name of a file.
    fn in_file(&self, file: &str) -> Option<&str> {
        let glued = file.replace(' ', "");
        let mut names = self.in_files.iter();
        names
            .find(|(name, _)| glued.contains(name.as_str()))
            .map(|(_, name)| name.as_str())
    }

    fn row_of(&self, essay: &Essay, wanted: &Wanted, taken: &[usize]) -> Option<Found> {
        let name = match wanted {
            Wanted::Row(row) => {
                return Some(Found {
                    row: *row,
                    certain: true,
                });
            }
            Wanted::Name(name) => name,
            Wanted::Nobody => return None,
        };
        let mut scored: Vec<(i32, bool, usize)> = self
            .names
            .get(name)?
            .iter()
            .filter_map(|at| Some((*at, self.rows.get(*at)?)))
            .map(|(at, row)| {
                let free = taken.get(at).is_some_and(|taken| *taken == 0);
                (agreement(&essay.slip, &row.slip), free, at)
            })
            .collect();
        // The best first; of equal ones who has no essay yet, then who stands higher on the list.
        scored.sort_by_key(|(score, free, at)| (-score, !free, *at));
        let (best, _, row) = *scored.first()?;
        let certain = scored.get(1).is_none_or(|(second, _, _)| *second < best);
        Some(Found { row, certain })
    }
}

/// How much an essay and a row with the same name say of one person.
fn agreement(essay: &Slip, row: &Slip) -> i32 {
    let weigh = |one: &Option<Fact>, other: &Option<Fact>, weight: i32| match (one, other) {
        (Some(one), Some(other)) if plain(&one.value) == plain(&other.value) => weight,
        (Some(_), Some(_)) => -weight,
        (None, _) | (_, None) => 0,
    };
    weigh(&essay.birth_date, &row.birth_date, 4)
        + weigh(&essay.phone, &row.phone, 2)
        + weigh(&essay.class, &row.class, 1)
}

/// "Lớp 9 A2" and "9a2" are one.
fn plain(value: &str) -> String {
    let folded = fold(value).replace(' ', "");
    folded.strip_prefix("lop").unwrap_or(&folded).to_owned()
}

/// Whether a fact stands in the essay itself.
fn says_itself(place: Place) -> bool {
    matches!(place, Place::Clerk | Place::EssayHead | Place::PageMargin)
}

/// Takes from a row what the essay itself leaves out, and says where they differ.
fn take(essay: &mut Essay, row: &Row) {
    let slip = &mut essay.slip;
    let from = &row.slip;
    let held = [
        ("name", &slip.name, &from.name),
        ("birth_date", &slip.birth_date, &from.birth_date),
        ("class", &slip.class, &from.class),
    ];
    let differ = held.into_iter().filter_map(|(fact, own, listed)| {
        let own = own.as_ref().filter(|own| says_itself(own.place))?;
        let listed = listed.as_ref()?;
        (plain(&own.value) != plain(&listed.value))
            .then(|| Finding::new(FindingCode::RollDiffers, format!("{fact} {}", listed.value)))
    });
    essay.findings.extend(differ);
    for (own, listed) in [
        (&mut slip.name, &from.name),
        (&mut slip.birth_date, &from.birth_date),
        (&mut slip.unit, &from.unit),
        (&mut slip.class, &from.class),
        (&mut slip.address, &from.address),
        (&mut slip.phone, &from.phone),
    ] {
        let said = own.as_ref().is_some_and(|own| says_itself(own.place));
        if listed.is_some() && !said {
            own.clone_from(listed);
        }
    }
    let slip = &essay.slip;
    essay.findings.retain(|finding| match finding.code {
        FindingCode::NoName => slip.name.is_none(),
        FindingCode::NoBirthDate => slip.birth_date.is_none(),
        FindingCode::NoUnit => slip.unit.is_none(),
        FindingCode::NoAddress => slip.address.is_none(),
        FindingCode::NoPhone => slip.phone.is_none(),
        _ => true,
    });
}
