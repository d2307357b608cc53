//! A jury's bench: queues with essays, judges with roles, sheets and lists. What the stories of judging begin with.
//!
//! The city ("tp") has one queue, its final; a district has one, its first round.

use phach::contest::role::Role;
use phach::db;
use phach::db::Error;
use phach::db::copy;
use phach::db::copy::NewCopy;
use phach::db::copy::Readiness;
use phach::db::judge;
use phach::db::judge::Line;
use phach::db::judge::Marks;
use phach::db::judge::NewSheet;
use phach::db::judge::Ranking;
use phach::db::judge::Save;
use phach::db::view::Scope;

use super::house::House;
use super::house::NOW;
use super::house::version;

/// An entry in a queue.
#[derive(Clone, Debug)]
pub struct Essay {
    pub queue: i64,
    /// Id of its place in the queue: all that the judge zone knows of it.
    pub id: i64,
    pub entry: i64,
    pub version: i64,
    pub code: &'static str,
}

/// The row is no longer as the caller saw it.
#[track_caller]
pub fn stale<T: std::fmt::Debug>(said: phach::db::Result<T>, what: &str) {
    assert!(matches!(said, Err(Error::Stale)), "{what}: {said:?}");
}

/// There is no such row.
#[track_caller]
pub fn missing<T: std::fmt::Debug>(said: phach::db::Result<T>, what: &str) {
    assert!(matches!(said, Err(Error::Missing)), "{what}: {said:?}");
}

/// Two judges of the city and two essays from a district; the first judge has both.
pub async fn room(house: &House) -> ([i64; 2], [Essay; 2], [i64; 2]) {
    let an = house.member("An", Some("tp"), Role::Judge).await;
    let binh = house.member("Bình", Some("tp"), Role::Judge).await;
    let one = house.essay("tp", "hoan-kiem", "TP1").await;
    let two = house.essay("tp", "hoan-kiem", "TP2").await;
    let sheets = [house.deal(&one, an, 1).await, house.deal(&two, an, 2).await];
    ([an, binh], [one, two], sheets)
}

/// Marks by criterion, in quarter points.
pub fn marks(all: &[(&str, u32)]) -> Marks {
    all.iter()
        .map(|(criterion, quarters)| ((*criterion).to_owned(), *quarters))
        .collect()
}

/// A save of a page that shows version 0 of a sheet, as a draft.
pub fn draft<'a>(judge: i64, sheet: i64, essay: &'a Essay, marks: &'a Marks) -> Save<'a> {
    Save {
        account: judge,
        sheet,
        blind_code: essay.code,
        version: 0,
        verdict: None,
        marks,
        remark: "",
        given: None,
    }
}

/// A line of a list in which every essay has its place.
pub fn line(essay: &Essay, place: i64, quarters: i64, taken: bool) -> Line {
    Line {
        queue_entry_id: essay.id,
        place,
        ordinal: place,
        quarters,
        marks: 2,
        taken,
        reason: String::new(),
    }
}

impl House {
    /// The queue of a unit.
    pub async fn queue(&self, unit: &str) -> i64 {
        let scope = Scope {
            contest: self.contest,
            units: vec![self.unit(unit)],
        };
        let all = judge::queues_of_units(&self.db, &scope).await.unwrap();
        assert_eq!(all.len(), 1, "one round in this plan");
        all[0].id
    }

    /// Somebody with a role in a unit; without one, in every unit.
    pub async fn member(&self, name: &str, unit: Option<&str>, role: Role) -> i64 {
        let unit = unit.map(|code| self.unit(code));
        let email = format!("{}@duthi.example", name.replace(' ', "."));
        self.write(async |tx| {
            let account = db::account::put(tx, &email, name, NOW).await?;
            db::account::grant(tx, account, self.contest, unit, role, NOW).await?;
            Ok(account)
        })
        .await
        .unwrap()
    }

    /// An entry of a unit in the queue of another or the same, with a safe copy, ready to be dealt.
    pub async fn essay(&self, at: &str, from: &str, code: &'static str) -> Essay {
        self.essay_through(at, from, None, code).await
    }

