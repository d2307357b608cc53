//! How a token is shown to a server: XOAUTH2 (Gmail, Microsoft) and OAUTHBEARER (RFC 7628), for IMAP and SMTP alike.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::mailbox::tls::Secret;
use crate::mailbox::tls::quiet;

/// A way to show a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bearer {
    OauthBearer,
    Xoauth2,
}

impl Bearer {
    /// The standard one where the server has it, else the one that came before it.
    pub fn choose(offers: impl Fn(&str) -> bool) -> Option<Bearer> {
        [Bearer::OauthBearer, Bearer::Xoauth2]
            .into_iter()
            .find(|way| offers(way.name()))
    }

    pub fn name(self) -> &'static str {
        match self {
            Bearer::OauthBearer => "OAUTHBEARER",
            Bearer::Xoauth2 => "XOAUTH2",
        }
    }

    /// The client's one message, in base64.
    pub fn message(self, user: &str, token: &Secret, host: &str, port: u16) -> String {
        let token = token.reveal();
        STANDARD.encode(match self {
            Bearer::OauthBearer => {
                // A name in the header of GS2 (RFC 5801 §4).
                let user = user.replace('=', "=3D").replace(',', "=2C");
                format!("n,a={user},\x01host={host}\x01port={port}\x01auth=Bearer {token}\x01\x01")
            }
            Bearer::Xoauth2 => format!("user={user}\x01auth=Bearer {token}\x01\x01"),
        })
    }

    /// What a server that has told its refusal waits for, before it ends the exchange (RFC 7628 §3.2.3).
    pub fn after_refusal(self) -> &'static str {
        match self {
            Bearer::OauthBearer => "AQ==",
            Bearer::Xoauth2 => "",
        }
    }
}

/// The server's reason for a refusal, for a log: the JSON of its challenge, or nothing that can be read.
pub fn reason(challenge: &str) -> String {
    let text = STANDARD.decode(challenge.trim()).unwrap_or_default();
    quiet(&String::from_utf8_lossy(&text))
}

/// A server's words without what it was told: one that repeats a secret must not bring it into a log, nor the beginning
/// of one where the words were cut short.
pub fn without(text: &str, told: &[&str]) -> String {
    let mut text = text.to_owned();
    for told in told.iter().filter(|told| !told.is_empty()) {
        text = text.replace(told, "…");
        let begun = (4..told.len()).rev().filter_map(|end| told.get(..end));
        let cut = begun.filter_map(|begun| text.strip_suffix(begun)).next();
        if let Some(rest) = cut {
            text = format!("{rest}…");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    use super::Bearer;
    use super::reason;
    use super::without;
    use crate::mailbox::Secret;

    #[test]
    fn messages_are_written_as_the_standards_have_them() {
        let check = |way: Bearer, user: &str, want: &str| {
            let said = way.message(user, &Secret::new("vF9dft4"), "server.example", 143);
            let said = String::from_utf8(STANDARD.decode(said).unwrap()).unwrap();
            assert_eq!(said, want);
        };
        check(
            Bearer::OauthBearer,
            "an=1,2@so.example",
            "n,a=an=3D1=2C2@so.example,\x01host=server.example\x01port=143\x01auth=Bearer vF9dft4\x01\x01",
        );
        check(
            Bearer::Xoauth2,
            "an@so.example",
            "user=an@so.example\x01auth=Bearer vF9dft4\x01\x01",
        );
    }

    #[test]
    fn the_standard_way_is_chosen_first() {
        let choose = |offered: &[&str]| Bearer::choose(|way| offered.contains(&way));
        let both = ["PLAIN", "XOAUTH2", "OAUTHBEARER"];
        assert_eq!(choose(&both), Some(Bearer::OauthBearer));
        assert_eq!(choose(&["XOAUTH2"]), Some(Bearer::Xoauth2));
        assert_eq!(choose(&["PLAIN"]), None);
    }

    #[test]
    fn a_challenge_is_read_or_left() {
        let said = STANDARD.encode(r#"{"status":"invalid_token","schemes":"bearer"}"#);
        assert!(reason(&said).contains("invalid_token"));
        assert_eq!(reason("no base64"), "");
        assert_eq!(reason(""), "");
    }

    #[test]
    fn a_secret_that_is_repeated_is_left_out_even_where_it_is_cut_short() {
        let check = |text: &str, want: &str| {
            assert_eq!(without(text, &["ya29.long-token", ""]), want, "{text}");
        };
        check("no ya29.long-token here", "no … here");
        check("refused: ya29.lo", "refused: …");
        check("refused", "refused");
    }
}
