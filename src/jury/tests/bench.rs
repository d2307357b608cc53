//! A jury's room: a house with rounds, a rubric and a key; judges, essays that may be dealt, and marks.

use std::collections::BTreeMap;

use crate::contest::Plan;
use crate::contest::plan::Answer;
use crate::contest::plan::Criterion;
use crate::contest::plan::Prize;
use crate::contest::plan::Round;
use crate::contest::plan::RoundEntry;
use crate::contest::plan::RoundKind;
use crate::contest::role::Role;
use crate::db;
use crate::db::Tx;
use crate::db::copy;
use crate::db::copy::NewCopy;
use crate::db::copy::Readiness;
use crate::db::judge;
use crate::db::judge::Sheet;
use crate::desk::tests::fixture;
use crate::desk::tests::fixture::Case;
use crate::desk::tests::fixture::House;
use crate::entry::EntryState;
use crate::entry::SheetState;
use crate::judging::triage::Verdict;
use crate::jury::lot;
use crate::jury::sheet;
use crate::jury::sheet::Saved;
use crate::jury::sheet::Typed;

/// When the jury sits, ms UTC.
pub const NOW: i64 = fixture::DEADLINE + 86_400_000;

/// A district's jury.
pub struct Bench {
    pub house: House,
    pub queue: i64,
    pub head: i64,
    pub judges: Vec<i64>,
}

/// An entry in the queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Essay {
    /// Its place in the queue.
    pub id: i64,
    pub entry: i64,
    pub version: i64,
    pub code: String,
}

/// Two scored rounds of a district: the first lets two entries on, two must approve its list; the last gives prizes.
pub fn scored() -> Plan {
    let criterion = |code: &str, full_quarters, from_key| Criterion {
        code: code.into(),
        name: code.into(),
        full_quarters,
        from_key,
        hint: None,
        quick: Vec::new(),
    };
    let answer = |question, right| Answer { question, right };
    let prize = |code: &str| Prize {
        code: code.into(),
        name: code.into(),
        collective: false,
        count: 1,
        amount: None,
    };
    let round = |code: &str, entry, advance, marks, approvals| Round {
        code: code.into(),
        name: code.into(),
        kind: RoundKind::Scored,
        level: vec!["quan".into()],
        entry,
        advance,
        marks,
        approvals,
        ties: Vec::new(),
    };
    let both = vec![Role::HeadJudge, Role::Secretary];
    let second = RoundEntry::Round("vong-loai".into());
    Plan {
        rounds: vec![
            round("vong-loai", RoundEntry::Intake, Some(2), 2, both),
            round("chung-khao", second, None, 1, vec![Role::HeadJudge]),
        ],
        // Two of the four answers of every essay are right: one point of two.
        rubric: vec![
            criterion("trac-nghiem", 8, true),
            criterion("noi-dung", 20, false),
            criterion("hinh-thuc", 12, false),
        ],
        answer_key: vec![
            answer(1, 'A'),
            answer(2, 'C'),
            answer(3, 'B'),
            answer(4, 'D'),
        ],
        prizes: vec![prize("giai-nhat"), prize("giai-nhi")],
        ..fixture::plan()
    }
}

/// As `scored`, but the first round is a screening by two judges.
pub fn screening() -> Plan {
    let mut plan = scored();
    plan.rounds[0].kind = RoundKind::Triage;
    plan.rounds[0].advance = None;
    plan
}

/// Marks as a judge types them.
pub fn typed(sheet: &Sheet, marks: &[(&str, &str)]) -> Typed {
    Typed {
        blind_code: sheet.blind_code.clone(),
        version: sheet.version,
        verdict: None,
        marks: marks
            .iter()
            .map(|(code, text)| ((*code).to_owned(), (*text).to_owned()))
            .collect::<BTreeMap<String, String>>(),
        remark: "Đã đọc kỹ".into(),
    }
}

impl Bench {
    /// A jury of so many judges in Hoàn Kiếm; nothing is in the queue yet.
    pub async fn new(plan: &Plan, judges: usize) -> Bench {
        let house = fixture::house_of(plan).await;
        let mut bench = Bench {
            queue: 0,
            head: 0,
            judges: Vec::new(),
            house,
        };
        bench.queue = bench.queue_of("hoan-kiem", "vong-loai").await;
        bench.head = bench.member("Trưởng", "hoan-kiem", Role::HeadJudge).await;
        for n in 0..judges {
            let name = format!("Giám Khảo {n}");
            bench
                .judges
                .push(bench.member(&name, "hoan-kiem", Role::Judge).await);
        }
        bench
    }

    pub async fn queue_of(&self, unit: &str, round: &str) -> i64 {
        let scope = self.house.scope(&[unit]);
        let all = judge::queues_of_units(&self.house.db, &scope).await;
        let all = all.expect("queues");
        all.iter()
            .find(|queue| queue.round == round)
            .expect("the unit holds this round")
            .id
    }

    /// Somebody with a role in a unit; the address is the name without spaces.
    pub async fn member(&self, name: &str, unit: &str, role: Role) -> i64 {
        let email = address(name);
        let unit = Some(self.house.unit(unit));
        let contest = self.house.standing.contest;
        self.write(async |tx| {
            let account = db::account::put(tx, &email, name, NOW).await?;
            db::account::grant(tx, account, contest, unit, role, NOW).await?;
            Ok(account)
        })
        .await
    }

