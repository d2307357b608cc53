//! Whether letters are one Vietnamese syllable, and where two that lost the space between them part.
//!
//! OCR engines swallow spaces; a lost space would spoil the fingerprints of five syllables around it.
//! The letters are folded (no marks, and "l" reads "i": see `normal`).

/// Onsets, longest first. "l" is "i" here, so it is no onset of its own.
const ONSETS: &[&str] = &[
    "ngh", "ch", "gh", "gi", "kh", "ng", "nh", "ph", "qu", "th", "tr", "b", "c", "d", "g", "h",
    "i", "k", "m", "n", "p", "r", "s", "t", "v", "x",
];

/// Rimes of the written language without marks.
const RIMES: &[&str] = &[
    "a", "ac", "ach", "ai", "am", "an", "ang", "anh", "ao", "ap", "at", "au", "ay", "e", "ec",
    "ech", "em", "en", "eng", "enh", "eo", "ep", "et", "eu", "i", "ia", "ich", "iec", "iem", "ien",
    "ieng", "iep", "iet", "ieu", "im", "in", "inh", "ip", "it", "iu", "o", "oa", "oac", "oach",
    "oai", "oam", "oan", "oang", "oanh", "oao", "oap", "oat", "oay", "oc", "oe", "oen", "oeo",
    "oet", "oi", "om", "on", "ong", "oong", "op", "ot", "u", "ua", "uan", "uang", "uat", "uay",
    "uc", "ue", "uech", "uenh", "ui", "um", "un", "ung", "uo", "uoc", "uoi", "uom", "uon", "uong",
    "uop", "uot", "uou", "up", "ut", "uu", "uy", "uya", "uych", "uyen", "uyet", "uynh", "uyt",
    "uyu", "y", "yem", "yen", "yet", "yeu",
];

/// Where two syllables written as one word part, in letters; `None` when the word is one syllable, or is not two.
/// A second syllable that begins with consonants, and with all of them, is the likelier one: "bome" is "bo me", not
/// "bom e", and "phothay" is "pho thay", not "phot hay".
pub fn cut(word: &str) -> Option<usize> {
    if !(4..=14).contains(&word.len()) || !word.is_ascii() || is_one(word) {
        return None;
    }
    let parts = |at: &usize| is_one(&word[..*at]) && is_one(&word[*at..]);
    let consonant = |at: &usize| !word[*at..].starts_with(['a', 'e', 'i', 'o', 'u', 'y']);
    let places = || (1..word.len()).filter(parts);
    places().find(consonant).or_else(|| places().next())
}

/// One syllable: an onset or none, and a rime.
fn is_one(word: &str) -> bool {
    RIMES.binary_search(&word).is_ok()
        || ONSETS.iter().any(|onset| {
            word.strip_prefix(onset)
                .is_some_and(|rime| RIMES.binary_search(&rime).is_ok())
        })
}

#[cfg(test)]
mod tests {
    use super::RIMES;
    use super::cut;

    #[test]
    fn the_rimes_are_in_order() {
        assert!(RIMES.is_sorted());
    }

    #[test]
    fn two_syllables_that_ran_together_are_parted() {
        let check = |word: &str, want: Option<usize>| assert_eq!(cut(word), want, "{word}");
        check("bome", Some(2));
        check("ketqua", Some(3));
        check("phothay", Some(3));
        check("truong", None);
        check("nghieng", None);
        check("statisticai", None);
        check("ubnd", None);
        check("", None);
    }
}
