//! What somebody typed, understood: words, phrases in quotes, receipt codes, numbers. There is no syntax that could
//! be wrong: whatever is no letter, digit or quotation mark divides words and means nothing more.

use super::spell::Spelling;
use super::spell::words;
use crate::entry::ReceiptCode;
use crate::entry::code::ALPHABET;
use crate::text::normal;

/// More is not read: enough for a passage somebody copied from an essay.
const CHARACTERS: usize = 400;
/// Words beyond these are left out.
const WORDS: usize = 40;
/// A receipt code has nine characters without its dashes.
const CODE: usize = 9;
/// Shorter runs of digits are years and house numbers.
const NUMBER: usize = 5;

/// A question to the index: an entry must answer every need.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// What was typed, as far as it was read.
    pub text: String,
    pub needs: Vec<Need>,
    /// There was more than is read.
    pub cut: bool,
}

/// One thing an entry must have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Need {
    Word(Spelling),
    /// The word somebody may still be typing: also what begins with it.
    Start(Spelling),
    /// Words in quotes: in this order, nothing between them.
    Phrase(Vec<Spelling>),
    /// A receipt code (lower case, no dashes), or else these words.
    Code(String, Vec<Spelling>),
    /// A number (digits only, national form if a phone number), or else these words.
    Number(String, Vec<Spelling>),
}

impl Need {
    /// The words of the need.
    pub fn spellings(&self) -> &[Spelling] {
        match self {
            Need::Word(word) | Need::Start(word) => std::slice::from_ref(word),
            Need::Phrase(words) | Need::Code(_, words) | Need::Number(_, words) => words,
        }
    }
}

impl Wanted {
    /// Reads what was typed. Never fails; without a letter or digit in it nothing is needed.
    pub fn read(typed: &str) -> Wanted {
        let typed = normal(typed);
        let text: String = typed.trim().chars().take(CHARACTERS).collect();
        let mut cut = text.chars().count() < typed.trim().chars().count();
        let mut needs = Vec::new();
        let mut left = WORDS;
        for (quoted, piece) in pieces(&text) {
            let mut found: Vec<Spelling> = words(piece).map(|word| word.spelling).collect();
            cut |= found.len() > left;
            found.truncate(left);
            left -= found.len();
            match (quoted, found.len()) {
                (_, 0) => {}
                (true, 1) => needs.extend(found.pop().map(Need::Word)),
                (true, _) => needs.push(Need::Phrase(found)),
                (false, _) => loose(found, &mut needs),
            }
        }
        if !cut
            && !text.ends_with(is_quote)
            && let Some(last @ Need::Word(_)) = needs.last_mut()
            && let Need::Word(word) = last
        {
            *last = Need::Start(word.clone());
        }
        Wanted { text, needs, cut }
    }

    pub fn is_empty(&self) -> bool {
        self.needs.is_empty()
    }

    /// Every word in order, if they stand loose beside one another.
    pub fn loose(&self) -> Option<Vec<&Spelling>> {
        let bare = |need: &Need| !matches!(need, Need::Phrase(_));
        (self.needs.len() > 1 && self.needs.iter().all(bare))
            .then(|| self.needs.iter().flat_map(Need::spellings).collect())
    }

    /// The beginning of a receipt code, if the whole question may be one: lower case, no dashes.
    pub fn code_start(&self) -> Option<String> {
        let joined = self.joined();
        let fits = (3..CODE).contains(&joined.len())
            && joined.bytes().any(|byte| byte.is_ascii_digit())
            && joined
                .bytes()
                .all(|byte| ALPHABET.contains(&byte.to_ascii_uppercase()));
        fits.then_some(joined)
    }

    /// Whether the question has the shape of a receipt code that cannot be one: a character is mistaken.
    pub fn is_mistaken_code(&self) -> bool {
        let joined = self.joined();
        joined.len() == CODE
            && joined.bytes().any(|byte| byte.is_ascii_digit())
            && joined.bytes().any(|byte| byte.is_ascii_alphabetic())
            && ReceiptCode::parse(&joined).is_none()
    }

    fn joined(&self) -> String {
        self.needs
            .iter()
            .flat_map(Need::spellings)
            .map(|word| word.exact.as_str())
            .collect()
    }
}

fn is_quote(c: char) -> bool {
    matches!(c, '"' | '“' | '”' | '„' | '«' | '»' | '＂')
}

/// The text between quotes (true) and outside of them. A quote that is never closed quotes nothing.
fn pieces(text: &str) -> Vec<(bool, &str)> {
    let parts: Vec<&str> = text.split(is_quote).collect();
    let last = parts.len() - 1;
    parts
        .into_iter()
        .enumerate()
        .map(|(n, part)| (n % 2 == 1 && n != last, part))
        .collect()
}

/// Words outside of quotes; codes and numbers written in groups are put together.
fn loose(words: Vec<Spelling>, needs: &mut Vec<Need>) {
    let mut rest = words.as_slice();
    while let Some((first, after)) = rest.split_first() {
        if let Some((code, taken)) = code(rest) {
            let (own, others) = rest.split_at(taken);
            needs.push(Need::Code(code, own.to_vec()));
            rest = others;
        } else if let Some((number, taken)) = number(rest) {
            let (own, others) = rest.split_at(taken);
            needs.push(Need::Number(number, own.to_vec()));
            rest = others;
        } else {
            needs.push(Need::Word(first.clone()));
            rest = after;
        }
    }
}