    pub async fn write<T>(&self, act: impl AsyncFnOnce(&mut Tx) -> db::Result<T>) -> T {
        let mut tx = self.house.db.begin().await.expect("begin");
        let value = act(&mut tx).await.expect("done");
        tx.commit().await.expect("commit");
        value
    }

    /// An entry of the unit that may be dealt.
    pub async fn essay(&self) -> Essay {
        self.essay_of(&Case::default()).await
    }

    pub async fn essay_of(&self, case: &Case<'_>) -> Essay {
        let essay = self.unread(case).await;
        self.ready(&essay, Readiness::Ready(NOW)).await;
        essay
    }

    /// An entry that came in and whose copy is safe, and which waits for a decision.
    pub async fn unread(&self, case: &Case<'_>) -> Essay {
        let queued = Case {
            state: EntryState::Queued,
            ..*case
        };
        let entry = self.house.entry(&queued).await;
        let version = db::entry::version(&self.house.db, entry).await;
        let version = version.expect("version").id;
        let body = r#"[{"paragraph":[{"text":"Dịch vụ công"}]}]"#;
        let copy = NewCopy {
            version,
            safe: true,
            body,
            words: 12,
            answers: r#"{"1":"A","2":"C"}"#,
            maker: 1,
            pictures_wait: 0,
        };
        let (id, code) = self
            .write(async |tx| {
                let before = judge::dealable(tx, self.queue).await?;
                copy::put(tx, &copy, NOW).await?;
                copy::set_ready(tx, version, Readiness::Ready(NOW)).await?;
                let after = judge::dealable(tx, self.queue).await?;
                copy::set_ready(tx, version, Readiness::Waits).await?;
                let new = after.into_iter().find(|row| !before.contains(row));
                let new = new.expect("it may be dealt");
                Ok((new.queue_entry, new.blind_code))
            })
            .await;
        Essay {
            id,
            entry,
            version,
            code,
        }
    }

    pub async fn ready(&self, essay: &Essay, readiness: Readiness) {
        self.write(async |tx| copy::set_ready(tx, essay.version, readiness).await)
            .await;
    }

    pub async fn draw(&self, now: i64) -> super::super::Result<lot::Drawn> {
        let house = &self.house;
        lot::draw(&house.db, &house.standing, self.queue, self.head, now).await
    }

    /// Who was dealt an entry and has not been excused.
    pub async fn dealt_to(&self, essay: &Essay) -> Vec<i64> {
        let all = self.write(async |tx| judge::dealt(tx, self.queue).await);
        let mut judges: Vec<i64> = all
            .await
            .iter()
            .filter(|row| row.queue_entry_id == essay.id && row.state != SheetState::Excused)
            .map(|row| row.account_id)
            .collect();
        judges.sort_unstable();
        judges
    }

    /// A judge's sheet of an entry.
    pub async fn sheet(&self, account: i64, essay: &Essay) -> Sheet {
        let all = self.write(async |tx| judge::dealt(tx, self.queue).await);
        let all = all.await;
        let row = all
            .iter()
            .find(|row| row.queue_entry_id == essay.id && row.account_id == account)
            .expect("it was dealt to this judge");
        judge::sheet(&self.house.db, account, row.id)
            .await
            .expect("sheet")
    }

    /// Every sheet of an entry, in the order of the passes.
    pub async fn sheets(&self, essay: &Essay) -> Vec<Sheet> {
        let mut all = Vec::new();
        for account in self.dealt_to(essay).await {
            all.push(self.sheet(account, essay).await);
        }
        all.sort_by_key(|sheet| sheet.pass);
        all
    }

    pub async fn save(
        &self,
        sheet: &Sheet,
        typed: &Typed,
        give: bool,
        now: i64,
    ) -> super::super::Result<Saved> {
        let house = &self.house;
        sheet::save(&house.db, &house.standing, sheet, typed, give, now).await
    }

    /// Every judge of an entry gives this mark for its content, and one point for its form.
    pub async fn mark(&self, essay: &Essay, content: &str) {
        for sheet in self.sheets(essay).await {
            let typed = typed(&sheet, &[("noi-dung", content), ("hinh-thuc", "1")]);
            let saved = self.save(&sheet, &typed, true, NOW).await.expect("saved");
            assert!(saved.given, "{:?}", saved.wrong);
        }
    }

    /// The judges of an entry say these words, pass by pass.
    pub async fn judge(&self, essay: &Essay, verdicts: &[Verdict]) {
        let sheets = self.sheets(essay).await;
        assert_eq!(sheets.len(), verdicts.len());
        for (sheet, verdict) in sheets.iter().zip(verdicts) {
            let said = Typed {
                verdict: Some(*verdict),
                ..typed(sheet, &[])
            };
            let saved = self.save(sheet, &said, true, NOW).await.expect("saved");
            assert!(saved.given);
        }
    }

    /// Five essays with these marks, dealt and marked, the best first.
    pub async fn marked(&self, marks: &[&str]) -> Vec<Essay> {
        let mut essays = Vec::new();
        for _ in marks {
            essays.push(self.essay().await);
        }
        self.draw(NOW).await.expect("drawn");
        for (essay, mark) in essays.iter().zip(marks) {
            self.mark(essay, mark).await;
        }
        essays
    }
}

/// "giamkhao0@hk.example" of "Giám Khảo 0"
pub fn address(name: &str) -> String {
    format!("{}@hk.example", crate::text::fold(name).replace(' ', ""))
}
