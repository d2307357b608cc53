//! Search as a clerk meets it: spelling, ranking, scope, changes at the desk, and an index in trouble.

use std::path::PathBuf;
use std::sync::Arc;

use crate::db;
use crate::db::view::Scope;
use crate::desk;
use crate::desk::Act;
use crate::desk::Who;
use crate::desk::tests::fixture::Case;
use crate::desk::tests::fixture::House;
use crate::desk::tests::fixture::house;
use crate::entry::Codes;
use crate::entry::EntryState;
use crate::entry::FileRole;
use crate::search::Error;
use crate::search::Found;
use crate::search::PAGE;
use crate::search::Place;
use crate::search::Search;
use crate::search::Wanted;
use crate::slip::Fact;

const NONE: [i64; 0] = [];

/// A contest and the search over it.
struct Stage {
    house: House,
    search: Arc<Search>,
}

impl Stage {
    async fn set() -> Stage {
        let house = house().await;
        let search = Arc::new(Search::new(folder(&house)));
        Stage { house, search }
    }

    /// Another process, or this one started again.
    fn restart(&mut self) {
        self.search = Arc::new(Search::new(folder(&self.house)));
    }

    async fn essay(&self, name: &str, text: &str) -> i64 {
        let case = Case {
            name,
            text,
            ..Case::default()
        };
        self.house.entry(&case).await
    }

    async fn find(&self, scope: &Scope, typed: &str) -> Found {
        self.page(scope, typed, 0).await
    }

    async fn page(&self, scope: &Scope, typed: &str, page: i64) -> Found {
        let wanted = Wanted::read(typed);
        self.search
            .find(&self.house.db, scope, &wanted, page)
            .await
            .expect("an answer")
    }

    /// The entries found for Hoàn Kiếm, best first.
    async fn ids(&self, typed: &str) -> Vec<i64> {
        let found = self.find(&self.house.scope(&["hoan-kiem"]), typed).await;
        assert_eq!(found.total, found.hits.len() as i64, "{typed}");
        found.hits.iter().map(|hit| hit.paper.id).collect()
    }

    async fn act(&self, act: Act) -> i64 {
        let scope = self.house.scope(&["hoan-kiem", "dong-da"]);
        let who = Who {
            account: self.house.secretary,
            units: &scope,
        };
        desk::perform(&self.house.db, &self.house.standing, who, None, act, 5)
            .await
            .expect("an act")
    }

    async fn undo(&self, act: i64) {
        let scope = self.house.scope(&["hoan-kiem", "dong-da"]);
        let who = Who {
            account: self.house.secretary,
            units: &scope,
        };
        desk::undo(&self.house.db, &self.house.standing, who, act, 6)
            .await
            .expect("undone");
    }
}

fn folder(house: &House) -> PathBuf {
    house.folder.join("search")
}

#[tokio::test]
async fn every_spelling_finds_the_same_and_the_typed_one_comes_first() {
    let stage = Stage::set().await;
    let bare = stage.essay("Trần Bình", "Cach dang ky tren mang.").await;
    let marked = stage.essay("Lê Châu", "Cách đăng ký trên mạng.").await;
    let other = stage.essay("Lý Đan", "Con đang kỳ vọng, đang kỵ mã.").await;
    stage.essay("Vũ Yên", "Chuyện khác hẳn.").await;
    let check = async |typed: &str, first: i64| {
        let mut found = stage.ids(typed).await;
        assert_eq!(found.first(), Some(&first), "{typed}");
        found.sort_unstable();
        assert_eq!(found, [bare, marked, other], "{typed}");
    };
    check("đăng ký", marked).await;
    check("ĐĂNG KÝ", marked).await;
    check("đa\u{306}ng ky\u{301}", marked).await;
    check("dang ky", bare).await;
    check("DANG KY", bare).await;
    check("đang kỵ", other).await;
    assert_eq!(stage.ids("\"đăng ký trên\"").await, [marked, bare]);
    assert_eq!(stage.ids("\"ky tren mang\"").await, [bare, marked]);
    assert_eq!(stage.ids("\"ky dang\"").await, NONE);
}

