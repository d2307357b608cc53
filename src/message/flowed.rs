//! Text whose lines go on in the next (format=flowed, RFC 3676), made whole again, and text signed in the clear
//! (OpenPGP, RFC 9580 §7) without what was put around it.

use super::mime::Flow;

/// Joins the lines that belong together. Signs of quoting stay at the start of a line.
pub fn joined(text: &str, flow: Flow) -> String {
    if flow == Flow::Fixed {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    // The depth of quoting of a line that goes on.
    let mut open: Option<usize> = None;
    for (number, line) in text.split('\n').enumerate() {
        let content = line.trim_start_matches('>');
        let depth = line.len() - content.len();
        let content = content.strip_prefix(' ').unwrap_or(content);
        let signature = content == "-- ";
        if open != Some(depth) || signature {
            if number > 0 {
                out.push('\n');
            }
            out.extend(std::iter::repeat_n('>', depth));
            if depth > 0 {
                out.push(' ');
            }
        }
        let goes_on = content.ends_with(' ') && !signature;
        let content = match (goes_on, flow) {
            (true, Flow::Tight) => content.strip_suffix(' ').unwrap_or(content),
            (_, Flow::Fixed | Flow::Flowed | Flow::Tight) => content,
        };
        out.push_str(content);
        open = goes_on.then_some(depth);
    }
    out
}

/// The text between the marks of a signature in the clear; all of it when there are none.
pub fn unsigned(text: &str) -> String {
    const BEGIN: &str = "-----BEGIN PGP SIGNED MESSAGE-----";
    const SIGNATURE: &str = "-----BEGIN PGP SIGNATURE-----";
    const END: &str = "-----END PGP SIGNATURE-----";
    if !text.contains(BEGIN) {
        return text.to_owned();
    }
    let (mut kept, mut at) = (Vec::new(), Place::Outside);
    for line in text.split('\n') {
        let mark = line.trim_end();
        at = match (at, mark) {
            (_, BEGIN) => Place::Head,
            (Place::Head, "") => Place::Text,
            (Place::Text, SIGNATURE) => Place::Signature,
            (Place::Signature, END) => Place::Outside,
            (Place::Outside, _) => {
                kept.push(line);
                Place::Outside
            }
            (Place::Text, _) => {
                kept.push(line.strip_prefix("- ").unwrap_or(line));
                Place::Text
            }
            (place, _) => place,
        };
    }
    kept.join("\n")
}

enum Place {
    Outside,
    Head,
    Text,
    Signature,
}

#[cfg(test)]
mod tests {
    use super::joined;
    use super::unsigned;
    use crate::message::mime::Flow;

    #[test]
    fn lines_that_go_on_are_one() {
        let check = |text: &str, flow: Flow, want: &str| assert_eq!(joined(text, flow), want);
        check("Em gui \nbai.\nHet.", Flow::Flowed, "Em gui bai.\nHet.");
        check("Em gui \nbai.", Flow::Fixed, "Em gui \nbai.");
        check("Em gu \ni bai.", Flow::Tight, "Em gui bai.");
        check("\n\na\n From x", Flow::Flowed, "\n\na\nFrom x");
        check("a \n> b \n> c\n>> d", Flow::Flowed, "a \n> b c\n>> d");
        check("a\n-- \nAn", Flow::Flowed, "a\n-- \nAn");
    }

    #[test]
    fn a_signature_in_the_clear_is_none_of_the_text() {
        let text = "Chao.\n-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nEm gui bai.\n- -- An\n-----BEGIN PGP SIGNATURE-----\n\nabc=\n-----END PGP SIGNATURE-----\nHet.";
        assert_eq!(unsigned(text), "Chao.\nEm gui bai.\n-- An\nHet.");
        assert_eq!(unsigned("Em gui bai."), "Em gui bai.");
    }
}
