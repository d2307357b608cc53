//! What people read, in Vietnamese: sentences and names that are not whole letters.

pub mod document;
