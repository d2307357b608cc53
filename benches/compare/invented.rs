//! An invented contest: honest essays that share questions, answers, laws, web pages and their unit's paragraph,
//! and copied ones of every kind, with the truth beside them.

use super::prose::Dice;
use super::prose::Prose;
use super::prose::STYLES;
use super::prose::Style;
use super::spoil;

/// How an essay came to be.
pub const CLASSES: [&str; 14] = [
    "honest",
    "master",
    "rename",
    "nodiac",
    "ocr",
    "ocrheavy",
    "unicode",
    "mix",
    "reorder",
    "synonym",
    "paraphrase",
    "partial",
    "partialp",
    "resub",
];
/// Of a thousand essays so many are of each class.
const PER_MILLE: [usize; 14] = [770, 50, 25, 20, 18, 14, 18, 18, 12, 12, 16, 12, 5, 10];

#[derive(Clone)]
pub struct Paragraph {
    pub text: String,
    pub kind: &'static str,
    /// "7:2" is the third own paragraph of essay 7.
    pub root: String,
    pub copied: bool,
}

pub struct Essay {
    pub unit: usize,
    pub author: String,
    pub channel: &'static str,
    pub class: &'static str,
    pub paragraphs: Vec<Paragraph>,
}

impl Essay {
    pub fn text(&self) -> String {
        let texts: Vec<&str> = self.paragraphs.iter().map(|p| p.text.as_str()).collect();
        texts.join("\n")
    }
}

pub struct Invented {
    pub given: Vec<String>,
    pub essays: Vec<Essay>,
}

struct World<'a> {
    prose: &'a Prose,
    questions: Vec<String>,
    answers: Vec<String>,
    /// Answers that everybody found on the contest's page and that nobody gave to the program.
    withheld: Vec<String>,
    laws: Vec<String>,
    pages: Vec<String>,
    units: Vec<String>,
    closings: Vec<String>,
}

/// `count` essays; the same for the same seed.
pub fn contest(prose: &Prose, count: usize, seed: u64) -> Invented {
    let mut dice = Dice::new(seed);
    let many =
        |rule: &str, number: usize, sentences: (usize, usize), dice: &mut Dice| -> Vec<String> {
            (0..number)
                .map(|_| {
                    let sentences: Vec<String> = (0..dice.between(sentences.0, sentences.1))
                        .map(|_| prose.grow(rule, dice))
                        .collect();
                    sentences.join(" ")
                })
                .collect()
        };
    let world = World {
        prose,
        questions: (1..=8)
            .map(|n| prose.grow("hoi", &mut dice).replace("{n}", &n.to_string()))
            .collect(),
        answers: many("dieu", 8, (3, 5), &mut dice),
        withheld: many("dieu", 8, (2, 4), &mut dice),
        laws: many("dieu", 60, (1, 2), &mut dice),
        pages: (0..200)
            .map(|_| paragraph(prose, Style::Arguing, &mut dice))
            .collect(),
        units: (0..60)
            .map(|_| paragraph(prose, Style::Notes, &mut dice))
            .collect(),
        closings: many("khuon", 12, (1, 2), &mut dice),
    };
    let mut given = world.questions.clone();
    given.extend(world.answers.iter().cloned());
    given.extend(world.laws.iter().take(20).cloned());
    let mut essays: Vec<Essay> = Vec::with_capacity(count);
    let mut masters: Vec<Option<usize>> = vec![None; world.units.len()];
    let mut copied_from: Vec<usize> = Vec::new();
    for id in 0..count {
        let mut roll = dice.below(1000);
        let mut class = 0;
        while roll >= PER_MILLE[class] {
            roll -= PER_MILLE[class];
            class += 1;
        }
        let class = if id < 12 { "honest" } else { CLASSES[class] };
        let essay = if class == "honest" {
            let essay = honest(&world, id, &mut dice);
            if masters[essay.unit].is_none() && dice.chance(0.2) {
                masters[essay.unit] = Some(id);
            }
            essay
        } else {
            copy(
                &world,
                id,
                class,
                &essays,
                &masters,
                &mut copied_from,
                &mut dice,
            )
        };
        essays.push(essay);
    }
    Invented { given, essays }
}