#[tokio::test]
async fn a_name_comes_before_a_passage_and_a_code_before_all() {
    let stage = Stage::set().await;
    let named = stage.essay("Nguyễn Thị Ánh", "Bài của em.").await;
    let told = stage
        .essay(
            "Phạm Hùng",
            "Nhà chị Anh ở đô thị, họ Nguyễn. Nguyên tắc là thế.",
        )
        .await;
    assert_eq!(stage.ids("nguyen thi anh").await, [named, told]);
    assert_eq!(stage.ids("anh nguyen").await, [named, told]);
    // The sender of both is an.nguyen@….
    assert_eq!(stage.ids("nguyen thi a").await, [named, told]);
    assert_eq!(stage.ids("thi anh n").await, [named, told]);
    assert_eq!(stage.ids("ngu").await, [named, told]);
    assert_eq!(stage.ids("nguyen thi khong").await, NONE);
    let row = db::entry::get(&stage.house.db, told).await.expect("entry");
    let code = row.receipt_code;
    for typed in [
        code.clone(),
        code.to_lowercase(),
        code.replace('-', ""),
        code.replace('-', " "),
        format!("mã {code}").replace("mã ", ""),
    ] {
        assert_eq!(stage.ids(&typed).await, [told], "{typed}");
    }
}

#[tokio::test]
async fn slips_and_file_names_are_searched_too() {
    let stage = Stage::set().await;
    let files = [
        ("Bai_du_thi-Tran.Hoa.docx", FileRole::Main),
        ("so-do-nha.pdf", FileRole::Annex),
    ];
    let case = Case {
        files: &files,
        text: "Thủ tục hộ tịch.",
        ..Case::default()
    };
    let entry = stage.house.entry(&case).await;
    let check = async |typed: &str, place: Place, marked: &str| {
        let scope = stage.house.scope(&["hoan-kiem"]);
        let found = stage.find(&scope, typed).await;
        let hit = found.hits.first().expect(typed);
        assert_eq!((found.total, hit.paper.id), (1, entry), "{typed}");
        let marks: Vec<(Place, &str)> = hit
            .lines
            .iter()
            .flat_map(|(place, pieces)| pieces.iter().map(|piece| (*place, piece)))
            .filter(|(_, piece)| piece.hit)
            .map(|(place, piece)| (place, piece.text.as_str()))
            .collect();
        assert!(marks.contains(&(place, marked)), "{typed}: {marks:?}");
    };
    check("0912345678", Place::Phone, "0912345678").await;
    check("0912 345 678", Place::Phone, "0912345678").await;
    check("+84 912.345.678", Place::Phone, "0912345678").await;
    check("0912 345", Place::Phone, "0912345678").await;
    check("ngo si lien", Place::Unit, "Ngô Sĩ Liên").await;
    check("an.nguyen@mail.example", Place::Email, "mail").await;
    check("tran hoa docx", Place::File, "docx").await;
    check("so-do-nha", Place::File, "nha").await;
    check("ho tich", Place::Essay, "hộ tịch").await;
}

#[tokio::test]
async fn what_changes_at_the_desk_is_found_as_it_is_now() {
    let stage = Stage::set().await;
    let both = [("một.docx", FileRole::Main), ("hai.docx", FileRole::Main)];
    let class = Case {
        name: "Đỗ Minh",
        files: &both,
        text: "Cả lớp viết chung.",
        ..Case::default()
    };
    let entry = stage.house.entry(&class).await;
    assert_eq!(stage.ids("do minh").await, [entry]);

    let version = db::entry::version(&stage.house.db, entry)
        .await
        .expect("version");
    let (mut slip, _) = db::entry::slip(&stage.house.db, version.id)
        .await
        .expect("slip");
    slip.name = Some(Fact {
        value: "Tạ Quỳnh".into(),
        place: crate::slip::Place::Clerk,
        span: None,
    });
    let slip = Box::new(slip);
    let corrected = stage.act(Act::Correct { entry, slip }).await;
    assert_eq!(stage.ids("do minh").await, NONE);
    assert_eq!(stage.ids("ta quynh").await, [entry]);
    stage.undo(corrected).await;
    assert_eq!(stage.ids("do minh").await, [entry]);

    let files = db::entry::files(&stage.house.db, version.id)
        .await
        .expect("files");
    let second = files
        .iter()
        .find(|file| file.name == "hai.docx")
        .expect("file")
        .id;
    let files = vec![second];
    let codes = Codes::new(&[7; 32]);
    let split = Act::Split {
        entry,
        files,
        by: codes,
    };
    let split = stage.act(split).await;
    let grown = stage.ids("hai docx").await;
    assert!(grown.len() == 1 && grown != [entry], "{grown:?}");
    stage.undo(split).await;
    assert_eq!(stage.ids("hai docx").await, [entry]);

    let other = stage.essay("Hồ Lan", "Riêng.").await;
    let into = other;
    let joined = stage.act(Act::Join { entry, into }).await;
    assert_eq!(stage.ids("hai docx").await, [other]);
    let scope = stage.house.scope(&["hoan-kiem"]);
    let found = stage.find(&scope, "do minh").await;
    assert_eq!(found.hits[0].paper.state, EntryState::Joined);
    stage.undo(joined).await;
    assert_eq!(stage.ids("hai docx").await, [entry]);

    let unit = "dong-da".to_owned();
    let moved = stage.act(Act::AssignUnit { entry, unit }).await;
    assert_eq!(stage.ids("do minh").await, NONE);
    assert_eq!(
        stage
            .find(&stage.house.scope(&["dong-da"]), "do minh")
            .await
            .total,
        1
    );
    stage.undo(moved).await;
    assert_eq!(stage.ids("do minh").await, [entry]);
}

