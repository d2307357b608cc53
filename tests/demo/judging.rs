//! The second half of the demonstration: juries that work by themselves at the web, from the screening of a district
//! to the prizes of the city. One district is left half marked, for whoever wants to try.

use std::collections::BTreeSet;
use std::fs;
use std::time::Instant;

use phach::handover::ACKNOWLEDGE_HEADER;
use phach::handover::PACKAGE_HEADER;

use super::PATIENCE;
use super::place::Place;
use super::say;
use super::summary::Figures;
use super::summary::Table;
use super::support::cast::secretary;
use super::support::drafts;
use super::support::drafts::Entry;
use super::support::house::House;
use super::support::panel;
use super::support::panel::Line;
use super::support::panel::List;
use super::support::panel::Panel;
use super::support::places::CITY;
use super::support::places::CITY_NAME;
use super::support::places::Places;
use super::support::secretary::Secretary;
use super::support::servers::MailServers;
use super::support::web::Client;

struct Stage<'a> {
    house: &'a House,
    servers: &'a MailServers,
    place: &'a Place,
}

/// From the first mark to the last prize; true when every figure is the same, counted twice. `serve` must be running.
pub fn run(
    house: &House,
    servers: &MailServers,
    place: &Place,
    places: &Places,
) -> Result<bool, String> {
    let stage = Stage {
        house,
        servers,
        place,
    };
    let door = |email: &str| stage.let_in(email);
    let rest = || stage.rest();
    let plan = house.plan();
    let [district, other, _, office, _] = &places.spots;
    let name = |code: &str| {
        let unit = plan.unit(code);
        unit.map_or(String::new(), |unit| unit.name.clone())
    };
    let [district_name, other_name, office_name] =
        [district, other, office].map(|spot| name(spot.unit));
    let mut sheets = Counted::default();

    say::step(&format!(
        "{district_name}: bốc thăm, {} giám khảo chấm trên trang web, Trưởng ban và Tổ Thư ký duyệt",
        panel::JUDGES
    ));
    let mut first = Panel::of(house, district.unit, &secretary(district.unit), &door)?;
    let lists = first.judge_all(&[&district_name], &rest)?;
    sheets.add(&lists);

    say::step(&format!(
        "{other_name}: đã bốc thăm, giám khảo chấm một nửa số bài; phần còn lại để dành cho người xem"
    ));
    let mut second = Panel::of(house, other.unit, &secretary(other.unit), &door)?;
    second.secretary.settle(&[&other_name], &rest)?;
    let line = open(&mut second)?;
    second.draw(&line)?;
    let half = line.entries / (2 * second.judges.len());
    for at in 0..second.judges.len() {
        sheets.by_judges += second.mark(at, &line, half.max(1))?;
    }
    sheets.on_pages += second
        .lines()?
        .iter()
        .filter(|now| now.queue == line.queue)
        .map(|now| now.given)
        .sum::<usize>();

    say::step(&format!(
        "{district_name} bàn giao danh sách, {office_name} bàn giao toàn bộ bài: gói bài đi bằng thư"
    ));
    first.secretary.hand_over()?;
    let mut clerk = Secretary::of(house, &secretary(office.unit), office.unit, &door)?;
    clerk.settle(&[&office_name], &rest)?;
    clerk.hand_over()?;
    for secretary in [&mut first.secretary, &mut clerk] {
        stage.until(
            || secretary.is_acknowledged(),
            "bên nhận chưa xác nhận gói bài",
        )?;
    }

    say::step("Thành phố: các vòng cấp Thành phố, xếp hạng, đề nghị trao giải");
    let mut city = Panel::of(house, CITY, &secretary(CITY), &door)?;
    let came = open(&mut city)?.entries;
    let finals = city.judge_all(&[CITY_NAME, &office_name], &rest)?;
    sheets.add(&finals);
    stage.rest()?;

    say::step("Đếm lại: trên giấy tờ và trong hòm thư, rồi trên trang web và trong cơ sở dữ liệu");
    let (shortlist, _) = stage.paper(&secretary(district.unit))?;
    let (whole, _) = stage.paper(&secretary(office.unit))?;
    let (ranking, proposal) = stage.paper(&secretary(CITY))?;
    let winners: Vec<&Entry> = ranking.iter().filter(|row| !row.prize.is_empty()).collect();
    let mut table = Table::new("giấy tờ, thư", "trang web, CSDL");
    table.row(
        "Phiếu chấm các giám khảo đã nộp",
        sheets.by_judges as i64,
        sheets.on_pages as i64,
    );
    let taken = lists.last().map_or(0, |list| list.taken().count());
    table.row(
        &format!("Bài trong danh sách {district_name}"),
        shortlist.len() as i64,
        taken as i64,
    );
    table.row(
        &format!("Bài Thành phố nhận (thêm {office_name})"),
        (shortlist.len() + whole.len()) as i64,
        came as i64,
    );
    let of_city = stage.with_header(places.city_mailbox, PACKAGE_HEADER)?;
    table.row(
        "Thư bàn giao (gói bài) đến Thành phố",
        of_city,
        stage.letters("handover"),
    );
    let back = stage.with_header(district.mailbox, ACKNOWLEDGE_HEADER)?
        + stage.with_header(office.mailbox, ACKNOWLEDGE_HEADER)?;
    table.row(
        "Thư xác nhận đã nhận đủ gói bài",
        back,
        stage.letters("acknowledge"),
    );
    let last = finals.last().map_or(0, |list| list.taken().count());
    table.row(
        "Bài trong bảng xếp hạng chung khảo",
        ranking.len() as i64,
        last as i64,
    );
    let proposed = winners.iter().filter(|row| proposal.contains(&row.code));
    table.row(
        "Giải đề nghị trao (danh sách; tờ trình)",
        winners.len() as i64,
        proposed.count() as i64,
    );
    table.print();
    println!("    Cơ cấu giải: đề nghị trao / theo kế hoạch");
    for prize in plan.prizes.iter().filter(|prize| !prize.collective) {
        let given = winners.iter().filter(|row| row.prize == prize.name).count();
        println!("      {:<20} {given} / {}", prize.name, prize.count);
    }
    for row in winners.iter().take(3) {
        let mean = format!("{:.2}", row.mean).replace('.', ",");
        println!("      {} – {} – {mean} điểm", row.prize, row.name);
    }
    Ok(table.same())
}

