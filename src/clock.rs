//! The only clock of the program. Everything else is given the time as a value.

use jiff::Timestamp;

/// Now, in milliseconds since 1970 UTC.
pub fn now() -> i64 {
    Timestamp::now().as_millisecond()
}
