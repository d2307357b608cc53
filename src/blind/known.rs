//! What is known of an author, made ready to be looked for in a text.

use super::Identity;
use super::letters::Letters;
use super::letters::folded;
use super::names::Name;
use super::names::Trust;
use crate::entry::ReceiptCode;
use crate::slip;
use crate::slip::Slip;
use crate::slip::name;

/// Everything to be looked for.
#[derive(Default)]
pub struct Known {
    pub names: Vec<Name>,
    /// Digits with a leading 0.
    pub phones: Vec<String>,
    /// Addresses of mail, lower case.
    pub emails: Vec<String>,
    /// What stands before the "@" of those, as folded words; only such as are no plain word.
    pub locals: Vec<Vec<String>>,
    /// ISO dates.
    pub births: Vec<String>,
    /// Folded: "9a2".
    pub classes: Vec<String>,
    /// Units and schools as folded words, each in its longer and shorter forms, longest first.
    pub units: Vec<Vec<String>>,
    /// Addresses as folded words.
    pub addresses: Vec<Vec<String>>,
    pub codes: Vec<String>,
    /// File names with their ending, as folded words.
    pub files: Vec<Vec<String>>,
    /// What a clerk marked, as folded words.
    pub marked: Vec<Vec<String>>,
}

impl Known {
    pub fn of(identity: &Identity) -> Known {
        let mut known = Known::default();
        for slip in &identity.slips {
            known.take(slip);
        }
        for value in &identity.senders {
            let found = name::full(value).or_else(|| name::labelled(value));
            known.name(found.as_deref(), Trust::Perhaps);
        }
        for file in &identity.files {
            let slip = slip::from_essay("", "", file);
            known.name(
                slip.name.as_ref().map(|fact| fact.value.as_str()),
                Trust::Perhaps,
            );
            let ending = file
                .rsplit_once('.')
                .is_some_and(|(stem, end)| !stem.is_empty() && (1..=5).contains(&end.len()));
            push(&mut known.files, folded(file), 2, ending);
        }
        for email in &identity.emails {
            let email = email.trim().to_lowercase();
            if let Some((local, _)) = email.split_once('@') {
                let words = folded(local);
                let length = words.iter().map(String::len).sum::<usize>();
                push(&mut known.locals, words, 1, length >= 6);
                known.emails.push(email);
            }
        }
        for unit in &identity.units {
            known.unit(unit);
        }
        for code in &identity.codes {
            known
                .codes
                .extend(ReceiptCode::parse(code).map(|code| code.as_str().to_owned()));
        }
        for marked in &identity.marked {
            push(&mut known.marked, folded(marked), 1, true);
        }
        known
    }

    /// Takes the facts of a slip in.
    pub fn take(&mut self, slip: &Slip) {
        let value = |fact: &Option<slip::Fact>| fact.as_ref().map(|fact| fact.value.clone());
        self.name(value(&slip.name).as_deref(), Trust::Author);
        self.births.extend(value(&slip.birth_date));
        self.phones.extend(value(&slip.phone));
        if let Some(class) = value(&slip.class) {
            let class = folded(&class).concat();
            if class.chars().any(char::is_alphabetic) && class.chars().any(|c| c.is_ascii_digit()) {
                self.classes.push(class);
            }
        }
        if let Some(unit) = value(&slip.unit) {
            self.unit(&unit);
        }
        if let Some(address) = value(&slip.address) {
            push(&mut self.addresses, folded(&address), 2, true);
        }
    }

    pub fn name(&mut self, value: Option<&str>, trust: Trust) {
        let name = value.and_then(|value| Name::of(value, trust));
        self.names
            .extend(name.filter(|name| !self.names.contains(name)));
    }

    /// A unit in full, up to its first comma, without "trường" before it, and a school's own name alone: "Trưng Vương".
    fn unit(&mut self, value: &str) {
        const KINDS: &[&str] = &[
            "thcs",
            "thpt",
            "ptcs",
            "th",
            "tieu hoc",
            "trung hoc",
            "co so",
            "pho thong",
            "mam non",
        ];
        let short = value.split([',', ';', '(']).next().unwrap_or(value);
        for form in [value, short] {
            let whole = folded(form).join(" ");
            let bare = whole.strip_prefix("truong ").unwrap_or(&whole);
            let mut own = bare;
            let kind = |own: &str, kind: &&str| own.starts_with(&format!("{kind} "));
            while let Some(found) = KINDS.iter().find(|name| kind(own, name)) {
                own = own.get(found.len() + 1..).unwrap_or_default();
            }
            for form in [whole.as_str(), bare, own] {
                let words = form.split(' ').map(str::to_owned).collect();
                push(&mut self.units, words, 2, true);
            }
        }
        self.units
            .sort_by_key(|words| std::cmp::Reverse(words.len()));
    }

    /// Squeezed names and accounts, to be found in links.
    pub fn handles(&self) -> impl Iterator<Item = String> {
        let names = self.names.iter().map(Name::squeezed);
        let locals = self.locals.iter().map(|words| words.concat());
        names.chain(locals).filter(|handle| handle.len() >= 6)
    }

    /// Whether anybody's full name is known beyond doubt.
    pub fn has_name(&self) -> bool {
        self.names.iter().any(Name::is_author)
    }

    /// Where the author's units stand: the longest forms first.
    pub fn units_in(&self, letters: &Letters) -> Vec<(usize, usize)> {
        self.units
            .iter()
            .flat_map(|unit| letters.find(unit))
            .collect()
    }
}

fn push(list: &mut Vec<Vec<String>>, words: Vec<String>, least: usize, wanted: bool) {
    if wanted && words.len() >= least && !list.contains(&words) {
        list.push(words);
    }
}
