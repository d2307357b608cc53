//! What must be called copied, what must not, and where.

use super::Contest;
use super::Essay;
use super::Level;
use super::Text;
use super::Verdict;
use super::clusters;
use super::person;
use super::pictures::tests::pages;

/// Invented prose of so many syllables: nobody writes the same by chance.
fn prose(seed: u64, syllables: usize) -> String {
    const HEADS: [&str; 14] = [
        "b", "c", "đ", "g", "h", "kh", "l", "m", "ng", "nh", "ph", "th", "tr", "v",
    ];
    const TAILS: [&str; 18] = [
        "ạn", "ố", "iều", "ương", "inh", "ăm", "ọc", "ấy", "uyền", "oài", "ét", "ông", "ịch", "ao",
        "ướng", "ùm", "ỉ", "ân",
    ];
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut roll = |end: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 20) as usize % end
    };
    let mut words = Vec::new();
    for _ in 0..syllables {
        words.push(format!("{}{}", HEADS[roll(14)], TAILS[roll(18)]));
    }
    words.join(" ")
}

/// An essay of five paragraphs.
fn essay(seed: u64) -> Vec<String> {
    (0..5).map(|n| prose(seed * 100 + n, 60)).collect()
}

fn given() -> Vec<String> {
    (0..4).map(|n| prose(9_000_000 + n, 40)).collect()
}

/// A contest with twenty honest essays; the paragraphs of essay n are those of `essay(n)`.
fn contest() -> Contest {
    let given: Vec<Text> = given().iter().map(|text| Text::read(text)).collect();
    let mut contest = Contest::new(&given);
    for n in 0..20 {
        let verdict = add(&mut contest, &with_given(&essay(n)));
        assert_eq!(verdict.level, Level::Clear, "honest essay {n}");
    }
    contest
}

fn with_given(own: &[String]) -> String {
    let mut all = given();
    for (n, paragraph) in own.iter().enumerate() {
        all.insert((2 * n + 1).min(all.len()), paragraph.clone());
    }
    all.join("\n")
}

fn add(contest: &mut Contest, text: &str) -> Verdict {
    contest.add(Essay {
        text: &Text::read(text),
        person: None,
        unread: &[],
    })
}

/// Replaces every n-th syllable.
fn edited(text: &str, every: usize) -> String {
    let words = text.split(' ').enumerate();
    let words = words.map(|(n, word)| {
        if n % every == every - 1 {
            "khác"
        } else {
            word
        }
    });
    words.collect::<Vec<_>>().join(" ")
}

#[test]
fn a_copy_is_found_however_it_is_changed() {
    let mut contest = contest();
    let mut check = |name: &str, text: &str, source: u32| {
        let verdict = add(&mut contest, text);
        assert_eq!(
            verdict.level,
            Level::Copied,
            "{name}: {:?}",
            verdict.sources
        );
        assert_eq!(verdict.sources[0].essay, source, "{name}");
        assert!(verdict.score > 0.8, "{name}: {}", verdict.score);
    };
    check("as it is", &with_given(&essay(1)), 1);
    check(
        "every tenth syllable replaced",
        &with_given(&essay(2))
            .lines()
            .map(|l| edited(l, 10))
            .collect::<Vec<_>>()
            .join("\n"),
        2,
    );
    let mut turned = essay(3);
    turned.reverse();
    check("paragraphs in another order", &with_given(&turned), 3);
    let homoglyphs = with_given(&essay(4)).replace('h', "һ").replace('c', "с");
    check("letters of another alphabet", &homoglyphs, 4);
    let hidden: String = with_given(&essay(5))
        .chars()
        .flat_map(|c| [c, '\u{200b}'])
        .collect();
    check("marks that nobody sees", &hidden, 5);
    use unicode_normalization::UnicodeNormalization;
    let decomposed: String = with_given(&essay(6)).nfd().collect();
    check("decomposed accents", &decomposed, 6);
    let plain = decomposed
        .replace(|c| ('\u{300}'..='\u{36f}').contains(&c), "")
        .replace('đ', "d");
    check("no diacritics", &plain, 6);
    let joined: String = with_given(&essay(8)).replace(" th", "th");
    check("lost spaces", &joined, 8);
}

#[test]
fn both_sources_of_a_mixed_essay_are_named() {
    let mut contest = contest();
    let mut own = essay(3)[..2].to_vec();
    own.extend(essay(11)[2..].to_vec());
    let verdict = add(&mut contest, &with_given(&own));
    let mut sources: Vec<u32> = verdict.sources.iter().map(|source| source.essay).collect();
    sources.sort_unstable();
    assert_eq!(sources, [3, 11]);
    assert_eq!(verdict.level, Level::Copied);
}

