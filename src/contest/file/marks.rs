//! What marks are given by and what they win: `[[criterion]]`, `[answer_key]`, `[[prize]]`.

use toml::Spanned;
use toml::de::DeValue;

use super::Fault;
use super::table::At;
use super::table::Reader;
use super::table::Table;
use super::value;
use crate::contest::Plan;
use crate::contest::Quarters;
use crate::contest::plan::Answer;
use crate::contest::plan::Criterion;
use crate::contest::plan::Prize;

/// The rubric and the key of its multiple-choice part.
pub(super) fn criteria(reader: &mut Reader, root: &Table, whole: Option<At<u32>>, plan: &mut Plan) {
    let mut by_key = None;
    let mut lines: Vec<usize> = Vec::new();
    for table in root.tables(reader, "criterion") {
        table.only(
            reader,
            &["code", "name", "points", "from_key", "hint", "quick"],
        );
        if table.get("points").is_none() {
            table.missing(reader, "points");
        }
        let points = table.quarters(reader, "points");
        let from_key = table.yes(reader, "from_key", false);
        if from_key {
            by_key.get_or_insert(table.line);
            for key in ["hint", "quick"] {
                if table.get(key).is_some() {
                    reader.error(table.line_of(reader, key), Fault::NotByKey(key));
                }
            }
        }
        let full = points.map(|points| points.value).unwrap_or_default();
        let hint = table.text(reader, "hint").map(|hint| hint.value);
        let quick = quick(reader, &table, full);
        let name = value(table.needed_text(reader, "name"));
        let Some(code) = table.needed_text(reader, "code") else {
            continue;
        };
        let codes = plan.rubric.iter().map(|criterion| &criterion.code);
        repeated(reader, &code, codes, &lines);
        lines.push(code.line);
        plan.rubric.push(Criterion {
            code: code.value,
            name,
            full_quarters: full,
            from_key,
            hint,
            quick,
        });
    }
    let sum = plan
        .rubric
        .iter()
        .map(|criterion| criterion.full_quarters)
        .sum();
    if let Some(whole) = whole
        && whole.value != sum
    {
        let want = whole.value;
        reader.error(whole.line, Fault::Total { want, sum });
    }
    let key = root.table(reader, "answer_key", "[answer_key]");
    if let Some(table) = &key {
        for (question, letter) in table.entries(reader) {
            answer(reader, question, letter, plan);
        }
    }
    plan.answer_key.sort_by_key(|answer| answer.question);
    match (by_key, key) {
        (Some(line), None) => reader.warning(line, Fault::NoKey),
        (None, Some(table)) => reader.warning(table.line, Fault::IdleKey),
        (Some(_), Some(_)) | (None, None) => {}
    }
}

/// `quick = [0, 0.75, "1,5"]`: the marks on a criterion's buttons, ascending, none above its points.
fn quick(reader: &mut Reader, table: &Table, full: u32) -> Vec<Quarters> {
    let mut marks: Vec<Quarters> = Vec::new();
    for written in table.points(reader, "quick") {
        match Quarters::parse(&written.value, Quarters::new(full)) {
            Ok(mark) if marks.last().is_none_or(|last| *last < mark) => marks.push(mark),
            Ok(_) | Err(_) => {
                let fault = Fault::Quick {
                    written: written.value,
                    full,
                };
                reader.error(written.line, fault);
            }
        }
    }
    marks
}

/// One line of `[answer_key]`: `1 = "A"`.
fn answer(reader: &mut Reader, question: At<String>, letter: &Spanned<DeValue>, plan: &mut Plan) {
    let Some(letter) = reader.text(&question.value, letter) else {
        return;
    };
    let mut letters = letter.value.chars();
    let right = match (letters.next(), letters.next()) {
        (Some(right @ 'A'..='H'), None) => right,
        _ => {
            reader.error(letter.line, Fault::Letter(letter.value));
            return;
        }
    };
    let number = question.value.parse().ok().filter(|number| *number > 0);
    match number {
        Some(question)
            if plan
                .answer_key
                .iter()
                .all(|known| known.question != question) =>
        {
            plan.answer_key.push(Answer { question, right });
        }
        Some(_) | None => reader.error(question.line, Fault::Question(question.value)),
    }
}

/// The prizes, for persons and for units.
pub(super) fn prizes(reader: &mut Reader, root: &Table, plan: &mut Plan) {
    let mut lines = Vec::new();
    for table in root.tables(reader, "prize") {
        table.only(reader, &["code", "name", "collective", "count", "amount"]);
        if table.get("count").is_none() {
            table.missing(reader, "count");
        }
        let count = table.number32(reader, "count", 1).unwrap_or(1);
        let name = value(table.needed_text(reader, "name"));
        let collective = table.yes(reader, "collective", false);
        let amount = table.number(reader, "amount", 1, 1_000_000_000_000);
        let Some(code) = table.needed_text(reader, "code") else {
            continue;
        };
        repeated(
            reader,
            &code,
            plan.prizes.iter().map(|prize| &prize.code),
            &lines,
        );
        lines.push(code.line);
        plan.prizes.push(Prize {
            code: code.value,
            name,
            collective,
            count,
            amount,
        });
    }
}

/// Reports a code that an earlier entry of the same list has; `lines` run along `codes`.
pub(super) fn repeated<'c>(
    reader: &mut Reader,
    code: &At<String>,
    codes: impl Iterator<Item = &'c String>,
    lines: &[usize],
) {
    for (earlier, line) in codes.zip(lines) {
        if *earlier == code.value {
            let (code_value, line) = (code.value.clone(), *line);
            let fault = Fault::DuplicateCode {
                code: code_value,
                line,
            };
            reader.error(code.line, fault);
            return;
        }
    }
}