/// The first round of a unit with entries and without a locked list.
fn open(panel: &mut Panel) -> Result<Line, String> {
    let line = panel
        .lines()?
        .into_iter()
        .find(|line| line.entries > 0 && !line.locked);
    line.ok_or_else(|| format!("không có vòng nào đang mở ở {}", panel.unit))
}

/// Sheets, counted by those who gave them and on the head judges' pages.
#[derive(Default)]
struct Counted {
    by_judges: usize,
    on_pages: usize,
}

impl Counted {
    fn add(&mut self, lists: &[List]) {
        for list in lists {
            self.by_judges += list.sheets;
            self.on_pages += list.line.given;
            println!(
                "    {}: {} bài, {} phiếu chấm, lấy {} bài{}",
                list.line.round,
                list.rows.len(),
                list.sheets,
                list.taken().count(),
                match list.ordered {
                    0 => String::new(),
                    n => format!(", Trưởng ban xếp thứ tự {n} nhóm bằng điểm"),
                }
            );
        }
    }
}

impl Stage<'_> {
    /// Lets somebody in by the link that the program prints.
    fn let_in(&self, email: &str) -> Result<Client, String> {
        let output = self.house.output(&["user", "link", email]);
        let link = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        if !output.status.success() {
            return Err(format!(
                "không có liên kết đăng nhập cho {email}: {}",
                String::from_utf8_lossy(&output.stderr)
            ));
        }
        let mut client = Client::new(self.house.web_port);
        client.enter(&link)?;
        Ok(client)
    }

    /// Waits until the program has done all it can.
    fn rest(&self) -> Result<(), String> {
        self.until(
            || Ok(Figures::of(&self.house.status()).open == 0),
            "chương trình chưa làm xong việc",
        )
    }

    fn until(
        &self,
        mut done: impl FnMut() -> Result<bool, String>,
        what: &str,
    ) -> Result<(), String> {
        let begun = Instant::now();
        while !done()? {
            if begun.elapsed() > PATIENCE {
                return Err(format!("đã {} giây mà {what}", PATIENCE.as_secs()));
            }
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
        Ok(())
    }

    /// The list and the letter that came to a secretary, kept beside the demonstration as well.
    fn paper(&self, mailbox: &str) -> Result<(Vec<Entry>, String), String> {
        let mut files = Vec::new();
        self.until(
            || {
                files = drafts::drafts(self.servers, mailbox)?;
                Ok(files.len() >= 2)
            },
            "chưa có dự thảo văn bản trong hòm thư của Tổ Thư ký",
        )?;
        let folder = self.place.folder.join("van-ban");
        fs::create_dir_all(&folder).map_err(|e| e.to_string())?;
        let (mut rows, mut letter) = (Vec::new(), String::new());
        for file in &files {
            fs::write(folder.join(&file.name), &file.bytes).map_err(|e| e.to_string())?;
            if file.name.ends_with(".xlsx") {
                rows = drafts::entries(file)?;
            } else {
                letter = drafts::letter(file);
            }
        }
        Ok((rows, letter))
    }

    fn with_header(&self, mailbox: &str, header: &str) -> Result<i64, String> {
        let mails = self.servers.try_inbox(mailbox)?;
        let ids: BTreeSet<String> = mails
            .iter()
            .filter(|mail| mail.header(header).is_some())
            .filter_map(|mail| mail.header("Message-ID"))
            .collect();
        Ok(ids.len() as i64)
    }

    /// Letters of a kind that the database calls sent.
    fn letters(&self, kind: &str) -> i64 {
        let status = self.house.status();
        let rows = status["contests"][0]["letters"].as_array().cloned();
        rows.unwrap_or_default()
            .iter()
            .filter(|row| row["kind"] == kind && row["state"] == "sent")
            .filter_map(|row| row["count"].as_i64())
            .sum()
    }
}