fn paragraph(prose: &Prose, style: Style, dice: &mut Dice) -> String {
    let sentences: Vec<String> = (0..dice.between(2, 6))
        .map(|_| {
            // Patterns that everybody writes.
            if dice.chance(0.12) {
                prose.grow("mau", dice)
            } else {
                prose.sentence(style, dice)
            }
        })
        .collect();
    sentences.join(" ")
}

fn head(author: &str, unit: usize, dice: &mut Dice) -> Paragraph {
    fixed(
        "head",
        format!(
            "BÀI DỰ THI\nCuộc thi “Tìm hiểu Dịch vụ công trực tuyến”\nHọ và tên: {author}\nNgày sinh: {}/{}/{}\nĐơn vị: Trường số {unit}\nĐiện thoại: 09{:08}",
            dice.between(1, 28),
            dice.between(1, 12),
            dice.between(1950, 2010),
            dice.below(100_000_000)
        ),
    )
}

fn fixed(kind: &'static str, text: String) -> Paragraph {
    Paragraph {
        text,
        kind,
        root: String::new(),
        copied: false,
    }
}

fn name(prose: &Prose, dice: &mut Dice) -> String {
    const FAMILIES: [&str; 12] = [
        "Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi", "Đỗ", "Ngô", "Dương", "Lý",
    ];
    let first = prose.grow("ten", dice);
    format!(
        "{} {} {first}",
        dice.pick(&FAMILIES),
        prose.grow("ten", dice)
    )
}

/// Own paragraphs with what everybody writes around them.
fn framed(
    world: &World<'_>,
    unit: usize,
    author: &str,
    own: Vec<Paragraph>,
    dice: &mut Dice,
) -> Vec<Paragraph> {
    let mut all = vec![head(author, unit, dice)];
    if dice.chance(0.35) {
        all.push(fixed("unit", world.units[unit].clone()));
    }
    let questions = world.questions.len();
    let mut own = own.into_iter();
    let answered = dice.chance(0.7);
    for question in 0..questions {
        all.push(fixed("given", world.questions[question].clone()));
        if answered && dice.chance(0.6) {
            let answer = world.answers[question].clone();
            // Copied by hand, with slips.
            let answer = if dice.chance(0.4) {
                spoil::touched(&answer, 0.05, world.prose, dice)
            } else {
                answer
            };
            all.push(fixed("given", answer));
        }
        if answered && dice.chance(0.45) {
            all.push(fixed("withheld", world.withheld[question].clone()));
        }
        if dice.chance(0.25) {
            all.push(fixed("law", dice.pick(&world.laws).clone()));
        }
        if dice.chance(0.06) {
            // A few pages are found by many, most by few.
            let most = world.pages.len();
            let page = dice.below(most).min(dice.below(most)).min(dice.below(most));
            all.push(fixed("web", world.pages[page].clone()));
        }
        all.extend(own.next());
        if question + 1 == questions {
            all.extend(own.by_ref());
        }
    }
    all.push(fixed("stock", dice.pick(&world.closings).clone()));
    all
}

fn own_paragraphs(world: &World<'_>, id: usize, count: usize, dice: &mut Dice) -> Vec<Paragraph> {
    let style = *dice.pick(&STYLES);
    (0..count)
        .map(|n| Paragraph {
            text: paragraph(world.prose, style, dice),
            kind: "own",
            root: format!("{id}:{n}"),
            copied: false,
        })
        .collect()
}

fn honest(world: &World<'_>, id: usize, dice: &mut Dice) -> Essay {
    let unit = dice.below(world.units.len());
    let author = name(world.prose, dice);
    let count = dice.between(4, 10);
    let own = own_paragraphs(world, id, count, dice);
    let paragraphs = framed(world, unit, &author, own, dice);
    let mut essay = Essay {
        unit,
        author,
        channel: "docx",
        class: "honest",
        paragraphs,
    };
    if dice.chance(0.15) {
        let share = 0.03 + 0.01 * dice.below(10) as f64;
        scan(&mut essay, share, dice);
    }
    essay
}

