//! Reads which units of the plan a text names, in whatever short form people write them (R001-71).
//!
//! One name may stand for several units ("phường Quang Trung"): a unit above that is named beside it decides.

use std::collections::BTreeMap;

use crate::contest::Plan;
use crate::contest::Unit;
use crate::slip::word::slice;
use crate::slip::word::within_one;
use crate::slip::word::words;
use crate::text;

/// How people shorten the kinds of unit whose names stand in addresses.
const SHORT: &[(&str, &[&str])] = &[
    ("tinh", &["tinh"]),
    ("thanh pho", &["tp", "t p", "thanh pho"]),
    ("quan", &["q", "quan"]),
    ("huyen", &["h", "huyen"]),
    ("thi xa", &["tx", "t x", "thi xa"]),
    ("phuong", &["p", "ph", "phuong"]),
    ("xa", &["x", "xa"]),
    ("thi tran", &["tt", "t t", "thi tran"]),
];

/// Words before a bare name that make it a street, a bridge, a market: "phố Khâm Thiên".
const STREETS: &[&str] = &[
    "pho", "duong", "ngo", "ngach", "hem", "thi", "cau", "ga", "ho", "cho", "vien", "lo", "nha",
    "cu", "so", "hang",
];

/// The names of a plan's units, built once.
#[derive(Clone, Debug, Default)]
pub struct Index {
    /// Folded form → the units it may mean.
    forms: BTreeMap<String, Vec<Form>>,
    /// Unit → the units above it, nearest first.
    above: BTreeMap<String, Vec<String>>,
    longest: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Form {
    code: String,
    /// The name without its kind: weak where a street may bear it too.
    bare: bool,
    /// A ward, commune or town: too many of them to trust a bare or misspelled name.
    small: bool,
}

/// The units a piece of text may mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    /// Codes, in the order of the plan; more than one when the name is not unique.
    pub codes: Vec<String>,
    /// "UBND" stands before it: the office itself, not a place.
    pub office: bool,
}

impl Index {
    /// Gathers every name, alias and short form of the plan's units.
    pub fn new(plan: &Plan) -> Index {
        let mut index = Index::default();
        for unit in &plan.units {
            let mut above = Vec::new();
            let mut parent = unit.parent.as_deref().and_then(|code| plan.unit(code));
            while let Some(up) = parent.filter(|_| above.len() < 16) {
                above.push(up.code.clone());
                parent = up.parent.as_deref().and_then(|code| plan.unit(code));
            }
            if let Some(seat) = &unit.seat {
                above.push(seat.clone());
            }
            index.above.insert(unit.code.clone(), above);
            index.enter(unit);
        }
        index.longest = index
            .forms
            .keys()
            .map(|form| form.split(' ').count())
            .max()
            .unwrap_or(0);
        index
    }

    fn enter(&mut self, unit: &Unit) {
        let small = ["phuong", "xa", "thi_tran"].contains(&unit.kind.as_str());
        for spelling in std::iter::once(&unit.name).chain(&unit.aliases) {
            let form = canonical(&text::fold(spelling));
            let kind = SHORT.iter().find_map(|(kind, shorts)| {
                let long = shorts.iter().chain([kind]).find(|short| {
                    form.strip_prefix(**short)
                        .is_some_and(|rest| rest.starts_with(' '))
                })?;
                (unit.kind.replace('_', " ") == *kind).then_some((long.len(), *shorts))
            });
            if let Some((length, shorts)) = kind {
                let bare = slice(&form, length + 1, form.len()).to_owned();
                for short in shorts {
                    self.add(format!("{short} {bare}"), unit, false, small);
                }
                if bare.contains(' ') || bare.len() >= 5 && bare.chars().all(char::is_alphabetic) {
                    self.add(bare, unit, true, small);
                }
            } else if let Some(rest) = form.strip_prefix("truong ") {
                self.add(rest.to_owned(), unit, false, false);
            }
            // An alias that repeats the bare name stays bare.
            self.add(form, unit, false, small);
        }
    }

