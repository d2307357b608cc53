//! A list of people who may not take part, as an office keeps it in a spreadsheet (R001-10, R001-11): read row by row,
//! strictly, because whoever is left out in silence would be judged.

use serde::Deserialize;
use serde::Serialize;

use super::roll::Columns;
use super::roll::headings;
use crate::contest::file::listed::Place;
use crate::contest::file::listed::RowFault;
use crate::contest::file::listed::Trouble;
use crate::document::sheet;
use crate::document::sheet::Line;
use crate::slip::date;
use crate::slip::name;
use crate::slip::phone;
use crate::text::fold;

/// Somebody on the list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    pub place: Place,
    pub name: String,
    /// What the list says they are: "Giám khảo".
    pub role: Option<String>,
    /// ISO date.
    pub birth_date: Option<String>,
    /// Digits with a leading 0.
    pub phone: Option<String>,
    pub email: Option<String>,
}

/// Everybody on a list, or all that is wrong with it, in the order of its rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Roster {
    People(Vec<Person>),
    Faults(Vec<(Place, RowFault)>),
    Trouble(Trouble),
}

/// Reads a list.
pub fn read(bytes: &[u8], name: &str) -> Roster {
    match sheet::lines(bytes, name) {
        Ok(lines) => of(&lines),
        Err(trouble) => Roster::Trouble(match trouble {
            sheet::Trouble::Kind => Trouble::Kind,
            sheet::Trouble::Damaged => Trouble::Damaged,
            sheet::Trouble::TooLarge => Trouble::TooLarge,
        }),
    }
}

fn of(lines: &[Line]) -> Roster {
    let texts: Vec<String> = lines.iter().map(|line| line.cells.join("\t")).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let mut table: Option<Table> = None;
    let (mut people, mut faults) = (Vec::new(), Vec::new());
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        if let Some((columns, taken)) = headings(texts.get(at..).unwrap_or_default()) {
            let heads = lines.get(at..at + taken).unwrap_or_default();
            table = Some(Table {
                columns,
                email: column(heads, &EMAIL),
                role: column(heads, &ROLE),
            });
            at += taken;
            continue;
        }
        at += 1;
        let Some(table) = &table else {
            // A title.
            continue;
        };
        match table.person(line) {
            Ok(found) => people.extend(found),
            Err(fault) => {
                let (sheet, row) = (line.sheet, line.row);
                faults.push((Place { sheet, row }, fault));
            }
        }
    }
    match (table, faults.is_empty(), people.is_empty()) {
        (None, _, _) => Roster::Trouble(Trouble::NoHeadings),
        (Some(_), false, _) => Roster::Faults(faults),
        (Some(_), true, true) => Roster::Trouble(Trouble::Nobody),
        (Some(_), true, false) => Roster::People(people),
    }
}

const EMAIL: [&str; 6] = [
    "email",
    "e mail",
    "mail",
    "thu dien tu",
    "hop thu",
    "dia chi thu",
];
const ROLE: [&str; 6] = [
    "vai tro",
    "chuc vu",
    "chuc danh",
    "nhiem vu",
    "thanh phan",
    "tu cach",
];

/// The column whose heading begins with one of these.
fn column(heads: &[Line], words: &[&str]) -> Option<usize> {
    heads.iter().find_map(|line| {
        line.cells.iter().position(|cell| {
            let folded = fold(&cell.replace('-', " "));
            words.iter().any(|word| folded.starts_with(word))
        })
    })
}

struct Table {
    columns: Columns,
    email: Option<usize>,
    role: Option<usize>,
}

