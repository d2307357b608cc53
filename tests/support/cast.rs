//! The cast: more than sixty different mails as participants, offices and machines write them, each with what
//! should come of it beside it. The same seed gives the same cast, on either plan.
//!
//! This file is long because it is a list: one scene after another, to be read beside its expectation.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use phach::entry::FileRole;
use phach::entry::FindingCode;
use phach::entry::MatterKind;
use phach::entry::MessageKind;
use phach::entry::Timeliness;
use unicode_normalization::UnicodeNormalization as _;

use super::mime::Body;
use super::mime::File;
use super::mime::Mail;
use super::mime::Naming;
use super::mime::Place;
use super::panel;
use super::papers;
use super::papers::Paper;
use super::papers::Sheet;
use super::person::Person;
use super::person::Sort;
use super::places::CITY;
use super::places::Places;
use super::prose;
use super::prose::Dice;
use super::servers::Account;
use super::servers::Outgoing;

/// Everybody's mails, in the order in which they are sent.
#[derive(Clone, Debug)]
pub struct Cast {
    pub places: Places,
    pub scenes: Vec<Scene>,
    pub people: Vec<Person>,
}

/// One mail and what should come of it.
#[derive(Clone, Debug)]
pub struct Scene {
    /// "docx in a table", for messages of failing tests.
    pub name: String,
    /// The sender's address, where answers are looked for.
    pub sender: String,
    /// Places in `Places::spots` whose mailboxes it goes to.
    pub spots: Vec<usize>,
    pub when: When,
    pub mail: Outgoing,
    /// Its Message-ID, without angle brackets.
    pub id: String,
    pub expect: Expect,
    /// Workers run side by side, and mailboxes are read side by side: what should come of it when it is not
    /// sorted in the order in which it was sent (after its fellow, or by its second mailbox first).
    pub swapped: Option<Expect>,
    /// The Message-ID of the other mail whose expectation is swapped with this one's.
    pub fellow: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    BeforeDeadline,
    /// Sent so that the mailbox gets it in the first second or two after the deadline.
    JustAfter,
}

/// What should come of a mail.
#[derive(Clone, Debug)]
pub struct Expect {
    pub kind: MessageKind,
    pub entries: Vec<Entry>,
    /// Kinds of matter that must be open because of this mail, and no others.
    pub matters: Vec<MatterKind>,
    /// The Message-ID of the mail whose entry this one only repeats.
    pub repeats: Option<String>,
    /// Automatic letters to the sender.
    pub receipts: usize,
    /// Words that the receipt must hold, in its plain text.
    pub phrases: Vec<String>,
}

/// One entry that should come of a mail. `None`: not asserted.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Unit code.
    pub unit: Option<String>,
    /// Files that belong to the entry, of whatever role.
    pub files: usize,
    /// What each of them is, in order.
    pub roles: Vec<FileRole>,
    pub name: Option<String>,
    /// "1981-02-09"
    pub birth_date: Option<String>,
    pub phone: Option<String>,
    pub answers: Option<BTreeMap<u16, char>>,
    pub timeliness: Timeliness,
    /// Findings that must be there (others may be).
    pub findings: Vec<FindingCode>,
}

impl Entry {
    fn of(person: &Person, unit: &str) -> Entry {
        Entry {
            unit: Some(unit.to_owned()),
            files: 1,
            roles: vec![FileRole::Main],
            name: Some(person.name.clone()),
            birth_date: Some(person.birth_iso()),
            phone: Some(person.phone.clone()),
            answers: None,
            timeliness: Timeliness::OnTime,
            findings: Vec::new(),
        }
    }

    /// The essay and its annexes.
    fn files(self, count: usize) -> Entry {
        let annexes = vec![FileRole::Annex; count.saturating_sub(1)];
        let main = (count > 0).then_some(FileRole::Main);
        self.roles(main.into_iter().chain(annexes).collect())
    }

    fn roles(mut self, roles: Vec<FileRole>) -> Entry {
        self.files = roles.len();
        self.roles = roles;
        self
    }

    fn findings(mut self, codes: &[FindingCode]) -> Entry {
        self.findings = codes.to_vec();
        self
    }

    fn answers(mut self, answers: &BTreeMap<u16, char>) -> Entry {
        self.answers = Some(answers.clone());
        self
    }

    /// Only that it exists, with its file: the facts stand where no program can read them (yet).
    fn unread(mut self) -> Entry {
        self.roles = vec![FileRole::Unread];
        self.name = None;
        self.birth_date = None;
        self.phone = None;
        self
    }

    fn wherever(mut self) -> Entry {
        self.unit = None;
        self
    }
}

impl Expect {
    fn entries(entries: Vec<Entry>) -> Expect {
        Expect {
            kind: MessageKind::Entry,
            entries,
            matters: Vec::new(),
            repeats: None,
            receipts: 1,
            phrases: Vec::new(),
        }
    }

    fn entry(entry: Entry) -> Expect {
        Expect::entries(vec![entry])
    }

    fn silence(kind: MessageKind) -> Expect {
        Expect {
            kind,
            entries: Vec::new(),
            matters: Vec::new(),
            repeats: None,
            receipts: 0,
            phrases: Vec::new(),
        }
    }

    fn matter(mut self, kind: MatterKind) -> Expect {
        self.matters.push(kind);
        self
    }

    fn says(mut self, words: &str) -> Expect {
        self.phrases.push(words.to_owned());
        self
    }
}

/// The address of the person who looks after the installation.
pub const ADMINISTRATOR: &str = "quantri@coquan.example";
/// Where the alarm goes when the first mailbox is the one that is broken.
pub const ADMINISTRATOR_ELSEWHERE: &str = "quantri.duphong@coquan.example";
/// The mailbox that letters leave from.
pub const SENDER: &str = "banthuky@duthi.hanoi.example";
/// Everything for people without a mailbox of their own lands here; nothing should.
pub const REST: &str = "khongai@nguoidan.example";
/// Refused by its server: a letter to it comes back.
pub const LOST: &str = "hopthudaday@nguoidan.example";