#[test]
fn given_texts_are_no_copy_even_when_edited() {
    let mut contest = contest();
    for every in [4, 7, 100] {
        let quoted: Vec<String> = given().iter().map(|text| edited(text, every)).collect();
        let text = format!("{}\n{}", quoted.join("\n"), prose(77 + every as u64, 200));
        let verdict = add(&mut contest, &text);
        assert_eq!(
            (verdict.level, verdict.passages.len()),
            (Level::Clear, 0),
            "every {every}"
        );
        assert!(verdict.own < 215, "{} own syllables", verdict.own);
    }
}

#[test]
fn one_shared_quotation_is_a_note_and_not_a_flag() {
    let mut contest = contest();
    let mut own = essay(30);
    own[2] = essay(4)[2].clone();
    let verdict = add(&mut contest, &with_given(&own));
    assert_eq!((verdict.level, verdict.passages.len()), (Level::Note, 1));
    assert!(!verdict.sources[0].corroborated && verdict.score < 0.05);
}

#[test]
fn what_many_essays_quote_is_nobodys() {
    let mut contest = contest();
    let page = prose(555, 90);
    let mut texts = Vec::new();
    for n in 0..12 {
        let mut own = essay(40 + n);
        own.push(page.clone());
        texts.push(with_given(&own));
        add(&mut contest, &texts[n as usize]);
    }
    let verdicts: Vec<Verdict> = texts
        .iter()
        .enumerate()
        .map(|(n, text)| {
            contest.review(
                20 + n as u32,
                Essay {
                    text: &Text::read(text),
                    person: None,
                    unread: &[],
                },
            )
        })
        .collect();
    for verdict in verdicts {
        assert_eq!((verdict.level, verdict.passages.len()), (Level::Clear, 0));
        assert!(!verdict.common.is_empty() || !verdict.shared.is_empty());
    }
}

#[test]
fn without_given_texts_the_questions_are_learnt() {
    let mut contest = Contest::new(&[]);
    let texts: Vec<String> = (0..30).map(|n| with_given(&essay(n))).collect();
    for text in &texts {
        add(&mut contest, text);
    }
    for (n, text) in texts.iter().enumerate() {
        let essay = Text::read(text);
        let verdict = contest.review(
            n as u32,
            Essay {
                text: &essay,
                person: None,
                unread: &[],
            },
        );
        assert_eq!(
            verdict.level,
            Level::Clear,
            "essay {n}: {:?}",
            verdict.sources
        );
    }
}

#[test]
fn a_big_ring_does_not_hide_itself() {
    let mut contest = contest();
    for n in 20..60 {
        add(&mut contest, &with_given(&essay(n)));
    }
    for n in 0..25 {
        let mut own = essay(9);
        own[4] = prose(8000 + n, 60);
        let verdict = add(&mut contest, &with_given(&own));
        assert_eq!(verdict.level, Level::Copied, "member {n}");
        assert_eq!(verdict.sources[0].essay, 9, "member {n}");
    }
}

#[test]
fn the_earlier_essay_is_the_source() {
    let mut contest = contest();
    let text = with_given(&essay(50));
    assert_eq!(add(&mut contest, &text).level, Level::Clear);
    assert_eq!(add(&mut contest, &text).sources[0].essay, 20);
    let read = Text::read(&text);
    let first = contest.review(
        20,
        Essay {
            text: &read,
            person: None,
            unread: &[],
        },
    );
    assert_eq!(first.level, Level::Clear, "not copied from a later one");
}

#[test]
fn the_same_person_sends_again_and_another_copies() {
    let mut contest = contest();
    let text = Text::read(&with_given(&essay(60)));
    let mut send = |author: &str, unit: &str| {
        let person = person(author, unit);
        contest.add(Essay {
            text: &text,
            person,
            unread: &[],
        })
    };
    assert_eq!(send("Lê Thị An", "9").level, Level::Clear);
    assert_eq!(send("LÊ THỊ  AN", "9").level, Level::Resent);
    assert_eq!(send("Lê Thị An", "10").level, Level::Copied);
    assert_eq!(send("Trần Bình", "9").level, Level::Copied);
    assert_eq!(person(" ", "9"), None);
}