#[tokio::test]
async fn another_units_entries_move_nothing_here() {
    let stage = Stage::set().await;
    let own = stage.house.scope(&["hoan-kiem"]);
    for n in 0..25 {
        let name = ["Nguyễn Văn Ân", "Nguyễn Vân An", "Lê An"][n % 3];
        stage.essay(name, "Văn hóa của Nguyễn.").await;
    }
    let questions = ["nguyen van an", "ân", "\"van an\"", "an", "xyz", "dong da"];
    let all = async || {
        let mut told = Vec::new();
        for typed in questions {
            told.push(stage.find(&own, typed).await);
            told.push(stage.page(&own, typed, 1).await);
        }
        told
    };
    let before = all().await;
    assert_eq!(before[0].total, 25);
    let mut theirs = Vec::new();
    for name in ["Nguyễn Văn Ân", "Xyz Ân", "Đống Đa", "Nguyễn Văn An"] {
        for _ in 0..10 {
            let case = Case {
                unit: "dong-da",
                name,
                ..Case::default()
            };
            theirs.push(stage.house.entry(&case).await);
        }
    }
    assert_eq!(all().await, before);
    let unit = "dong-da".to_owned();
    for entry in theirs {
        let unit = unit.clone();
        if db::entry::get(&stage.house.db, entry)
            .await
            .expect("entry")
            .state
            == EntryState::Held
        {
            stage.act(Act::AssignUnit { entry, unit }).await;
        }
    }
    assert_eq!(all().await, before);
    let nobody = Scope {
        units: Vec::new(),
        ..own.clone()
    };
    assert_eq!(stage.find(&nobody, "nguyen").await, Found::default());
    let elsewhere = Scope {
        contest: own.contest + 1,
        ..own.clone()
    };
    assert_eq!(stage.find(&elsewhere, "nguyen").await.total, 0);
}

#[tokio::test]
async fn pages_hold_every_hit_once_and_the_last_is_the_end() {
    let stage = Stage::set().await;
    let mut all = Vec::new();
    for _ in 0..PAGE + 3 {
        all.push(stage.essay("Bùi Chi", "Giống nhau.").await);
    }
    all.reverse();
    let scope = stage.house.scope(&["hoan-kiem"]);
    let first = stage.page(&scope, "bui chi", 0).await;
    let last = stage.page(&scope, "bui chi", 1).await;
    let shown = first.hits.iter().chain(&last.hits).map(|hit| hit.paper.id);
    assert_eq!(shown.collect::<Vec<_>>(), all, "newest first");
    assert_eq!((last.total, last.page, last.hits.len()), (PAGE + 3, 1, 3));
    for beyond in [2, 99_999, i64::MAX, i64::MIN] {
        let found = stage.page(&scope, "bui chi", beyond).await;
        assert_eq!(found.page, i64::from(beyond > 0), "{beyond}");
    }
}

#[tokio::test]
async fn words_that_stand_nowhere_are_named() {
    let stage = Stage::set().await;
    stage.essay("Bùi Chi", "Một bài.").await;
    let scope = stage.house.scope(&["hoan-kiem"]);
    let found = stage.find(&scope, "bùi zuky chi zuky").await;
    assert_eq!((found.total, found.absent), (0, vec!["zuky".to_owned()]));
    assert!(stage.find(&scope, "bùi").await.absent.is_empty());
}

