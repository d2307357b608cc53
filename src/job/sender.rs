//! Whether a mail is from the address it names, by the word of the mailbox's own server.

use crate::config::Config;
use crate::db::delivery::Arrival;
use crate::entry::Proof;
use crate::message::Parsed;

/// What the server that the settings trust for this mailbox says of the sender (RFC 8601 §7.1). A mail out of a file
/// proves nothing: whoever wrote the file may have written that field, too.
pub fn proof(config: &Config, arrival: &Arrival, parsed: &Parsed) -> Proof {
    let trusted = config
        .imap_for(&arrival.address)
        .and_then(|imap| imap.trusted_authserv.as_deref());
    let Some(trusted) = trusted else {
        return Proof::Unasked;
    };
    let said = parsed
        .authentication
        .iter()
        .find(|said| said.server.eq_ignore_ascii_case(trusted.trim()));
    let (Some(said), Some(from), true) = (said, &parsed.from, arrival.from_server) else {
        return Proof::Unsaid;
    };
    let domain = from.email.rsplit('@').next().unwrap_or_default();
    match said.dmarc.as_str() {
        "pass" if said.from == domain => Proof::Proven,
        "pass" | "fail" => Proof::Refuted,
        _ => Proof::Unsaid,
    }
}

#[cfg(test)]
mod tests {
    use super::proof;
    use crate::config::Config;
    use crate::db::delivery::Arrival;
    use crate::entry::Proof;
    use crate::message::parse;

    #[test]
    fn only_the_word_of_the_trusted_server_counts() {
        let settings = r#"
            [[imap]]
            addresses = ["thi@hk.example"]
            host = "mail.hk.example"
            port = 993
            security = "tls"
            trusted_authserv = "MX.hk.example"
            [[imap]]
            addresses = ["thi@dd.example"]
            host = "mail.dd.example"
            port = 993
            security = "tls"
        "#;
        let config: Config = toml::from_str(settings).expect("settings");
        let check = |address: &str, from_server: bool, head: &str, want: Proof| {
            let arrival = Arrival {
                delivery: 1,
                mailbox: 1,
                unit: 1,
                address: address.to_owned(),
                internal_at: 0,
                from_server,
            };
            let raw = format!("{head}Subject: x\r\n\r\nBài dự thi\r\n");
            let (parsed, _) = parse(raw.as_bytes()).expect("a mail");
            assert_eq!(proof(&config, &arrival, &parsed), want, "{head}");
        };
        let here = |head: &str, want| check("thi@hk.example", true, head, want);
        let from = "From: An <an@truong.edu.vn>\r\n";
        let says =
            |server: &str, said: &str| format!("Authentication-Results: {server}; {said}\r\n");
        let pass = "dmarc=pass header.from=truong.edu.vn";
        let good = says("mx.hk.example", pass);
        here(&format!("{good}{from}"), Proof::Proven);
        check(
            "thi@hk.example",
            false,
            &format!("{good}{from}"),
            Proof::Unsaid,
        );
        check(
            "thi@dd.example",
            true,
            &format!("{good}{from}"),
            Proof::Unasked,
        );
        here(from, Proof::Unsaid);
        here(
            &format!("{}{from}", says("mx.la.example", pass)),
            Proof::Unsaid,
        );
        let fail = says("mx.hk.example", "dmarc=fail header.from=truong.edu.vn");
        here(&format!("{fail}{from}"), Proof::Refuted);
        // A forged field below that of the server.
        here(&format!("{fail}{good}{from}"), Proof::Refuted);
        // Passed, but for another domain than the one people see.
        let other = says("mx.hk.example", "dmarc=pass header.from=evil.example");
        here(&format!("{other}{from}"), Proof::Refuted);
        let none = says("mx.hk.example", "dmarc=none header.from=truong.edu.vn");
        here(&format!("{none}{from}"), Proof::Unsaid);
        // Two senders: DMARC speaks of one.
        let two = "From: An <an@truong.edu.vn>, B <b@truong.edu.vn>\r\n";
        here(&format!("{good}{two}"), Proof::Unsaid);
        here(
            &format!("{good}{from}From: B <b@evil.example>\r\n"),
            Proof::Unsaid,
        );
    }
}
