//! Quoted answers and forwarded mails within a body, as Gmail, Outlook and telephones write them.
//!
//! Quoted text is what somebody else (often we) wrote: it goes. Forwarded text may be the essay: it stays, only
//! the block of header lines above it goes, because a judge must not read names there.

use super::Address;
use super::headers;
use crate::text::fold;

/// A forwarded mail found in a body.
pub struct Forward {
    /// The first sender, when the block names an address.
    pub from: Option<Address>,
}

/// Divides a body: the text to keep, and the forward, if it is one.
pub fn split(text: &str, subject: &str, answers_something: bool) -> (String, Option<Forward>) {
    let lines: Vec<&str> = text.lines().collect();
    for (at, line) in lines.iter().enumerate() {
        let rest = lines.get(at..).unwrap_or_default();
        if is_quote_intro(rest) {
            return (without_quotes(lines.get(..at).unwrap_or_default()), None);
        }
        let marked = is_forward_rule(line);
        let original = is_original_rule(line);
        let skip = usize::from(marked || original);
        let Some((head_lines, from)) = head_block(rest.get(skip..).unwrap_or_default()) else {
            if marked {
                let kept = [
                    lines.get(..at).unwrap_or_default(),
                    rest.get(1..).unwrap_or_default(),
                ]
                .concat();
                return (without_quotes(&kept), Some(Forward { from: None }));
            }
            continue;
        };
        let own = lines.get(..at).unwrap_or_default();
        if marked || is_forward(subject, answers_something) {
            let content = rest.get(skip + head_lines..).unwrap_or_default();
            let kept = [own.join("\n").trim_end(), content.join("\n").trim_start()].join("\n\n");
            // A forward of a forward: the innermost sender is the author.
            let (inner, deeper) = split_once_more(kept.trim(), subject);
            let from = deeper.and_then(|deeper| deeper.from).or(from);
            return (inner, Some(Forward { from }));
        }
        return (without_quotes(own), None);
    }
    (without_quotes(&lines), None)
}

/// Up to four more layers, by repeated passes over what remains.
fn split_once_more(text: &str, subject: &str) -> (String, Option<Forward>) {
    let rules = text
        .lines()
        .filter(|line| is_forward_rule(line) || is_original_rule(line))
        .count();
    if rules == 0 || rules > 4 {
        return (without_quotes(&text.lines().collect::<Vec<_>>()), None);
    }
    split(text, subject, false)
}

/// Whether a block of header lines without a rule of its own is a forward rather than an answer.
fn is_forward(subject: &str, answers_something: bool) -> bool {
    let subject = subject.trim().to_lowercase();
    let starts = |words: &[&str]| words.iter().any(|word| subject.starts_with(word));
    if starts(&["fwd:", "fw:", "chuyển tiếp:", "ct:", "wg:", "tr:"]) {
        return true;
    }
    !starts(&["re:", "trả lời:", "tl:", "phúc đáp:"]) && !answers_something
}

/// "---------- Forwarded message ---------", in English or Vietnamese.
fn is_forward_rule(line: &str) -> bool {
    let line = line.trim();
    if line.chars().count() > 90 {
        return false;
    }
    let folded = fold(line);
    (line.starts_with("--") || line.to_lowercase().starts_with("begin "))
        && [
            "forwarded message",
            "thu da chuyen tiep",
            "tin nhan da chuyen tiep",
            "thu chuyen tiep",
            "tin nhan chuyen tiep",
        ]
        .iter()
        .any(|words| folded.contains(words))
}

/// Outlook's rule, above answers and forwards alike.
fn is_original_rule(line: &str) -> bool {
    let line = line.trim();
    line.starts_with("--")
        && line.chars().count() <= 90
        && ["original message", "thu goc", "tin nhan goc"].contains(&fold(line).as_str())
}

/// "On … wrote:", "Vào … đã viết:", over one, two or three lines, or a rule "original message" of an answer.
fn is_quote_intro(lines: &[&str]) -> bool {
    let Some(first) = lines.first().map(|line| line.trim()) else {
        return false;
    };
    let lower = first.to_lowercase();
    if !["on ", "vào ", "ngày ", "lúc ", "le "]
        .iter()
        .any(|start| lower.starts_with(start))
    {
        return false;
    }
    let mut joined = String::new();
    for line in lines.iter().take(3) {
        joined.push_str(line.trim());
        joined.push(' ');
        let intro = joined.trim_end().to_lowercase();
        if ["wrote:", "đã viết:", "viết:", "a écrit :"]
            .iter()
            .any(|end| intro.ends_with(end))
            && intro.contains(|c: char| c.is_ascii_digit())
        {
            return true;
        }
    }
    false
}

