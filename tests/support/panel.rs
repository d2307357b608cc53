//! Juries that work by themselves, over HTTP as people do with a browser: they draw lots, mark, order equal entries,
//! approve. The tests and the demonstration share them, so what goes wrong is a sentence.
//!
//! A mark follows from the words of the judge's copy alone: two judges differ a little, some essays are equal.

use std::collections::BTreeSet;

use super::house::House;
use super::secretary::Door;
use super::secretary::Rest;
use super::secretary::Secretary;
use super::secretary::Settled;
use super::secretary::add;
use super::web::Client;
use super::web::Page;
use super::web::between;
use super::web::words;

/// Judges of each jury.
pub const JUDGES: usize = 3;

/// The address of a unit's judge, from 1.
pub fn judge(unit: &str, n: usize) -> String {
    format!("giamkhao{n}.{unit}@coquan.example")
}

/// The address of a unit's head judge.
pub fn head(unit: &str) -> String {
    format!("truongban.{unit}@coquan.example")
}

/// A unit's jury with its secretary.
pub struct Panel {
    pub unit: String,
    pub secretary: Secretary,
    pub head: Client,
    pub judges: Vec<Client>,
}

/// A round of a unit, as its head judge sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub queue: String,
    /// The unit's name.
    pub unit: String,
    /// The round's name.
    pub round: String,
    pub entries: usize,
    pub sheets: usize,
    pub given: usize,
    pub locked: bool,
}

/// A locked list and the way to it.
#[derive(Clone, Debug)]
pub struct List {
    pub line: Line,
    /// Sheets given by the judges here.
    pub sheets: usize,
    /// Groups of equal entries that the head judge ordered.
    pub ordered: usize,
    /// Screenings that the head judge decided.
    pub decided: usize,
    pub settled: Settled,
    pub rows: Vec<Row>,
}

/// An entry of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Empty in a screening.
    pub place: String,
    pub blind_code: String,
    /// The mean, or the outcome of a screening.
    pub result: String,
    pub taken: bool,
}

impl List {
    pub fn taken(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(|row| row.taken)
    }
}

impl Panel {
    /// Adds the accounts of a unit's jury and lets everybody in.
    pub fn of(house: &House, unit: &str, secretary: &str, door: Door<'_>) -> Result<Panel, String> {
        let secretary = Secretary::of(house, secretary, unit, door)?;
        let chair = head(unit);
        add(
            house,
            &chair,
            &format!("Trưởng ban {unit}"),
            "head_judge",
            unit,
        )?;
        let mut judges = Vec::new();
        for n in 1..=JUDGES {
            let email = judge(unit, n);
            add(
                house,
                &email,
                &format!("Giám khảo {n} {unit}"),
                "judge",
                unit,
            )?;
            judges.push(door(&email)?);
        }
        Ok(Panel {
            unit: unit.to_owned(),
            secretary,
            head: door(&chair)?,
            judges,
        })
    }

    /// The rounds of the unit, those with entries first.
    pub fn lines(&mut self) -> Result<Vec<Line>, String> {
        Ok(lines(&self.head.get("/ban-giam-khao")?))
    }

    /// Runs every round until nothing is left to judge; the lists in their order. `units`: the names of the units
    /// whose matters the secretary settles.
    pub fn judge_all(&mut self, units: &[&str], rest: Rest<'_>) -> Result<Vec<List>, String> {
        let mut lists = Vec::new();
        loop {
            rest()?;
            let open = |line: &Line| line.entries > 0 && !line.locked;
            let Some(line) = self.lines()?.into_iter().find(open) else {
                return Ok(lists);
            };
            lists.push(self.round(&line, units, rest)?);
        }
    }

    /// One round from the lot to the locked list.
    fn round(&mut self, line: &Line, units: &[&str], rest: Rest<'_>) -> Result<List, String> {
        let settled = self.secretary.settle(units, rest)?;
        self.draw(line)?;
        let mut sheets = 0;
        for at in 0..self.judges.len() {
            sheets += self.mark(at, line, usize::MAX)?;
        }
        let (ordered, decided) = self.order(line)?;
        self.approve(line)?;
        rest()?;
        let list = self.head.get(&format!("{}/danh-sach", path(line)))?;
        let line = self
            .lines()?
            .into_iter()
            .find(|now| now.queue == line.queue)
            .ok_or("the round is gone")?;
        Ok(List {
            line,
            sheets,
            ordered,
            decided,
            settled,
            rows: rows(&list),
        })
    }

