//! Pages that are pictures: drawn, covered and released by a clerk, and then seen by those judges only whose they are.

use phach::contest::role::Role;
use phach::db::entry;
use phach::db::entry::File;
use phach::db::judge;
use phach::db::page;
use phach::db::page::Cover;
use phach::db::page::Picture;
use phach::db::page::Release;
use phach::db::page::Sheet;
use phach::db::page::Shown;
use phach::document::drawn::Area;
use phach::document::ocr::OcrPage;
use phach::document::ocr::OcrWord;
use phach::duplicate::PRINT_HEIGHT;
use phach::duplicate::PRINT_WIDTH;
use phach::duplicate::PagePrint;
use phach::entry::FileRole;

use super::bench::missing;
use super::bench::room;
use super::day::scope;
use super::house::House;
use super::house::NOW;
use super::house::on_both;

fn picture(blob: &str) -> Picture {
    Picture {
        picture: blob.to_owned(),
        width: 1_131,
        height: 1_600,
    }
}

fn sheet(number: i64, picture: Picture) -> Sheet {
    // Bars across the page; nobody could read them.
    let ink: Vec<f32> = (0..PRINT_WIDTH * PRINT_HEIGHT)
        .map(|cell| ((cell / PRINT_WIDTH + cell) % 3) as f32)
        .collect();
    Sheet {
        number,
        picture,
        print: (number == 2).then(|| PagePrint::new(&ink).expect("a print")),
        words: None,
    }
}

fn words(text: &str) -> OcrPage {
    let word = OcrWord {
        text: text.to_owned(),
        ..OcrWord::default()
    };
    OcrPage {
        words: vec![word],
        half_turn: false,
    }
}

fn shown(code: &str, picture: Picture) -> Shown {
    Shown {
        code: code.to_owned(),
        illustration: code == "k2",
        picture,
    }
}

fn cover(file: i64, page: i64, top: u16) -> Cover {
    let area = Area::new(100, top, 5_000, top + 300).expect("an area");
    Cover { file, page, area }
}

/// Two photographs, an annex and a drawing in a text, all drawn; the ids of the photographs.
async fn photographed(house: &House, version: i64) -> [i64; 2] {
    let file = |id: i64, ordinal: i64, blob: &str, role: FileRole| File {
        id,
        version_id: version,
        ordinal,
        blob: blob.to_owned(),
        name: format!("IMG_{ordinal}.jpg"),
        size: 9,
        role,
        kind: "jpeg".to_owned(),
        pages: Some(1),
    };
    let [second, first] = [version + 1, version + 2];
    house
        .write(async |tx| {
            entry::put_file(tx, &file(second, 2, "b", FileRole::Page)).await?;
            entry::put_file(tx, &file(first, 1, "a", FileRole::Page)).await?;
            entry::put_file(tx, &file(version + 3, 3, "c", FileRole::Annex)).await?;
            entry::put_file(tx, &file(version + 4, 0, "d", FileRole::Main)).await?;
            page::keep(tx, "a", &[sheet(0, picture("a0"))]).await?;
            page::keep(tx, "b", &[sheet(0, picture("b0")), sheet(2, picture("b2"))]).await?;
            page::keep(tx, "b", &[sheet(0, picture("another"))]).await?;
            page::keep(tx, "c", &[sheet(2, picture("c2"))]).await?;
            let drawing = Sheet {
                words: Some(words("Hình 1")),
                ..sheet(0, picture("d0"))
            };
            page::keep(tx, "d", &[drawing]).await
        })
        .await
        .unwrap();
    [first, second]
}

#[tokio::test]
async fn pages_stand_in_the_order_of_their_files_and_are_seen_in_scope_only() {
    on_both(async |house| {
        let (_, version) = house.entry("AAAA-AAAA-A").await;
        assert_eq!(page::leaves(&house.db, version).await.unwrap(), []);
        let [first, second] = photographed(&house, version).await;
        let unread = page::prints(&house.db, &[version]).await.unwrap();
        let unread: Vec<_> = unread.iter().map(|(of, page)| (*of, page.number)).collect();
        assert_eq!(unread, [(version, 3)], "its place among all leaves");
        assert!(page::is_drawn(&house.db, "d").await.unwrap());
        assert!(!page::is_drawn(&house.db, "e").await.unwrap());
        let written = page::words(&house.db, version).await.unwrap();
        assert_eq!(written, [(version + 4, 0, words("Hình 1"))]);
        assert!(page::prints(&house.db, &[]).await.unwrap().is_empty());
        let leaves = page::leaves(&house.db, version).await.unwrap();
        let told: Vec<_> = leaves
            .iter()
            .map(|leaf| {
                let blob = leaf.drawn.picture.as_str();
                (leaf.file_id, leaf.page, blob, leaf.illustration)
            })
            .collect();
        let want = [
            (version + 4, 0, "d0", true),
            (first, 0, "a0", false),
            (second, 0, "b0", false),
            (second, 2, "b2", false),
            (version + 3, 2, "c2", true),
        ];
        assert_eq!(told, want, "what is no page stands beside them");
        let same = house
            .write(async |tx| page::leaves_in(tx, version).await)
            .await
            .unwrap();
        assert_eq!(leaves, same);
        let own = scope(&house, &["hoan-kiem"]);
        let seen = page::seen(&house.db, &own, second, 2).await.unwrap();
        assert_eq!(seen, picture("b2"));
        missing(page::seen(&house.db, &own, second, 1).await, "no such page");
        let other = scope(&house, &["tp"]);
        let hidden = page::seen(&house.db, &other, second, 2).await;
        missing(hidden, "another unit's");
    })
    .await;
}

