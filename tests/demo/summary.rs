//! What the demonstration counts: every figure twice, in the mailboxes and in the database, side by side.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;

use phach::entry::ReceiptCode;

use super::place::Place;
use super::support::cast::Cast;
use super::support::cast::Scene;
use super::support::house::House;
use super::support::servers::MailServers;

/// What the database says.
pub struct Figures {
    /// Mails on disk.
    pub held: i64,
    pub entries: i64,
    /// Receipts sent.
    pub receipts: i64,
    /// Jobs that are to be done, and letters that are on their way.
    pub open: i64,
    /// Things that wait for a person.
    pub matters: i64,
}

impl Figures {
    pub fn of(status: &Value) -> Figures {
        let contest = &status["contests"][0];
        let sum = |counts: &Value| -> i64 {
            let counts = counts
                .as_object()
                .into_iter()
                .flat_map(|counts| counts.values());
            counts.filter_map(Value::as_i64).sum()
        };
        let rows = |rows: &Value, wanted: &dyn Fn(&Value) -> bool| -> i64 {
            let rows = rows
                .as_array()
                .into_iter()
                .flatten()
                .filter(|row| wanted(row));
            rows.filter_map(|row| row["count"].as_i64()).sum()
        };
        let held = status["mailboxes"].as_array().into_iter().flatten();
        let jobs = rows(&status["jobs"], &|row| row["state"] != "failed");
        let letters = rows(&contest["letters"], &|row| {
            row["state"] == "queued" || row["state"] == "sending"
        });
        Figures {
            held: held.filter_map(|mailbox| mailbox["held"].as_i64()).sum(),
            entries: sum(&contest["entries"]),
            receipts: rows(&contest["letters"], &|row| {
                row["kind"] == "receipt" && row["state"] == "sent"
            }),
            open: jobs + letters,
            matters: sum(&contest["matters"]),
        }
    }
}

/// Prints the figures; true when the two countings agree.
pub fn print(
    house: &House,
    servers: &MailServers,
    cast: &Cast,
    scenes: &[&Scene],
    place: &Place,
) -> Result<bool, String> {
    let status = house.status();
    let figures = Figures::of(&status);
    let mut table = Table::new("hòm thư", "cơ sở dữ liệu");
    let mut all = 0;
    for spot in &cast.places.spots {
        let on_server = servers.try_inbox(spot.mailbox)?.len() as i64;
        let row = status["mailboxes"]
            .as_array()
            .into_iter()
            .flatten()
            .find(|row| row["address"] == spot.mailbox);
        let held = row.and_then(|row| row["held"].as_i64()).unwrap_or(-1);
        table.row(&format!("Thư đến {}", spot.mailbox), on_server, held);
        all += on_server;
    }
    table.row("Tổng số thư đến", all, figures.held);
    let sent: usize = scenes.iter().map(|scene| scene.mail.to.len()).sum();
    table.row("  so với số thư đã gửi đi", sent as i64, figures.held);

    let mut receipts: BTreeSet<String> = BTreeSet::new();
    let mut codes: BTreeSet<String> = BTreeSet::new();
    let mut sample = String::new();
    for sender in super::senders(cast, scenes) {
        for mail in servers.try_inbox(&sender)? {
            if mail.header("X-Phach-Letter").is_none() {
                continue;
            }
            receipts.insert(mail.header("Message-ID").unwrap_or_default());
            let parsed = mail_parser::MessageParser::default().parse(&mail.bytes);
            let text = parsed
                .and_then(|mail| mail.body_text(0).map(|text| text.into_owned()))
                .unwrap_or_default();
            let found: Vec<String> = text
                .split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'))
                .filter_map(ReceiptCode::parse)
                .map(|code| code.as_str().to_owned())
                .collect();
            if sample.is_empty() && !found.is_empty() {
                sample = format!(
                    "Người nhận: {sender}\nMessage-ID: {}\nTrả lời thư: {}\n\n{text}",
                    mail.header("Message-ID").unwrap_or_default(),
                    mail.header("In-Reply-To").unwrap_or_default()
                );
            }
            codes.extend(found);
        }
    }
    table.row(
        "Thư xác nhận đến hòm thư người gửi",
        receipts.len() as i64,
        figures.receipts,
    );
    table.row(
        "Bài dự thi (mã tiếp nhận khác nhau)",
        codes.len() as i64,
        figures.entries,
    );
    fs::write(place.folder.join("bien-nhan.txt"), sample).map_err(|e| e.to_string())?;
    table.print();
    println!(
        "    Việc đang chờ người xử lý trên bàn làm việc: {}",
        figures.matters
    );
    Ok(table.same())
}

/// Lines of two countings.
pub struct Table {
    heads: [&'static str; 2],
    lines: Vec<(String, i64, i64)>,
}

impl Table {
    /// What the two countings are of.
    pub fn new(one: &'static str, two: &'static str) -> Table {
        Table {
            heads: [one, two],
            lines: Vec::new(),
        }
    }

    pub fn row(&mut self, what: &str, one: i64, two: i64) {
        self.lines.push((what.to_owned(), one, two));
    }

    pub fn same(&self) -> bool {
        self.lines.iter().all(|(_, one, two)| one == two)
    }

    pub fn print(&self) {
        let [one, two] = self.heads;
        println!("    {:<44} {one:>12} {two:>16}", "");
        for (what, one, two) in &self.lines {
            let mark = if one == two { "" } else { "   ← KHÁC" };
            println!("    {what:<44} {one:>12} {two:>16}{mark}");
        }
    }
}
