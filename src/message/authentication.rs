//! Authentication-Results (RFC 8601): what a server on the way found out about the sender. Whose word counts is not
//! decided here: anybody may write such a field into a mail, and below the field of one's own server any may be forged.

use std::iter::Peekable;
use std::str::Chars;

use super::Authentication;
use super::charset;
use super::head::Fields;

/// So many servers of one mail are listened to; more stand in no honest mail.
const SERVERS: usize = 20;

/// What each server says in its topmost field.
pub fn read(fields: &Fields) -> Vec<Authentication> {
    let mut found: Vec<Authentication> = Vec::new();
    for value in fields.all("authentication-results") {
        let Some(said) = parse(&charset::raw_text(value, None)) else {
            continue;
        };
        if found.len() < SERVERS && found.iter().all(|other| other.server != said.server) {
            found.push(said);
        }
    }
    found
}

/// One field: `authserv-id [version] *( ";" method "=" result *( property "=" value ) )`. `None` without the name of a
/// server, or in a version that is not understood.
fn parse(value: &str) -> Option<Authentication> {
    let pieces = Pieces(value.chars().peekable());
    let mut results = Vec::new();
    let mut result: Vec<Piece> = Vec::new();
    for piece in pieces {
        if piece == Piece::End {
            results.push(std::mem::take(&mut result));
        } else {
            result.push(piece);
        }
    }
    results.push(result);
    let mut results = results.into_iter();
    let server = match results.next()?.as_slice() {
        [Piece::Word(server)] => server.clone(),
        [Piece::Word(server), Piece::Word(version)] if version == "1" => server.clone(),
        _ => return None,
    };
    let mut dmarc: Option<(String, String)> = None;
    for result in results {
        let Some(said) = dmarc_of(&result) else {
            continue;
        };
        // A server that says two different things of one mail says nothing.
        let same = dmarc.as_ref().is_none_or(|first| *first == said);
        dmarc = Some(if same { said } else { Default::default() });
    }
    let (dmarc, from) = dmarc.unwrap_or_default();
    Some(Authentication {
        server,
        dmarc,
        from,
    })
}

/// Result and `header.from` of a result of the method `dmarc` (RFC 7489 §11.2).
fn dmarc_of(result: &[Piece]) -> Option<(String, String)> {
    let mut pairs = result.chunks(3).map(|chunk| match chunk {
        [Piece::Word(name), Piece::Is, Piece::Word(value)] => Some((name, value)),
        _ => None,
    });
    let (method, said) = pairs.next()??;
    if method.split('/').next() != Some("dmarc") {
        return None;
    }
    let mut from = String::new();
    for pair in pairs {
        let Some((name, value)) = pair else { break };
        if name == "header.from" {
            from = value.rsplit('@').next().unwrap_or_default().to_owned();
        }
    }
    Some((said.clone(), from))
}

#[derive(Debug, PartialEq)]
enum Piece {
    /// A word or a quoted text, in lower case.
    Word(String),
    /// "="
    Is,
    /// ";"
    End,
}

/// Words and signs, comments and white space gone.
struct Pieces<'a>(Peekable<Chars<'a>>);

impl Iterator for Pieces<'_> {
    type Item = Piece;

    fn next(&mut self) -> Option<Piece> {
        self.skip();
        match self.0.peek()? {
            ';' => {
                self.0.next();
                Some(Piece::End)
            }
            '=' => {
                self.0.next();
                Some(Piece::Is)
            }
            '"' => {
                self.0.next();
                Some(Piece::Word(self.quoted()))
            }
            _ => Some(Piece::Word(self.word())),
        }
    }
}