impl Cast {
    /// The city's mailbox and its secretary, and the juries of every unit that judges.
    fn officials(&self) -> Vec<String> {
        let judging = self.places.spots.iter().filter(|spot| spot.judges());
        let mut officials = vec![self.places.city_mailbox.to_owned(), secretary(CITY)];
        for unit in judging.map(|spot| spot.unit).chain([CITY]) {
            officials.push(panel::head(unit));
            officials.extend((1..=panel::JUDGES).map(|n| panel::judge(unit, n)));
        }
        officials
    }

    /// Every mailbox the scenes need: the units', the participants' own, the secretaries', the administrator's.
    pub fn accounts(&self) -> Vec<Account> {
        let mut accounts: Vec<Account> = self
            .places
            .spots
            .iter()
            .map(|spot| Account::mailbox(spot.mailbox))
            .chain(
                self.places
                    .spots
                    .iter()
                    .map(|spot| Account::mailbox(secretary(spot.unit))),
            )
            .chain(
                self.people
                    .iter()
                    .map(|person| Account::mailbox(&person.email)),
            )
            .chain([ADMINISTRATOR, ADMINISTRATOR_ELSEWHERE, SENDER, REST].map(Account::mailbox))
            .chain(self.officials().into_iter().map(Account::mailbox))
            .collect();
        accounts.push(Account::Refused(LOST.to_owned()));
        accounts.push(Account::Rest {
            domain: "nguoidan.example".to_owned(),
            mailbox: REST.to_owned(),
        });
        accounts.sort();
        accounts.dedup();
        accounts
    }
}

/// The secretary's own address at a unit.
pub fn secretary(unit: &str) -> String {
    format!("thuky.{unit}@coquan.example")
}

/// Makes the cast for a plan. `now` only dates the mails.
pub fn cast(places: Places, seed: u64, now: Timestamp) -> Cast {
    let mut stage = Stage {
        places,
        dice: Dice::new(seed),
        seed,
        date: now
            .to_zoned(TimeZone::fixed(jiff::tz::offset(7)))
            .strftime("%a, %d %b %Y %H:%M:%S %z")
            .to_string(),
        scenes: Vec::new(),
        people: Vec::new(),
    };
    stage.word_files();
    stage.pdf_files();
    stage.pictures_and_bodies();
    stage.several_files();
    stage.nothing_to_read();
    stage.no_entries();
    stage.wrong_or_twice();
    stage.careless_and_hostile();
    stage.at_the_deadline();
    stage.a_whole_school();
    Cast {
        places: stage.places,
        scenes: stage.scenes,
        people: stage.people,
    }
}

struct Stage {
    places: Places,
    dice: Dice,
    seed: u64,
    date: String,
    scenes: Vec<Scene>,
    people: Vec<Person>,
}

const GREETINGS: &[&str] = &[
    "Kính gửi Ban Tổ chức cuộc thi,\n\nTôi xin gửi bài dự thi trong tệp đính kèm. Kính mong Ban Tổ chức xác nhận.\n\nTrân trọng cảm ơn.",
    "Kính gửi Ban tổ chức,\nEm xin nộp bài dự thi tìm hiểu dịch vụ công trực tuyến ạ.\nEm cảm ơn ban tổ chức.",
    "Dạ em chào Ban Tổ chức. Em gửi bài dự thi ở file đính kèm ạ. Em xin cảm ơn!",
    "Kính gửi BTC cuộc thi.\nTôi nộp bài dự thi.\nTrân trọng./.",
];
const SUBJECTS: &[&str] = &[
    "Bài dự thi Tìm hiểu Dịch vụ công trực tuyến",
    "Nộp bài dự thi",
    "[BÀI DỰ THI] Tìm hiểu dịch vụ công trực tuyến 2019",
    "Bai du thi tim hieu dich vu cong truc tuyen",
    "Em nộp bài ạ",
];

impl Stage {
    fn person(&mut self, spot: usize, sort: Sort) -> Person {
        let number = self.people.len() + 1;
        let person = Person::new(
            number,
            sort,
            &self.places.spots[spot],
            self.places.year,
            &mut self.dice,
        );
        self.people.push(person.clone());
        person
    }

