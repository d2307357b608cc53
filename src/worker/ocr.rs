//! A file whose text stands in pictures, read page by page: a walled child makes the page ready, tesseract reads it, and
//! a walled child again makes a document of the words.

use futures::StreamExt as _;
use futures::TryStreamExt as _;

use super::Error;
use super::Pool;
use super::protocol::Read;
use super::tesseract;
use super::tesseract::Layout;
use crate::document::Document;
use crate::document::ocr;
use crate::document::ocr::Frame;
use crate::document::ocr::Ready;
use crate::document::ocr::Said;
use crate::entry::Kind;

/// A page read with less certainty is tried upside down too.
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

impl Pool {
    /// Has an empty page read, to see that pictures can be.
    pub async fn try_page_reader(&self) -> Result<(), Failed> {
        let mut page = b"P5\n64 64\n255\n".to_vec();
        page.resize(page.len() + 64 * 64, 255);
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
        let pages = self.pages(bytes, document.kind).await?;
        let said: Vec<Said> = futures::stream::iter(0..pages)
            .map(|page| self.page(bytes, document.kind, page))
            .buffered(self.page_readers())
            .try_collect()
            .await?;
        Ok(self.finish(document, said, name, ms).await?)
    }

    async fn page(&self, bytes: &[u8], kind: Kind, page: usize) -> Result<Said, Failed> {
        let (frame, image) = match self.ready(bytes, kind, page).await {
            Ok(Some(ready)) => ready,
            // A page that is no picture, or is too large or too slow to unpack: said in a finding, the others go on.
            Ok(None) | Err(Error::TimedOut | Error::Crashed(_)) => {
                return Ok(unread(Frame::default()));
            }
            Err(error) => return Err(error.into()),
        };
        let ready = Ready { frame, image };
        let upright = self.attempt(ready.clone(), Layout::Upright).await?;
        let (sure, letters) = ocr::certainty(&upright);
        if sure >= DOUBTFUL && letters >= SOME_LETTERS {
            return Ok(upright);
        }
        // The same pixels from the other end: the file is not asked for again.
        let turned = self
            .attempt(ready.clone().turned(), Layout::Upright)
            .await?;
        let (turned_sure, turned_letters) = ocr::certainty(&turned);
        // Upside down, a clean page reads as a few odd words; the right way up must be clearly better.
        if turned_sure > sure + 0.1 && turned_letters >= SOME_LETTERS {
            return Ok(turned);
        }
        // On its side, perhaps.
        let sideways = self.attempt(ready, Layout::Any).await?;
        let (sideways_sure, sideways_letters) = ocr::certainty(&sideways);
        if sideways_sure > sure && sideways_letters >= letters {
            return Ok(sideways);
        }
        Ok(upright)
    }

    async fn attempt(&self, page: Ready, layout: Layout) -> Result<Said, Failed> {
        let frame = page.frame;
        match self.tesseract().table(page.image, layout).await {
            Ok(table) => Ok(Said { frame, table }),
            Err(tesseract::Error::TimedOut | tesseract::Error::Died(_)) => Ok(unread(frame)),
            Err(error) => Err(error.into()),
        }
    }
}

/// A page of which nothing was read.
fn unread(frame: Frame) -> Said {
    Said {
        frame,
        table: String::new(),
    }
}
