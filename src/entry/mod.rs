//! An entry (bài dự thi) and the states everything on its way may have.

pub mod code;
pub mod finding;
pub mod kind;
pub mod state;

pub use code::Codes;
pub use code::ReceiptCode;
pub use finding::{Finding, FindingCode, Tell};
pub use kind::Kind;
pub use state::{
    Audience, Bond, DeliveryState, Direction, Doubt, EntryState, FileRole, FlagKind, HandoverState,
    LetterForm, LetterState, MailingState, MatterKind, MessageKind, MessageState, Proof,
    RemovalState, Ruling, SheetState, Timeliness, Trouble,
};