    fn unit(&self, spot: usize) -> &'static str {
        self.places.spots[spot].unit
    }

    /// Another essay each time.
    fn prose(&mut self) -> Vec<String> {
        let words = 400 + self.dice.below(500);
        prose::essay(self.dice.next(), words)
    }

    fn answers(&mut self) -> BTreeMap<u16, char> {
        (1..=10)
            .map(|question| (question, ['A', 'B', 'C', 'D'][self.dice.below(4)]))
            .collect()
    }

    fn paper(&mut self, person: &Person, layout: usize) -> Paper {
        Paper {
            head: person.head(layout),
            title: "BÀI DỰ THI TÌM HIỂU DỊCH VỤ CÔNG TRỰC TUYẾN".to_owned(),
            paragraphs: self.prose(),
            footer: "Bài dự thi".to_owned(),
            ..Paper::default()
        }
    }

    fn mail(&mut self, person: &Person) -> Mail {
        Mail {
            from_name: person.name.clone(),
            from: person.email.clone(),
            subject: (*self.dice.pick(SUBJECTS)).to_owned(),
            body: Body::Plain((*self.dice.pick(GREETINGS)).to_owned()),
            ..Mail::default()
        }
    }

    fn play(&mut self, name: &str, spots: &[usize], mail: Mail, expect: Expect) {
        self.play_at(When::BeforeDeadline, name, spots, mail, expect);
    }

    fn play_at(&mut self, when: When, name: &str, spots: &[usize], mut mail: Mail, expect: Expect) {
        let boxes: Vec<String> = spots
            .iter()
            .map(|spot| self.places.spots[*spot].mailbox.to_owned())
            .collect();
        if mail.to.is_empty() {
            mail.to = boxes.clone();
        }
        if mail.id.is_empty() {
            mail.id = format!("{}.{}@nguoidan.example", self.scenes.len() + 1, self.seed);
        }
        if mail.date.is_empty() {
            mail.date = self.date.clone();
        }
        let empty_return_path = mail.from.starts_with("mailer-daemon@");
        self.scenes.push(Scene {
            name: name.to_owned(),
            sender: mail.from.clone(),
            spots: spots.to_vec(),
            when,
            mail: Outgoing {
                from: if empty_return_path {
                    String::new()
                } else {
                    mail.from.clone()
                },
                to: boxes,
                bytes: mail.bytes(),
            },
            id: mail.id,
            expect,
            swapped: None,
            fellow: None,
        });
    }

    /// What else may come of the last mail.
    fn or(&mut self, swapped: Expect) {
        if let Some(scene) = self.scenes.last_mut() {
            scene.swapped = Some(swapped);
        }
    }

    /// The last two mails may be sorted in either order.
    fn pair(&mut self) {
        if let [.., one, other] = self.scenes.as_mut_slice() {
            one.fellow = Some(other.id.clone());
            other.fellow = Some(one.id.clone());
        }
    }

    /// Of the last two mails, the one without an entry repeats the other.
    fn repeat(&mut self) {
        if let [.., one, other] = self.scenes.as_mut_slice() {
            other.expect.repeats = Some(one.id.clone());
            if let Some(swapped) = &mut one.swapped {
                swapped.repeats = Some(other.id.clone());
            }
        }
    }

    fn word_files(&mut self) {
        // Every layout of the head at every unit.
        for turn in 0..15 {
            let spot = turn % 5;
            let sort = match (spot, turn % 3) {
                (3 | 4, _) => Sort::Staff,
                (_, 0) => Sort::Pupil,
                (_, 1) => Sort::Staff,
                _ => Sort::Resident,
            };
            let person = self.person(spot, sort);
            let mut paper = self.paper(&person, turn / 5 + turn % 5);
            let mut mail = self.mail(&person);
            let mut entry = Entry::of(&person, self.unit(spot));
            if turn % 2 == 0 {
                let answers = self.answers();
                let lines = answers.iter().map(|(question, letter)| match turn % 4 {
                    0 => format!("Câu {question}: {letter}"),
                    _ => format!("Câu {question}. {letter}"),
                });
                paper.paragraphs.splice(0..0, lines);
                entry = entry.answers(&answers);
            }
            if turn % 3 == 2 {
                let text = (*self.dice.pick(GREETINGS)).to_owned();
                mail.body = Body::PlainAndHtml(text);
            }
            mail.files = vec![File::new(
                format!("Bài dự thi - {}.docx", person.name),
                paper.docx(),
            )];
            self.play(&format!("docx {turn}"), &[spot], mail, Expect::entry(entry));
        }

        let person = self.person(0, Sort::Staff);
        let mut paper = self.paper(&person, 0);
        paper.head_table = person.head_table();
        paper.head.clear();
        let mut mail = self.mail(&person);
        mail.files = vec![File::new("bai du thi.docx", paper.docx())];
        let entry = Entry::of(&person, self.unit(0));
        self.play("docx, facts in a table", &[0], mail, Expect::entry(entry));

        let person = self.person(1, Sort::Resident);
        let mut paper = self.paper(&person, 1);
        paper.font = "Arial";
        paper.size = 12;
        paper.sheet = Sheet::Letter;
        let mut mail = self.mail(&person);
        mail.files = vec![File::new("baiduthi.docx", paper.docx())];
        let entry = Entry::of(&person, self.unit(1)).findings(&[
            FindingCode::NotTimesNewRoman,
            FindingCode::NotSize14,
            FindingCode::NotA4,
        ]);
        self.play(
            "docx in Arial 12 on Letter",
            &[1],
            mail,
            Expect::entry(entry),
        );

        let person = self.person(2, Sort::Staff);
        let mut paper = self.paper(&person, 2);
        paper.head.clear();
        paper.header = format!("{} – {}", person.name, person.house);
        let mut mail = self.mail(&person);
        mail.body = Body::Plain(format!(
            "Kính gửi Ban Tổ chức,\n\n{}\n\nTrân trọng!",
            person.head(0).join("\n")
        ));
        mail.files = vec![File::new("Bài viết.docx", paper.docx()).named(Naming::Rfc2231)];
        let entry = Entry::of(&person, self.unit(2));
        self.play(
            "facts in the mail, name RFC 2231",
            &[2],
            mail,
            Expect::entry(entry),
        );

        let person = self.person(0, Sort::Pupil);
        let paper = self.paper(&person, 3);
        let mut mail = self.mail(&person);
        let long = format!(
            "Bài dự thi tìm hiểu dịch vụ công trực tuyến của em {} lớp {}.docx",
            person.name, person.class
        );
        mail.files = vec![File::new(long, paper.docx()).named(Naming::Rfc2231Pieces)];
        let entry = Entry::of(&person, self.unit(0));
        self.play("long file name in pieces", &[0], mail, Expect::entry(entry));

        let person = self.person(1, Sort::Pupil);
        let mut paper = self.paper(&person, 0);
        for text in paper.head.iter_mut().chain(&mut paper.paragraphs) {
            *text = text.nfd().collect();
        }
        let mut mail = self.mail(&person);
        mail.from_name = mail.from_name.nfd().collect();
        mail.files = vec![
            File::new(
                format!("Bài dự thi {}.docx", person.name)
                    .nfd()
                    .collect::<String>(),
                paper.docx(),
            )
            .named(Naming::Raw),
        ];
        let entry = Entry::of(&person, self.unit(1));
        self.play("decomposed letters", &[1], mail, Expect::entry(entry));

        let person = self.person(2, Sort::Resident);
        let paper = self.paper(&person, 1);
        let mut mail = self.mail(&person);
        mail.from_name.clear();
        mail.files = vec![File::new("1.docx", paper.docx())];
        let entry = Entry::of(&person, self.unit(2));
        self.play("no name in From", &[2], mail, Expect::entry(entry));
    }

    fn pdf_files(&mut self) {
        for number in 1..=8 {
            let (bytes, truth) = papers::pdf(number);
            let told = format!(
                "{} {}",
                truth.unit.as_deref().unwrap_or_default(),
                truth.address.as_deref().unwrap_or_default()
            );
            let spot = self
                .places
                .spots
                .iter()
                .position(|spot| told.contains(spot.area.split_once(' ').unwrap_or_default().1))
                .unwrap_or(number % 3);
            let mut person = self.person(spot, Sort::Resident);
            if let Some(name) = &truth.name {
                person.name = name.clone();
            }
            let mut mail = self.mail(&person);
            mail.files = vec![File::new(format!("bai-du-thi-{number}.pdf"), bytes)];
            let entry = Entry {
                unit: None,
                files: 1,
                roles: vec![FileRole::Main],
                name: truth.name,
                birth_date: truth.birth_date,
                phone: truth.phone,
                answers: Some(truth.answers).filter(|answers| !answers.is_empty()),
                timeliness: Timeliness::OnTime,
                // The samples are set in the letter that LibreOffice puts in the place of Times New Roman.
                findings: [
                    (truth.size != Some(14.0)).then_some(FindingCode::NotSize14),
                    (truth.paper.as_deref() != Some("A4")).then_some(FindingCode::NotA4),
                ]
                .into_iter()
                .flatten()
                .collect(),
            };
            // Their authors belong to units that are none of the five mailboxes'.
            let elsewhere: &[usize] = match self.places.slug {
                "hanoi-2019" => &[6, 7, 8],
                // The schools of the first and fifth lie in the wards Cửa Nam and Kim Liên by now; the plan
                // does not know the places of the last three at all.
                _ => &[1, 5],
            };
            let mut expect = Expect::entry(entry);
            if elsewhere.contains(&number) {
                expect = expect.matter(MatterKind::Route);
            }
            self.play(&format!("pdf {number}"), &[spot], mail, expect);
        }
    }

    fn pictures_and_bodies(&mut self) {
        for (spot, pages) in [(0, 1), (1, 3), (2, 2)] {
            let person = self.person(spot, Sort::Resident);
            let mut mail = self.mail(&person);
            mail.body = Body::Plain(format!(
                "Tôi viết tay nên xin chụp ảnh bài gửi Ban Tổ chức.\n{}",
                person.head(0).join("\n")
            ));
            mail.files = (0..pages)
                .map(|page| {
                    File::new(
                        format!("IMG_20190902_08{:02}.jpg", page + 11),
                        papers::photo(self.dice.next()),
                    )
                })
                .collect();
            let entry = Entry::of(&person, self.unit(spot))
                .roles(vec![FileRole::Page; pages])
                .findings(&[FindingCode::Scan]);
            self.play(
                &format!("{pages} photographed pages"),
                &[spot],
                mail,
                Expect::entry(entry)
                    .matter(MatterKind::Unreadable)
                    .says(&format!("{pages} trang ảnh")),
            );
        }

        for (name, spot, layout) in [
            ("body only", 0, 0),
            ("body only, HTML", 1, 1),
            ("body only, windows-1258", 2, 3),
        ] {
            let person = self.person(spot, Sort::Resident);
            let paper = self.paper(&person, layout);
            let mut mail = self.mail(&person);
            mail.body = match name {
                "body only" => Body::Plain(paper.text()),
                "body only, HTML" => Body::PlainAndHtml(paper.text()),
                _ => Body::Charset {
                    name: "windows-1258".to_owned(),
                    bytes: windows_1258(&paper.text()),
                },
            };
            let entry = Entry::of(&person, self.unit(spot))
                .files(0)
                .findings(&[FindingCode::InBody]);
            self.play(name, &[spot], mail, Expect::entry(entry));
        }
    }

    fn several_files(&mut self) {
        for count in [2, 3] {
            let spot = count - 2;
            let teacher = self.person(spot, Sort::Staff);
            let mut mail = self.mail(&teacher);
            mail.body = Body::Plain(format!(
                "Kính gửi Ban Tổ chức,\nTôi xin gửi {count} bài dự thi của học sinh lớp tôi chủ nhiệm.\nTrân trọng."
            ));
            let mut entries = Vec::new();
            for layout in 0..count {
                let pupil = self.person(spot, Sort::Pupil);
                let paper = self.paper(&pupil, layout);
                mail.files.push(File::new(
                    format!("Bài dự thi {}.docx", pupil.name),
                    paper.docx(),
                ));
                entries.push(Entry::of(&pupil, self.unit(spot)));
            }
            self.play(
                &format!("{count} essays in one mail"),
                &[spot],
                mail,
                Expect::entries(entries),
            );
        }

        let person = self.person(2, Sort::Staff);
        let paper = self.paper(&person, 0);
        let mut mail = self.mail(&person);
        mail.files = vec![
            File::new("Bài dự thi.docx", paper.docx()),
            File::new(
                "Phụ lục - ảnh minh họa 1.jpg",
                papers::photo(self.dice.next()),
            ),
            File::new(
                "Phụ lục - ảnh minh họa 2.jpg",
                papers::photo(self.dice.next()),
            ),
        ];
        let entry = Entry::of(&person, self.unit(2)).files(3);
        self.play("essay and two annexes", &[2], mail, Expect::entry(entry));

        let person = self.person(3, Sort::Staff);
        let paper = self.paper(&person, 1);
        let annex = Paper {
            title: "PHỤ LỤC: CÁC THỦ TỤC ĐÃ THỰC HIỆN QUA MẠNG".to_owned(),
            paragraphs: prose::essay(self.dice.next(), 90),
            ..Paper::default()
        };
        let mut mail = self.mail(&person);
        mail.files = vec![
            File::new("Bài dự thi.docx", paper.docx()),
            File::new("Phụ lục.docx", annex.docx()),
        ];
        let entry = Entry::of(&person, self.unit(3)).files(2);
        self.play(
            "essay and an annex in Word",
            &[3],
            mail,
            Expect::entry(entry),
        );

        let person = self.person(4, Sort::Staff);
        let paper = self.paper(&person, 2);
        let mut mail = self.mail(&person);
        mail.body = Body::Html(
            "<p>Kính gửi Ban Tổ chức, tôi xin gửi bài dự thi.</p><p><img src=\"cid:logo-jpg\"></p>"
                .to_owned(),
        );
        let mut logo = File::new("logo.jpg", papers::photo(self.dice.next()));
        logo.place = Place::Inline;
        mail.files = vec![logo, File::new("Bài dự thi.docx", paper.docx())];
        let entry = Entry::of(&person, self.unit(4));
        self.play(
            "a logo in the signature",
            &[4],
            mail,
            Expect::entry(Entry { files: 1, ..entry }),
        );
    }

    /// Archives, files that nobody can read, and mails that promise a file.
    fn nothing_to_read(&mut self) {
        let first = self.person(0, Sort::Pupil);
        let second = self.person(0, Sort::Pupil);
        let (one, two) = (self.paper(&first, 0).docx(), self.paper(&second, 1).docx());
        let mut mail = self.mail(&first);
        mail.files = vec![File::new(
            "bai du thi lop 9A2.zip",
            papers::archive(&[
                ("bai 1.docx", one.as_slice()),
                ("bai 2.docx", two.as_slice()),
            ]),
        )];
        let entries = vec![
            Entry::of(&first, self.unit(0)),
            Entry::of(&second, self.unit(0)),
        ];
        self.play("a zip of two essays", &[0], mail, Expect::entries(entries));

        let person = self.person(1, Sort::Resident);
        let mut mail = self.mail(&person);
        mail.files = vec![File::new(
            "Bài dự thi.doc",
            papers::old_word(self.dice.next()),
        )];
        let entry = Entry::of(&person, self.unit(1))
            .unread()
            .findings(&[FindingCode::Damaged]);
        self.play(
            "a broken old .doc",
            &[1],
            mail,
            Expect::entry(entry).matter(MatterKind::Unreadable),
        );

        let person = self.person(2, Sort::Resident);
        let mut mail = self.mail(&person);
        mail.files = vec![File::new("bai.pdf", papers::locked_pdf(self.dice.next()))];
        let entry = Entry::of(&person, self.unit(2))
            .unread()
            .findings(&[FindingCode::Password]);
        self.play(
            "a PDF with a password",
            &[2],
            mail,
            Expect::entry(entry).matter(MatterKind::Unreadable),
        );

        let person = self.person(0, Sort::Staff);
        let mut mail = self.mail(&person);
        let (mut bytes, _) = papers::pdf(1);
        bytes.truncate(bytes.len() / 3);
        mail.files = vec![File::new("bai du thi.pdf", bytes)];
        let entry = Entry::of(&person, self.unit(0))
            .unread()
            .findings(&[FindingCode::Damaged]);
        self.play(
            "a PDF cut off",
            &[0],
            mail,
            Expect::entry(entry)
                .matter(MatterKind::Unreadable)
                .says("đề nghị"),
        );

        let person = self.person(1, Sort::Pupil);
        let mut mail = self.mail(&person);
        mail.subject = "Nộp bài dự thi".to_owned();
        mail.body = Body::Plain(
            "Dạ em gửi bài dự thi ở file đính kèm ạ. Em cảm ơn ban tổ chức.".to_owned(),
        );
        self.play(
            "a forgotten attachment",
            &[1],
            mail,
            Expect {
                receipts: 1,
                ..Expect::silence(MessageKind::Unclear)
            }
            .matter(MatterKind::Unclear),
        );

        let person = self.person(2, Sort::Pupil);
        let mut mail = self.mail(&person);
        mail.subject = "Bài dự thi".to_owned();
        mail.body = Body::Plain(
            "Em gửi bài dự thi qua đường dẫn ạ:\nhttps://drive.google.com/file/d/1aB2cD3eF4gH5iJ6kL7mN8oP9qR0s/view?usp=sharing\n"
                .to_owned(),
        );
        self.play(
            "a link to a cloud store",
            &[2],
            mail,
            Expect {
                receipts: 1,
                ..Expect::silence(MessageKind::Unclear)
            }
            .matter(MatterKind::Unclear),
        );

        let person = self.person(0, Sort::Resident);
        let mut mail = self.mail(&person);
        mail.subject.clear();
        mail.body = Body::Nothing;
        self.play(
            "an empty mail",
            &[0],
            mail,
            Expect {
                receipts: 0,
                ..Expect::silence(MessageKind::Unclear)
            }
            .matter(MatterKind::Unclear),
        );
    }

    fn no_entries(&mut self) {
        for (spot, subject, text) in [
            (
                0,
                "Hỏi về thể lệ cuộc thi",
                "Kính gửi Ban Tổ chức,\nCho tôi hỏi người ngoài tỉnh đang tạm trú ở Hà Nội có được tham gia cuộc thi không ạ? Bài viết tay có được chấp nhận không?\nXin cảm ơn.",
            ),
            (
                1,
                "Xin hoi han nop bai",
                "Chao ban to chuc,\nCho em hoi han nop bai den ngay nao vay a? Em xin cam on.",
            ),
        ] {
            let person = self.person(spot, Sort::Resident);
            let mut mail = self.mail(&person);
            mail.subject = subject.to_owned();
            mail.body = Body::Plain(text.to_owned());
            self.play(
                "a question",
                &[spot],
                mail,
                Expect::silence(MessageKind::Question).matter(MatterKind::Question),
            );
        }

        let person = self.person(2, Sort::Staff);
        let mut mail = self.mail(&person);
        mail.subject = "Trả lời tự động: Đang nghỉ phép".to_owned();
        mail.more = vec![("Auto-Submitted".to_owned(), "auto-replied".to_owned())];
        mail.body = Body::Plain("Tôi nghỉ phép tới hết ngày 10/9 và sẽ trả lời sau.".to_owned());
        self.play(
            "a vacation answer",
            &[2],
            mail,
            Expect::silence(MessageKind::Automatic),
        );

        let person = self.person(0, Sort::Staff);
        let mut mail = self.mail(&person);
        mail.subject = "[Ban tin] Thong bao lich cong tac tuan".to_owned();
        mail.more = vec![
            ("List-Id".to_owned(), "<bantin.coquan.example>".to_owned()),
            (
                "List-Unsubscribe".to_owned(),
                "<mailto:huy@coquan.example>".to_owned(),
            ),
            ("Precedence".to_owned(), "list".to_owned()),
        ];
        mail.body = Body::Plain("Kính gửi các đơn vị lịch công tác tuần 36.".to_owned());
        self.play(
            "a mailing list",
            &[0],
            mail,
            Expect::silence(MessageKind::Automatic),
        );

        let person = self.person(1, Sort::Staff);
        let mut mail = self.mail(&person);
        mail.subject = "Biên nhận bài dự thi".to_owned();
        mail.more = vec![(
            "X-Phach-Letter".to_owned(),
            "mot-noi-khac.0000000000".to_owned(),
        )];
        mail.body = Body::Plain("Đã nhận bài dự thi.".to_owned());
        self.play(
            "our own mark",
            &[1],
            mail,
            Expect::silence(MessageKind::Own),
        );

        // A delivery report about a letter nobody here has sent.
        let boundary = "bao-cao-1";
        let report = super::mime::multipart(
            "report",
            boundary,
            &[
                b"Content-Type: text/plain; charset=us-ascii\r\n\r\nI could not deliver your message.\r\n".to_vec(),
                b"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.elsewhere.example\r\n\r\nFinal-Recipient: rfc822; khongco@elsewhere.example\r\nAction: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 no such user\r\n".to_vec(),
                b"Content-Type: text/rfc822-headers\r\n\r\nMessage-ID: <la-thu-khong-ai-biet@elsewhere.example>\r\nSubject: x\r\n".to_vec(),
            ],
        );
        let person = self.person(2, Sort::Staff);
        let mut mail = self.mail(&person);
        mail.from = "mailer-daemon@elsewhere.example".to_owned();
        mail.from_name = "Mail Delivery System".to_owned();
        mail.subject = "Undelivered Mail Returned to Sender".to_owned();
        self.play(
            "a report about an unknown letter",
            &[2],
            mail,
            Expect::silence(MessageKind::Bounce).matter(MatterKind::Bounce),
        );
        if let Some(scene) = self.scenes.last_mut() {
            let text = String::from_utf8_lossy(&scene.mail.bytes).into_owned();
            let head = text.split("Content-Type:").next().unwrap_or_default();
            let report = String::from_utf8_lossy(&report).replacen(
                "multipart/report;",
                "multipart/report; report-type=delivery-status;",
                1,
            );
            scene.mail.bytes = format!("{head}{report}").into_bytes();
        }
    }

    fn wrong_or_twice(&mut self) {
        // Lives, or goes to school, in the second area and writes to the first.
        for (name, sort, layout) in [
            ("a pupil at the wrong mailbox", Sort::Pupil, 0),
            ("a resident at the wrong mailbox", Sort::Resident, 1),
        ] {
            let person = self.person(1, sort);
            let paper = self.paper(&person, layout);
            let mut mail = self.mail(&person);
            mail.files = vec![File::new("bai du thi.docx", paper.docx())];
            let entry = Entry::of(&person, self.unit(1)).wherever();
            self.play(
                name,
                &[0],
                mail,
                Expect::entry(entry).matter(MatterKind::Route),
            );
        }

        // Goes to school in the first area, lives in the second: the school's seat counts.
        let mut person = self.person(0, Sort::Pupil);
        let neighbour = Person::new(
            900,
            Sort::Resident,
            &self.places.spots[1],
            self.places.year,
            &mut self.dice.clone(),
        );
        person.address = neighbour.address;
        let paper = self.paper(&person, 0);
        let mut mail = self.mail(&person);
        mail.files = vec![File::new("bai du thi.docx", paper.docx())];
        let entry = Entry::of(&person, self.unit(0));
        self.play(
            "school here, home elsewhere",
            &[0],
            mail,
            Expect::entry(entry),
        );

        let person = self.person(0, Sort::Resident);
        let paper = self.paper(&person, 3);
        let mut mail = self.mail(&person);
        mail.files = vec![File::new("bai du thi.docx", paper.docx())];
        let in_order = Expect {
            receipts: 2,
            ..Expect::entry(Entry::of(&person, self.unit(0)))
        }
        .matter(MatterKind::TwoUnits);
        let other_first = Expect {
            receipts: 2,
            ..Expect::entry(Entry::of(&person, self.unit(1)))
        }
        .matter(MatterKind::TwoUnits)
        .matter(MatterKind::Route);
        self.play("one mail to two units", &[0, 1], mail, in_order);
        self.or(other_first);

        let person = self.person(1, Sort::Resident);
        for spot in [1, 2] {
            let paper = self.paper(&person, spot);
            let mut mail = self.mail(&person);
            mail.files = vec![File::new(format!("bai {spot}.docx"), paper.docx())];
            let alone = Expect::entry(Entry::of(&person, self.unit(spot)));
            let second = Expect::entry(
                Entry::of(&person, self.unit(spot)).findings(&[FindingCode::TwoUnits]),
            )
            .matter(MatterKind::TwoUnits);
            // The second unit is not where the author lives.
            let (in_order, swapped) = match spot {
                1 => (alone, second),
                _ => (
                    second.matter(MatterKind::Route),
                    alone.matter(MatterKind::Route),
                ),
            };
            self.play("one person to two units", &[spot], mail, in_order);
            self.or(swapped);
        }
        self.pair();

        let person = self.person(2, Sort::Staff);
        let paper = self.paper(&person, 0);
        for turn in 0..2 {
            let mut mail = self.mail(&person);
            mail.files = vec![File::new("bai du thi.docx", paper.docx())];
            if turn == 1 {
                mail.body = Body::Plain(
                    "Tôi gửi lại bài vì chưa thấy trả lời. Mong Ban Tổ chức xác nhận.".to_owned(),
                );
            }
            let first = Expect::entry(Entry::of(&person, self.unit(2)));
            let again = Expect::entries(Vec::new());
            let (in_order, swapped) = match turn {
                0 => (first, again),
                _ => (again, first),
            };
            let name = format!("the same file, time {}", turn + 1);
            self.play(&name, &[2], mail, in_order);
            self.or(swapped);
        }
        self.pair();
        self.repeat();

        let first = self.person(0, Sort::Pupil);
        let second = self.person(0, Sort::Pupil);
        let text = self.prose();
        for (turn, person) in [first, second].iter().enumerate() {
            let paper = Paper {
                title: "BÀI DỰ THI".to_owned(),
                paragraphs: text.clone(),
                ..Paper::default()
            };
            let mut mail = self.mail(person);
            mail.body = Body::Plain(format!(
                "Em gửi bài dự thi ạ.\n{}",
                person.head(0).join("\n")
            ));
            mail.files = vec![File::new("bai lam.docx", paper.docx())];
            let first = Expect::entry(Entry::of(person, self.unit(0)));
            let second =
                Expect::entry(Entry::of(person, self.unit(0)).findings(&[FindingCode::SameText]))
                    .matter(MatterKind::SameText);
            let (in_order, swapped) = match turn {
                0 => (first, second),
                _ => (second, first),
            };
            self.play("one text, two pupils", &[0], mail, in_order);
            self.or(swapped);
        }
        self.pair();

        let author = self.person(1, Sort::Resident);
        let friend = self.person(1, Sort::Staff);
        let paper = self.paper(&author, 0);
        let mut mail = self.mail(&friend);
        mail.subject = "Fwd: Nộp bài dự thi".to_owned();
        mail.body = Body::Plain(format!(
            "Chuyển Ban Tổ chức giúp bác hàng xóm.\n\n---------- Forwarded message ---------\nFrom: {} <{}>\nDate: Mon, 2 Sep 2019 at 08:12\nSubject: Nộp bài dự thi\nTo: <{}>\n\nNhờ cháu gửi giúp bài.\n",
            author.name, author.email, friend.email
        ));
        mail.files = vec![File::new("bai du thi.docx", paper.docx())];
        let entry = Entry::of(&author, self.unit(1)).findings(&[FindingCode::Forwarded]);
        self.play("forwarded in the text", &[1], mail, Expect::entry(entry));

        let author = self.person(2, Sort::Resident);
        let friend = self.person(2, Sort::Staff);
        let paper = self.paper(&author, 1);
        let mut inner = self.mail(&author);
        inner.to = vec![friend.email.clone()];
        inner.id = format!("ben-trong.{}@nguoidan.example", self.seed);
        inner.date = self.date.clone();
        inner.files = vec![File::new("bai du thi.docx", paper.docx())];
        let mut mail = self.mail(&friend);
        mail.subject = "Fwd: bài dự thi".to_owned();
        mail.body = Body::Plain("Kính chuyển Ban Tổ chức bài dự thi của bà con.".to_owned());
        mail.files = vec![File::new("thu.eml", inner.bytes())];
        let entry = Entry::of(&author, self.unit(2)).findings(&[FindingCode::Forwarded]);
        self.play(
            "forwarded as an attachment",
            &[2],
            mail,
            Expect::entry(entry),
        );
    }

    fn careless_and_hostile(&mut self) {
        let person = self.person(0, Sort::Resident);
        let mut paper = self.paper(&person, 0);
        paper
            .head
            .retain(|line| !line.starts_with("Ngày sinh") && !line.starts_with("Điện thoại"));
        let mut mail = self.mail(&person);
        mail.files = vec![File::new("bai du thi.docx", paper.docx())];
        let mut entry = Entry::of(&person, self.unit(0))
            .findings(&[FindingCode::NoBirthDate, FindingCode::NoPhone]);
        entry.birth_date = None;
        entry.phone = None;
        self.play(
            "no birth date, no phone",
            &[0],
            mail,
            Expect::entry(entry).says("Đề nghị bổ sung"),
        );

        let mut person = self.person(1, Sort::Pupil);
        person.birth = (self.places.year - 8, 5, 20);
        person.class = "3A1".to_owned();
        let paper = self.paper(&person, 0);
        let mut mail = self.mail(&person);
        mail.files = vec![File::new("bai du thi.docx", paper.docx())];
        let entry = Entry::of(&person, self.unit(1)).findings(&[FindingCode::UnderAge]);
        self.play("under twelve", &[1], mail, Expect::entry(entry));

        for (name, from, subject, file) in [
            (
                "a name that is a formula",
                "=cmd|' /C calc'!A0",
                "=HYPERLINK(\"http://xau.example\";\"bài\")",
                "=1+1.docx",
            ),
            (
                "a name that is a script",
                "<script>alert(1)</script>",
                "<b onclick=alert(1)>Bài dự thi</b>",
                "<img src=x onerror=alert(1)>.docx",
            ),
            (
                "a subject with a header in it",
                "Người gửi",
                "Bài dự thi\r\nBcc: khongai@nguoidan.example\r\nX-Phach-Letter: gia",
                "../../../../etc/bài dự thi.docx",
            ),
        ] {
            let person = self.person(2, Sort::Resident);
            let paper = self.paper(&person, 0);
            let mut mail = self.mail(&person);
            mail.from_name = from.to_owned();
            mail.subject = subject.to_owned();
            mail.files = vec![File::new(file, paper.docx())];
            let entry = Entry::of(&person, self.unit(2));
            self.play(name, &[2], mail, Expect::entry(entry));
        }

        let person = self.person(0, Sort::Staff);
        let paper = self.paper(&person, 2);
        let mut mail = self.mail(&person);
        mail.files = vec![
            File::new("bai du thi.docx", paper.docx()),
            File::new("phim minh hoa.bin", {
                let mut dice = Dice::new(self.seed ^ 6);
                (0..600_000)
                    .flat_map(|_| dice.next().to_le_bytes())
                    .collect()
            }),
        ];
        let entry = Entry::of(&person, self.unit(0))
            .roles(vec![FileRole::Main, FileRole::Unread])
            .findings(&[FindingCode::NotRead]);
        self.play(
            "six megabytes",
            &[0],
            mail,
            Expect::entry(entry).matter(MatterKind::Unreadable),
        );

        // Answers go where the sender asks for them.
        let person = self.person(3, Sort::Staff);
        let paper = self.paper(&person, 0);
        let mut mail = self.mail(&person);
        mail.from = format!("may.quet@{}", "nguoidan.example");
        mail.more = vec![("Reply-To".to_owned(), person.email.clone())];
        mail.files = vec![File::new("Scan_0001.docx", paper.docx())];
        let entry = Entry::of(&person, self.unit(3));
        self.play(
            "another address for answers",
            &[3],
            mail,
            Expect::entry(entry),
        );
        if let Some(scene) = self.scenes.last_mut() {
            scene.sender = person.email;
        }
    }

    fn at_the_deadline(&mut self) {
        // In time, and once more after the deadline: whatever is sorted first, the author was in time.
        let person = self.person(0, Sort::Pupil);
        let paper = self.paper(&person, 1);
        for when in [When::BeforeDeadline, When::JustAfter] {
            let mut mail = self.mail(&person);
            mail.files = vec![File::new("bai du thi.docx", paper.docx())];
            let first = Expect::entry(Entry::of(&person, self.unit(0)));
            let again = Expect::entries(Vec::new());
            let (name, in_order, swapped) = match when {
                When::BeforeDeadline => ("in time, sent again late", first, again),
                When::JustAfter => ("sent again late", again, first),
            };
            self.play_at(when, name, &[0], mail, in_order);
            self.or(swapped);
        }
        self.pair();
        self.repeat();

        for spot in [0, 4] {
            let sort = if spot == 0 {
                Sort::Resident
            } else {
                Sort::Staff
            };
            let person = self.person(spot, sort);
            let paper = self.paper(&person, spot);
            let mut mail = self.mail(&person);
            mail.files = vec![File::new("bai du thi.docx", paper.docx())];
            let mut entry = Entry::of(&person, self.unit(spot));
            entry.timeliness = Timeliness::Late;
            self.play_at(
                When::JustAfter,
                "late by a second",
                &[spot],
                mail,
                Expect::entry(entry)
                    .matter(MatterKind::Late)
                    .says("sau thời hạn nhận bài"),
            );
        }
    }

    /// A school's archive: four essays that can be read, one of which says nothing of its author, one that is broken,
    /// and the list, which has one pupil too many.
    fn a_whole_school(&mut self) {
        let pupils: Vec<Person> = (0..6).map(|_| self.person(0, Sort::Pupil)).collect();
        let mut files: Vec<(String, Vec<u8>)> = Vec::new();
        let mut entries = Vec::new();
        for (at, pupil) in pupils.iter().take(3).enumerate() {
            let paper = self.paper(pupil, at);
            files.push((format!("khoi 9/bai {}.docx", at + 1), paper.docx()));
            entries.push(Entry::of(pupil, self.unit(0)));
        }
        let silent = Paper {
            title: "BÀI DỰ THI TÌM HIỂU DỊCH VỤ CÔNG TRỰC TUYẾN".to_owned(),
            paragraphs: prose::essay(self.dice.next(), 450),
            ..Paper::default()
        };
        let name = format!("khoi 9/{}.docx", phach::text::fold(&pupils[3].name));
        files.push((name, silent.docx()));
        entries.push(Entry::of(&pupils[3], self.unit(0)));
        files.push((
            "khoi 9/scan05.doc".to_owned(),
            papers::old_word(self.dice.next()),
        ));
        let mut broken = Entry::of(&pupils[4], self.unit(0)).findings(&[FindingCode::Damaged]);
        broken.roles = vec![FileRole::Unread];
        entries.push(broken);
        files.push((
            "khoi 9/danh sach.xlsx".to_owned(),
            papers::class_list(&pupils, "SCAN05.doc", 4),
        ));
        let files: Vec<(&str, &[u8])> = files
            .iter()
            .map(|(name, bytes)| (name.as_str(), bytes.as_slice()))
            .collect();
        let teacher = self.person(0, Sort::Staff);
        let mut mail = self.mail(&teacher);
        mail.body = Body::Plain(
            "Kính gửi Ban Tổ chức,\nNhà trường xin gửi bài dự thi của học sinh kèm danh sách.\nTrân trọng.".to_owned(),
        );
        mail.files = vec![File::new("Bai du thi khoi 9.zip", papers::archive(&files))];
        let missing = format!("{} (lớp {})", pupils[5].name, pupils[5].class);
        let expect = Expect::entries(entries)
            .matter(MatterKind::Unreadable)
            .matter(MatterKind::Roll)
            .says("Danh sách gửi kèm có 6 người; thư này có 5 bài dự thi.")
            .says(&format!(
                "Chưa thấy bài của 1 người trong danh sách: {missing}."
            ));
        self.play("a school's archive with its list", &[0], mail, expect);
    }
}

