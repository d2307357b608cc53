//! A jury at work in a real browser, by keys alone: thirteen essays that came by mail are screened, listed, approved,
//! marked twice and listed again. On the way nothing typed is lost, every page is looked at by axe-core on a laptop
//! and a phone, and what a page costs is counted. Pictures of the pages lie in target/tmp/screens.

mod comparing;
mod hall;
mod leaves;
mod marking;
mod wording;

use crate::support::browser::ALT;
use crate::support::browser::Browser;
use crate::support::browser::ENTER;
use crate::support::cast;
use hall::ESSAYS;
use hall::HEAD;
use hall::Hall;
use hall::JUDGE;
use hall::SECOND;
use hall::UNIT;
use hall::look;

#[test]
fn a_jury_works_by_keys_alone_and_loses_nothing() {
    let mut hall = Hall::with_essays();
    let browser = Browser::open(&hall.house.url());
    browser.goto("/dang-nhap");
    look(&browser, "login");
    hall.appoint(HEAD, "Trần Trưởng Ban", "head_judge");
    hall.appoint(JUDGE, "Lê Giám Khảo", "judge");
    hall.appoint(&cast::secretary(UNIT), "Nguyễn Thư Ký", "secretary");

    draw_lots(&hall, &browser, "Vòng loại");
    screen_all(&hall, &browser);
    decide_the_doubtful_one(&hall, &browser);
    approve(&hall, &browser, "Vòng loại", &[HEAD]);
    hall.wait_until_idle();

    hall.appoint(SECOND, "Phạm Giám Khảo", "judge");
    draw_lots(&hall, &browser, "Vòng sơ khảo");
    hall.log_in(&browser, JUDGE);
    marking::mark_with_mishaps(&mut hall, &browser);
    hall.log_in(&browser, SECOND);
    browser.keys(&ENTER.to_string());
    marking::mark_the_rest(&browser, &["22,5", "18", "9.75", "7"]);
    approve(
        &hall,
        &browser,
        "Vòng sơ khảo",
        &[HEAD, &cast::secretary(UNIT)],
    );
    look_at_the_desk(&hall, &browser);
}

/// Address of the unit's queue of a round, from the panel.
fn queue(browser: &Browser, round: &str) -> String {
    browser.goto("/ban-giam-khao");
    browser.text(&format!(
        "[...document.querySelectorAll('td a')].find(a => a.textContent.startsWith({round:?})).getAttribute('href')"
    ))
}

fn draw_lots(hall: &Hall, browser: &Browser, round: &str) {
    hall.log_in(browser, HEAD);
    let queue = queue(browser, round);
    look(browser, "panels");
    browser.goto(&queue);
    browser.tab_to("button[value=draw]");
    browser.keys(&ENTER.to_string());
    browser.wait("document.querySelector('.done')");
    assert_eq!(
        browser.look("document.querySelector('button[value=draw]') === null"),
        false,
        "the head judge may draw once more"
    );
    look(browser, "panel");
}

/// Alt and a digit say pass, fail or look again; Enter goes on.
fn screen_all(hall: &Hall, browser: &Browser) {
    hall.log_in(browser, JUDGE);
    assert!(browser.has_focus("form[action='/cham/tiep'] button"));
    look(browser, "mine");
    browser.keys(&ENTER.to_string());
    browser.wait("document.querySelector('#phieu')");
    look(browser, "screening");
    let mut screened = 0;
    while browser.path() != "/cham" {
        let verdict = match screened {
            3 => '2',
            5 => '3',
            _ => '1',
        };
        let code = marking::code(browser);
        browser.chord(ALT, verdict);
        assert!(browser.has_focus("input[name=verdict]:checked"));
        browser.keys(&ENTER.to_string());
        marking::wait_for_next(browser, &code);
        screened += 1;
    }
    assert_eq!(screened, ESSAYS);
    let said = browser.text("document.querySelector('.done').textContent");
    assert!(said.contains("Đã chấm hết"), "{said}");
    look(browser, "mine-done");
}

/// One essay waits for the head judge, and no list goes before that.
fn decide_the_doubtful_one(hall: &Hall, browser: &Browser) {
    hall.log_in(browser, HEAD);
    let list = format!("{}/danh-sach", queue(browser, "Vòng loại"));
    browser.goto(&list);
    assert_eq!(
        browser.look("document.querySelector('button[value=propose]')"),
        serde_json::Value::Null
    );
    let entry = browser.text(
        "[...document.querySelectorAll('tbody tr')].find(row => row.textContent.includes('quyết định'))\
         .querySelector('a.code').getAttribute('href')",
    );
    browser.tab_to(&format!("a[href='{entry}']"));
    browser.keys(&ENTER.to_string());
    browser.wait("document.querySelector('#ly-do')");
    look(browser, "entry");
    browser.tab_to("#ly-do");
    browser.keys("Bài viết đúng yêu cầu, đủ nội dung.");
    browser.tab_to("button[value=pass]");
    browser.keys(&ENTER.to_string());
    browser.wait("document.querySelector('.done')");
    browser.tab_to(&format!("a[href='{list}']"));
    browser.keys(&ENTER.to_string());
    browser.wait("document.querySelector('button[value=propose]')");
}

/// The head judge proposes the list; everybody whose approval the plan asks for gives it, and the last one locks it.
fn approve(hall: &Hall, browser: &Browser, round: &str, people: &[&str]) {
    hall.log_in(browser, HEAD);
    let list = format!("{}/danh-sach", queue(browser, round));
    browser.goto(&list);
    browser.tab_to("button[value=propose]");
    browser.keys(&ENTER.to_string());
    browser.wait("document.querySelector('button[value=approve]')");
    for (at, person) in people.iter().enumerate() {
        hall.log_in(browser, person);
        browser.goto(&list);
        look(browser, "list");
        browser.tab_to("button[value=approve]");
        browser.keys(&ENTER.to_string());
        browser.wait("document.querySelector('.done')");
        let locked = browser.look("!document.querySelector('button[name=act]')");
        assert_eq!(locked, at + 1 == people.len(), "after {person}");
    }
    look(browser, "list-locked");
}

fn look_at_the_desk(hall: &Hall, browser: &Browser) {
    hall.log_in(browser, &cast::secretary(UNIT));
    for (path, name) in [
        ("/", "desk-home"),
        ("/bai-du-thi", "desk-entries"),
        ("/viec", "desk-matters"),
    ] {
        browser.goto(path);
        look(browser, name);
    }
}
