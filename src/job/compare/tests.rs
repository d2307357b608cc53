//! Essays of a small contest compared, clustered, decided about, and compared again.

use std::sync::Arc;

use super::all;
use super::arrival;
use super::due::after_plan;
use crate::clock;
use crate::config::Config;
use crate::db;
use crate::db::comparison;
use crate::db::comparison::Comparison;
use crate::db::comparison::Run;
use crate::db::job::JobKind;
use crate::db::job::Lane;
use crate::db::matter::Matter;
use crate::db::view::Scope;
use crate::desk;
use crate::desk::Act;
use crate::desk::Refusal;
use crate::desk::Who;
use crate::desk::tests::fixture::Case;
use crate::desk::tests::fixture::DEADLINE;
use crate::desk::tests::fixture::House;
use crate::desk::tests::fixture::house;
use crate::duplicate::Level;
use crate::entry::EntryState;
use crate::entry::MatterKind;
use crate::entry::Ruling;
use crate::job::Ctx;

/// An essay that nobody else would write, of some two hundred syllables in four paragraphs.
fn essay(about: &str, seed: usize) -> String {
    const WORDS: [&str; 40] = [
        "hồ",
        "sơ",
        "phường",
        "cán",
        "bộ",
        "mạng",
        "giấy",
        "khai",
        "sinh",
        "nhà",
        "đất",
        "mẹ",
        "em",
        "sáng",
        "chiều",
        "đợi",
        "nộp",
        "biên",
        "lai",
        "dấu",
        "tem",
        "phiếu",
        "bàn",
        "máy",
        "điện",
        "thoại",
        "xe",
        "mưa",
        "nắng",
        "chợ",
        "trường",
        "lớp",
        "thầy",
        "bạn",
        "sông",
        "cầu",
        "phố",
        "hẻm",
        "tầng",
        "cửa",
    ];
    let mut state = seed as u64 * 7_919 + 17;
    let mut next = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        WORDS[(state >> 33) as usize % WORDS.len()]
    };
    let paragraph = |next: &mut dyn FnMut() -> &'static str| {
        let words: Vec<&str> = (0..55).map(|_| next()).collect();
        format!("{about} {}.", words.join(" "))
    };
    let paragraphs: Vec<String> = (0..4).map(|_| paragraph(&mut next)).collect();
    paragraphs.join("\n")
}

struct World {
    house: House,
    ctx: Ctx,
}

impl World {
    async fn new() -> World {
        let house = house().await;
        let config: Config = toml::from_str("").expect("settings");
        let ctx = Ctx::new(house.db.clone(), Arc::new(config));
        World { house, ctx }
    }

    async fn entry(&self, unit: &str, name: &str, text: &str, minutes: i64) -> i64 {
        let case = Case {
            unit,
            name,
            text,
            state: EntryState::Queued,
            received: DEADLINE - 86_400_000 + minutes * 60_000,
            ..Case::default()
        };
        self.house.entry(&case).await
    }

    /// Works the comparisons of one kind off; what else they ask for is left.
    async fn compare(&self, kind: JobKind) {
        let contest = self.house.standing.contest;
        let mut tx = self.ctx.db.begin().await.expect("begin");
        db::job::call_off(&mut tx, kind, contest, 0)
            .await
            .expect("job");
        db::job::put(&mut tx, kind, contest, 1, 0)
            .await
            .expect("job");
        tx.commit().await.expect("commit");
        while let Some(job) = db::job::claim(&self.ctx.db, Lane::Quick, clock::now(), 60_000)
            .await
            .expect("jobs")
        {
            match job.kind {
                JobKind::Compare if kind == job.kind => {
                    arrival::run(&self.ctx, &job).await.expect("compared");
                }
                JobKind::CompareAll if kind == job.kind => {
                    all::run(&self.ctx, &job).await.expect("compared");
                }
                _of_others => {
                    let mut tx = self.ctx.db.begin().await.expect("begin");
                    db::job::finish(&mut tx, &job, 0).await.expect("finished");
                    tx.commit().await.expect("commit");
                }
            }
        }
    }

