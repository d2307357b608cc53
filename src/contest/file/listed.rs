//! People who do not take part, named by files beside the plan: `excluded_file = "danh-sach.xlsx"` in `[[excluded]]`.
//! What stands in the files takes the place of their names in the text, so that the plan that is stored says it all and
//! nobody needs the files any more.

use std::ops::Range;

use serde::Deserialize;
use serde::Serialize;
use toml::de::DeTable;
use toml::de::DeValue;

use super::Fault;
use super::Problem;
use super::fault::Want;
use super::table::Reader;

/// The key that names a file.
pub(super) const KEY: &str = "excluded_file";

/// A file that a plan names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// As the plan names it, beside the plan.
    pub file: String,
    /// The line of the plan, from 1.
    pub line: usize,
    /// Where key and value stand in the text.
    span: Range<usize>,
}

/// Somebody out of a file, as `members` would say it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Member {
    pub name: String,
    /// In the place of the group's role.
    pub role: Option<String>,
    pub birth_date: Option<String>,
    pub phone: Option<String>,
    pub email: Option<String>,
}

/// A row of a file, as the spreadsheet counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// From 1.
    pub sheet: usize,
    pub row: usize,
}

/// What is wrong with a row. `words::excluded` has the sentences.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowFault {
    /// Something stands here, and no name that can be read.
    Name(String),
    Birth(String),
    Phone(String),
    Email(String),
}

/// Why nothing of a file was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trouble {
    /// Neither a workbook nor a text.
    Kind,
    /// Locked by a password, or broken.
    Damaged,
    TooLarge,
    /// No line names a column of names and another one.
    NoHeadings,
    /// Headings, and nobody below them.
    Nobody,
}

/// The files that a plan names, in the order of the text, and what is wrong with how it names them. Mistakes elsewhere
/// are for `parse` to find.
pub fn lists(text: &str) -> (Vec<Listed>, Vec<Problem>) {
    let mut reader = Reader::new(text);
    let mut found = Vec::new();
    let (document, _) = DeTable::parse_recoverable(text);
    let groups = document.get_ref().get("excluded");
    let groups = groups.and_then(|value| value.get_ref().as_array());
    for group in groups.into_iter().flatten() {
        let DeValue::Table(group) = group.get_ref() else {
            continue;
        };
        for (key, value) in group.iter() {
            if key.get_ref().as_ref() != KEY {
                continue;
            }
            let line = reader.line(key.span().start);
            if group.get("members").is_some() {
                reader.error(line, Fault::MembersTwice);
            } else if !value.get_ref().is_str() {
                reader.wrong_type(line, KEY, Want::Text);
            } else if let Some(file) = reader.text(KEY, value) {
                found.push(Listed {
                    file: file.value,
                    line,
                    span: key.span().start..value.span().end,
                });
            }
        }
    }
    found.sort_by_key(|listed| listed.span.start);
    (found, reader.problems)
}

/// Where a line of the whole plan came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A line of the plan's own file.
    Plan(usize),
    /// The nth person of the nth file, both from 0.
    Member { list: usize, member: usize },
}

/// A plan with the people of its files in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whole {
    pub text: String,
    /// For each line.
    origins: Vec<Origin>,
}

impl Whole {
    /// Where a line (from 1) came from.
    pub fn origin(&self, line: usize) -> Origin {
        let at = self.origins.get(line.saturating_sub(1));
        at.copied().unwrap_or(Origin::Plan(line))
    }
}

/// Puts the people of each file, in the order of `lists`, into the text of the plan.
pub fn whole(text: &str, lists: &[(Listed, Vec<Member>)]) -> Whole {
    let mut out = String::with_capacity(text.len());
    let mut origins = Vec::new();
    let mut own = 1;
    let mut from = 0;
    let mut add = |out: &mut String, piece: &str, own: &mut usize| {
        for c in piece.chars() {
            if c == '\n' {
                origins.push(Origin::Plan(*own));
                *own += 1;
            }
            out.push(c);
        }
        origins.len()
    };
    let mut placed: Vec<(usize, usize, usize)> = Vec::new();
    for (at, (listed, members)) in lists.iter().enumerate() {
        let lines = add(
            &mut out,
            text.get(from..listed.span.start).unwrap_or_default(),
            &mut own,
        );
        out.push_str(&format!("# {}\nmembers = [\n", one_line(&listed.file)));
        for member in members {
            out.push_str(&format!("  {},\n", written(member)));
        }
        out.push(']');
        placed.push((at, lines, members.len()));
        from = listed.span.end;
    }
    add(&mut out, text.get(from..).unwrap_or_default(), &mut own);
    origins.push(Origin::Plan(own));
    // The lines that were put in: the file's name, the opening, one a person. The closing shares the line of what follows.
    for (list, lines, members) in placed.into_iter().rev() {
        let line = origins.get(lines).copied().unwrap_or(Origin::Plan(own));
        let new = [line, line].into_iter();
        let new = new.chain((0..members).map(|member| Origin::Member { list, member }));
        origins.splice(lines..lines, new);
    }
    Whole { text: out, origins }
}