    /// Draws the lot of a round.
    pub fn draw(&mut self, line: &Line) -> Result<(), String> {
        let page = self.head.get(&path(line))?;
        let drawn = self.head.press(&page, "draw", &[])?;
        drawn.done("bốc thăm").map(drop)
    }

    /// One judge marks at most so many essays of a round; how many it were.
    pub fn mark(&mut self, at: usize, line: &Line, most: usize) -> Result<usize, String> {
        let judge = &mut self.judges[at];
        let home = judge.get("/cham")?;
        if !home
            .html
            .contains(&format!("name=\"hang-doi\" value=\"{}\"", line.queue))
        {
            return Ok(0);
        }
        let mut page = judge.get(&format!("/cham/tiep?hang-doi={}", line.queue))?;
        for given in 0..most {
            let to = page.to.clone().unwrap_or_default();
            if !to.starts_with("/cham/") {
                return Ok(given);
            }
            let sheet = judge.get(&to)?;
            page = give(judge, &sheet, at)?.done(&format!("chấm {to}"))?;
        }
        Ok(most)
    }

    /// Decides every screening and orders every group of equal entries that the list asks about.
    fn order(&mut self, line: &Line) -> Result<(usize, usize), String> {
        let (mut ordered, mut decided) = (0, 0);
        let here = path(line);
        let open = phach::words::judging::outcome(phach::judging::triage::Outcome::HeadJudge);
        for _ in 0..200 {
            let page = self.head.get(&format!("{here}/danh-sach"))?;
            // A group that was ordered may be ordered anew; only a form that asks for the first time is answered.
            let asks = page
                .form("order")
                .filter(|form| !form.html.contains("ly-do-lai-"));
            if let Some(form) = asks {
                let entries: Vec<&str> = form
                    .html
                    .split("name=\"thu-tu.")
                    .skip(1)
                    .filter_map(|rest| rest.split('"').next())
                    .collect();
                let mut fields = vec![(
                    "reason".to_owned(),
                    "Bài có giải pháp cụ thể hơn".to_owned(),
                )];
                for (n, entry) in (1..).zip(entries) {
                    fields.push((format!("thu-tu.{entry}"), format!("{n}")));
                }
                let fields: Vec<(&str, &str)> = fields
                    .iter()
                    .map(|(name, value)| (name.as_str(), value.as_str()))
                    .collect();
                let done = self.head.press(&page, "order", &fields)?;
                done.done("xếp thứ tự")?;
                ordered += 1;
                continue;
            }
            let waits = page
                .html
                .split("<tr class=\"")
                .skip(1)
                .find(|row| row.contains(&open))
                .and_then(|row| between(row, "/bai/", "\""));
            let Some(entry) = waits else {
                return Ok((ordered, decided));
            };
            let shown = format!("{here}/bai/{entry}");
            let page = self.head.get(&shown)?;
            let csrf = between(&page.html, "name=\"csrf\" value=\"", "\"").unwrap_or_default();
            let fields = [
                ("csrf", csrf),
                ("verdict", "pass"),
                ("reason", "Bài đúng chủ đề, đủ nội dung"),
            ];
            self.head.post(&shown, &fields)?.done("quyết định")?;
            decided += 1;
        }
        Err("the list asks about equal entries again and again".to_owned())
    }

    /// The head judge proposes the list; whoever must approves it, the last one locks it.
    fn approve(&mut self, line: &Line) -> Result<(), String> {
        let list = format!("{}/danh-sach", path(line));
        let page = self.head.get(&list)?;
        self.head
            .press(&page, "propose", &[])?
            .done("lập danh sách")?;
        for client in [&mut self.head, &mut self.secretary.client] {
            let page = client.get(&list)?;
            if page.form("approve").is_some() {
                client
                    .press(&page, "approve", &[])?
                    .done("duyệt danh sách")?;
            }
        }
        let page = self.head.get(&list)?;
        if page.form("withdraw").is_some() || page.form("propose").is_some() {
            return Err(format!("the list is not locked: {}", page.text()));
        }
        Ok(())
    }