    async fn found(&self, entry: i64) -> Comparison {
        comparison::get(&self.ctx.db, entry)
            .await
            .expect("compared")
    }

    async fn clusters(&self) -> Vec<Matter> {
        let contest = self.house.standing.contest;
        let mut tx = self.ctx.db.begin().await.expect("begin");
        let kind = MatterKind::Copied;
        db::matter::open_of_kind(&mut tx, contest, kind)
            .await
            .expect("matters")
    }

    async fn run(&self) -> Run {
        let run = comparison::last_run(&self.ctx.db, self.house.standing.contest).await;
        run.expect("runs").expect("a run")
    }

    async fn settle(&self, matter: i64, ruling: Ruling, entries: &[i64]) -> desk::Result<i64> {
        let scope = self.scope();
        let who = Who {
            account: self.house.secretary,
            units: &scope,
        };
        let act = Act::Settle {
            ruling,
            entries: entries.to_vec(),
            reason: "Đã đối chiếu".into(),
        };
        let standing = &self.house.standing;
        desk::perform(&self.ctx.db, standing, who, Some(matter), act, clock::now()).await
    }

    async fn undo(&self, act: i64) -> desk::Result<()> {
        let scope = self.scope();
        let who = Who {
            account: self.house.secretary,
            units: &scope,
        };
        desk::undo(&self.ctx.db, &self.house.standing, who, act, clock::now()).await
    }

    fn scope(&self) -> Scope {
        self.house.scope(&["ha-noi", "hoan-kiem", "dong-da"])
    }

    async fn state(&self, entry: i64) -> (EntryState, Option<i64>) {
        let row = db::entry::get(&self.ctx.db, entry).await.expect("entry");
        (row.state, row.joined_to)
    }
}

#[tokio::test]
async fn a_copied_essay_is_found_on_arrival_and_is_one_matter_for_its_cluster() {
    let world = World::new().await;
    let first = world
        .entry("hoan-kiem", "Nguyễn Văn An", &essay("Tôi thấy", 1), 0)
        .await;
    let honest = world
        .entry("hoan-kiem", "Phạm Thị Dung", &essay("Nhà em", 2), 1)
        .await;
    let copy = world
        .entry("hoan-kiem", "Trần Thị Bình", &essay("Tôi thấy", 1), 2)
        .await;
    world.compare(JobKind::Compare).await;
    assert_eq!(
        world.found(honest).await.evidence.verdict.level,
        Level::Clear
    );
    let found = world.found(copy).await;
    assert_eq!(found.evidence.verdict.level, Level::Copied);
    assert_eq!((found.root_id, found.run), (Some(first), 0));
    assert_eq!(world.found(first).await.root_id, Some(first));
    let source = &found.evidence.verdict.sources[0];
    assert_eq!(found.evidence.entry(source.essay), Some(first));
    let open = world.clusters().await;
    assert_eq!(open.len(), 1);
    let hoan_kiem = world.house.unit("hoan-kiem");
    assert_eq!((open[0].subject_id, open[0].unit_id), (first, hoan_kiem));

    // A third one, of another district and compared by a process that knows nothing yet: a matter of the city.
    let other = Ctx::new(world.house.db.clone(), Arc::clone(&world.ctx.config));
    let world = World {
        ctx: other,
        ..world
    };
    let third = world
        .entry("dong-da", "Lê Văn Cường", &essay("Tôi thấy", 1), 3)
        .await;
    world.compare(JobKind::Compare).await;
    assert_eq!(world.found(third).await.root_id, Some(first));
    let open = world.clusters().await;
    assert_eq!(open.len(), 1);
    assert_eq!(open[0].unit_id, world.house.unit("ha-noi"));
    assert!(
        open[0].detail.contains("\"entries\":3"),
        "{}",
        open[0].detail
    );
    assert!(
        world.state(copy).await.0 == EntryState::Queued,
        "nothing is rejected"
    );
}