impl Pieces<'_> {
    /// White space and comments, which may hold comments.
    fn skip(&mut self) {
        let mut depth = 0usize;
        while let Some(&c) = self.0.peek() {
            match c {
                '(' => depth += 1,
                ')' if depth > 0 => depth -= 1,
                '\\' if depth > 0 => {
                    self.0.next();
                }
                c if depth > 0 || c.is_whitespace() => {}
                _ => return,
            }
            self.0.next();
        }
    }

    fn quoted(&mut self) -> String {
        let mut text = String::new();
        while let Some(c) = self.0.next() {
            match c {
                '"' => break,
                '\\' => text.extend(self.0.next()),
                c => text.push(c),
            }
        }
        text.to_lowercase()
    }

    /// Around the dot of "header.from" and the stroke of "dmarc/1" may be white space.
    fn word(&mut self) -> String {
        let mut text = String::new();
        loop {
            while let Some(&c) = self.0.peek() {
                if c.is_whitespace() || matches!(c, ';' | '=' | '(' | '"') {
                    break;
                }
                text.push(c);
                self.0.next();
            }
            let dangling = text.ends_with(['.', '/']);
            self.skip();
            let more = match self.0.peek() {
                Some('.' | '/') => true,
                Some(';' | '=' | '"') | None => false,
                Some(_) => dangling,
            };
            if !more {
                return text.to_lowercase();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::head;
    use super::read;

    #[test]
    fn a_field_is_read_however_it_is_written() {
        let check = |value: &str, want: Option<(&str, &str, &str)>| {
            let raw = format!("Authentication-Results: {value}\r\nSubject: x\r\n\r\n");
            let found = read(&head::read(raw.as_bytes()));
            let said = found.first();
            let said = said.map(|said| (&*said.server, &*said.dmarc, &*said.from));
            assert_eq!(said, want, "{value}");
        };
        // As Gmail, OpenDMARC and Rspamd write it.
        check(
            "mx.google.com;\r\n       dkim=pass header.i=@truong.edu.vn header.s=s1 header.b=AbC;\r\n       \
             spf=pass (google.com: domain of an@truong.edu.vn designates 1.2.3.4 as permitted sender) smtp.mailfrom=an@truong.edu.vn;\r\n       \
             dmarc=pass (p=NONE sp=NONE dis=NONE) header.from=truong.edu.vn",
            Some(("mx.google.com", "pass", "truong.edu.vn")),
        );
        check(
            "OpenDMARC; dmarc=fail (p=none dis=none) header.from=Truong.Edu.VN",
            Some(("opendmarc", "fail", "truong.edu.vn")),
        );
        check(
            "mx.hk.example 1;\tdmarc=pass\treason=\"a; dmarc=fail\" header.from=\"b.vn\"",
            Some(("mx.hk.example", "pass", "b.vn")),
        );
        // Comments within comments, blanks around every sign, a version of the method (RFC 8601 §2.2, appendix B).
        check(
            "(a (b) \\) ; c) mx.hk.example (d) ; (e) dmarc / 1 = (f) pass header . from = an@b.vn (g)",
            Some(("mx.hk.example", "pass", "b.vn")),
        );
        check("mx.hk.example; none", Some(("mx.hk.example", "", "")));
        check(
            "mx.hk.example; spf=pass smtp.mailfrom=b.vn; dkim=fail",
            Some(("mx.hk.example", "", "")),
        );
        check(
            "\"mx.hk.example\"; dmarc=pass header.from=b.vn",
            Some(("mx.hk.example", "pass", "b.vn")),
        );
        // Nobody's name, or a version nobody knows.
        check(
            "spf=pass smtp.mailfrom=b.vn; dmarc=pass header.from=b.vn",
            None,
        );
        check("mx.hk.example 2; dmarc=pass header.from=b.vn", None);
        check("", None);
        // Twice the same is once; two different words are none.
        check(
            "mx.hk.example; dmarc=pass header.from=b.vn; dmarc=pass header.from=b.vn",
            Some(("mx.hk.example", "pass", "b.vn")),
        );
        check(
            "mx.hk.example; dmarc=fail header.from=b.vn; dmarc=pass header.from=b.vn",
            Some(("mx.hk.example", "", "")),
        );
        // What another method says of a domain is not DMARC's.
        check(
            "mx.hk.example; dmarc=pass; dkim=pass header.from=b.vn",
            Some(("mx.hk.example", "pass", "")),
        );
    }

    #[test]
    fn of_one_server_the_topmost_field_counts() {
        let raw = "Authentication-Results: other.example; dmarc=pass header.from=a.vn\r\n\
                   Received: by mx.hk.example\r\n\
                   Authentication-Results: mx.hk.example; dmarc=fail header.from=b.vn\r\n\
                   authentication-results: MX.hk.example; dmarc=pass header.from=b.vn\r\n\r\n";
        let found = read(&head::read(raw.as_bytes()));
        let said: Vec<(&str, &str)> = found
            .iter()
            .map(|said| (&*said.server, &*said.dmarc))
            .collect();
        assert_eq!(said, [("other.example", "pass"), ("mx.hk.example", "fail")]);
    }
}