    fn add(&mut self, form: String, unit: &Unit, bare: bool, small: bool) {
        if form.is_empty() {
            return;
        }
        let forms = self.forms.entry(form).or_default();
        if !forms.iter().any(|form| form.code == unit.code) {
            forms.push(Form {
                code: unit.code.clone(),
                bare,
                small,
            });
        }
    }

    /// Whether `code` is `top` or lies below it (for a school also: has its seat there).
    pub fn is_under(&self, code: &str, top: &str) -> bool {
        code == top
            || self
                .above
                .get(code)
                .is_some_and(|above| above.iter().any(|up| up == top))
    }

    /// The units a short text (an address, a school's name) names, the most specific only: "phường Hàng Bạc,
    /// quận Hoàn Kiếm" is one mention, the ward.
    pub fn mentions(&self, text: &str) -> Vec<Mention> {
        let mut found: Vec<(Vec<Form>, bool, bool)> = Vec::new();
        for part in text
            .split([',', ';', '\n', '\t', '(', ')', '–', '—', '|'])
            .flat_map(|part| part.split(" - "))
        {
            self.read(part, &mut found);
        }
        let sure: Vec<String> = found
            .iter()
            .filter_map(|(forms, _, _)| match forms.as_slice() {
                [form] if !(form.small && form.bare) => Some(form.code.clone()),
                _ => None,
            })
            .collect();
        let beside = |code: &str| {
            sure.iter()
                .any(|other| other != code && self.depth(other) > 0 && self.is_under(code, other))
        };
        let mut mentions: Vec<Mention> = Vec::new();
        for (forms, office, near) in found {
            let named: Vec<&Form> = forms.iter().filter(|form| beside(&form.code)).collect();
            let kept: Vec<&Form> = if named.is_empty() {
                forms
                    .iter()
                    .filter(|form| !(form.small && (form.bare || near)))
                    .collect()
            } else {
                named
            };
            // A bare name means the larger unit: "Thanh Xuân" is the district, not the commune.
            let top = kept
                .iter()
                .map(|form| self.depth(&form.code))
                .min()
                .unwrap_or(0);
            let bare = kept.iter().any(|form| form.bare);
            let codes: Vec<String> = kept
                .iter()
                .filter(|form| !bare || self.depth(&form.code) == top)
                .map(|form| form.code.clone())
                .collect();
            if !codes.is_empty() && !mentions.iter().any(|other| other.codes == codes) {
                mentions.push(Mention { codes, office });
            }
        }
        let covered = |mention: &Mention| {
            mentions.iter().any(|other| {
                other.codes != mention.codes
                    && mention.codes.iter().all(|up| {
                        other
                            .codes
                            .iter()
                            .any(|code| code != up && self.is_under(code, up))
                    })
            })
        };
        let kept: Vec<bool> = mentions.iter().map(|mention| !covered(mention)).collect();
        mentions
            .into_iter()
            .zip(kept)
            .filter_map(|(mention, kept)| kept.then_some(mention))
            .collect()
    }

    fn depth(&self, code: &str) -> usize {
        self.above.get(code).map_or(0, Vec::len)
    }

    /// Names within one part between commas, longest first.
    fn read(&self, part: &str, found: &mut Vec<(Vec<Form>, bool, bool)>) {
        let folded: Vec<String> = words(part).into_iter().map(|word| word.folded).collect();
        let joined = canonical(&folded.join(" "));
        let all: Vec<&str> = joined
            .split(' ')
            .filter(|word| !word.is_empty())
            .take(200)
            .collect();
        let mut at = 0;
        while at < all.len() {
            let hit = self.at(&all, at);
            if let Some((count, forms, near)) = hit {
                let before = at
                    .checked_sub(1)
                    .and_then(|before| all.get(before))
                    .copied()
                    .unwrap_or("");
                let street =
                    STREETS.contains(&before) || before.contains(|c: char| c.is_ascii_digit());
                let forms: Vec<Form> = forms
                    .iter()
                    .filter(|form| !(form.bare && street))
                    .cloned()
                    .collect();
                if !forms.is_empty() {
                    found.push((forms, before == "ubnd", near));
                }
                at += count;
            } else {
                at += 1;
            }
        }
    }