#[tokio::test]
async fn one_decision_settles_a_cluster_and_can_be_taken_back() {
    let world = World::new().await;
    let first = world
        .entry("hoan-kiem", "Nguyễn Văn An", &essay("Tôi thấy", 1), 0)
        .await;
    let copy = world
        .entry("hoan-kiem", "Trần Thị Bình", &essay("Tôi thấy", 1), 2)
        .await;
    world.compare(JobKind::Compare).await;
    let matter = world.clusters().await[0].id;
    let refused = |done: desk::Result<i64>| {
        assert!(
            matches!(done, Err(desk::Error::Refused(Refusal::SettleWhich))),
            "{done:?}"
        );
    };
    refused(world.settle(matter, Ruling::Copied, &[]).await);
    refused(world.settle(matter, Ruling::Copied, &[first, copy]).await);
    refused(world.settle(matter, Ruling::Different, &[copy]).await);

    let act = world
        .settle(matter, Ruling::Copied, &[copy])
        .await
        .expect("settled");
    assert_eq!(world.state(copy).await, (EntryState::SetAside, None));
    assert_eq!(world.state(first).await.0, EntryState::Queued);
    world.compare(JobKind::CompareAll).await;
    assert!(world.clusters().await.is_empty(), "decided once is enough");
    world.undo(act).await.expect("undone");
    assert_eq!(world.state(copy).await.0, EntryState::Queued);
    let open = world.clusters().await;
    assert_eq!(open.len(), 1);

    let act = world
        .settle(open[0].id, Ruling::Resent, &[copy])
        .await
        .expect("settled");
    assert_eq!(world.state(copy).await, (EntryState::Joined, Some(first)));
    world.undo(act).await.expect("undone");
    let matter = world.clusters().await[0].id;
    world
        .settle(matter, Ruling::Quoted, &[])
        .await
        .expect("settled");
    world.compare(JobKind::CompareAll).await;
    assert!(world.clusters().await.is_empty());

    // One more copy that nobody has decided about opens the matter again.
    world
        .entry("hoan-kiem", "Lê Văn Cường", &essay("Tôi thấy", 1), 3)
        .await;
    world.compare(JobKind::Compare).await;
    assert_eq!(world.clusters().await.len(), 1);
}

#[tokio::test]
async fn the_closing_comparison_goes_by_the_time_of_the_mails() {
    let world = World::new().await;
    // Came first, was read last.
    let late = world
        .entry("hoan-kiem", "Trần Thị Bình", &essay("Tôi thấy", 1), 5)
        .await;
    world.compare(JobKind::Compare).await;
    let early = world
        .entry("hoan-kiem", "Nguyễn Văn An", &essay("Tôi thấy", 1), 1)
        .await;
    world.compare(JobKind::Compare).await;
    assert_eq!(world.found(early).await.root_id, Some(late), "provisional");
    // Due when the deadline is past and nobody has come for a while.
    let asked = async |now: i64| {
        super::due::once(&world.ctx, now).await.expect("looked");
        let open = db::job::open_by_kind(&world.ctx.db).await.expect("jobs");
        open.iter().any(|(kind, _, _)| *kind == JobKind::CompareAll)
    };
    assert!(
        !asked(DEADLINE + 60_000).await,
        "mails are still on their way"
    );
    assert!(!asked(clock::now()).await, "somebody has just come");
    assert!(asked(clock::now() + 3_600_000).await);
    world.compare(JobKind::CompareAll).await;
    assert!(!asked(clock::now() + 3_600_000).await, "nothing is new");
    let run = world.run().await;
    assert_eq!((run.n, run.essays, run.steps), (1, 2, 4));
    let found = world.found(late).await;
    assert_eq!((found.root_id, found.run), (Some(early), 1));
    assert_eq!(
        world.found(early).await.evidence.verdict.level,
        Level::Clear
    );
    let open = world.clusters().await;
    assert_eq!(open.len(), 1);
    assert_eq!(
        open[0].subject_id, early,
        "the matter is of the earliest one"
    );
    let hash = run.verdicts_hash.expect("a hash");
    world.compare(JobKind::CompareAll).await;
    let again = world.run().await;
    assert_eq!((again.n, again.verdicts_hash), (2, Some(hash)));
}