/// From, date, subject, to in a row: how many lines, and the sender. `None` when there is no such block here.
fn head_block(lines: &[&str]) -> Option<(usize, Option<Address>)> {
    const NAMES: [&str; 13] = [
        "from", "tu", "sent", "date", "ngay", "da gui", "ngay gui", "subject", "chu de", "tieu de",
        "to", "den", "cc",
    ];
    let blank = lines
        .iter()
        .take(2)
        .take_while(|line| line.trim().is_empty())
        .count();
    let mut found = 0usize;
    let mut used = blank;
    let mut from = None;
    for line in lines.iter().skip(blank).take(12) {
        let bare = line.trim().replace('*', "");
        let Some((name, value)) = bare.split_once(':') else {
            // A long list of recipients may go on in the next line.
            if found > 0 && line.contains('@') {
                used += 1;
                continue;
            }
            break;
        };
        let name = fold(name);
        if !NAMES.contains(&name.as_str()) {
            break;
        }
        if found == 0 {
            if name != "from" && name != "tu" {
                return None;
            }
            from = sender(value);
        }
        found += 1;
        used += 1;
    }
    (found >= 3).then_some((used, from))
}

/// "Nguyễn Thị Ánh <anh@example.vn>", "anh@example.vn", "Ánh [mailto:anh@example.vn]".
fn sender(value: &str) -> Option<Address> {
    let open = value.rfind(['<', '[']).unwrap_or(value.len());
    let (name, rest) = value.split_at(open);
    let email = rest
        .trim_matches(['<', '>', '[', ']', ' '])
        .trim_start_matches("mailto:")
        .split(['>', ']', ' '])
        .next()
        .unwrap_or_default();
    headers::address(name, email).or_else(|| {
        let bare = value.split_whitespace().find(|word| word.contains('@'))?;
        headers::address("", bare.trim_matches(['<', '>', '(', ')', ',']))
    })
}

fn without_quotes(lines: &[&str]) -> String {
    let kept: Vec<&str> = lines
        .iter()
        .copied()
        .filter(|line| !line.trim_start().starts_with('>'))
        .collect();
    kept.join("\n").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn forwarded_text_stays_and_its_first_sender_is_known() {
        let check = |text: &str, subject: &str, want: &str, from: Option<&str>| {
            let (kept, forward) = split(text, subject, false);
            assert_eq!(kept, want, "{text}");
            let email = forward
                .and_then(|forward| forward.from)
                .map(|from| from.email);
            assert_eq!(email.as_deref(), from, "{text}");
        };
        check(
            "Kính chuyển.\n\n---------- Forwarded message ---------\nTừ: Lê Văn Bình <binh@example.vn>\nDate: Th 6, 6 thg 9, 2019\nSubject: Bài thi\nTo: <truong@example.vn>\n\nBài của em",
            "Fwd: Bài thi",
            "Kính chuyển.\n\nBài của em",
            Some("binh@example.vn"),
        );
        check(
            "---------- Thư đã chuyển tiếp ----------\nTừ: binh@example.vn\nNgày: 6/9\nChủ đề: Bài thi\nĐến: x@example.vn\nBài của em",
            "Bài thi",
            "Bài của em",
            Some("binh@example.vn"),
        );
        check(
            "-----Original Message-----\nFrom: Binh [mailto:binh@example.vn]\nSent: Friday\nTo: x\nSubject: Bai thi\n\nBài của em",
            "FW: Bai thi",
            "Bài của em",
            Some("binh@example.vn"),
        );
        check(
            "Từ: những ngày đầu\nBài viết",
            "Bài thi",
            "Từ: những ngày đầu\nBài viết",
            None,
        );
    }

    #[test]
    fn what_somebody_else_wrote_is_not_the_authors() {
        let check = |text: &str, want: &str| {
            let (kept, forward) = split(text, "Re: Đã nhận bài", true);
            assert_eq!(kept, want, "{text}");
            assert!(forward.is_none());
        };
        check(
            "Em cảm ơn.\n\nVào Th 6, 6 thg 9, 2019 lúc 09:00 Ban Tổ chức <a@b.vn> đã viết:\n> Đã nhận bài.",
            "Em cảm ơn.",
        );
        check(
            "Em cảm ơn.\nOn Fri, Sep 6, 2019 at 9:00 AM BTC\n<a@b.vn> wrote:\n\nĐã nhận bài",
            "Em cảm ơn.",
        );
        check(
            "Em cảm ơn.\n-----Original Message-----\nFrom: BTC\nSent: x\nTo: y\nSubject: z\n\nĐã nhận bài",
            "Em cảm ơn.",
        );
        check("> a\nEm đồng ý.\n> b", "Em đồng ý.");
    }
}
