//! The rules of a jury, on a database: lots, sheets, lists, screenings.

pub(crate) mod bench;
mod lists;
mod lots;
mod screenings;
mod sheets;

use super::Error;
use crate::words::jury::Refusal;

/// It was refused with this sentence.
#[track_caller]
fn refused<T: std::fmt::Debug>(said: super::Result<T>, why: Refusal) {
    match said {
        Err(Error::Refused(said)) => assert_eq!(said, why),
        said => panic!("{why:?} was expected: {said:?}"),
    }
}

/// It was refused by a sentence of the rules that holds these words.
#[track_caller]
fn ruled<T: std::fmt::Debug>(said: super::Result<T>, words: &[&str]) {
    match said {
        Err(Error::Rule(sentence)) => {
            for word in words {
                assert!(sentence.contains(word), "{word} in {sentence}");
            }
        }
        said => panic!("a rule was expected: {said:?}"),
    }
}

#[track_caller]
fn stale<T: std::fmt::Debug>(said: super::Result<T>) {
    assert!(matches!(said, Err(Error::Stale)), "{said:?}");
}
