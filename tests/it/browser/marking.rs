//! Marking one essay after another, and the mishaps of a working day: a key too many, a page loaded anew, no network,
//! a session that ended, the same sheet in two tabs.

use serde_json::json;

use super::hall::ESSAYS;
use super::hall::Hall;
use super::hall::JUDGE;
use super::hall::look;
use super::hall::screens;
use crate::support::browser::ALT;
use crate::support::browser::BACKSPACE;
use crate::support::browser::Browser;
use crate::support::browser::CONTROL;
use crate::support::browser::DOWN;
use crate::support::browser::ENLARGED;
use crate::support::browser::ENTER;
use crate::support::browser::LAPTOP;
use crate::support::browser::PAGE_DOWN;
use crate::support::browser::TAB;
use crate::support::browser::UP;

/// What a page may cost.
const REQUESTS: u64 = 6;
const BYTES: u64 = 60_000;
const REQUESTS_TO_NEXT: u64 = 2;
const KEYS: usize = 12;

const SAVED: &str =
    "/^✓ Đã lưu \\d\\d:\\d\\d:\\d\\d$/.test(document.querySelector('#luu').textContent)";

/// The blind code of the sheet that is open; empty when none is.
pub fn code(browser: &Browser) -> String {
    browser.text("document.querySelector('#phieu [name=code]')?.value ?? ''")
}

/// Waits for the sheet after the one with this code, or for the end of the queue.
pub fn wait_for_next(browser: &Browser, code: &str) {
    browser.wait(&format!(
        "document.readyState === 'complete' && document.querySelector('#phieu [name=code]')?.value !== {code:?}"
    ));
}

/// Types marks into one field after the other and goes on to the next sheet.
fn mark(browser: &Browser, marks: &[&str]) {
    let before = code(browser);
    for mark in marks {
        browser.keys(&format!("{mark}{ENTER}"));
    }
    wait_for_next(browser, &before);
}

/// To the end of the queue.
pub fn mark_the_rest(browser: &Browser, marks: &[&str]) {
    browser.wait("document.querySelector('#phieu')");
    let mut marked = 0;
    while browser.path() != "/cham" {
        mark(browser, marks);
        marked += 1;
        assert!(marked <= ESSAYS, "the queue has no end");
    }
}

/// The text of the `n`-th field.
fn field(browser: &Browser, n: usize) -> String {
    browser.text(&format!(
        "document.querySelector('[data-key=\"{n}\"]').value"
    ))
}

fn first_has_focus(browser: &Browser) {
    assert!(
        browser.has_focus("input[data-full][data-key='1']"),
        "the first criterion waits for its mark, without a Tab"
    );
}

pub fn mark_with_mishaps(hall: &mut Hall, browser: &Browser) {
    a_cold_page_is_small(browser);
    four_marks_and_the_next_essay_take_few_keys(browser);
    marks_are_typed_and_turned_as_judges_are_used_to(browser);
    a_given_sheet_is_taken_back(browser);
    a_page_loaded_anew_keeps_what_was_typed(browser);
    without_a_network_what_is_typed_waits(hall, browser);
    after_the_session_ended_what_was_typed_is_there(hall, browser);
    of_two_tabs_the_judge_chooses(browser);
    mark_the_rest(browser, &["21", "17,5", "12", "8"]);
}

fn a_cold_page_is_small(browser: &Browser) {
    browser.keys(&ENTER.to_string());
    browser.wait("document.querySelector('#phieu')");
    browser.empty_cache();
    let sheet = browser.path();
    browser.goto("/dang-nhap");
    browser.empty_cache();
    browser.goto(&sheet);
    first_has_focus(browser);
    let cost = browser.look(
        "[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]\
         .reduce((sum, e) => [sum[0] + 1, sum[1] + e.transferSize], [0, 0])",
    );
    let (requests, bytes) = (cost[0].as_u64(), cost[1].as_u64());
    println!("cold marking page: {cost} requests and bytes");
    assert!(requests <= Some(REQUESTS), "{requests:?} requests");
    assert!(bytes <= Some(BYTES), "{bytes:?} bytes");
    assert!(bytes > Some(10_000), "{bytes:?} bytes are not all of it");

    look(browser, "marking");
    the_whole_sheet_is_in_sight(browser);
    browser.sit_at(ENLARGED);
    browser.picture(&screens().join("marking-200.png"), false);
    browser.picture(&screens().join("marking-200-whole.png"), true);
    let wide = browser.look("document.documentElement.scrollWidth - 683");
    assert!(
        wide.as_i64() <= Some(0),
        "enlarged, it scrolls sideways by {wide}"
    );
    browser.sit_at(LAPTOP);
    browser.print(&screens().join("marking.pdf"));
    first_has_focus(browser);
}

