//! Vietnamese text as the program holds it: one normal form, one folded form, one notion of a word.

pub mod fold;
pub mod legacy;
pub mod normal;
pub mod viscii;
pub mod words;

pub use fold::fold;
pub use fold::is_alphanumeric;
pub use fold::is_letter;
pub use normal::normal;
pub use normal::normal_page;
