//! A file whose text stands in pictures, read page by page: a walled child makes the page ready, tesseract reads it, and
//! a walled child again makes a document of the words.

use futures::StreamExt as _;
use futures::TryStreamExt as _;

use super::Error;
use super::Pool;
use super::protocol::Read;
use super::tesseract;
use super::tesseract::Layout;
use super::tesseract::Page;
use crate::document::Document;
use crate::document::ink::Ink;
use crate::document::ink::Way;
use crate::document::ocr;
use crate::document::ocr::Frame;
use crate::document::ocr::OcrPage;
use crate::document::ocr::Ready;
use crate::document::ocr::Said;
use crate::entry::Kind;

/// A page read with less certainty is tried the other ways too.
const DOUBTFUL: f32 = 0.6;
/// Letters that say something of the certainty.
const SOME_LETTERS: usize = 8;

/// Why there is no reading.
#[derive(Debug, thiserror::Error)]
pub enum Failed {
    /// Nothing on this machine reads pictures: whoever runs it must install it.
    #[error("{0}")]
    NoTesseract(tesseract::Error),
    #[error(transparent)]
    Child(#[from] Error),
    #[error(transparent)]
    Page(tesseract::Error),
}

impl From<tesseract::Error> for Failed {
    fn from(error: tesseract::Error) -> Failed {
        match error {
            tesseract::Error::Missing => Failed::NoTesseract(error),
            other => Failed::Page(other),
        }
    }
}

/// One way of reading a page, and how sure the reader was.
struct Attempt {
    said: Said,
    sure: f32,
    letters: usize,
}

impl Attempt {
    fn is_sure(&self) -> bool {
        self.sure >= DOUBTFUL && self.letters >= SOME_LETTERS
    }
}

impl Pool {
    /// Has an empty page read, to see that pictures can be.
    pub async fn try_page_reader(&self) -> Result<(), Failed> {
        let frame = Frame {
            width: 64,
            height: 64,
            ..Frame::default()
        };
        let page = Page::new(&frame, vec![255; 64 * 64], false);
        self.tesseract().table(page, Layout::Upright).await?;
        Ok(())
    }

    /// Reads the pictures of a file that was read before, which brought `document` and took `ms`. `name` is the file's
    /// name as sent.
    pub async fn recognise(
        &self,
        bytes: &[u8],
        name: &str,
        document: Document,
        ms: u64,
    ) -> Result<Read, Failed> {
        let pages = self.pages(bytes, document.kind, false).await?;
        let said = self.said(bytes, document.kind, &pages).await?;
        Ok(self.finish(document, said, name, ms).await?)
    }

    /// What is written on the pictures that stand beside the text of a file, each with its number there.
    pub async fn illustrations(
        &self,
        bytes: &[u8],
        kind: Kind,
    ) -> Result<Vec<(usize, OcrPage)>, Failed> {
        let numbers = self.pages(bytes, kind, true).await?;
        if numbers.is_empty() {
            return Ok(Vec::new());
        }
        let said = self.said(bytes, kind, &numbers).await?;
        // Their words are no part of the essay: a document that is thrown away brings them to their places.
        let read = self.finish(Document::default(), said, "", 0).await?;
        let pages = read.document.ocr.unwrap_or_default().pages;
        Ok(numbers.into_iter().zip(pages).collect())
    }

    /// What the reader says of these pages.
    async fn said(&self, bytes: &[u8], kind: Kind, pages: &[usize]) -> Result<Vec<Said>, Failed> {
        futures::stream::iter(pages.iter().copied())
            // A few at a time, because sorting mails needs the same children.
            .map(|page| self.made_ready(bytes, kind, page))
            .buffered(self.page_readers())
            .map(|ready| self.page(ready))
            // As many as the readers take in one go each.
            .buffered(self.page_readers() * tesseract::AT_ONCE)
            .try_collect()
            .await
    }

    /// `None` for a page that is no picture, or is too large or too slow to unpack.
    async fn made_ready(
        &self,
        bytes: &[u8],
        kind: Kind,
        page: usize,
    ) -> Result<Option<Ready>, Error> {
        match self.ready(bytes, kind, page).await {
            Err(Error::TimedOut | Error::Crashed(_)) => Ok(None),
            ready => ready,
        }
    }

