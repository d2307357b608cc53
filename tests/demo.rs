//! `make demo`: a contest in miniature on this machine, from the first mail to the last prize.
//!
//! Real servers of its own, the shipped plan with its deadline a few days ahead, more than seventy mails as
//! participants write them, and the program as anybody would run it; then juries that judge at the web (`judging`).
//! Both halves end with figures that are counted twice: in the mailboxes, over IMAP, and in the database. `demo stop`
//! ends what still runs.

#[path = "demo/judging.rs"]
mod judging;
#[path = "demo/place.rs"]
mod place;
#[path = "demo/say.rs"]
mod say;
#[path = "demo/summary.rs"]
mod summary;
#[path = "support/mod.rs"]
mod support;

use std::process::Child;
use std::process::ExitCode;
use std::time::Duration;
use std::time::Instant;

use jiff::Timestamp;
use jiff::ToSpan as _;
use jiff::Zoned;
use jiff::tz::TimeZone;

use place::Place;
use support::cast;
use support::cast::Cast;
use support::cast::Scene;
use support::cast::When;
use support::house::House;
use support::house::Wishes;
use support::panel;
use support::places;
use support::servers::MailServers;

/// Without any progress for so long, something is stuck.
const PATIENCE: Duration = Duration::from_secs(180);

fn main() -> ExitCode {
    let outcome = match std::env::args().nth(1).as_deref() {
        None => show(),
        Some("stop") => Place::stop_all().map(|()| ExitCode::SUCCESS),
        Some(other) => Err(format!("không có lệnh “{other}”; chỉ có: stop")),
    };
    outcome.unwrap_or_else(|said| {
        eprintln!("\ndemo: {said}");
        ExitCode::FAILURE
    })
}

fn show() -> Result<ExitCode, String> {
    println!("\nphách – một cuộc thi thu nhỏ trên máy này\n");
    say::step("Dọn lần chạy trước (nếu có)");
    place::may_be_root()?;
    Place::stop_all()?;

    let hanoi = places::hanoi();
    let cast = cast::cast(hanoi.clone(), 1, Timestamp::now());
    let scenes: Vec<&Scene> = cast
        .scenes
        .iter()
        .filter(|scene| scene.when == When::BeforeDeadline)
        .collect();
    if scenes.len() < 60 {
        return Err(format!("chỉ có {} thư mẫu, cần ít nhất 60", scenes.len()));
    }

    say::step("Khởi động máy chủ thư riêng: Postfix và Dovecot, chỉ trên máy này");
    let (place, servers) = Place::with_servers(&cast.accounts())?;
    let exe = place::program()?;
    let wishes = Wishes {
        mailboxes: hanoi.mailboxes(),
        // A minute in which a handover can be taken back is long for whoever looks on.
        outbox: "undo_seconds = 2".to_owned(),
        ..Wishes::default()
    };
    let house = House::build(&place.folder, &exe, &servers, &hanoi, &wishes);
    let until = deadline();
    say::step(&format!(
        "Áp dụng kế hoạch cuộc thi hanoi-2019, hạn nộp bài trước 17h00 ngày {}",
        until.strftime("%d/%m/%Y")
    ));
    house.apply_plan(&hanoi, until.timestamp());
    let people = people(&house);

    say::step(&format!(
        "{} người dự thi gửi thư đến các hòm thư của 5 đơn vị",
        scenes.len()
    ));
    send(&servers, &scenes)?;

    say::step("phach check: thử mọi thứ trước khi chạy");
    let check = house.output(&["check"]);
    for line in String::from_utf8_lossy(&check.stdout).lines() {
        println!("    {line}");
    }
    if !check.status.success() {
        return Err("phach check báo lỗi, xem các dòng ✗ ở trên".to_owned());
    }

    say::step("phach serve: nhận thư, đọc bài, xếp vào hàng đợi của đơn vị, gửi biên nhận");
    let mut serve = place.serve(&exe)?;
    work_off(&house, &place, &mut serve, &scenes)?;

    say::step("Đếm lại: trong các hòm thư (qua IMAP) và trong cơ sở dữ liệu");
    let same = summary::print(&house, &servers, &cast, &scenes, &place)?;
    let same_again = judging::run(&house, &servers, &place, &hanoi)?;
    invite(&house, &place, &servers, &exe, &people)?;
    if same && same_again {
        Ok(ExitCode::SUCCESS)
    } else {
        Err("CÁC SỐ LIỆU KHÔNG KHỚP: xem các dòng KHÁC ở trên".to_owned())
    }
}

/// In four days at 17h00 in Hà Nội.
fn deadline() -> Zoned {
    let zone = TimeZone::get("Asia/Ho_Chi_Minh").expect("the zone");
    let day = Timestamp::now().to_zoned(zone.clone()).date();
    let day = day.checked_add(4.days()).expect("a day");
    day.at(17, 0, 0, 0).to_zoned(zone).expect("a time")
}