#[tokio::test]
async fn nothing_that_is_typed_breaks_the_search() {
    let stage = Stage::set().await;
    stage.essay("And Or Not", "Một * hai \" ba 🙂.").await;
    let scope = stage.house.scope(&["hoan-kiem"]);
    let long = "đơn vị \"".repeat(1_000);
    let marks = "\u{301}\u{323}".repeat(500);
    for typed in [
        "\"",
        "*",
        "?",
        "AND",
        "AND OR NOT",
        "-",
        "+",
        "(",
        "a:b",
        "[a TO z]",
        "\\",
        "🙂",
        "\0",
        "a\0b",
        "%",
        "_",
        "\u{10ffff}",
        "ﬁ",
        "İ",
        "\"a\" \"b",
        "한국",
        &long,
        &marks,
        &"x".repeat(10_240),
        &"1".repeat(10_240),
        &"a ".repeat(5_000),
    ] {
        stage.find(&scope, typed).await;
    }
    assert_eq!(stage.find(&scope, "AND OR NOT").await.total, 1);
    assert_eq!(stage.find(&scope, "\u{301}").await, Found::default());
}

#[tokio::test]
async fn an_index_that_is_there_is_used_again_and_a_spoilt_one_is_made_anew() {
    let mut stage = Stage::set().await;
    let first = stage.essay("Bùi Chi", "Một bài.").await;
    assert_eq!(stage.ids("bui chi").await, [first]);
    let place = folder(&stage.house).join("0");
    let names = || {
        let files = std::fs::read_dir(&place).expect("index").flatten();
        let mut names: Vec<String> = files
            .map(|file| file.file_name().to_string_lossy().into_owned())
            .filter(|name| name.ends_with(".idx"))
            .collect();
        names.sort();
        names
    };
    // Lost when the folder is emptied.
    let sign = place.join("sign");
    std::fs::write(&sign, b"").expect("a sign");
    stage.restart();
    assert_eq!(stage.ids("bui chi").await, [first]);
    assert!(sign.exists());

    let second = stage.essay("Bùi Chi", "Hai bài.").await;
    stage.restart();
    assert_eq!(stage.ids("bui chi").await, [second, first]);

    for name in names() {
        std::fs::write(place.join(name), b"not an index").expect("spoilt");
    }
    stage.restart();
    assert_eq!(stage.ids("bui chi").await, [second, first]);
    assert!(!sign.exists());

    std::fs::write(place.join("meta.json"), b"{").expect("spoilt");
    stage.restart();
    assert_eq!(stage.ids("bui chi").await, [second, first]);
}

#[tokio::test]
async fn two_processes_have_an_index_each() {
    let stage = Stage::set().await;
    let entry = stage.essay("Bùi Chi", "Một bài.").await;
    assert_eq!(stage.ids("bui chi").await, [entry]);
    let other = Stage {
        search: Arc::new(Search::new(folder(&stage.house))),
        house: house().await,
    };
    let scope = stage.house.scope(&["hoan-kiem"]);
    let wanted = Wanted::read("bui chi");
    let found = other.search.find(&stage.house.db, &scope, &wanted, 0).await;
    assert_eq!(found.expect("an answer").total, 1);
    assert!(folder(&stage.house).join("1").exists());
}

#[tokio::test]
async fn what_no_event_tells_is_found_by_the_sweep() {
    let stage = Stage::set().await;
    let entry = stage.essay("Bùi Chi", "Một bài.").await;
    assert_eq!(stage.ids("bui chi").await, [entry]);
    let row = db::entry::get(&stage.house.db, entry).await.expect("entry");
    let moved = db::entry::Entry {
        unit_id: stage.house.unit("dong-da"),
        ..row.clone()
    };
    let mut tx = stage.house.db.begin().await.expect("begin");
    db::entry::change(&mut tx, &row, &moved)
        .await
        .expect("change");
    tx.commit().await.expect("commit");
    stage.search.sweep_next_time().await;
    assert_eq!(stage.ids("bui chi").await, NONE);
    let theirs = stage
        .find(&stage.house.scope(&["dong-da"]), "bui chi")
        .await;
    assert_eq!(theirs.total, 1);
}

#[tokio::test]
async fn a_folder_that_cannot_be_used_is_said_and_not_a_panic() {
    let stage = Stage::set().await;
    let file = stage.house.folder.join("x.db");
    let search = Arc::new(Search::new(file.join("search")));
    let scope = stage.house.scope(&["hoan-kiem"]);
    let found = search
        .find(&stage.house.db, &scope, &Wanted::read("an"), 0)
        .await;
    assert!(matches!(found, Err(Error::Index(_))), "{found:?}");
}