fn scan(essay: &mut Essay, share: f64, dice: &mut Dice) {
    essay.channel = "ocr";
    for paragraph in &mut essay.paragraphs {
        paragraph.text = spoil::scanned(&paragraph.text, share, dice);
    }
}

fn copy(
    world: &World<'_>,
    id: usize,
    class: &'static str,
    essays: &[Essay],
    masters: &[Option<usize>],
    copied_from: &mut Vec<usize>,
    dice: &mut Dice,
) -> Essay {
    let prose = world.prose;
    let honest_one = |dice: &mut Dice| loop {
        let id = dice.below(essays.len());
        if essays[id].class == "honest" && essays[id].channel == "docx" {
            return id;
        }
    };
    let mut unit = dice.below(masters.len());
    let mut author = name(prose, dice);
    let master = (0..masters.len())
        .filter_map(|n| masters[(unit + n) % masters.len()])
        .next();
    let source = match (class, master) {
        ("master", Some(master)) => {
            unit = essays[master].unit;
            master
        }
        _ if !copied_from.is_empty() && dice.chance(0.3) => *dice.pick(copied_from),
        _ => honest_one(dice),
    };
    copied_from.push(source);
    if class == "resub" {
        unit = essays[source].unit;
        author = essays[source].author.clone();
    }
    let taken = |from: usize, dice: &mut Dice, most: usize| -> Vec<Paragraph> {
        let mut own: Vec<Paragraph> = essays[from]
            .paragraphs
            .iter()
            .filter(|p| p.kind == "own")
            .cloned()
            .collect();
        while own.len() > most {
            own.remove(dice.below(own.len()));
        }
        for paragraph in &mut own {
            paragraph.copied = true;
        }
        own
    };
    let mut own = match class {
        "mix" => {
            let mut own = taken(source, dice, 4);
            for _ in 0..dice.between(1, 2) {
                let other = honest_one(dice);
                own.extend(taken(other, dice, 3));
            }
            dice.shuffle(&mut own);
            own
        }
        "partial" | "partialp" => {
            let most = dice.between(1, 2);
            let mut own = taken(source, dice, most);
            own.extend(own_paragraphs(world, id, dice.between(4, 7), dice));
            dice.shuffle(&mut own);
            own
        }
        "master" => {
            let most = dice.between(4, 10);
            let mut own = taken(source, dice, most);
            let fresh = dice.between(0, 2);
            own.extend(own_paragraphs(world, id, fresh, dice));
            own
        }
        "reorder" => {
            let mut own = taken(source, dice, 10);
            dice.shuffle(&mut own);
            for paragraph in &mut own {
                let mut sentences: Vec<&str> = paragraph
                    .text
                    .split_inclusive(". ")
                    .map(str::trim)
                    .collect();
                if dice.chance(0.5) {
                    let n = sentences.len();
                    sentences.rotate_left(dice.below(n));
                }
                paragraph.text = sentences.join(" ");
            }
            own
        }
        _ => taken(source, dice, 10),
    };
    for paragraph in own.iter_mut().filter(|p| p.copied) {
        let text = &paragraph.text;
        paragraph.text = match class {
            "master" => spoil::touched(text, 0.08, prose, dice),
            "synonym" => spoil::synonyms(text, 0.6, prose, dice),
            "paraphrase" | "partialp" => spoil::paraphrased(text, prose, dice),
            "resub" => spoil::touched(text, 0.02, prose, dice),
            _ => continue,
        };
    }
    let mut essay = Essay {
        unit,
        paragraphs: framed(world, unit, &author, own, dice),
        author,
        channel: "docx",
        class,
    };
    match class {
        "nodiac" => each(&mut essay, spoil::plain),
        "unicode" => each(&mut essay, |text| spoil::disguised(text, dice)),
        "ocr" => {
            let share = 0.04 + 0.01 * dice.below(5) as f64;
            scan(&mut essay, share, dice);
        }
        "ocrheavy" => {
            let share = 0.10 + 0.01 * dice.below(6) as f64;
            scan(&mut essay, share, dice);
        }
        _ => {}
    }
    essay
}

fn each(essay: &mut Essay, mut change: impl FnMut(&str) -> String) {
    for paragraph in &mut essay.paragraphs {
        paragraph.text = change(&paragraph.text);
    }
}