    async fn page(&self, ready: Result<Option<Ready>, Error>) -> Result<Said, Failed> {
        let Some(ready) = ready? else {
            // Said in a finding; the others go on.
            return Ok(unread(Frame::default()));
        };
        let Ready { frame, ink, pixels } = ready;
        let page = Page::new(&frame, pixels, ink.reversed);
        // The way that its ink speaks for comes first; a page that is read well is read once.
        let likely = match ink.way {
            Some(Way::HeadDown) => Some(self.head_down(frame, &page).await?),
            Some(Way::OnItsSide) => Some(self.on_its_side(frame, &page).await?),
            _ => None,
        };
        let likely = match likely {
            // Beside the pieces of ink, a few odd words are nothing.
            Some(likely) if likely.is_sure() && likely.letters * 3 >= ink.letters => {
                return Ok(likely.said);
            }
            other => other,
        };
        let upright = self.attempt(frame, page.clone(), Layout::Upright).await?;
        if upright.is_sure() || is_settled(&ink) {
            return Ok(upright.said);
        }
        let (mut head_down, mut on_its_side) = match ink.way {
            Some(Way::HeadDown) => (likely, None),
            _ => (None, likely),
        };
        if head_down.is_none() {
            head_down = Some(self.head_down(frame, &page).await?);
        }
        // Upside down, a clean page reads as a few odd words; the right way up must be clearly better.
        let better =
            |turned: &Attempt| turned.sure > upright.sure + 0.1 && turned.letters >= SOME_LETTERS;
        if let Some(turned) = head_down.filter(better) {
            return Ok(turned.said);
        }
        if on_its_side.is_none() && !ink.certain {
            on_its_side = Some(self.on_its_side(frame, &page).await?);
        }
        let better = |side: &Attempt| side.sure > upright.sure && side.letters >= upright.letters;
        Ok(on_its_side.filter(better).unwrap_or(upright).said)
    }

    async fn head_down(&self, frame: Frame, page: &Page) -> Result<Attempt, Failed> {
        let frame = Frame {
            half_turn: !frame.half_turn,
            ..frame
        };
        // The same pixels from the other end: the file is not asked for again.
        self.attempt(frame, page.turned(), Layout::Upright).await
    }

    async fn on_its_side(&self, frame: Frame, page: &Page) -> Result<Attempt, Failed> {
        self.attempt(frame, page.clone(), Layout::Any).await
    }

    async fn attempt(&self, frame: Frame, page: Page, layout: Layout) -> Result<Attempt, Failed> {
        let said = match self.tesseract().table(page, layout).await {
            Ok(table) => Said { frame, table },
            Err(tesseract::Error::TimedOut | tesseract::Error::Died(_)) => unread(frame),
            Err(error) => return Err(error.into()),
        };
        let (sure, letters) = ocr::certainty(&said);
        Ok(Attempt {
            said,
            sure,
            letters,
        })
    }
}

/// Whether another way of reading would bring nothing: there is hardly a letter, or its ink says how the page lies.
fn is_settled(ink: &Ink) -> bool {
    ink.letters < SOME_LETTERS || (ink.certain && ink.way == Some(Way::Upright))
}

/// A page of which nothing was read.
fn unread(frame: Frame) -> Said {
    Said {
        frame,
        table: String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::is_settled;
    use crate::document::ink::Ink;
    use crate::document::ink::Way;

    #[test]
    fn a_blank_page_and_one_that_surely_stands_upright_are_read_once() {
        let check = |letters: usize, way: Option<Way>, certain: bool, want: bool| {
            let ink = Ink {
                letters,
                way,
                certain,
                reversed: false,
            };
            assert_eq!(is_settled(&ink), want, "{ink:?}");
        };
        check(0, None, false, true);
        check(7, None, false, true);
        check(900, None, false, false);
        check(900, Some(Way::Upright), false, false);
        check(900, Some(Way::Upright), true, true);
        check(900, Some(Way::HeadDown), true, false);
    }
}
