//! How long to wait before something is tried again that did not work.

use std::time::Duration;

/// Longest pause before a server is tried again that could not be reached: with the longest silence of a connection it
/// stays below the minute in which work must go on.
const LONGEST_OF_A_LINE: u64 = 30;

/// 1 s × 2 to 30 s, for servers that do not answer as they should. `salt` shortens it by up to a quarter, so that what broke
/// together is not tried at the same instant.
pub fn of_a_line(failures: u32, salt: i64) -> Duration {
    let seconds = 1u64 << failures.clamp(1, 6).saturating_sub(1);
    let whole = Duration::from_secs(seconds.min(LONGEST_OF_A_LINE));
    let part = u32::try_from(salt.rem_euclid(64)).unwrap_or(0);
    whole - whole / 256 * part
}

/// A minute more each time, up to five, for a refused password: no account shall be locked.
pub fn of_a_login(failures: u32) -> Duration {
    Duration::from_secs(60 * u64::from(failures.clamp(1, 5)))
}

/// 5, 10, 20, 40 s, then 5 and 15 minutes and an hour (ms), for a letter over which the line to a relay broke that is well
/// with others.
pub fn of_a_broken_letter(attempts: i64) -> i64 {
    let seconds = match attempts {
        ..=1 => 5,
        2 => 10,
        3 => 20,
        4 => 40,
        5 => 5 * 60,
        6 => 15 * 60,
        _ => 60 * 60,
    };
    seconds * 1_000
}

/// 1, 5, 15, 60 minutes, then every hour (ms), for a letter the server deferred; the first pause is short, for one that
/// only hiccups.
pub fn of_a_deferred_letter(attempts: i64) -> i64 {
    let minutes = match attempts {
        ..=1 => return 5_000,
        2 => 1,
        3 => 5,
        4 => 15,
        _ => 60,
    };
    minutes * 60_000
}

#[cfg(test)]
mod tests {
    use super::of_a_line;
    use std::time::Duration;

    #[test]
    fn a_line_is_tried_at_least_twice_a_minute() {
        assert_eq!(of_a_line(0, 0), Duration::from_secs(1));
        assert_eq!(of_a_line(3, 0), Duration::from_secs(4));
        for failures in 5..200 {
            for salt in [0, 1, 63, -1, i64::MAX] {
                let pause = of_a_line(failures, salt).as_secs_f64();
                assert!((12.0..=30.0).contains(&pause), "{failures} {salt}: {pause}");
            }
        }
    }
}