impl Table {
    /// Who stands in a row; `None` where nothing does but what is said of the rows below, in the first cell.
    fn person(&self, line: &Line) -> Result<Option<Person>, RowFault> {
        let cells: Vec<&str> = line.cells.iter().map(String::as_str).collect();
        let said = self.columns.said(&cells);
        let Some(written) = said.name else {
            let filled = cells.iter().filter(|cell| !cell.is_empty()).count();
            let first = cells.first().copied().unwrap_or_default();
            let heads = filled == 1
                && !first.is_empty()
                && !first.starts_with(|c: char| c.is_ascii_digit());
            return match heads {
                true => Ok(None),
                false => Err(RowFault::Name(shortened(&cells.join(" ")))),
            };
        };
        let own = name::full(&written).or_else(|| name::labelled(&written));
        let at = |column: Option<usize>| {
            let cell = column.and_then(|at| cells.get(at));
            cell.filter(|cell| !cell.is_empty())
                .map(|cell| (*cell).to_owned())
        };
        Ok(Some(Person {
            place: Place {
                sheet: line.sheet,
                row: line.row,
            },
            name: own.ok_or_else(|| RowFault::Name(shortened(&written)))?,
            role: at(self.role),
            birth_date: match said.birth {
                Some(birth) if !is_year(&birth) => {
                    Some(date::birth(&birth).ok_or_else(|| RowFault::Birth(shortened(&birth)))?)
                }
                // A year alone tells nobody from a namesake.
                Some(_) | None => None,
            },
            phone: match said.phone {
                Some(phone) => Some(
                    phone::labelled(&phone).ok_or_else(|| RowFault::Phone(shortened(&phone)))?,
                ),
                None => None,
            },
            email: match at(self.email) {
                Some(email) if is_address(&email) => Some(email.to_lowercase()),
                Some(email) => return Err(RowFault::Email(shortened(&email))),
                None => None,
            },
        }))
    }
}

fn is_year(birth: &str) -> bool {
    birth.trim().len() == 4 && birth.trim().chars().all(|c| c.is_ascii_digit())
}

fn is_address(email: &str) -> bool {
    let parts: Vec<&str> = email.split('@').collect();
    parts.len() == 2
        && parts.iter().all(|part| !part.is_empty())
        && !email.contains(char::is_whitespace)
}

/// As much of a cell as a message needs.
fn shortened(text: &str) -> String {
    text.trim().chars().take(60).collect()
}

#[cfg(test)]
mod tests {
    use super::Roster;
    use super::RowFault;
    use super::Trouble;
    use super::read;

    fn people(text: &str) -> Vec<[String; 5]> {
        match read(text.as_bytes(), "danh-sach.csv") {
            Roster::People(people) => people
                .into_iter()
                .map(|one| {
                    let or_none = Option::unwrap_or_default;
                    [
                        one.name,
                        or_none(one.role),
                        or_none(one.birth_date),
                        or_none(one.phone),
                        or_none(one.email),
                    ]
                })
                .collect(),
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn a_list_is_read_whatever_its_columns_are_called() {
        let check = |text: &str, want: &[[&str; 5]]| assert_eq!(people(text), want, "{text}");
        check(
            "UBND QUẬN,,\nDANH SÁCH BAN TỔ CHỨC,,\nSTT,Họ và tên,Chức vụ,Ngày sinh,Số điện thoại,E-mail\n\
             1,Nguyễn Văn An,Trưởng ban,02/01/1970,912345678,An@hn.example\n2,TRẦN THỊ BÌNH,,1971,,\n",
            &[
                [
                    "Nguyễn Văn An",
                    "Trưởng ban",
                    "1970-01-02",
                    "0912345678",
                    "an@hn.example",
                ],
                ["Trần Thị Bình", "", "", "", ""],
            ],
        );
        check(
            "STT;Họ và tên;Thư điện tử;Nhiệm vụ\nTổ Thư ký;;;\n1;Lê Thị Cúc;;Thư ký\n",
            &[["Lê Thị Cúc", "Thư ký", "", "", ""]],
        );
    }

    #[test]
    fn every_row_that_is_wrong_is_named() {
        let text = "STT,Họ và tên,Ngày sinh,Điện thoại,Email\n1,Nguyễn Văn An,31/02/1970,,\n\n2,,01/02/1970,,\n\
                    3,Lê Thị Cúc,,12,\n4,Đỗ Văn Dũng,,,dung\n5,Vũ Thị Én,,,\n";
        let Roster::Faults(faults) = read(text.as_bytes(), "a.csv") else {
            panic!("faults");
        };
        let faults: Vec<(usize, RowFault)> = faults
            .into_iter()
            .map(|(at, fault)| (at.row, fault))
            .collect();
        let want = [
            (2, RowFault::Birth("31/02/1970".into())),
            (4, RowFault::Name("2  01/02/1970".into())),
            (5, RowFault::Phone("12".into())),
            (6, RowFault::Email("dung".into())),
        ];
        assert_eq!(faults, want);
        let check = |text: &str, want: Trouble| {
            assert_eq!(
                read(text.as_bytes(), "a.csv"),
                Roster::Trouble(want),
                "{text}"
            );
        };
        check("Nguyễn Văn An\nTrần Thị Bình\n", Trouble::NoHeadings);
        check("STT,Họ và tên\n", Trouble::Nobody);
        check("%PDF-1.4 \n", Trouble::Kind);
    }
}
