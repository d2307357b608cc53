//! The watch in front of the IMAP codec: it sees every byte before the codec does and refuses what
//! would hurt it.
//!
//! The codec allocates whatever a literal announces, reads a line without an end for ever, and recurses
//! for every bracket. So here: a cap on literals and on the text between them, a cap on nested brackets, and
//! no brackets or quotes left open at the end of a line (the codec would read on, we would count wrongly).
//! It also keeps the dead line for silence: a read that brings nothing in time fails.

use std::io;
use std::pin::Pin;
use std::task::Context;
use std::task::Poll;
use std::task::ready;
use std::time::Duration;

use tokio::io::AsyncRead;
use tokio::io::AsyncWrite;
use tokio::io::ReadBuf;
use tokio::time::Instant;
use tokio::time::Sleep;

/// Brackets within brackets that an honest answer to our commands never reaches.
const MAX_DEPTH: u32 = 32;

/// Enough of a line to tell `* OK` and its kin from data.
const HEAD: usize = 10;

/// What the server sent is over a cap; carried inside an [`io::Error`].
#[derive(Debug, thiserror::Error)]
#[error("the server sent {0}")]
pub struct Refused(pub &'static str);

/// A stream that fails instead of handing on an answer over its caps, or instead of waiting for ever.
#[derive(Debug)]
pub struct Guard<S> {
    inner: S,
    silence: Duration,
    clock: Pin<Box<Sleep>>,
    waiting: bool,
    scan: Scan,
}

impl<S> Guard<S> {
    /// `silence`: longest wait for the next byte. `max_literal`, `max_line`: bytes.
    pub fn new(inner: S, silence: Duration, max_literal: u64, max_line: usize) -> Guard<S> {
        Guard {
            inner,
            silence,
            clock: Box::pin(tokio::time::sleep(silence)),
            waiting: false,
            scan: Scan::new(max_literal, max_line),
        }
    }

    /// From now on, the longest line (without its literals) in bytes.
    pub fn set_max_line(&mut self, max_line: usize) {
        self.scan.max_line = max_line;
    }

    /// The longest wait for the next byte.
    pub fn silence(&self) -> Duration {
        self.silence
    }

    /// From now on, the longest wait for the next byte.
    pub fn set_silence(&mut self, silence: Duration) {
        self.silence = silence;
        self.waiting = false;
    }

    pub fn into_inner(self) -> S {
        self.inner
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Guard<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buf.filled().len();
        match Pin::new(&mut this.inner).poll_read(cx, buf) {
            Poll::Pending => {
                if !this.waiting {
                    this.waiting = true;
                    this.clock.as_mut().reset(Instant::now() + this.silence);
                }
                ready!(this.clock.as_mut().poll(cx));
                this.waiting = false;
                Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
            }
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Ready(Ok(())) => {
                this.waiting = false;
                let news = buf.filled().get(before..).unwrap_or_default();
                match this.scan.feed(news) {
                    Ok(()) => Poll::Ready(Ok(())),
                    Err(refused) => {
                        buf.set_filled(before);
                        Poll::Ready(Err(io::Error::new(io::ErrorKind::InvalidData, refused)))
                    }
                }
            }
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Guard<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().inner).poll_write(cx, buf)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_shutdown(cx)
    }
}

/// Where we are in the server's answer.
#[derive(Debug)]
struct Scan {
    max_literal: u64,
    max_line: usize,
    /// Bytes of the running literal still to come.
    literal_left: u64,
    /// Literal bytes of this answer so far.
    literal_sum: u64,
    /// Bytes of this answer outside literals.
    line: usize,
    head: Vec<u8>,
    depth: u32,
    quote: Quote,
    tail: Tail,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Quote {
    Outside,
    Inside,
    Escaped,
}

/// How much of `{123}` CR stands at the end of what we saw.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Tail {
    Other,
    Digits(u64),
    Closed(u64),
    Return(u64),
}

impl Scan {
    fn new(max_literal: u64, max_line: usize) -> Scan {
        Scan {
            max_literal,
            max_line,
            literal_left: 0,
            literal_sum: 0,
            line: 0,
            head: Vec::with_capacity(HEAD),
            depth: 0,
            quote: Quote::Outside,
            tail: Tail::Other,
        }
    }

    fn feed(&mut self, mut news: &[u8]) -> Result<(), Refused> {
        while !news.is_empty() {
            if self.literal_left > 0 {
                let skip = usize::try_from(self.literal_left)
                    .unwrap_or(usize::MAX)
                    .min(news.len());
                self.literal_left -= skip as u64;
                news = news.get(skip..).unwrap_or_default();
                continue;
            }
            let Some((&byte, rest)) = news.split_first() else {
                break;
            };
            self.byte(byte)?;
            news = rest;
        }
        Ok(())
    }

    fn byte(&mut self, byte: u8) -> Result<(), Refused> {
        self.line += 1;
        if self.line > self.max_line {
            return Err(Refused("a line without an end"));
        }
        if self.head.len() < HEAD {
            self.head.push(byte);
        }
        if byte == b'\n' {
            return self.end_of_line();
        }
        self.tail = match (self.tail, byte) {
            (_, b'{') => Tail::Digits(0),
            (Tail::Digits(n), b'0'..=b'9') => {
                Tail::Digits(n.saturating_mul(10).saturating_add(u64::from(byte - b'0')))
            }
            (Tail::Digits(n), b'}') => Tail::Closed(n),
            (Tail::Closed(n), b'\r') => Tail::Return(n),
            _ => Tail::Other,
        };
        self.quote = match (self.quote, byte) {
            (Quote::Outside, b'"') => Quote::Inside,
            (Quote::Inside, b'"') => Quote::Outside,
            (Quote::Inside, b'\\') => Quote::Escaped,
            (Quote::Escaped, _) => Quote::Inside,
            (same, _) => same,
        };
        if self.quote == Quote::Outside {
            match byte {
                b'(' => self.depth += 1,
                b')' => self.depth = self.depth.saturating_sub(1),
                _ => {}
            }
            if self.depth > MAX_DEPTH && self.is_data() {
                return Err(Refused("an answer nested too deeply"));
            }
        }
        Ok(())
    }

    fn end_of_line(&mut self) -> Result<(), Refused> {
        if let Tail::Return(announced) = self.tail {
            self.literal_sum = self.literal_sum.saturating_add(announced);
            if self.literal_sum > self.max_literal {
                return Err(Refused("a literal over the limit"));
            }
            if self.is_data() && self.quote == Quote::Outside {
                self.literal_left = announced;
                self.tail = Tail::Other;
                return Ok(());
            }
        }
        if self.is_data() && (self.quote != Quote::Outside || self.depth != 0) {
            return Err(Refused("an answer that does not close"));
        }
        self.line = 0;
        self.literal_sum = 0;
        self.head.clear();
        self.depth = 0;
        self.quote = Quote::Outside;
        self.tail = Tail::Other;
        Ok(())
    }

    /// Untagged data, as opposed to a status line, a tagged line or a request to go on: those hold free text.
    fn is_data(&self) -> bool {
        let Some(word) = self.head.strip_prefix(b"* ") else {
            return false;
        };
        let status = ["OK", "NO", "BAD", "BYE", "PREAUTH"];
        !status.iter().any(|status| {
            word.get(..status.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(status.as_bytes()))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Scan;

    fn feed(bytes: &[u8]) -> Result<(), &'static str> {
        Scan::new(1000, 200)
            .feed(bytes)
            .map_err(|refused| refused.0)
    }

    #[test]
    fn honest_answers_pass() {
        let check = |line: &str| assert_eq!(feed(line.as_bytes()), Ok(()), "{line}");
        check("* OK [UIDVALIDITY 3] it's (a \"smile :-)\r\n* 1 EXISTS\r\n");
        check("* 1 FETCH (UID 7 BODY[] {5}\r\n((\"(()\r\nP1 OK done\r\n");
        check("* 1 FETCH (UID 7 BODY[] \"a \\\" ( b\")\r\n");
        check("P3 NO [ALERT] ((((((((((((((((((((((((((((((((((((( why\r\n");
        check("* LIST () \"/\" {3}\r\nabc\r\n");
    }

    #[test]
    fn lies_are_refused_before_the_codec_sees_them() {
        let check = |line: &str, why: &str| assert_eq!(feed(line.as_bytes()), Err(why), "{line}");
        check(
            "* 1 FETCH (BODY[] {400000000}\r\n",
            "a literal over the limit",
        );
        check(
            "* 1 FETCH (BODY[] {99999999999999999999999}\r\n",
            "a literal over the limit",
        );
        check(
            "* OK [BADCHARSET ({400000000}\r\n",
            "a literal over the limit",
        );
        check(
            "* 1 FETCH (UID 1 BODYSTRUCTURE ((((((((((((((((((((((((((((((((((((((((",
            "an answer nested too deeply",
        );
        check(
            "* 1 FETCH (X \"abc {5}\r\n",
            "an answer that does not close",
        );
        check("* 1 FETCH (X (abc\r\n", "an answer that does not close");
        check(&"x".repeat(300), "a line without an end");
        let literals = format!("* 1 FETCH (A {{600}}\r\n{} B {{600}}\r\n", "a".repeat(600));
        check(&literals, "a literal over the limit");
        let noise = "* 1 FETCH (A {1}\r\na".to_owned() + &" B {1}\r\nb".repeat(40);
        check(&noise, "a line without an end");
    }

    #[test]
    fn answers_cut_anywhere_are_judged_alike() {
        let answer = b"* 1 FETCH (UID 7 BODY[] {5}\r\n((\"(()\r\nP1 OK done\r\n";
        for cut in 0..answer.len() {
            let mut scan = Scan::new(1000, 200);
            let (first, second) = answer.split_at(cut);
            assert!(
                scan.feed(first).is_ok() && scan.feed(second).is_ok(),
                "{cut}"
            );
        }
    }
}
