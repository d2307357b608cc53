//! A cluster as a star: the earliest essay in the middle, those that have text from it around.

use std::f64::consts::TAU;
use std::fmt::Write as _;

use crate::db::comparison::Member;
use crate::words::compare::score;

const WIDTH: f64 = 340.0;
const HEIGHT: f64 = 260.0;
/// From the middle to an essay.
const ACROSS: f64 = 118.0;
const DOWN: f64 = 92.0;
/// More would not be told apart; the table has them all.
const DRAWN: usize = 16;
/// With more than so many around, words would lie on each other: only the essay on the page is named.
const NAMED: usize = 8;

/// The picture, made of codes and numbers only. `here`: the essay on the page.
pub fn svg(first: &Member, others: &[Member], here: i64, to: &impl Fn(i64) -> String) -> String {
    let (x, y) = (WIDTH / 2.0, HEIGHT / 2.0);
    let mut lines = String::new();
    let mut points = String::new();
    let drawn = others.len().min(DRAWN);
    for (place, member) in others.iter().take(DRAWN).enumerate() {
        let turn = TAU * place as f64 / drawn as f64 - TAU / 4.0;
        let (px, py) = (x + ACROSS * turn.cos(), y + DOWN * turn.sin());
        let wide = 1.0 + member.score as f64 / 2_500.0;
        let mut class = String::new();
        if member.entry_id == here {
            class.push_str(" here");
        }
        if member.unit_id != first.unit_id {
            class.push_str(" other");
        }
        if !member.stands() {
            class.push_str(" gone");
        }
        let _ = write!(
            lines,
            "<line x1=\"{x}\" y1=\"{y}\" x2=\"{px:.1}\" y2=\"{py:.1}\" stroke-width=\"{wide:.1}\" class=\"ray{class}\"/>"
        );
        let name = format!("{} {}", short(&member.receipt_code), score(member.score));
        let _ = write!(
            points,
            "<a href=\"{}\" aria-label=\"{name}\"><title>{name}</title>\
             <circle cx=\"{px:.1}\" cy=\"{py:.1}\" r=\"9\" class=\"point{class}\"/>",
            to(member.entry_id),
        );
        if drawn <= NAMED || member.entry_id == here {
            let below = py + 23.0;
            let _ = write!(points, "<text x=\"{px:.1}\" y=\"{below:.1}\">{name}</text>");
        }
        points.push_str("</a>");
    }
    format!(
        "<svg class=\"star\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"group\">{lines}\
         <circle cx=\"{x}\" cy=\"{y}\" r=\"13\" class=\"point first\"/>\
         <text x=\"{x}\" y=\"{:.1}\" class=\"first\">{}</text>{points}</svg>",
        y + 29.0,
        short(&first.receipt_code)
    )
}

/// The end of a code, by which essays of one cluster are told apart at a glance.
fn short(code: &str) -> String {
    let code: Vec<char> = code.chars().filter(char::is_ascii_alphanumeric).collect();
    code[code.len().saturating_sub(4)..].iter().collect()
}
