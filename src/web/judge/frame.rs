//! The head of the jury's pages: where, how far, the ways on, the bar after an act.

use super::juror::Juror;
use crate::contest::deadline;
use crate::contest::deadline::What;
use crate::db::contest::Standing;
use crate::db::judge::MyQueue;
use crate::db::judge::Queue;
use crate::words;

/// What every page of the jury shows.
pub struct Frame {
    pub title: String,
    /// Round and unit; empty on pages about several.
    pub where_: String,
    pub contest: String,
    pub pace: Option<Pace>,
    /// Address, name, whether it is this page.
    pub ways: Vec<(String, &'static str, bool)>,
    pub person: String,
    pub csrf: String,
    pub bar: Option<Bar>,
    /// The page uses the whole width for an essay and its sheet.
    pub wide: bool,
}

/// "Đã chấm 37/112 · còn 6 ngày"
pub struct Pace {
    pub text: String,
    pub done: i64,
    pub total: i64,
}

pub struct Bar {
    pub text: String,
    /// The sheet that its button takes back.
    pub undo: Option<String>,
}

impl Bar {
    pub fn saying(text: impl Into<String>) -> Option<Bar> {
        Some(Bar {
            text: text.into(),
            undo: None,
        })
    }
}

impl Frame {
    pub fn new(juror: &Juror, title: impl Into<String>, here: &str) -> Frame {
        let mut ways = vec![("/cham".to_owned(), words::jury::MY_QUEUES, here == "/cham")];
        if juror.has_panel() {
            let panel = "/ban-giam-khao";
            ways.push((panel.to_owned(), words::jury::PANEL, here == panel));
        }
        if juror.has_desk() {
            ways.push(("/".to_owned(), words::desk::DESK, false));
        }
        Frame {
            title: title.into(),
            where_: String::new(),
            contest: String::new(),
            pace: None,
            ways,
            person: juror.account.name.clone(),
            csrf: juror.csrf.clone(),
            bar: None,
            wide: false,
        }
    }

    /// Says which round of which unit the page is about.
    pub fn of(mut self, standing: &Standing, queue: &Queue) -> Frame {
        let round = standing.plan.round(&queue.round);
        self.where_ = round.map_or(String::new(), |round| round.name.clone());
        self.contest = standing.plan.title.clone();
        self
    }
}

/// How long is left for the marks of a unit, ms: until it must hand over its list (R001-25).
pub fn left(standing: &Standing, unit: i64, now: i64) -> Option<i64> {
    let code = standing.code(unit)?;
    let due = deadline::in_force(&standing.plan, What::Handover, code, None)?;
    Some(due.until - now)
}

/// The bar of progress for a judge's queue.
pub fn pace(queue: &MyQueue, left: Option<i64>) -> Pace {
    let total = queue.open + queue.given;
    Pace {
        text: words::jury::progress(queue.given, total, left),
        done: queue.given,
        total,
    }
}