fn one_line(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}

/// "{ name = "…", role = "…" }"
fn written(member: &Member) -> String {
    let facts = [
        ("name", Some(&member.name)),
        ("role", member.role.as_ref()),
        ("birth_date", member.birth_date.as_ref()),
        ("phone", member.phone.as_ref()),
        ("email", member.email.as_ref()),
    ];
    let facts: Vec<String> = facts
        .into_iter()
        .filter_map(|(key, value)| Some(format!("{key} = {}", quoted(value?))))
        .collect();
    format!("{{ {} }}", facts.join(", "))
}

/// A basic string of TOML.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::Member;
    use super::Origin;
    use super::lists;
    use super::whole;
    use crate::contest::file::Fault;
    use crate::contest::file::parse;
    use crate::contest::file::tests::SMALL;

    fn member(name: &str) -> Member {
        Member {
            name: name.to_owned(),
            ..Member::default()
        }
    }

    fn plan(groups: &str) -> String {
        SMALL.replacen("[[prize]]", &format!("{groups}\n[[prize]]"), 1)
    }

    #[test]
    fn the_people_of_a_file_stand_in_the_plan_in_its_place() {
        let text = plan(
            "[[excluded]]\nrole = \"Ban Tổ chức\"\nexcluded_file = \"to-chuc.xlsx\" # mật\n\
             [[excluded]]\nexcluded_file = \"giam-khao.csv\"\nrole = \"Giám khảo\"\nunit = \"quan-mot\"",
        );
        let (found, problems) = lists(&text);
        assert_eq!(problems, []);
        let files: Vec<&str> = found.iter().map(|listed| listed.file.as_str()).collect();
        assert_eq!(files, ["to-chuc.xlsx", "giam-khao.csv"]);
        let an = Member {
            role: Some("Trưởng ban".to_owned()),
            birth_date: Some("1970-01-02".to_owned()),
            phone: Some("0912345678".to_owned()),
            email: Some("an@hn.example".to_owned()),
            ..member("Nguyễn \"Văn\" \\An")
        };
        let people = [vec![an, member("Trần Thị Bình")], vec![member("Lê Cúc")]];
        let read: Vec<_> = found.into_iter().zip(people).collect();
        let all = whole(&text, &read);
        let (parsed, problems) = parse(&all.text);
        assert_eq!(problems, [], "{}", all.text);
        let excluded = parsed.unwrap().excluded;
        let told: Vec<(&str, &str, Option<&str>)> = excluded
            .iter()
            .map(|one| (one.name.as_str(), one.role.as_str(), one.unit.as_deref()))
            .collect();
        assert_eq!(
            told,
            [
                ("Nguyễn \"Văn\" \\An", "Trưởng ban", None),
                ("Trần Thị Bình", "Ban Tổ chức", None),
                ("Lê Cúc", "Giám khảo", Some("quan-mot")),
            ]
        );
        assert_eq!(excluded[0].birth_date.as_deref(), Some("1970-01-02"));
        // Each line of the whole leads back to where it came from.
        let lines: Vec<&str> = all.text.lines().collect();
        for (at, line) in lines.iter().enumerate() {
            let origin = all.origin(at + 1);
            if line.contains("Bình") {
                assert_eq!(origin, Origin::Member { list: 0, member: 1 });
            } else if line.contains("Cúc") {
                assert_eq!(origin, Origin::Member { list: 1, member: 0 });
            } else if let Origin::Plan(own) = origin {
                let own = text.lines().nth(own - 1).unwrap();
                let put_in = own.contains("excluded_file");
                assert!(put_in || own == *line, "{line}: {own}");
            }
        }
        assert_eq!(all.origin(lines.len()), Origin::Plan(text.lines().count()));
    }

    #[test]
    fn a_file_is_named_once_and_never_forgotten() {
        let check = |group: &str, want: Fault| {
            let text = plan(&format!("[[excluded]]\nrole = \"Ban\"\n{group}"));
            let (found, problems) = lists(&text);
            assert_eq!(found, [], "{group}");
            let faults: Vec<Fault> = problems.into_iter().map(|one| one.fault).collect();
            assert_eq!(faults, [want], "{group}");
        };
        check(
            "excluded_file = \"a.csv\"\nmembers = [\"A B\"]",
            Fault::MembersTwice,
        );
        check(
            "excluded_file = \"\"",
            Fault::Empty("excluded_file".to_owned()),
        );
        // Whoever reads a plan without its files is told so.
        let text = plan("[[excluded]]\nrole = \"Ban\"\nexcluded_file = \"a.csv\"");
        let (parsed, problems) = parse(&text);
        assert_eq!(parsed, None);
        let faults: Vec<Fault> = problems.into_iter().map(|one| one.fault).collect();
        assert_eq!(faults, [Fault::ListNotRead("a.csv".to_owned())]);
    }
}