/// Criteria, total, buttons and keys, without scrolling the sheet.
fn the_whole_sheet_is_in_sight(browser: &Browser) {
    let room = browser.look(
        "(() => { const r = document.querySelector('.rubric'); \
         return [r.scrollHeight - r.clientHeight, r.getBoundingClientRect().bottom - innerHeight]; })()",
    );
    assert!(
        room[0].as_f64() <= Some(0.0) && room[1].as_f64() <= Some(0.0),
        "the whole sheet is in sight on a laptop: {room}"
    );
}

fn four_marks_and_the_next_essay_take_few_keys(browser: &Browser) {
    browser.look("performance.clearResourceTimings()");
    let before = browser.pressed();
    mark(browser, &["25", "20", "12", "8"]);
    first_has_focus(browser);
    let keys = browser.pressed() - before;
    println!("four marks and the next essay: {keys} keys");
    assert!(keys <= KEYS, "{keys} keys");
    // A draft may have been saved between two keys; what Enter sends is the last.
    let requests = browser.look(
        "(() => { const all = performance.getEntriesByType('resource'); const last = all[all.length - 1]; \
         return [all.filter(e => e.startTime >= last.startTime).length, last.redirectEnd > 0 ? 1 : 0]; })()",
    );
    let sum = requests[0]
        .as_u64()
        .zip(requests[1].as_u64())
        .map(|(a, b)| a + b);
    println!("save and next: {sum:?} requests");
    assert!(sum > Some(0) && sum <= Some(REQUESTS_TO_NEXT), "{requests}");
}

fn marks_are_typed_and_turned_as_judges_are_used_to(browser: &Browser) {
    let turned = |keys: &str, want: &str| {
        browser.chord(CONTROL, 'a');
        browser.keys(keys);
        assert_eq!(field(browser, 1), want, "{keys:?}");
    };
    turned("3,5", "3,5");
    turned("3.5", "3.5");
    turned(&format!("3,5{UP}"), "3,75");
    turned(&format!("3.5{UP}{UP}{UP}"), "4,25");
    turned(&format!("3{DOWN}"), "2,75");
    turned(&format!("0{DOWN}"), "0");
    turned(&format!("30{UP}"), "30");

    browser.wheel_over("[data-key='1']");
    assert_eq!(field(browser, 1), "30", "the wheel turns no mark");
    browser.look("scrollTo(0, 0)");
    browser.keys(&PAGE_DOWN.to_string());
    browser.wait("scrollY > 100");
    assert_eq!(field(browser, 1), "30", "reading on turns no mark");

    for wrong in ["30,25", "3,3", "-1", "ba"] {
        browser.chord(CONTROL, 'a');
        browser.keys(&format!("{wrong}{ENTER}"));
        first_has_focus(browser);
        assert_eq!(field(browser, 1), wrong);
        browser.wait("document.activeElement.getAttribute('aria-invalid') === 'true'");
    }
    browser.picture(&screens().join("marking-wrong.png"), false);

    browser.chord(CONTROL, 'a');
    browser.keys("24");
    browser.wait(SAVED);
    browser.chord(ALT, '3');
    assert!(
        browser.has_focus("[data-key='3']"),
        "Alt and a digit lead to a criterion"
    );
    browser.chord(ALT, '0');
    assert!(
        browser.has_focus("#bao input"),
        "Alt and 0 lead to the flags"
    );
    let here = code(browser);
    browser.keys(&format!("Có đoạn giống bài khác{ENTER}"));
    assert!(
        browser.has_focus("#bao .choices button"),
        "a note is no mark: Enter leads to the flags"
    );
    browser.keys(&ENTER.to_string());
    browser.wait("document.querySelector('#bao .flag')");
    assert_eq!(code(browser), here);
    assert_eq!(field(browser, 1), "24");
    look(browser, "marking-flag");
    mark(browser, &["20", "12", "8"]);
}

/// Undo stands above the next sheet, at hand for ten minutes.
fn a_given_sheet_is_taken_back(browser: &Browser) {
    let second = code(browser);
    mark(browser, &["20", "20", "10", "8"]);
    look(browser, "marking-undo");
    the_whole_sheet_is_in_sight(browser);
    browser.chord(ALT, 'z');
    browser.wait(&format!(
        "document.querySelector('#phieu [name=code]')?.value === {second:?} && !('given' in document.querySelector('#phieu').dataset)"
    ));
    assert_eq!(field(browser, 1), "20");
    browser.tab_to("[data-key='1']");
    browser.chord(CONTROL, 'a');
    mark(browser, &["23"]);
    browser.chord(ALT, '\u{e012}');
    browser.wait(&format!(
        "document.querySelector('#phieu [name=code]')?.value === {second:?}"
    ));
    assert_eq!(
        field(browser, 1),
        "23",
        "the sheet as it was given the second time"
    );
    look(browser, "marking-given");
    browser.keys(&ENTER.to_string());
    wait_for_next(browser, &second);
}

