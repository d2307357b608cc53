//! The lines to the relays, and which relay is in trouble. While one is, its letters wait together and one at a time
//! is tried, so that a relay that is well again is noticed within half a minute and gets no storm.

use std::collections::HashMap;
use std::time::Duration;
use std::time::Instant;

use tokio::sync::Mutex;

use super::pause;
use crate::outbox::Session;

/// Longest time between two tries at a relay in trouble, whatever became of the first of them.
const LONGEST: Duration = Duration::from_secs(30);

/// What this process knows of the relays, by their names in the settings.
#[derive(Default)]
pub struct Relays {
    /// Open connections, so that hundreds of receipts go without hundreds of logins.
    kept: Mutex<HashMap<String, Vec<Session>>>,
    troubled: std::sync::Mutex<HashMap<String, Troubled>>,
}

struct Troubled {
    failures: u32,
    since: Instant,
    /// When the next letter may be tried.
    next: Instant,
}

/// Whether a letter may go to a relay now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Clear,
    /// It is the one that shows whether the relay is well again.
    Try,
    Shut,
}

/// What a relay does not do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Answer as it should.
    Line,
    /// Let us in: slowly, so that no account is locked.
    Login,
}

impl Relays {
    /// Asks for the way. Whoever is told to try must say what came of it.
    pub fn way(&self, relay: &str) -> Way {
        let mut troubled = self.troubled();
        let now = Instant::now();
        match troubled.get_mut(relay) {
            None => Way::Clear,
            Some(trouble) if trouble.next <= now => {
                trouble.next = now + LONGEST;
                Way::Try
            }
            Some(_) => Way::Shut,
        }
    }

    /// As `way`, but only looks.
    pub fn look(&self, relay: &str) -> Way {
        match self.troubled().get(relay) {
            None => Way::Clear,
            Some(trouble) if trouble.next <= Instant::now() => Way::Try,
            Some(_) => Way::Shut,
        }
    }

    /// Whether a relay has not answered for so long, and is not to be tried just now.
    pub fn is_away(&self, relay: &str, long: Duration) -> bool {
        let now = Instant::now();
        self.troubled()
            .get(relay)
            .is_some_and(|trouble| trouble.next > now && now.duration_since(trouble.since) >= long)
    }

    /// The relay answered, whatever it said of the letter.
    pub fn answered(&self, relay: &str) {
        if self.troubled().remove(relay).is_some() {
            tracing::info!(relay, "the relay answers again");
        }
    }

    /// The relay did not answer as a relay.
    pub fn failed(&self, relay: &str, fault: Fault) {
        let now = Instant::now();
        let mut troubled = self.troubled();
        let trouble = troubled.entry(relay.to_owned()).or_insert(Troubled {
            failures: 0,
            since: now,
            next: now,
        });
        trouble.failures = trouble.failures.saturating_add(1);
        let pause = match fault {
            Fault::Line => pause::of_a_line(trouble.failures, 0),
            Fault::Login => pause::of_a_login(trouble.failures),
        };
        trouble.next = now + pause;
    }

    /// An open connection that still lives, if one was kept.
    pub async fn take(&self, relay: &str) -> Option<Session> {
        let mut kept = self.kept.lock().await;
        let sessions = kept.get_mut(relay)?;
        while let Some(session) = sessions.pop() {
            if session.usable() {
                return Some(session);
            }
        }
        None
    }

    /// Keeps a connection for the next letter.
    pub async fn keep(&self, relay: &str, session: Session) {
        let mut kept = self.kept.lock().await;
        kept.entry(relay.to_owned()).or_default().push(session);
    }

    fn troubled(&self) -> std::sync::MutexGuard<'_, HashMap<String, Troubled>> {
        self.troubled
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::Fault;
    use super::Relays;
    use super::Way;

    #[test]
    fn a_relay_is_away_when_it_failed_for_long_until_it_answers() {
        let relays = Relays::default();
        let long = std::time::Duration::from_millis(300);
        assert!(!relays.is_away("a", long));
        relays.failed("a", Fault::Login);
        assert!(!relays.is_away("a", long), "not at once");
        std::thread::sleep(long);
        assert!(relays.is_away("a", long));
        relays.failed("a", Fault::Login);
        assert!(relays.is_away("a", long), "since the first failure");
        relays.answered("a");
        assert!(!relays.is_away("a", long));
        relays.failed("a", Fault::Line);
        assert!(!relays.is_away("a", long), "it was well meanwhile");
    }

    #[test]
    fn a_relay_in_trouble_gets_one_letter_at_a_time() {
        let relays = Relays::default();
        assert_eq!(relays.way("a"), Way::Clear);
        relays.failed("a", Fault::Line);
        assert_eq!(relays.way("a"), Way::Shut);
        assert_eq!(relays.way("b"), Way::Clear, "no other relay is blamed");
        std::thread::sleep(std::time::Duration::from_millis(1_100));
        assert_eq!(relays.look("a"), Way::Try);
        assert_eq!(relays.way("a"), Way::Try);
        assert_eq!(relays.way("a"), Way::Shut, "one is enough");
        relays.answered("a");
        assert_eq!(relays.way("a"), Way::Clear);
        relays.failed("a", Fault::Login);
        std::thread::sleep(std::time::Duration::from_millis(1_100));
        assert_eq!(relays.way("a"), Way::Shut, "a login is tried slowly");
    }
}