#[test]
fn passages_are_places_in_the_text_as_sent() {
    let mut contest = contest();
    use unicode_normalization::UnicodeNormalization;
    let copied: String = essay(12)[1].nfd().collect();
    let text = format!("😀👩‍👧 {}\n{copied}\n{}", prose(91, 70), essay(12)[3]);
    let read = Text::read(&text);
    let verdict = contest.add(Essay {
        text: &read,
        person: None,
        unread: &[],
    });
    let chars: Vec<char> = text.chars().collect();
    let cut: Vec<String> = verdict
        .passages
        .iter()
        .map(|passage| {
            let (from, to) = read.span(passage.own.0, passage.own.1);
            chars[from as usize..to as usize].iter().collect()
        })
        .collect();
    assert_eq!(cut, [copied, essay(12)[3].clone()]);
    let source = with_given(&essay(12));
    let source_chars: Vec<char> = source.chars().collect();
    let (from, to) =
        Text::read(&source).span(verdict.passages[0].theirs.0, verdict.passages[0].theirs.1);
    let there: String = source_chars[from as usize..to as usize].iter().collect();
    assert_eq!(there, essay(12)[1]);
}

#[test]
fn a_verdict_follows_from_the_earlier_essays_alone() {
    let texts: Vec<String> = (0..12).map(|n| with_given(&essay(n % 7))).collect();
    let run = |texts: &[String]| -> Vec<Verdict> {
        let mut contest = contest();
        texts.iter().map(|text| add(&mut contest, text)).collect()
    };
    let all = run(&texts);
    assert_eq!(run(&texts), all);
    assert_eq!(run(&texts[..5]), all[..5]);
    assert!(
        clusters(&all).iter().all(Option::is_none) || all.iter().any(|v| v.level == Level::Copied)
    );
}

#[test]
fn nothing_in_a_text_is_too_odd() {
    let mut contest = contest();
    for text in [
        "",
        " ",
        "\u{301}",
        "a",
        "a b",
        "\u{200b}\n\n",
        "😀",
        &"a ".repeat(5000),
        &"\n1".repeat(3000),
    ] {
        for _ in 0..2 {
            let verdict = add(&mut contest, text);
            assert!((0.0..=1.0).contains(&verdict.score));
        }
    }
}

#[test]
fn an_essay_by_hand_is_known_by_its_pages() {
    let mut contest = contest();
    let mut hand_in = |text: &str, sheets: &[u64], person: Option<u64>| {
        let dust = contest.len() as u64 * 100;
        contest.add(Essay {
            text: &Text::read(text),
            person,
            unread: &pages(sheets, dust),
        })
    };
    let first = hand_in("", &[1, 2, 3], Some(7));
    assert_eq!((first.level, first.pages.len()), (Level::Clear, 0));
    // What was guessed from the pages is no text of its own.
    let copied = hand_in(&prose(70, 150), &[1, 2, 3], Some(8));
    assert_eq!(copied.level, Level::Copied);
    assert_eq!(copied.sources[0].essay, 20);
    assert!(copied.sources[0].corroborated);
    let places: Vec<_> = copied
        .pages
        .iter()
        .map(|p| (p.own, p.source, p.theirs))
        .collect();
    assert_eq!(places, [(0, 20, 0), (1, 20, 1), (2, 20, 2)]);
    // Two pages of one and one of another, all known.
    hand_in("", &[11, 12], Some(9));
    let mixed = hand_in("", &[2, 11, 1], Some(10));
    assert_eq!(mixed.level, Level::Copied);
    assert_eq!(
        mixed.pages.iter().map(|p| p.source).collect::<Vec<_>>(),
        [20, 22, 20]
    );
    let again = hand_in("", &[12, 11], Some(9));
    assert_eq!(again.level, Level::Resent);
    // The same photograph beside a long text of one's own.
    let picture = hand_in(&prose(71, 900), &[3], Some(11));
    assert!(picture.score < 0.25, "{}", picture.score);
    assert_eq!(picture.pages.len(), 1);
    let other = hand_in(&prose(72, 100), &[31, 32], Some(12));
    assert_eq!((other.level, other.pages.len()), (Level::Clear, 0));
}

#[test]
fn the_closing_verdict_of_pages_is_that_of_their_arrival() {
    let mut contest = contest();
    let sheets: [&[u64]; 4] = [&[1, 2], &[3, 4], &[2, 1], &[5, 4]];
    let text = Text::read("");
    let essays: Vec<_> = (0..)
        .zip(sheets)
        .map(|(n, own)| pages(own, n * 50))
        .collect();
    let essay = |unread| Essay {
        text: &text,
        person: None,
        unread,
    };
    let arrived: Vec<Verdict> = essays
        .iter()
        .map(|pages| contest.add(essay(pages)))
        .collect();
    assert_eq!(
        arrived.iter().map(|v| v.pages.len()).collect::<Vec<_>>(),
        [0, 0, 2, 1]
    );
    for (n, (pages, arrived)) in essays.iter().zip(arrived).enumerate() {
        assert_eq!(contest.review(20 + n as u32, essay(pages)), arrived, "{n}");
    }
}