fn a_page_loaded_anew_keeps_what_was_typed(browser: &Browser) {
    // At once, before any draft is saved; what is no mark yet is kept too.
    browser.keys(&format!("19{ENTER}7,"));
    browser.reload();
    assert_eq!(field(browser, 1), "19");
    assert_eq!(field(browser, 2), "7,");
    browser.wait(SAVED);
    browser.reload();
    assert_eq!(field(browser, 1), "19");
    assert_eq!(field(browser, 2), "7,");
    assert!(
        browser.has_focus("[data-key='2']"),
        "the first without a mark"
    );
    browser.keys(&BACKSPACE.to_string().repeat(2));
    mark(browser, &["16", "11", "9"]);
}

fn without_a_network_what_is_typed_waits(hall: &mut Hall, browser: &Browser) {
    first_has_focus(browser);
    hall.stop();
    browser.keys(&format!("18{ENTER}14"));
    browser.wait("document.querySelector('#luu').textContent.includes('Mất kết nối')");
    browser.picture(&screens().join("marking-offline.png"), false);
    let here = code(browser);
    browser.keys(&format!("{ENTER}10{ENTER}7{ENTER}"));
    browser.wait("document.querySelector('#luu').textContent.includes('Mất kết nối')");
    assert_eq!(code(browser), here, "a sheet that could not be given stays");
    hall.serve();
    browser.wait(SAVED);
    browser.reload();
    let typed = [1, 2, 3, 4].map(|n| field(browser, n));
    assert_eq!(typed, ["18", "14", "10", "7"]);
    browser.keys(&ENTER.to_string());
    wait_for_next(browser, &here);
}

fn after_the_session_ended_what_was_typed_is_there(hall: &Hall, browser: &Browser) {
    let (here, sheet) = (code(browser), browser.path());
    browser.forget("phach");
    browser.keys("17");
    browser.wait("document.querySelector('#phien')");
    look(browser, "marking-session");
    hall.log_in(browser, JUDGE);
    browser.goto(&sheet);
    assert_eq!(field(browser, 1), "17");
    browser.wait(SAVED);

    // Once more, and this time the judge logs in beside the sheet and comes back to it.
    browser.forget("phach");
    browser.tab_to("[data-key='2']");
    browser.keys("13");
    browser.wait("document.querySelector('#phien')");
    let tab = browser.second_tab();
    hall.log_in(browser, JUDGE);
    browser.turn_to(tab);
    // A window without a screen is never told that it has come to the front.
    browser.look("dispatchEvent(new Event('focus'))");
    browser.wait(&format!("!document.querySelector('#phien') && {SAVED}"));
    assert_eq!(code(browser), here);
    browser.keys(&ENTER.to_string());
    mark(browser, &["9", "6"]);
}

fn of_two_tabs_the_judge_chooses(browser: &Browser) {
    for (door, want) in [(1, "12"), (2, "11")] {
        let sheet = browser.path();
        first_has_focus(browser);
        let tab = browser.second_tab();
        browser.goto(&sheet);
        browser.keys("11");
        browser.wait(SAVED);
        browser.turn_to(tab);
        browser.keys("12");
        browser.wait("document.querySelector('#khac')");
        assert_eq!(field(browser, 1), "12", "what was typed here stays");
        let before = code(browser);
        browser.keys(&format!("{ENTER}13{ENTER}10{ENTER}8{ENTER}"));
        assert_eq!(
            code(browser),
            before,
            "nothing is given before the judge has chosen"
        );
        assert!(
            browser.has_focus("#khac button"),
            "the choice is where Enter leads"
        );
        if door == 1 {
            look(browser, "marking-two-tabs");
        }
        browser.keys(&TAB.to_string().repeat(door - 1));
        browser.keys(&ENTER.to_string());
        browser.wait(&format!("!document.querySelector('#khac') && {SAVED}"));
        browser.reload();
        browser.wait(SAVED);
        assert_eq!(json!(field(browser, 1)), want);
        match door {
            1 => mark(browser, &[""]),
            _ => mark(browser, &["13", "10", "8"]),
        }
    }
}
