//! Reading what an SMTP server answers: `250-one`, `250 two`.

use tokio::io::AsyncRead;
use tokio::io::AsyncReadExt;

/// Longest reply in bytes and lines; RFC 5321 §4.5.3.1.5 allows 512 bytes a line.
const REPLY: usize = 64 << 10;
const LINES: usize = 128;

/// A whole reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    pub code: u16,
    pub lines: Vec<String>,
}

/// Why there is no reply.
#[derive(Debug, thiserror::Error)]
pub enum NoReply {
    #[error("the connection was lost: {0}")]
    Lost(std::io::ErrorKind),
    #[error("the server closed the connection")]
    Closed,
    #[error("this is not an answer of SMTP")]
    Nonsense,
}

/// What was read from the server and not yet used.
#[derive(Debug, Default)]
pub struct Reader {
    held: Vec<u8>,
}

impl Reply {
    /// The text of all lines.
    pub fn text(&self) -> String {
        self.lines.join(" ")
    }

    /// 2xx.
    pub fn is_good(&self) -> bool {
        self.code / 100 == 2
    }
}

impl Reader {
    /// True if the server said more than it was asked for.
    pub fn holds_more(&self) -> bool {
        !self.held.is_empty()
    }

    /// Reads one reply. Not safe to drop half-way: the session is over then.
    pub async fn reply(&mut self, wire: &mut (impl AsyncRead + Unpin)) -> Result<Reply, NoReply> {
        let mut lines = Vec::new();
        let mut sum = 0;
        loop {
            let line = self.line(wire).await?;
            sum += line.len();
            if sum > REPLY || lines.len() >= LINES {
                return Err(NoReply::Nonsense);
            }
            let (code, more, text) = parse(&line).ok_or(NoReply::Nonsense)?;
            lines.push(text);
            if !more {
                return Ok(Reply { code, lines });
            }
        }
    }

    async fn line(&mut self, wire: &mut (impl AsyncRead + Unpin)) -> Result<Vec<u8>, NoReply> {
        let mut searched = 0;
        loop {
            let new = self.held.get(searched..).unwrap_or_default();
            if let Some(at) = new.iter().position(|byte| *byte == b'\n') {
                let rest = self.held.split_off(searched + at + 1);
                return Ok(std::mem::replace(&mut self.held, rest));
            }
            searched = self.held.len();
            if searched > REPLY {
                return Err(NoReply::Nonsense);
            }
            match wire.read_buf(&mut self.held).await {
                Ok(0) => return Err(NoReply::Closed),
                Ok(_) => {}
                // A server that closes TLS without its goodbye has closed all the same.
                Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
                    return Err(NoReply::Closed);
                }
                Err(error) => return Err(NoReply::Lost(error.kind())),
            }
        }
    }
}

/// Code, whether another line follows, text.
fn parse(line: &[u8]) -> Option<(u16, bool, String)> {
    let (digits, rest) = line.split_at_checked(3)?;
    if !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let code: u16 = std::str::from_utf8(digits).ok()?.parse().ok()?;
    if !(200..600).contains(&code) {
        return None;
    }
    let more = match rest.first() {
        Some(b'-') => true,
        Some(b' ' | b'\r' | b'\n') | None => false,
        Some(_) => return None,
    };
    let text = rest.get(1..).unwrap_or_default();
    Some((code, more, String::from_utf8_lossy(text).trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::NoReply;
    use super::Reader;
    use super::Reply;

    async fn read(mut bytes: &[u8]) -> (Result<Reply, NoReply>, bool) {
        let mut reader = Reader::default();
        let reply = reader.reply(&mut bytes).await;
        (reply, reader.holds_more())
    }

    #[tokio::test]
    async fn replies_are_read_to_their_last_line_and_no_further() {
        let (reply, more) = read(b"250-mail.test\r\n250-SIZE 100\r\n250 PIPELINING\r\n").await;
        let reply = reply.unwrap();
        assert_eq!(
            (reply.code, reply.text().as_str()),
            (250, "mail.test SIZE 100 PIPELINING")
        );
        assert!(!more);
        let (reply, more) = read(b"220 go\r\n250 injected\r\n").await;
        assert_eq!((reply.unwrap().code, more), (220, true));
        let (reply, _) = read(b"354\n").await;
        assert_eq!(reply.unwrap().code, 354);
    }

    #[tokio::test]
    async fn what_is_no_reply_is_told() {
        let endless = vec![b'2'; 1 << 20];
        let lines = b"250-x\r\n".repeat(1000);
        let nonsense: [&[u8]; 6] = [
            b"HTTP/1.1 400\r\n",
            b"99 x\r\n",
            b"999 x\r\n",
            b"\r\n",
            &endless,
            &lines,
        ];
        for bytes in nonsense {
            assert!(matches!(read(bytes).await.0, Err(NoReply::Nonsense)));
        }
        assert!(matches!(
            read(b"250-half\r\n").await.0,
            Err(NoReply::Closed)
        ));
        assert!(matches!(read(b"").await.0, Err(NoReply::Closed)));
    }
}