/// An account for the administrator; the other roles come with the juries. Address and what it is.
fn people(house: &House) -> Vec<(String, &'static str)> {
    let words = ["--name", "Quản trị viên", "--role", "administrator"];
    house.run(&[["user", "add", cast::ADMINISTRATOR].as_slice(), &words].concat());
    vec![
        (cast::ADMINISTRATOR.to_owned(), "Quản trị (mọi đơn vị)"),
        (
            cast::secretary("hoan-kiem"),
            "Thư ký quận Hoàn Kiếm (đã bàn giao)",
        ),
        (cast::secretary("dong-da"), "Thư ký quận Đống Đa"),
        (
            panel::judge("dong-da", 1),
            "Giám khảo quận Đống Đa (còn bài chấm)",
        ),
        (panel::head("dong-da"), "Trưởng ban giám khảo quận Đống Đa"),
        (
            panel::head("hoan-kiem"),
            "Trưởng ban quận Hoàn Kiếm (đã chốt)",
        ),
        (cast::secretary(places::CITY), "Thư ký Thành phố"),
        (panel::head(places::CITY), "Trưởng ban giám khảo Thành phố"),
    ]
}

/// Through Postfix, as another mail server hands them in; ends when all lie in their mailboxes.
fn send(servers: &MailServers, scenes: &[&Scene]) -> Result<(), String> {
    let mut line = say::Line::default();
    for (number, scene) in scenes.iter().enumerate() {
        servers
            .deliver(&scene.mail)
            .map_err(|said| format!("Postfix không nhận thư “{}”: {said}", scene.name))?;
        line.say(format!("{} / {} thư đã gửi", number + 1, scenes.len()));
    }
    let end = Instant::now() + PATIENCE;
    while servers.queued() > 0 {
        if Instant::now() > end {
            return Err("Postfix không chuyển hết thư vào hòm thư".to_owned());
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    line.end();
    Ok(())
}

/// Waits until every mail is taken in and nothing is left to do, showing how far it is.
fn work_off(
    house: &House,
    place: &Place,
    serve: &mut Child,
    scenes: &[&Scene],
) -> Result<(), String> {
    let sent: i64 = scenes.iter().map(|scene| scene.mail.to.len() as i64).sum();
    let mut line = say::Line::default();
    let mut moved = Instant::now();
    loop {
        place.still_runs(serve)?;
        let now = summary::Figures::of(&house.status());
        let news = line.say(format!(
            "{} / {sent} thư đã nhận · {} bài dự thi · {} thư xác nhận đã gửi",
            now.held, now.entries, now.receipts
        ));
        if news {
            moved = Instant::now();
        }
        if now.held >= sent && now.open == 0 {
            line.end();
            return Ok(());
        }
        if moved.elapsed() > PATIENCE {
            return Err(format!(
                "đã {} giây không có gì mới, còn {} việc chưa xong",
                PATIENCE.as_secs(),
                now.open
            ));
        }
        std::thread::sleep(Duration::from_millis(300));
    }
}

/// Where to go from here.
fn invite(
    house: &House,
    place: &Place,
    servers: &MailServers,
    exe: &std::path::Path,
    people: &[(String, &'static str)],
) -> Result<(), String> {
    let url = house.url();
    println!("\nTrang web đang chạy: {url}");
    println!("Đăng nhập bằng một liên kết dưới đây (mỗi liên kết dùng một lần, trong 15 phút):");
    for (email, what) in people {
        let link = house.run(&["user", "link", email]);
        let link = link.trim();
        if !link.starts_with("http") {
            return Err(format!("không có liên kết đăng nhập cho {email}: {link:?}"));
        }
        println!("  {what:<38} {link}");
    }
    println!(
        "Liên kết mới:  PHACH_CONFIG={} {} user link {}",
        place.folder.join("phach.toml").display(),
        exe.display(),
        people[0].0
    );
    println!(
        "\nHòm thư:       {}/mail/ĐỊA_CHỈ (maildir),",
        servers.folder().display()
    );
    println!(
        "               hoặc bằng trình đọc thư: IMAP localhost:{} (TLS), mật khẩu {}",
        servers.imaps_port(),
        support::servers::PASSWORD
    );
    println!(
        "Nhật ký:       {}/serve.log; thư: {}/*.log",
        place.folder.display(),
        servers.folder().display()
    );
    println!(
        "Một biên nhận: {}",
        place.folder.join("bien-nhan.txt").display()
    );
    println!(
        "Dự thảo văn bản (danh sách .xlsx, công văn và tờ trình .docx): {}",
        place.folder.join("van-ban").display()
    );
    println!("Dừng tất cả:   make demo-stop\n");
    Ok(())
}

/// Whose letters are counted: everybody who sent a mail and has a mailbox.
pub fn senders(cast: &Cast, scenes: &[&Scene]) -> Vec<String> {
    let accounts = cast.accounts();
    let mut senders: Vec<String> = scenes.iter().map(|scene| scene.sender.clone()).collect();
    senders.retain(|sender| accounts.contains(&support::servers::Account::mailbox(sender)));
    senders.sort();
    senders.dedup();
    senders
}
