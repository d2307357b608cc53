//! What goes on the wire: addresses that cannot break out of their command, and the letter's text.

use std::borrow::Cow;

/// Longest address (RFC 5321 §4.5.3.1.3, without the brackets).
const ADDRESS: usize = 254;

/// Whether any server takes this address in a command.
pub fn is_plain(address: &str) -> bool {
    address.is_ascii() && address_fault(address).is_none()
}

/// Why an address cannot be written into a command, if so.
pub fn address_fault(address: &str) -> Option<&'static str> {
    if address.len() > ADDRESS {
        return Some("the address is too long");
    }
    let forbidden = |c: char| c.is_control() || c.is_whitespace() || matches!(c, '<' | '>');
    if address.chars().any(forbidden) {
        return Some("the address holds characters that no command may carry");
    }
    match address.rsplit_once('@') {
        Some((local, domain)) if !local.is_empty() && !domain.is_empty() => None,
        _ => Some("the address has no name or no domain"),
    }
}

/// The letter as DATA carries it, block by block, up to but without the final dot: every line ends in CR LF, a line
/// that starts with a dot gets another one (RFC 5321 §4.5.2).
pub struct Stuffing {
    line_start: bool,
    after_cr: bool,
    empty: bool,
}

impl Stuffing {
    pub fn new() -> Stuffing {
        Stuffing {
            line_start: true,
            after_cr: false,
            empty: true,
        }
    }

    /// The next block as it goes on the wire.
    pub fn block(&mut self, mime: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(mime.len() + mime.len() / 32 + 2);
        for byte in mime.iter().copied() {
            self.empty = false;
            match byte {
                b'\n' if self.after_cr => self.after_cr = false,
                b'\r' | b'\n' => {
                    out.extend(b"\r\n");
                    self.line_start = true;
                    self.after_cr = byte == b'\r';
                }
                _ => {
                    if self.line_start && byte == b'.' {
                        out.push(b'.');
                    }
                    out.push(byte);
                    self.line_start = false;
                    self.after_cr = false;
                }
            }
        }
        out
    }

    /// What is missing at the end.
    pub fn end(self) -> &'static [u8] {
        if self.empty || !self.line_start {
            b"\r\n"
        } else {
            b""
        }
    }
}

/// A name for EHLO, or the name for somebody who has none.
pub fn hello(name: &str) -> Cow<'_, str> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-[]:_".contains(&byte);
    if !name.is_empty() && name.bytes().all(plain) {
        Cow::Borrowed(name)
    } else {
        Cow::Borrowed("[127.0.0.1]")
    }
}

#[cfg(test)]
mod tests {
    use super::Stuffing;
    use super::address_fault;
    use super::hello;

    #[test]
    fn an_address_cannot_bring_a_command_along() {
        let check = |address: &str, good: bool| {
            assert_eq!(address_fault(address).is_none(), good, "{address:?}");
        };
        check("an.nguyen+thi@truong.test", true);
        check("án@truong.test", true);
        check("a@b\r\nRCPT TO:<c@d", false);
        check("a@b\nDATA", false);
        check("a@b> SIZE=0", false);
        check("<a@b>", false);
        check("a\u{85}@b", false);
        check("an", false);
        check("@b", false);
        check("a@", false);
        check("", false);
        check(&format!("{}@b.test", "a".repeat(300)), false);
    }

    #[test]
    fn no_line_of_a_letter_is_mistaken_for_its_end() {
        let check = |mime: &str, expected: &str| {
            // However the letter is cut into blocks.
            for size in [1, 2, 3, 100] {
                let mut stuffing = Stuffing::new();
                let mut said = Vec::new();
                for block in mime.as_bytes().chunks(size) {
                    said.extend(stuffing.block(block));
                }
                said.extend(stuffing.end());
                assert_eq!(
                    String::from_utf8(said).unwrap(),
                    expected,
                    "{mime:?} by {size}"
                );
            }
        };
        check("a\r\nb\r\n", "a\r\nb\r\n");
        check("a\nb", "a\r\nb\r\n");
        check("a\r.\rb\r", "a\r\n..\r\nb\r\n");
        check("a\n.\nRCPT\n", "a\r\n..\r\nRCPT\r\n");
        check(".\r\n..x\n", "..\r\n...x\r\n");
        check("a\r\r\nb", "a\r\n\r\nb\r\n");
        check("a.b\n\n", "a.b\r\n\r\n");
        check("", "\r\n");
    }

    #[test]
    fn a_strange_host_name_is_not_said() {
        assert_eq!(hello("thi.so.test"), "thi.so.test");
        assert_eq!(hello("[192.0.2.1]"), "[192.0.2.1]");
        assert_eq!(hello("a b\r\nMAIL"), "[127.0.0.1]");
        assert_eq!(hello(""), "[127.0.0.1]");
    }
}
