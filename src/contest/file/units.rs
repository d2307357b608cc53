//! The units of a plan file: `[kind.*]`, `[[unit]]`, `[wards]` and `[schools]`, with the spellings that follow by rule.

use toml::Spanned;
use toml::de::DeValue;

use super::Fault;
use super::fault::nearest;
use super::table::At;
use super::table::Reader;
use super::table::Table;
use crate::contest::Unit;
use crate::contest::plan::Mailbox;
use crate::contest::unit::Handover;
use crate::text::fold;

/// The units as read, with the lines that later checks report.
#[derive(Default)]
pub(super) struct Units {
    pub kinds: Vec<Kind>,
    pub units: Vec<At<Unit>>,
    /// Codes that units name: of parents, seats, handovers.
    pub named: Vec<At<String>>,
    pub mailboxes: Vec<At<Mailbox>>,
}

/// `[kind.quan]`: what holds for every unit of a kind unless the unit says otherwise.
#[derive(Clone, Default)]
pub(super) struct Kind {
    pub code: String,
    /// "Quận": the word its names begin with.
    word: Option<String>,
    /// "Q.", "Q"
    short: Vec<String>,
    /// People leave the word out: "Hoàn Kiếm".
    bare: bool,
    parent: Option<At<String>>,
    handover: Option<At<Handover>>,
}

/// `[spelling]`: what stands for the same words in names.
struct Spelling {
    short: String,
    long: Vec<String>,
}

impl Units {
    pub fn read(reader: &mut Reader, root: &Table) -> Units {
        let mut out = Units::default();
        if let Some(kinds) = root.table(reader, "kind", "[kind]") {
            for (key, value) in kinds.entries(reader) {
                out.kind(reader, key, value);
            }
        }
        let mut spellings = Vec::new();
        if let Some(table) = root.table(reader, "spelling", "[spelling]") {
            for (key, value) in table.entries(reader) {
                let long = reader.texts(&key.value, value);
                spellings.push(Spelling {
                    short: key.value,
                    long: long.into_iter().map(|long| long.value).collect(),
                });
            }
        }
        for table in root.tables(reader, "unit") {
            out.unit(reader, &table);
        }
        for section in ["wards", "schools"] {
            if let Some(table) = root.table(reader, section, &format!("[{section}]")) {
                for (parent, value) in table.entries(reader) {
                    out.list(reader, section, &parent, value);
                }
            }
        }
        for table in root.tables(reader, "mailbox") {
            table.only(reader, &["unit", "address"]);
            let unit = table.needed_text(reader, "unit");
            let address = table.needed_text(reader, "address");
            if let (Some(unit), Some(address)) = (unit, address) {
                out.named.push(unit.clone());
                out.mailbox(reader, unit.value, address);
            }
        }
        for unit in &mut out.units {
            respell(&mut unit.value, &out.kinds, &spellings);
        }
        out
    }

    fn kind(&mut self, reader: &mut Reader, key: At<String>, value: &Spanned<DeValue>) {
        let section = format!("[kind.{}]", key.value);
        let Some(table) = Table::of(reader, value, &key.value, &section) else {
            return;
        };
        table.only(reader, &["word", "short", "bare", "parent", "handover"]);
        let parent = table.text(reader, "parent");
        self.named.extend(parent.clone());
        let kind = Kind {
            word: table.text(reader, "word").map(|word| word.value),
            short: plain(table.texts(reader, "short")),
            bare: table.yes(reader, "bare", false),
            parent,
            handover: self.handover(reader, &table),
            code: key.value,
        };
        self.kinds.push(kind);
    }