/// Vietnamese in the old Windows code page: base letters, then the tone as a mark of its own.
fn windows_1258(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let text = wrapped(text, 200);
    for c in text.nfc() {
        let parts: Vec<char> = std::iter::once(c).nfd().collect();
        let shape = parts
            .iter()
            .copied()
            .filter(|part| {
                !matches!(
                    part,
                    '\u{300}' | '\u{301}' | '\u{303}' | '\u{309}' | '\u{323}'
                )
            })
            .nfc();
        for letter in shape {
            out.push(match letter {
                'Ă' => 0xc3,
                'ă' => 0xe3,
                'Â' => 0xc2,
                'â' => 0xe2,
                'Đ' => 0xd0,
                'đ' => 0xf0,
                'Ê' => 0xca,
                'ê' => 0xea,
                'Ô' => 0xd4,
                'ô' => 0xf4,
                'Ơ' => 0xd5,
                'ơ' => 0xf5,
                'Ư' => 0xdd,
                'ư' => 0xfd,
                '–' => 0x96,
                plain => u8::try_from(plain).unwrap_or(b'?'),
            });
        }
        for part in parts {
            out.extend(match part {
                '\u{300}' => Some(0xcc),
                '\u{309}' => Some(0xd2),
                '\u{303}' => Some(0xde),
                '\u{301}' => Some(0xec),
                '\u{323}' => Some(0xf2),
                _ => None,
            });
        }
    }
    out
}

/// Lines of at most `width` letters (a mail's lines end before 998 bytes), with CRLF between them.
fn wrapped(text: &str, width: usize) -> String {
    let mut out = String::new();
    for line in text.lines() {
        let mut used = 0;
        for word in line.split(' ') {
            let length = word.chars().count();
            if used > 0 && used + length > width {
                out.push_str("\r\n");
                used = 0;
            } else if used > 0 {
                out.push(' ');
            }
            out.push_str(word);
            used += length + 1;
        }
        out.push_str("\r\n");
    }
    out
}
