//! What the program would cover on pages that are pictures, from the places of the words that were read on them. A
//! clerk sees it before anybody else and decides.

use crate::blind;
use crate::blind::Identity;
use crate::db;
use crate::db::Db;
use crate::db::contest::Standing;
use crate::db::entry::Entry;
use crate::db::entry::Version;
use crate::db::page::Cover;
use crate::document::drawn::Area;
use crate::document::ocr::OcrPage;
use crate::document::ocr::OcrWord;
use crate::job::author;

/// What an area reaches beyond its words, in ten-thousandths of the page.
const BESIDE: u16 = 60;
const ABOVE: u16 = 40;

/// What the program would cover on the pages of a version: words that say whose it is, as far as they were read.
pub async fn covers(
    db: &Db,
    standing: &Standing,
    entry: &Entry,
    version: &Version,
) -> Result<Vec<Cover>, db::Error> {
    let about = author::of(db, standing, entry, version).await?;
    let mut pages = db::page::words(db, version.id).await?;
    for file in &about.files {
        if let Some(document) = db::reading::get(db, &file.blob).await? {
            let read = document.ocr.unwrap_or_default().pages;
            pages.extend(
                (0_i64..)
                    .zip(read)
                    .map(|(page, words)| (file.id, page, words)),
            );
        }
    }
    let cover = |(file, page, words): &(i64, i64, OcrPage)| -> Vec<Cover> {
        let areas = areas(words, &about.identity).into_iter();
        areas
            .map(|area| Cover {
                file: *file,
                page: *page,
                area,
            })
            .collect()
    };
    Ok(pages.iter().flat_map(cover).collect())
}

/// The areas of the words that are to go, as the page is drawn.
fn areas(page: &OcrPage, identity: &Identity) -> Vec<Area> {
    let mut text = String::new();
    let mut places = Vec::with_capacity(page.words.len());
    let mut before: Option<&OcrWord> = None;
    for word in &page.words {
        if let Some(before) = before {
            let same_line = word.left >= before.left && word.top < before.bottom;
            text.push(if same_line { ' ' } else { '\n' });
        }
        let from = text.len();
        text.push_str(&word.text);
        places.push((from, text.len()));
        before = Some(word);
    }
    let masks = blind::masked(&text, identity);
    let mut areas: Vec<Area> = Vec::new();
    for (word, (from, to)) in page.words.iter().zip(places) {
        if !masks.iter().any(|mask| mask.0 < to && from < mask.1) {
            continue;
        }
        let Some(area) = Area::new(
            word.left.saturating_sub(BESIDE),
            word.top.saturating_sub(ABOVE),
            word.right.saturating_add(BESIDE),
            word.bottom.saturating_add(ABOVE),
        ) else {
            continue;
        };
        match areas.last_mut() {
            // Words of one name, side by side.
            Some(last)
                if area.top < last.bottom
                    && last.top < area.bottom
                    && area.left >= last.left
                    && area.left <= last.right.saturating_add(2 * BESIDE) =>
            {
                last.top = last.top.min(area.top);
                last.right = last.right.max(area.right);
                last.bottom = last.bottom.max(area.bottom);
            }
            Some(_) | None => areas.push(area),
        }
    }
    if page.half_turn {
        areas = areas.into_iter().map(Area::turned).collect();
    }
    areas
}

#[cfg(test)]
mod tests {
    use super::areas;
    use crate::blind::Identity;
    use crate::document::ocr::OcrPage;
    use crate::document::ocr::OcrWord;

    fn word(text: &str, left: u16, top: u16) -> OcrWord {
        OcrWord {
            text: text.to_owned(),
            left,
            top,
            right: left + 600,
            bottom: top + 150,
            confidence: 0.9,
        }
    }

    fn page() -> OcrPage {
        OcrPage {
            words: vec![
                word("Họ", 1_000, 1_000),
                word("và", 1_700, 1_000),
                word("tên:", 2_400, 1_000),
                word("Nguyễn", 3_200, 1_010),
                word("Thị", 3_900, 990),
                word("Mai", 4_600, 1_000),
                word("Dịch", 1_000, 1_300),
                word("vụ", 1_700, 1_300),
                word("công", 2_400, 1_300),
            ],
            half_turn: false,
        }
    }

    #[test]
    fn a_name_on_a_page_gets_one_cover_from_its_first_to_its_last_word() {
        let identity = Identity {
            senders: vec!["Nguyễn Thị Mai".to_owned()],
            ..Identity::default()
        };
        let found = areas(&page(), &identity);
        assert_eq!(found.len(), 1, "{found:?}");
        let area = found[0];
        assert!(area.left <= 3_200 && area.right >= 5_200, "{area:?}");
        assert!(area.top <= 990 && (1_160..1_300).contains(&area.bottom));
        assert!(area.left > 3_000, "the label stays: {area:?}");
    }

    #[test]
    fn on_a_page_that_is_turned_the_cover_is_turned_with_it() {
        let upside_down = OcrPage {
            half_turn: true,
            ..page()
        };
        let found = areas(&upside_down, &Identity::default());
        let upright = areas(&page(), &Identity::default());
        let turned: Vec<_> = upright.into_iter().map(|area| area.turned()).collect();
        assert_eq!(found, turned);
        assert!(!found.is_empty(), "the line after the label names somebody");
    }
}
