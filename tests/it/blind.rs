//! The judge's copy, seen from outside: the whole cast is read as the worker reads it and masked; then thousands of
//! people plant their names in their essays, and thousands more write words that only look like names.

use std::time::Instant;

use jiff::Timestamp;
use unicode_normalization::UnicodeNormalization as _;

use phach::blind;
use phach::blind::Block;
use phach::blind::Identity;
use phach::blind::JudgeCopy;
use phach::blind::Piece;
use phach::blind::Source;
use phach::blind::Verdict;
use phach::entry::ReceiptCode;
use phach::slip::Fact;
use phach::slip::Place;
use phach::slip::Slip;
use phach::text::fold;
use phach::worker::Pool;
use phach::worker::Settings;

use crate::support::cast::cast;
use crate::support::places;
use crate::support::prose;
use crate::support::prose::Dice;

/// Everything of a copy that a judge reads, a block a line.
fn shown(copy: &JudgeCopy) -> String {
    let text = |pieces: &[Piece]| -> String {
        let parts = pieces.iter().map(|piece| match piece {
            Piece::Text(text) => text.as_str(),
            Piece::Masked(_) => " █ ",
        });
        parts.collect()
    };
    let lines = copy.blocks.iter().map(|block| match block {
        Block::Heading(pieces) | Block::Paragraph(pieces) | Block::Item(pieces) => text(pieces),
        Block::Row(cells) => {
            let cells: Vec<String> = cells.iter().map(|cell| text(cell)).collect();
            cells.join("\t")
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn squeezed(text: &str) -> String {
    fold(text).replace(' ', "")
}

fn count(text: &str) -> usize {
    text.split_whitespace().count()
}

/// Every paper of the cast on both plans, through the worker: no name, phone, mail, birth date or address is left,
/// folded or not, and no paragraph loses a word.
#[tokio::test]
async fn no_paper_of_the_cast_names_its_author_to_a_judge() {
    let pool = Pool::new(Settings {
        exe: env!("CARGO_BIN_EXE_phach").into(),
        children: 1,
        text_seconds: 60,
        sort_seconds: 60,
        ..Settings::default()
    });
    let now = Timestamp::from_second(1_567_400_400).unwrap();
    let (mut copies, mut words, mut kept) = (0, 0, 0);
    for places in [places::hanoi(), places::two_level()] {
        let cast = cast(places, 1, now);
        for scene in &cast.scenes {
            let sorted = pool.sort(scene.mail.bytes.clone()).await.unwrap();
            let parsed = sorted.parsed;
            for (essay, expected) in parsed.essays.iter().zip(&scene.expect.entries) {
                let main = essay.main.and_then(|index| parsed.parts.get(index));
                let text = match main {
                    Some(part) => part.document.text.as_str(),
                    None if essay.in_body => parsed.body.as_str(),
                    None => continue,
                };
                let identity = Identity {
                    slips: vec![essay.slip.clone()],
                    senders: parsed.from.iter().map(|from| from.name.clone()).collect(),
                    emails: parsed.from.iter().map(|from| from.email.clone()).collect(),
                    files: parsed.parts.iter().map(|part| part.name.clone()).collect(),
                    codes: vec![ReceiptCode::from_random([7; 8]).to_string()],
                    ..Identity::default()
                };
                let source = Source {
                    text,
                    slip: Some(&essay.slip),
                };
                let copy = blind::copy(&[source], &identity);
                let read = shown(&copy);
                let scene = &scene.name;
                assert_eq!(copy.verdict, Verdict::Safe, "{scene}: {read}");
                copies += 1;
                let mut secrets: Vec<String> = Vec::new();
                secrets.extend(expected.name.clone());
                secrets.extend(expected.phone.clone());
                secrets.extend(expected.phone.iter().map(|phone| phone[1..].to_owned()));
                secrets.extend(identity.emails.clone());
                let slip = &essay.slip;
                secrets.extend(slip.address.iter().map(|fact| fact.value.clone()));
                secrets.extend(slip.unit.iter().map(|fact| fact.value.clone()));
                for secret in secrets {
                    assert!(
                        !squeezed(&read).contains(&squeezed(&secret)),
                        "{scene}: {secret}: {read}"
                    );
                    assert!(!read.contains(&secret), "{scene}: {secret}: {read}");
                }
                for fact in [&slip.birth_date, &slip.class].into_iter().flatten() {
                    assert!(
                        !read.contains(&fact.value),
                        "{scene}: {}: {read}",
                        fact.value
                    );
                    let year = fact.value.get(..4).unwrap_or("9A2");
                    assert!(
                        !read.lines().take(10).any(|line| line.contains(year)),
                        "{scene}: {read}"
                    );
                }
                let own = expected.name.as_deref().map(squeezed).unwrap_or_default();
                for line in text.lines().filter(|line| line.len() > 150) {
                    if !own.is_empty() && squeezed(line).contains(&own) {
                        continue;
                    }
                    words += count(line);
                    if read.contains(line.trim()) {
                        kept += count(line);
                    } else {
                        println!("{scene}: {line}");
                    }
                }
            }
        }
    }
    println!("{copies} copies, {kept} of {words} words of prose in untouched paragraphs");
    assert!(copies >= 100, "{copies}");
    assert!(kept * 100 >= words * 97, "{kept} of {words}");
}

const FAMILIES: &[&str] = &[
    "Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Huỳnh", "Phan", "Vũ", "Võ", "Đặng", "Bùi", "Đỗ",
    "Hồ", "Ngô", "Dương", "Lý", "Đinh", "Trịnh", "Mai", "Đào", "Lương", "Cao", "Tạ", "Thái", "Hà",
    "Tô", "Khuất", "Chử",
];
const MIDDLES: &[&str] = &[
    "Thị",
    "Văn",
    "Minh",
    "Thu",
    "Đức",
    "Ngọc",
    "Quang",
    "Hồng",
    "Thanh",
    "Hữu",
    "Thị Thu",
    "Văn Minh",
    "Thị Hồng",
    "Bảo",
    "Gia",
    "Công",
    "Xuân",
    "Hoàng",
];
const GIVEN: &[&str] = &[
    "An", "Anh", "Ánh", "Bình", "Hòa", "Hoa", "Minh", "Thu", "Mai", "Lan", "Hương", "Xuân", "Hà",
    "Nam", "Sơn", "Thanh", "Công", "Thành", "Tâm", "Phúc", "Ngân", "Tài", "Đức", "Trí", "Hiếu",
    "Nghĩa", "Nhân", "Yến", "Đạt", "Thủy", "Quỳnh", "Khánh", "Uyên", "Vượng", "Giang", "Trân",
];

fn fact(value: &str) -> Option<Fact> {
    Some(Fact {
        value: value.to_owned(),
        place: Place::Mail,
        span: None,
    })
}

/// Somebody, as a mail would tell of him.
fn somebody(dice: &mut Dice) -> (String, Identity) {
    let name = format!(
        "{} {} {}",
        dice.pick(FAMILIES),
        dice.pick(MIDDLES),
        dice.pick(GIVEN)
    );
    let phone = format!("09{:08}", dice.below(100_000_000));
    let email = format!("{}{}@mail.example", squeezed(&name), dice.below(3000));
    let identity = Identity {
        slips: vec![Slip {
            name: fact(&name),
            birth_date: fact("2008-02-09"),
            unit: fact("Trường THCS Trưng Vương, quận Hoàn Kiếm"),
            class: fact("9A2"),
            address: fact("Số 26 phố Cây Gạo, phường Hàng Gai"),
            phone: fact(&phone),
        }],
        senders: vec![name.clone()],
        emails: vec![email],
        ..Identity::default()
    };
    (name, identity)
}

/// How somebody who wants to be recognised may write a name.
const DISGUISES: &[fn(&str) -> String] = &[
    str::to_owned,
    str::to_uppercase,
    str::to_lowercase,
    |name| name.nfd().collect(),
    |name| plain(name),
    |name| plain(name).to_uppercase(),
    |name| plain(name).to_lowercase(),
    |name| name.replace(' ', "   "),
    |name| name.replace(' ', "."),
    |name| name.replace(' ', " - "),
    |name| name.replace(' ', "_"),
    |name| name.replace(' ', "……"),
    |name| name.replace(' ', ""),
    |name| squeezed(name),
    |name| format!("{}2008", squeezed(name)),
    |name| name.replace(' ', "\n"),
    |name| name.replace(' ', "\u{a0}"),
    |name| name.chars().flat_map(|c| [c, '\u{200b}']).collect(),
    |name| spread(name, ' '),
    |name| spread(name, '.'),
    |name| look_alike(name),
    |name| wide(&plain(name)),
    |name| format!("https://trang.example/{}", squeezed(name)),
    |name| format!("facebook.com/{}", squeezed(name)),
    |name| format!("{}@mail.example", squeezed(name)),
    |name| turned(name),
];

/// Without diacritics, capitals kept.
fn plain(name: &str) -> String {
    let bare = name
        .nfd()
        .filter(|c| !unicode_normalization::char::is_combining_mark(*c));
    bare.map(|c| match c {
        'đ' => 'd',
        'Đ' => 'D',
        c => c,
    })
    .collect()
}

fn spread(name: &str, mark: char) -> String {
    let letters: Vec<String> = name
        .chars()
        .filter(|c| *c != ' ')
        .map(String::from)
        .collect();
    letters.join(&mark.to_string())
}

/// Letters of the Cyrillic alphabet where they look like ours.
fn look_alike(name: &str) -> String {
    let look = |c| match c {
        'a' => 'а',
        'o' => 'о',
        'e' => 'е',
        'c' => 'с',
        'y' => 'у',
        'p' => 'р',
        'T' => 'Т',
        'H' => 'Н',
        'M' => 'М',
        c => c,
    };
    name.chars().map(look).collect()
}

fn wide(name: &str) -> String {
    let look = |c: char| match c {
        '!'..='~' => char::from_u32(c as u32 + 0xfee0).unwrap_or(c),
        c => c,
    };
    name.chars().map(look).collect()
}

fn turned(name: &str) -> String {
    match name.rsplit_once(' ') {
        Some((before, given)) => format!("{given} {before}"),
        None => name.to_owned(),
    }
}

#[test]
fn whoever_plants_a_name_is_not_recognised() {
    let mut dice = Dice::new(7);
    let begun = Instant::now();
    let (mut words, mut lost) = (0, 0);
    for seed in 0..2000 {
        let (name, identity) = somebody(&mut dice);
        let mut paragraphs = prose::essay(seed, 160);
        let whole = paragraphs.clone();
        let mut planted = Vec::new();
        for _ in 0..3 {
            let written = DISGUISES[dice.below(DISGUISES.len())](&name);
            let phone = identity.slips[0].phone.as_ref().unwrap().value.clone();
            let mention = match dice.below(6) {
                0 => format!("Em tên là {written}, học sinh lớp 9A2 trường THCS Trưng Vương."),
                1 => format!(
                    "Bạn {written} gọi số {}.{}.{} là được.",
                    &phone[..4],
                    &phone[4..7],
                    &phone[7..]
                ),
                2 => format!("({written}) +84{}", &phone[1..]),
                3 => format!("Người viết: {written}"),
                4 => format!("Nhà em ở 26 phố Cây Gạo, cứ hỏi {written} nhé."),
                _ => format!("… {written} …"),
            };
            let at = dice.below(paragraphs.len());
            paragraphs[at] = match dice.below(3) {
                0 => format!("{mention} {}", paragraphs[at]),
                1 => format!("{} {mention}", paragraphs[at]),
                _ => format!("{}\n{mention}", paragraphs[at]),
            };
            planted.push(mention);
        }
        let text = paragraphs.join("\n");
        let source = Source {
            text: &text,
            slip: None,
        };
        let copy = blind::copy(&[source], &identity);
        let read = shown(&copy);
        let left = squeezed(&read);
        assert!(
            !left.contains(&squeezed(&name)),
            "{name}: {planted:?}: {read}"
        );
        assert_eq!(copy.verdict, Verdict::Safe, "{name}: {planted:?}: {read}");
        for secret in ["9a2", "thcstrungvuong", "26phocaygao"] {
            assert!(!left.contains(secret), "{secret}: {planted:?}: {read}");
        }
        let phone = &identity.slips[0].phone.as_ref().unwrap().value[1..];
        assert!(!left.contains(phone), "{planted:?}: {read}");
        for paragraph in &whole {
            words += count(paragraph);
            if !read.contains(paragraph.as_str()) {
                lost += count(paragraph);
                println!("{name}: {planted:?} cost {paragraph}");
            }
        }
    }
    println!(
        "2,000 essays in {:?}; {lost} of {words} other words lost",
        begun.elapsed()
    );
    assert!(lost * 100 <= words * 3, "{lost} of {words}");
}

/// Sentences in which given names, middle names and family names are words, and places that are names.
const HOMOGRAPHS: &[&str] = &[
    "Anh An, chị Ánh và bác Minh ở tổ dân phố đều biết nộp hồ sơ qua mạng.",
    "An ninh mạng, an toàn thông tin và bình an của mỗi nhà là điều cần giữ.",
    "Hòa bình, hoà thuận; thành phố vì hòa bình, tỉnh Hòa Bình và tỉnh Thái Bình.",
    "Mùa thu Hà Nội, mùa xuân và cây mai, hoa lan, hoa hướng dương trước cửa.",
    "Quá trình đô thị hóa, đô thị văn minh, nền văn hóa và nếp sống thanh lịch.",
    "Thu nhập, thu phí, ngân hàng, tài khoản và công khai lệ phí ở bộ phận một cửa.",
    "Cô Hoa, cô Hương, thầy Thành và em Khánh cùng đọc bài.",
    "Quận Thanh Xuân, phường Kim Giang, đường Nguyễn Trãi, phố Trần Phú, trường THCS Lê Lợi.",
    "Nam và nữ, già và trẻ, công dân và cán bộ đều bình đẳng trước pháp luật.",
    "Hiếu nghĩa, nhân tâm, phúc đức, trí tuệ, tài năng và lòng yêu nước.",
    "Sông Hồng, núi Ba Vì, hồ Hoàn Kiếm, chùa Một Cột và cầu Long Biên.",
    "Ủy ban nhân dân quận Hoàn Kiếm và UBND phường Hàng Gai trả kết quả đúng hẹn.",
    "Trước đây tôi đến phường Hàng Gai nộp giấy, nay làm ở nhà.",
    "Lý do thứ nhất là cao điểm, lý do thứ hai là đường truyền; hồ sơ đỗ lại ở đó.",
    "Ngày 02-09-1945, ngày 30/4/1975, hơn 1.250.000 hồ sơ và 98,6% đúng hạn.",
    "Xem thêm tại dichvucong.hanoi.gov.vn và https://dichvucong.gov.vn rồi gọi 1022.",
    "Em là học sinh lớp 8, em đã giúp ông bà đăng ký tài khoản.",
    "Tôi là một công dân bình thường, anh hùng thì không, minh mẫn thì có.",
    "Nguyễn Du và Hồ Chí Minh là danh nhân; Nguyễn Trãi cũng vậy.",
];

#[test]
fn words_that_are_names_elsewhere_stay() {
    let mut dice = Dice::new(8);
    let begun = Instant::now();
    let mut words = 0;
    let mut lost = Vec::new();
    for seed in 0..2000 {
        let (name, identity) = somebody(&mut dice);
        let mut paragraphs = prose::essay(seed + 50_000, 120);
        for _ in 0..6 {
            let at = dice.below(paragraphs.len());
            let sentence = dice.pick(HOMOGRAPHS);
            paragraphs[at] = match dice.below(3) {
                0 => format!("{sentence} {}", paragraphs[at]),
                1 => format!("{}\n{sentence}", paragraphs[at]),
                _ => format!("{} {sentence}", paragraphs[at]),
            };
        }
        let given = name.rsplit(' ').next().unwrap_or_default();
        paragraphs.insert(
            1,
            format!(
                "Bạn {given} và {} kể chuyện cho cả nhà nghe.",
                given.to_lowercase()
            ),
        );
        let text = paragraphs.join("\n");
        let source = Source {
            text: &text,
            slip: None,
        };
        let copy = blind::copy(&[source], &identity);
        words += copy.words;
        let read = shown(&copy);
        if read != text || copy.verdict != Verdict::Safe {
            let differs = text
                .lines()
                .zip(read.lines())
                .find(|(one, other)| one != other);
            lost.push(format!("{name}: {:?} {differs:?}", copy.verdict));
        }
    }
    println!(
        "{words} words in {:?}; {} essays touched",
        begun.elapsed(),
        lost.len()
    );
    assert!(
        lost.is_empty(),
        "{} essays:\n{}",
        lost.len(),
        lost[..lost.len().min(20)].join("\n")
    );
}