    fn unit(&mut self, reader: &mut Reader, table: &Table) {
        table.only(
            reader,
            &[
                "code",
                "parent",
                "kind",
                "name",
                "aliases",
                "seat",
                "local",
                "handover",
                "phone",
                "quota",
                "mailbox",
                "signing_key",
            ],
        );
        let kind = table.needed_text(reader, "kind");
        let name = table.needed_text(reader, "name");
        let Some(code) = table.needed_text(reader, "code") else {
            return;
        };
        let kind = self.kind_of(reader, kind);
        let parent = table.text(reader, "parent");
        let seat = table.text(reader, "seat");
        self.named.extend(parent.clone());
        self.named.extend(seat.clone());
        let own = self.handover(reader, table);
        let unit = Unit {
            parent: parent
                .or(kind.parent)
                .map(|parent| parent.value)
                .filter(|parent| *parent != code.value || table.get("parent").is_some()),
            kind: kind.code,
            name: name.map(|name| name.value).unwrap_or_default(),
            aliases: plain(table.texts(reader, "aliases")),
            seat: seat.map(|seat| seat.value),
            local: table.yes(reader, "local", true),
            handover: own
                .or(kind.handover)
                .map(|handover| handover.value)
                .unwrap_or_default(),
            phone: table.text(reader, "phone").map(|phone| phone.value),
            quota: table.number32(reader, "quota", 1),
            signing_key: table.text(reader, "signing_key").map(|key| key.value),
            code: code.value.clone(),
        };
        let sound = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-.".contains(c);
        if !code.value.chars().all(sound) {
            reader.error(code.line, Fault::Code(code.value.clone()));
        }
        for address in table.texts(reader, "mailbox") {
            self.mailbox(reader, code.value.clone(), address);
        }
        self.units.push(At {
            value: unit,
            line: code.line,
        });
    }

    /// The kind a unit names; an unknown one is reported and stands for itself.
    fn kind_of(&self, reader: &mut Reader, named: Option<At<String>>) -> Kind {
        let Some(named) = named else {
            return Kind::default();
        };
        if let Some(kind) = self.kinds.iter().find(|kind| kind.code == named.value) {
            return kind.clone();
        }
        let nearest = nearest(
            &named.value,
            self.kinds.iter().map(|kind| kind.code.as_str()),
        );
        let code = named.value.clone();
        reader.error(named.line, Fault::UnknownKind { code, nearest });
        Kind {
            code: named.value,
            ..Kind::default()
        }
    }

    /// A list under a parent: `["Phường Hàng Bạc | alias", …]` or `{ quota = 15, names = […] }`.
    fn list(
        &mut self,
        reader: &mut Reader,
        section: &str,
        parent: &At<String>,
        value: &Spanned<DeValue>,
    ) {
        self.named.push(parent.clone());
        let mut quota = None;
        let names = if value.get_ref().is_table() {
            let section = format!("[{section}.{}]", parent.value);
            let Some(table) = Table::of(reader, value, &parent.value, &section) else {
                return;
            };
            table.only(reader, &["quota", "names"]);
            quota = table.number32(reader, "quota", 1);
            if table.get("names").is_none() {
                table.missing(reader, "names");
            }
            table.texts(reader, "names")
        } else {
            reader.texts(&parent.value, value)
        };
        for entry in names {
            let mut spellings = entry.value.split('|').map(str::trim);
            let name = spellings.next().unwrap_or_default();
            let kind = self.kinds.iter().find(|kind| kind.stem(name).is_some());
            let Some(kind) = kind else {
                let name = name.to_owned();
                reader.error(entry.line, Fault::NoKind(name));
                continue;
            };
            let stem = kind.stem(name).unwrap_or_default();
            let unit = Unit {
                code: format!("{}.{}", parent.value, fold(&stem).replace(' ', "-")),
                parent: Some(parent.value.clone()),
                kind: kind.code.clone(),
                name: name.to_owned(),
                aliases: spellings
                    .filter(|alias| !alias.is_empty())
                    .map(str::to_owned)
                    .collect(),
                seat: (section == "schools").then(|| parent.value.clone()),
                local: true,
                handover: Handover::None,
                phone: None,
                quota,
                signing_key: None,
            };
            self.units.push(At {
                value: unit,
                line: entry.line,
            });
        }
    }

