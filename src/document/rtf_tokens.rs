//! The words of an rtf: groups, control words with their number, symbols, and bytes of text.

/// The longest control word there is has 31 letters.
const LONGEST_WORD: usize = 32;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Token<'a> {
    Open,
    Close,
    /// `\fs28`: a word and its number.
    Word(&'a str, Option<i32>),
    /// `\~`: a control symbol.
    Symbol(u8),
    /// One byte of text, plain or as `\'e0`.
    Byte(u8),
}

/// Reads tokens one by one.
pub struct Tokens<'a> {
    rest: &'a [u8],
}

impl<'a> Tokens<'a> {
    pub fn of(bytes: &'a [u8]) -> Tokens<'a> {
        Tokens { rest: bytes }
    }

    /// Bytes that are no text (`\bin`), as many of them as there are.
    pub fn take(&mut self, length: usize) -> &'a [u8] {
        let (taken, rest) = self.rest.split_at(length.min(self.rest.len()));
        self.rest = rest;
        taken
    }

    pub fn next(&mut self) -> Option<Token<'a>> {
        loop {
            let (first, rest) = self.rest.split_first()?;
            self.rest = rest;
            return Some(match first {
                b'{' => Token::Open,
                b'}' => Token::Close,
                b'\\' => self.control()?,
                // Line breaks of the file mean nothing.
                b'\r' | b'\n' | 0 => continue,
                other => Token::Byte(*other),
            });
        }
    }

    fn control(&mut self) -> Option<Token<'a>> {
        let (first, rest) = self.rest.split_first()?;
        if *first == b'\'' {
            let code = rest
                .get(..2)
                .and_then(|code| std::str::from_utf8(code).ok())
                .and_then(|code| u8::from_str_radix(code, 16).ok());
            self.rest = match code {
                Some(_) => rest.get(2..).unwrap_or_default(),
                None => rest,
            };
            return Some(Token::Byte(code.unwrap_or(b'?')));
        }
        if !first.is_ascii_alphabetic() {
            self.rest = rest;
            return Some(Token::Symbol(*first));
        }
        let letters = self
            .rest
            .iter()
            .take(LONGEST_WORD)
            .take_while(|byte| byte.is_ascii_alphabetic())
            .count();
        let (word, rest) = self.rest.split_at(letters);
        let minus = usize::from(rest.first() == Some(&b'-'));
        let digits = rest
            .iter()
            .skip(minus)
            .take(10)
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        let length = if digits == 0 { 0 } else { minus + digits };
        let (number, rest) = rest.split_at(length);
        // One space ends the word and belongs to it.
        self.rest = rest.strip_prefix(b" ").unwrap_or(rest);
        let word = std::str::from_utf8(word).unwrap_or_default();
        let number = std::str::from_utf8(number)
            .ok()
            .and_then(|number| number.parse::<i64>().ok())
            .map(|number| i32::try_from(number.clamp(-1 << 30, 1 << 30)).unwrap_or(0));
        Some(Token::Word(word, number))
    }
}