#[tokio::test]
async fn a_release_is_of_the_pages_that_were_looked_at_and_what_it_shows_goes_with_it() {
    on_both(async |house| {
        let (_, version) = house.entry("AAAA-AAAA-A").await;
        let clerk = house.account("clerk@duthi.example").await;
        let [first, second] = photographed(&house, version).await;
        let leaves = page::leaves(&house.db, version).await.unwrap();
        let release = Release {
            account: clerk,
            pages: page::name_of(&leaves),
        };
        assert!(release.is_of(&leaves) && !release.is_of(&leaves[..2]));
        assert!(!release.is_of(&[]));
        let covers = [cover(first, 0, 200), cover(second, 2, 50)];
        house
            .write(async |tx| {
                assert_eq!(page::release_in(tx, version).await?, None);
                page::set_covers(tx, version, &[cover(first, 0, 9_000)]).await?;
                page::set_covers(tx, version, &covers).await?;
                page::set_release(tx, version, Some(&release)).await?;
                assert_eq!(page::release_in(tx, version).await?, Some(release.clone()));
                let mut kept = page::covers_in(tx, version).await?;
                kept.sort_by_key(|cover| cover.area.top);
                assert_eq!(kept, [covers[1].clone(), covers[0].clone()]);
                assert_eq!(page::shown_in(tx, version).await?, 0);
                let pages = [shown("k1", picture("x")), shown("k2", picture("y"))];
                page::show(tx, version, &pages).await?;
                assert_eq!(page::shown_in(tx, version).await?, 2);
                page::show(tx, version, &pages[..1]).await?;
                assert_eq!(page::shown_in(tx, version).await?, 1);
                page::set_release(tx, version, None).await?;
                assert_eq!(page::shown_in(tx, version).await?, 0, "gone at once");
                page::release_in(tx, version).await
            })
            .await
            .unwrap();
        assert_eq!(page::covers(&house.db, version).await.unwrap().len(), 2);
        assert_eq!(page::release(&house.db, version).await.unwrap(), None);
        assert_eq!(page::shown(&house.db, version).await.unwrap(), 0);
    })
    .await;
}

#[tokio::test]
async fn a_page_is_for_the_judge_who_has_its_sheet_and_for_the_head_of_its_queue() {
    on_both(async |house| {
        let ([an, binh], [one, two], _) = room(&house).await;
        let pages = [shown("c0de", picture("x")), shown("k2", picture("y"))];
        house
            .write(async |tx| page::show(tx, one.version, &pages).await)
            .await
            .unwrap();
        let codes = judge::pages(&house.db, one.id).await.unwrap();
        let codes: Vec<_> = codes
            .iter()
            .map(|page| (page.code.as_str(), page.illustration))
            .collect();
        assert_eq!(codes, [("c0de", false), ("k2", true)]);
        assert_eq!(judge::pages(&house.db, two.id).await.unwrap(), []);
        let mine = judge::page(&house.db, an, "k2").await.unwrap();
        assert_eq!((mine.blob.as_str(), mine.own_sheet), ("y", true));
        let queues: Vec<i64> = mine.queues.iter().map(|queue| queue.id).collect();
        assert_eq!(queues, [one.queue]);
        let other = judge::page(&house.db, binh, "k2").await.unwrap();
        assert!(!other.own_sheet, "of another judge");
        missing(judge::page(&house.db, an, "a").await, "no such page");
        // Whoever gets a role in the unit that sent the essay marks it no longer.
        house
            .write(async |tx| {
                let unit = Some(house.unit("hoan-kiem"));
                phach::db::account::grant(tx, an, house.contest, unit, Role::Judge, NOW).await
            })
            .await
            .unwrap();
        let barred = judge::page(&house.db, an, "k2").await.unwrap();
        assert!(!barred.own_sheet, "barred");
        house.run("UPDATE judge_copy SET safe = FALSE").await;
        missing(judge::page(&house.db, an, "k2").await, "no safe copy");
        assert_eq!(judge::pages(&house.db, one.id).await.unwrap(), []);
    })
    .await;
}