    fn handover(&mut self, reader: &mut Reader, table: &Table) -> Option<At<Handover>> {
        let section = format!("handover, {}", table.section);
        let table = table.table(reader, "handover", &section)?;
        table.only(reader, &["kind", "n", "to"]);
        let kind = table.needed_text(reader, "kind")?;
        if kind.value == "none" {
            let (value, line) = (Handover::None, kind.line);
            return Some(At { value, line });
        }
        if !["all", "top"].contains(&kind.value.as_str()) {
            let fault = Fault::Choice {
                key: "kind",
                value: kind.value,
                choices: &["top", "all", "none"],
            };
            reader.error(kind.line, fault);
            return None;
        }
        let to = table.needed_text(reader, "to")?;
        self.named.push(to.clone());
        let to = to.value;
        let value = if kind.value == "all" {
            Handover::All { to }
        } else {
            if table.get("n").is_none() {
                table.missing(reader, "n");
            }
            let n = table.number32(reader, "n", 1)?;
            Handover::Top { n, to }
        };
        let line = kind.line;
        Some(At { value, line })
    }

    fn mailbox(&mut self, reader: &mut Reader, unit: String, address: At<String>) {
        let lower = address.value.to_lowercase();
        if !is_address(&lower) {
            reader.error(address.line, Fault::Address(address.value));
            return;
        }
        let value = Mailbox {
            unit,
            address: lower,
        };
        let line = address.line;
        self.mailboxes.push(At { value, line });
    }
}

impl Kind {
    /// What follows the kind's word: "Hoàn Kiếm" of "Quận Hoàn Kiếm".
    fn stem(&self, name: &str) -> Option<String> {
        let word = self.word.as_deref()?;
        let rest = fold(name).strip_prefix(&fold(word))?.to_owned();
        if !rest.starts_with(' ') {
            return None;
        }
        let skipped = word.split_whitespace().count();
        let words: Vec<&str> = name.split_whitespace().skip(skipped).collect();
        Some(words.join(" "))
    }
}

/// Adds the spellings that follow from the kinds' abbreviations and the list of equal words.
fn respell(unit: &mut Unit, kinds: &[Kind], spellings: &[Spelling]) {
    let mut found = vec![unit.name.clone()];
    found.append(&mut unit.aliases);
    for at in 0..found.len() {
        let Some(name) = found.get(at).cloned() else {
            break;
        };
        for kind in kinds {
            let Some(stem) = kind.stem(&name) else {
                continue;
            };
            found.extend(kind.short.iter().map(|short| format!("{short} {stem}")));
            if kind.bare {
                found.push(stem);
            }
        }
    }
    for spelling in spellings {
        for at in 0..found.len() {
            let Some(name) = found.get(at).cloned() else {
                break;
            };
            for long in &spelling.long {
                found.extend(replaced(&name, &spelling.short, long));
                found.extend(replaced(&name, long, &spelling.short));
            }
        }
    }
    let mut folded = vec![fold(&unit.name)];
    for alias in found {
        let form = fold(&alias);
        if !folded.contains(&form) {
            folded.push(form);
            unit.aliases.push(alias);
        }
    }
}

/// `name` with the whole words `from` exchanged for `to`, when it has them.
fn replaced(name: &str, from: &str, to: &str) -> Option<String> {
    let padded = format!(" {name} ");
    let (before, after) = padded.split_once(&format!(" {from} "))?;
    Some(format!("{before} {to} {after}").trim().to_owned())
}

/// Whether this can be a mailbox's address; deliverability shows when the mailbox is checked.
fn is_address(address: &str) -> bool {
    let sound = |part: &str| {
        !part.is_empty()
            && !part.starts_with('.')
            && !part.ends_with('.')
            && !part.contains("..")
            && part
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || ".-_+".contains(c))
    };
    match address.split_once('@') {
        Some((local, domain)) => {
            let domain_sound = !domain.contains(['_', '+']) && domain.contains('.');
            sound(local) && sound(domain) && domain_sound
        }
        None => false,
    }
}

fn plain(texts: Vec<At<String>>) -> Vec<String> {
    texts.into_iter().map(|text| text.value).collect()
}
