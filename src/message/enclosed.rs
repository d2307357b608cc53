//! Files written into the text of a mail, from before there were attachments and from programs that never learned of
//! them: uuencode, yEnc and BinHex. Each is taken out of the text and becomes a file of the mail.

mod binhex;
mod uu;
mod yenc;

/// A file out of a text.
#[derive(Debug, PartialEq, Eq)]
pub struct Enclosed {
    pub name: String,
    pub bytes: Vec<u8>,
    /// False when bytes are missing or wrong.
    pub whole: bool,
}

/// What one of the readers makes of the lines from here on: the file, and how many lines it took.
type Found = Option<(Enclosed, usize)>;

/// Takes the files out of a text: what is left of it, and the files. `None` when there are none.
pub fn take(text: &[u8]) -> Option<(Vec<u8>, Vec<Enclosed>)> {
    let lines: Vec<&[u8]> = text.split_inclusive(|byte| *byte == b'\n').collect();
    let mut files = Vec::new();
    let mut rest = Vec::new();
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        let ahead = lines.get(at..).unwrap_or_default();
        match uu::read(ahead)
            .or_else(|| yenc::read(ahead))
            .or_else(|| binhex::read(ahead))
        {
            Some((file, used)) => {
                files.push(file);
                at += used.max(1);
            }
            None => {
                rest.extend_from_slice(line);
                at += 1;
            }
        }
    }
    (!files.is_empty()).then_some((rest, files))
}

/// The first file of a part whose encoding is said to be uuencode or BinHex.
pub fn only(body: &[u8]) -> Option<Enclosed> {
    take(body)?.1.into_iter().next()
}

/// A file name as such programs wrote them: in whatever bytes.
fn name(bytes: &[u8]) -> String {
    super::charset::raw_text(bytes, None).trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::take;

    #[test]
    fn text_without_files_stays_whole() {
        for text in [
            "",
            "begin 644 a.doc\r\nEm gửi bài.\r\n",
            "begin to write\r\nend\r\n",
            "=ybegin\r\n",
            "(This file must be converted with BinHex 4.0)\r\nbut none follows",
        ] {
            assert_eq!(take(text.as_bytes()), None, "{text}");
        }
    }
}