    /// The longest form that begins at a word; with one slip only where the name is long (D17).
    fn at(&self, all: &[&str], at: usize) -> Option<(usize, &[Form], bool)> {
        let counts = || (1..=self.longest.min(all.len() - at)).rev();
        for count in counts() {
            if let Some(forms) = all
                .get(at..at + count)
                .and_then(|window| self.forms.get(&window.join(" ")))
            {
                return Some((count, forms, false));
            }
        }
        for count in counts() {
            let Some(window) = all.get(at..at + count).map(|window| window.join(" ")) else {
                continue;
            };
            if window.chars().filter(|c| c.is_alphabetic()).count() < 7 {
                continue;
            }
            let near = self.forms.iter().find(|(form, _)| {
                form.len().abs_diff(window.len()) <= 1
                    && form.chars().filter(|c| c.is_alphabetic()).count() >= 8
                    && !form.contains(|c: char| c.is_ascii_digit())
                    && within_one(form, &window)
            });
            if let Some((_, forms)) = near {
                return Some((count, forms, true));
            }
        }
        None
    }
}

/// Long and short spellings of schools and offices in one form.
fn canonical(folded: &str) -> String {
    let mut out = format!(" {folded} ");
    for (long, short) in [
        ("trung hoc co so", "thcs"),
        ("trung hoc pho thong", "thpt"),
        ("uy ban nhan dan", "ubnd"),
        ("truong tieu hoc", "truong th"),
        ("truong mam non", "truong mn"),
        ("truong dai hoc", "truong dh"),
    ] {
        out = out.replace(&format!(" {long} "), &format!(" {short} "));
    }
    out.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::Index;
    use crate::route::decide::plan_for_tests;

    #[test]
    fn units_are_known_by_every_spelling() {
        let index = Index::new(&plan_for_tests());
        let check = |text: &str, want: &str| {
            let got: Vec<_> = index
                .mentions(text)
                .into_iter()
                .map(|mention| mention.codes.join("/"))
                .collect();
            assert_eq!(got.join(" "), want, "{text:?}");
        };
        check("Quận Hoàn Kiếm", "hk");
        check("Q. Hoàn Kiếm", "hk");
        check("Q.HOÀN KIẾM, TP. Hà Nội", "hk");
        check("quan hoan kiem", "hk");
        check("Hoàn Kiếm", "hk");
        check("H. Ba Vì", "bv");
        check("TX. Sơn Tây", "st");
        check("quận Hoàn Kiếmm", "hk");
        check("phường Hàng Bạc, quận Hoàn Kiếm", "hk.hb");
        check("P. Hàng Bạc", "hk.hb");
        check("26 Hàng Bạc, quận Hà Đông", "hd");
        check("phường Quang Trung, quận Hà Đông", "hd.qt");
        check("phường Quang Trung, thị xã Sơn Tây", "st.qt");
        check("phường Quang Trung", "hd.qt/st.qt");
        check("phố Hà Đông, quận Hoàn Kiếm", "hk");
        check("Trường THCS Trưng Vương", "hk.tv");
        check("trung học cơ sở Trưng Vương", "hk.tv");
        check("Sở Tư pháp thành phố Hà Nội", "stp");
        check("Phòng Tư pháp quận Hà Đông", "hd");
        check("P. 1204, CT2A, quận Hà Đông", "hd");
        check("Công ty ABC", "");
        check("", "");
        check("👩‍👩‍👧 İ ß \u{301}\u{301}", "");
    }
}
