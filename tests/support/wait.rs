//! Waiting for a condition instead of sleeping for a guess.

use std::thread::sleep;
use std::time::Duration;
use std::time::Instant;

/// Asks again and again until there is an answer. Panics with `what` when `limit` has passed.
#[track_caller]
pub fn until<T>(what: &str, limit: Duration, mut ask: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + limit;
    let mut pause = Duration::from_millis(5);
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(
            Instant::now() < end,
            "waited {} s in vain: {what}",
            limit.as_secs()
        );
        sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(200));
    }
}