    /// Tries to give a sheet of a round once more with other marks: how the web answers.
    pub fn mark_again(&mut self, line: &Line) -> Result<Page, String> {
        let judge = &mut self.judges[0];
        let home = judge.get("/cham")?;
        let mine = home
            .html
            .split("<section ")
            .find(|section| section.contains(&format!("id=\"q-{}\"", line.queue)));
        let sheet = mine
            .and_then(|section| between(section, "href=\"/cham/", "\""))
            .ok_or("no sheet was given lately")?;
        let page = judge.get(&format!("/cham/{sheet}"))?;
        give(judge, &page, JUDGES)
    }
}

fn path(line: &Line) -> String {
    format!("/ban-giam-khao/{}", line.queue)
}

fn number(text: &str) -> usize {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    digits.parse().unwrap_or(0)
}

/// The cell of a row that carries this name.
fn cell<'r>(row: &'r str, name: &str) -> Option<&'r str> {
    between(row, &format!("data-name=\"{name}\">"), "</td>")
}

/// The rounds on the page of a jury.
pub fn lines(page: &Page) -> Vec<Line> {
    let rows = page.html.split("<tr>").skip(2);
    rows.filter_map(|row| {
        let given = between(row, "</progress>", " lượt").unwrap_or_default();
        let (given, sheets) = given.split_once('/').unwrap_or_default();
        Some(Line {
            unit: words(between(row, "<td>", "</td>")?),
            queue: between(row, "href=\"/ban-giam-khao/", "\"")?.to_owned(),
            round: words(between(row, "\">", "</a>")?),
            entries: number(cell(row, "Bài")?),
            sheets: number(sheets),
            given: number(given),
            locked: row.contains("pill ok"),
        })
    })
    .collect()
}

fn rows(page: &Page) -> Vec<Row> {
    let rows = page.html.split("<tr class=\"").skip(1);
    rows.filter_map(|row| {
        Some(Row {
            place: cell(row, "Hạng").unwrap_or_default().to_owned(),
            blind_code: words(&format!("<{}<", between(row, "class=\"code\"", "</")?)),
            result: words(between(row, "\"><b>", "</b>")?),
            taken: row.contains("pill ok"),
        })
    })
    .collect()
}

/// Fills a sheet in by the words of its essay and gives it.
fn give(judge: &mut Client, page: &Page, at: usize) -> Result<Page, String> {
    let form = page
        .forms()
        .into_iter()
        .find(|form| form.html.contains("id=\"phieu\""))
        .ok_or_else(|| format!("no sheet in: {}", page.text()))?;
    let essay = between(&page.html, "<article", "</article>").unwrap_or_default();
    let worth = worth(&words(&format!("<{essay}")));
    let mut fields: Vec<(String, String)> = form
        .hidden
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    fields.push(("act".to_owned(), "give".to_owned()));
    if form.html.contains("name=\"verdict\"") {
        let verdict = match worth % 6 {
            0 => "fail",
            1 => "review",
            _ => "pass",
        };
        fields.push(("verdict".to_owned(), verdict.to_owned()));
    }
    let mut seen = BTreeSet::new();
    for input in form.html.split("<input ").skip(1) {
        let input = input.split('>').next().unwrap_or(input);
        let (Some(name), Some(full)) = (
            between(input, "name=\"", "\""),
            between(input, "data-full=\"", "\""),
        ) else {
            continue;
        };
        let full: u64 = full.parse().map_err(|_| format!("full marks {full}"))?;
        // One judge in three sees the first criterion a quarter point lower.
        let strict = u64::from(seen.is_empty() && (worth + at as u64).is_multiple_of(3));
        let quarters = (full * (2 + worth % 3) / 4).saturating_sub(strict);
        // Some write the comma, some the point.
        let separator = if at.is_multiple_of(2) { ',' } else { '.' };
        let mark = format!("{}{separator}{:02}", quarters / 4, quarters % 4 * 25);
        seen.insert(name);
        fields.push((name.to_owned(), mark));
    }
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    judge.post(form.action, &fields)
}

/// A number that follows from a text (FNV-1a).
fn worth(text: &str) -> u64 {
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    hash >> 16
}
