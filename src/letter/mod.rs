//! Letters to participants and to the office: what they say and how they look on the wire. Pure.
//!
//! A letter is composed when its row is queued; its Message-ID follows from its key, so that the same cause
//! never makes two different letters.

pub mod alarm;
pub mod deadline;
pub mod handover;
pub mod login;
pub mod mailing;
pub mod mime;
pub mod papers;
pub mod preview;
pub mod receipt;
pub mod sample;
pub mod wording;

pub use mime::Attachment;
pub use mime::Composed;
pub use mime::Draft;