#[tokio::test]
async fn what_somebody_sent_twice_is_told_from_copying_and_a_new_text_is_compared_anew() {
    let world = World::new().await;
    let first = world
        .entry("hoan-kiem", "Nguyễn Văn An", &essay("Tôi thấy", 1), 0)
        .await;
    let again = world
        .entry("hoan-kiem", "NGUYỄN VĂN AN", &essay("Tôi thấy", 1), 1)
        .await;
    world.compare(JobKind::Compare).await;
    let found = world.found(again).await;
    assert_eq!(found.evidence.verdict.level, Level::Resent);
    assert_eq!(found.root_id, Some(first));
    assert_eq!(world.clusters().await.len(), 1);

    // Read anew, the essay is no source of itself.
    let mut tx = world.ctx.db.begin().await.expect("begin");
    comparison::forget(&mut tx, first).await.expect("forgotten");
    comparison::forget(&mut tx, again).await.expect("forgotten");
    tx.commit().await.expect("commit");
    world.compare(JobKind::Compare).await;
    for entry in [first, again] {
        let found = world.found(entry).await;
        let sources = found.evidence.verdict.sources.iter();
        let own = |source| found.evidence.entry(source) == Some(entry);
        assert!(
            sources.clone().all(|source| !own(source.essay)),
            "{found:?}"
        );
    }
}

#[tokio::test]
async fn what_the_contest_handed_out_is_nobodys_copy() {
    let world = World::new().await;
    let questions = essay("Câu hỏi", 9);
    let mut plan = world.house.standing.plan.clone();
    plan.given.push(crate::contest::plan::Given {
        title: "Bộ câu hỏi".into(),
        text: questions.clone(),
    });
    let mut tx = world.ctx.db.begin().await.expect("begin");
    db::contest::apply(&mut tx, &plan, "", "test", 2)
        .await
        .expect("plan");
    tx.commit().await.expect("commit");
    let with = |seed: usize| format!("{questions}\n{}", essay("Tôi thấy", seed));
    let one = world.entry("hoan-kiem", "Nguyễn Văn An", &with(1), 0).await;
    let two = world.entry("hoan-kiem", "Trần Thị Bình", &with(2), 1).await;
    world.compare(JobKind::Compare).await;
    for entry in [one, two] {
        let verdict = world.found(entry).await.evidence.verdict;
        assert_eq!(verdict.level, Level::Clear);
        assert!(!verdict.given.is_empty());
    }
    assert!(world.clusters().await.is_empty());
}

#[tokio::test]
async fn texts_handed_out_later_clear_those_who_quoted_them() {
    let world = World::new().await;
    let answers = essay("Đáp án", 9);
    let with = |seed: usize| format!("{answers}\n{}", essay("Tôi thấy", seed));
    let one = world.entry("hoan-kiem", "Nguyễn Văn An", &with(1), 0).await;
    let two = world.entry("hoan-kiem", "Trần Thị Bình", &with(2), 1).await;
    world.compare(JobKind::Compare).await;
    world.compare(JobKind::CompareAll).await;
    let found = world.found(two).await.evidence.verdict;
    assert_ne!(found.level, Level::Clear, "nobody has said yet whose it is");

    let old = world.house.standing.plan.clone();
    let mut plan = old.clone();
    plan.given.push(crate::contest::plan::Given {
        title: "Đáp án".into(),
        text: answers,
    });
    let contest = world.house.standing.contest;
    let mut tx = world.ctx.db.begin().await.expect("begin");
    db::contest::apply(&mut tx, &plan, "", "test", 2)
        .await
        .expect("plan");
    let same = after_plan(&mut tx, contest, &old, &old, 2).await;
    assert!(!same.expect("asked"), "the same texts change nothing");
    let asked = after_plan(&mut tx, contest, &old, &plan, 2).await;
    assert!(asked.expect("asked"));
    tx.commit().await.expect("commit");
    let open = db::job::open_by_kind(&world.ctx.db).await.expect("jobs");
    assert!(
        open.iter().any(|(kind, ..)| *kind == JobKind::CompareAll),
        "{open:?}"
    );
    world.compare(JobKind::CompareAll).await;
    for entry in [one, two] {
        let verdict = world.found(entry).await.evidence.verdict;
        assert_eq!(verdict.level, Level::Clear);
    }
    assert!(world.clusters().await.is_empty());
}
