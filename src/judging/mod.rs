//! The rules of judging: who marks what by a recorded lot, the ranking, the cut, the prizes. Pure.
//!
//! Nothing here knows who wrote an entry: entries have ids and blind codes, a person is an opaque key that the caller
//! gives after the ranking is locked. What is said about these rules stands in `words::judging`.

pub mod award;
pub mod lot;
pub mod rank;
pub mod triage;