    /// As `essay`, of an entry that came to its unit from another.
    pub async fn essay_through(
        &self,
        at: &str,
        from: &str,
        origin: Option<&str>,
        code: &'static str,
    ) -> Essay {
        let message = self.message(code).await;
        let queue = self.queue(at).await;
        let round = if at == "tp" {
            "chung-khao"
        } else {
            "vong-loai"
        };
        self.write(async |tx| {
            let unit = self.unit(from);
            let submission = db::entry::submit(tx, self.contest, message, unit, NOW).await?;
            let mut entry = self.new_entry(code, submission);
            entry.unit_id = unit;
            entry.origin_unit_id = origin.map(|code| self.unit(code));
            db::entry::insert(tx, &entry, NOW).await?;
            let version = version(&entry, 1);
            db::entry::put_version(tx, &version, NOW).await?;
            db::queue::put(tx, self.unit(at), round, entry.id, version.id, code, NOW).await?;
            copy::put(tx, &safe_copy(version.id, code), NOW).await?;
            copy::set_ready(tx, version.id, Readiness::Ready(NOW)).await?;
            let all = judge::dealable(tx, queue).await?;
            let found = all.iter().find(|entry| entry.blind_code == code);
            Ok(Essay {
                queue,
                id: found.expect("it may be dealt").queue_entry,
                entry: entry.id,
                version: version.id,
                code,
            })
        })
        .await
        .unwrap()
    }

    /// Deals an essay to a judge by a lot of its own. Returns the sheet.
    pub async fn deal(&self, essay: &Essay, judge: i64, place: i64) -> i64 {
        self.write(async |tx| {
            let lot = judge::put_lot(tx, essay.queue, "seed", "{}", 1, judge, NOW).await?;
            let sheet = NewSheet {
                queue: essay.queue,
                queue_entry: essay.id,
                account: judge,
                lot,
                pass: 1,
                place,
            };
            judge::put_sheet(tx, &sheet).await
        })
        .await
        .unwrap()
    }

    /// Saves or gives a sheet.
    pub async fn save(&self, save: Save<'_>, now: i64) -> db::Result<i64> {
        self.write(async |tx| judge::save(tx, &save, now).await)
            .await
    }

    /// Gives a sheet that was not touched yet.
    pub async fn give(&self, judge: i64, sheet: i64, essay: &Essay, now: i64) {
        let marks = marks(&[("noi-dung", 30)]);
        let save = Save {
            given: Some(30),
            ..draft(judge, sheet, essay, &marks)
        };
        self.save(save, now).await.unwrap();
    }

    /// Takes an entry out of its queues.
    pub async fn take_out(&self, essay: &Essay) {
        self.write(async |tx| db::queue::take_out(tx, essay.entry, NOW).await)
            .await
            .unwrap();
    }

    /// Proposes a list with this hash.
    pub async fn propose(&self, queue: i64, hash: &str, lines: &[Line], by: i64) -> Ranking {
        self.write(async |tx| {
            let id = judge::propose(tx, queue, Some(1), hash, lines, by, NOW).await?;
            judge::ranking(tx, id).await
        })
        .await
        .unwrap()
    }

    /// Approves a list as it stands.
    pub async fn approve(&self, list: &Ranking, account: i64, role: Role) -> db::Result<()> {
        self.write(async |tx| judge::approve(tx, list.id, account, role, &list.hash, NOW).await)
            .await
    }

    /// Locks a list.
    pub async fn lock(&self, list: &Ranking) -> db::Result<()> {
        self.write(async |tx| judge::lock_list(tx, list, NOW + 100).await)
            .await
    }
}

/// A copy that a judge may read.
pub fn safe_copy(version: i64, body: &str) -> NewCopy<'_> {
    NewCopy {
        version,
        safe: true,
        body,
        words: 900,
        answers: r#"{"1":"A"}"#,
        maker: 1,
        pictures_wait: 2,
    }
}
