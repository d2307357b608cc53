//! Copied essays: from which earlier essay a text was taken, and where, when every honest essay repeats the same
//! questions, answers and laws.
//!
//! What can be explained without copying is laid aside step by step: given texts (`given`), whole paragraphs that
//! many independent essays have (`common`), and, syllable by syllable, what anybody would have written next
//! (`habit`). What two essays still share (`index`, `candidates`, `align`) is evidence in bits, and a source must
//! have it in more than one place (`verdict`). Essays are told from each other by order of arrival only: the earlier
//! one is called the source, nobody is called the author. A verdict is a function of the given texts and the essays
//! before it in order; the closing comparison (`Contest::review`) sees all counts and settles what was provisional.
//! Nothing here rejects an essay: levels decide who looks at it.

mod align;
mod candidates;
mod cluster;
mod common;
mod compare;
mod contest;
mod count;
mod given;
mod gram;
mod habit;
mod index;
mod law;
mod normal;
mod page;
mod paint;
mod pictures;
mod shelf;
mod syllable;
mod verdict;

#[cfg(test)]
mod tests;

pub use cluster::clusters;
pub use cluster::stars;
pub use contest::Bytes;
pub use contest::Contest;
pub use contest::Essay;
pub use contest::person;
pub use normal::Syllable;
pub use normal::Text;
pub use page::HEIGHT as PRINT_HEIGHT;
pub use page::PagePrint;
pub use page::WIDTH as PRINT_WIDTH;
pub use paint::Paint;
pub use paint::Piece;
pub use paint::painted;
pub use pictures::SamePage;
pub use pictures::Unread;
pub use verdict::Level;
pub use verdict::Passage;
pub use verdict::Shared;
pub use verdict::Source;
pub use verdict::Verdict;