/// A receipt code at the beginning, and how many words it takes.
fn code(words: &[Spelling]) -> Option<(String, usize)> {
    let mut joined = String::new();
    for (at, word) in words.iter().take(CODE).enumerate() {
        joined.push_str(&word.exact);
        if joined.len() == CODE {
            return ReceiptCode::parse(&joined).map(|_| (joined, at + 1));
        }
        if joined.len() > CODE {
            return None;
        }
    }
    None
}

/// A number at the beginning, and how many words it takes.
fn number(words: &[Spelling]) -> Option<(String, usize)> {
    let taken = words
        .iter()
        .take_while(|word| word.exact.bytes().all(|byte| byte.is_ascii_digit()))
        .count();
    let digits: String = words
        .iter()
        .take(taken)
        .map(|word| word.exact.as_str())
        .collect();
    (digits.len() >= NUMBER).then(|| (national(&digits), taken))
}

/// Digits of a phone number as slips hold them: `84912345678` → `0912345678`.
pub fn national(digits: &str) -> String {
    let bare = digits.strip_prefix("00").unwrap_or(digits);
    match bare.strip_prefix("84") {
        Some(rest) if rest.len() >= 9 => format!("0{}", rest.trim_start_matches('0')),
        Some(_) | None => digits.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::Need;
    use super::WORDS;
    use super::Wanted;
    use crate::entry::ReceiptCode;

    /// Needs in short: "word", "word…", "[a b]", "#code", "+number".
    fn short(typed: &str) -> Vec<String> {
        let join = |words: &[super::Spelling]| {
            let words: Vec<&str> = words.iter().map(|word| word.exact.as_str()).collect();
            words.join(" ")
        };
        let needs = Wanted::read(typed).needs;
        needs
            .iter()
            .map(|need| match need {
                Need::Word(word) => word.exact.clone(),
                Need::Start(word) => format!("{}…", word.exact),
                Need::Phrase(words) => format!("[{}]", join(words)),
                Need::Code(code, _) => format!("#{code}"),
                Need::Number(digits, _) => format!("+{digits}"),
            })
            .collect()
    }

    #[test]
    fn questions_are_read_as_clerks_type_them() {
        let code = ReceiptCode::from_random([1, 2, 3, 4, 5, 6, 7, 8]);
        let bare = code.as_str().replace('-', "").to_lowercase();
        let hash = format!("#{bare}");
        let check = |typed: &str, want: &[&str]| assert_eq!(short(typed), want, "{typed:?}");
        check("Nguyễn Thị A", &["nguyễn", "thị", "a…"]);
        check("\"dịch vụ công\" hà nội", &["[dịch vụ công]", "hà", "nội…"]);
        check("hà nội “dịch vụ”", &["hà", "nội", "[dịch vụ]"]);
        check("\"công\"", &["công"]);
        check("\"dịch vụ", &["dịch", "vụ…"]);
        check(code.as_str(), &[&hash]);
        check(&bare, &[&hash]);
        check(&code.as_str().replace('-', " "), &[&hash]);
        check(&format!("mã {code}"), &["mã", &hash]);
        check("0912.345.678", &["+0912345678"]);
        check("+84 912 345 678", &["+0912345678"]);
        check("An 0912 345 678", &["an", "+0912345678"]);
        check("năm 2019", &["năm", "2019…"]);
    }

    #[test]
    fn nothing_that_is_typed_is_a_mistake() {
        let check = |typed: &str, want: &[&str]| assert_eq!(short(typed), want, "{typed:?}");
        check("", &[]);
        check("\"", &[]);
        check("\"\" \"", &[]);
        check("* ? ~ ^ + - ! ( ) { } [ ] : \\ /", &[]);
        check("AND OR NOT", &["and", "or", "not…"]);
        check(
            "name:an~2^3 [a TO b]",
            &["name", "an", "2", "3", "a", "to", "b…"],
        );
        check("🙂🎉", &[]);
        check("a\0b", &["ab…"]);
        check("\u{301}\u{323}\u{30a}", &[]);
        let long = Wanted::read(&"đơn ".repeat(2_500));
        assert!(long.cut && long.needs.len() == WORDS && long.text.len() < 1_000);
        let one = Wanted::read(&"x".repeat(10_240));
        assert!(one.cut && one.needs.len() == 1);
    }

    #[test]
    fn a_code_is_known_by_its_beginning_and_by_its_mistake() {
        let start = |typed: &str| Wanted::read(typed).code_start();
        assert_eq!(start("K7QM-2").as_deref(), Some("k7qm2"));
        assert_eq!(start("anh"), None);
        assert_eq!(start("B7"), None);
        let mistaken = |typed: &str| Wanted::read(typed).is_mistaken_code();
        assert!(mistaken("K7QM-2XNA-0"));
        assert!(!mistaken("091234567"));
        assert!(!mistaken("truyenmai"));
        let code = ReceiptCode::from_random([7; 8]);
        assert!(!mistaken(code.as_str()));
    }
}
