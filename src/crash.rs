//! Places at which a test ends the program as a power failure would: between any two writes that must not be taken for
//! one. A release build has none.

/// Every place, in the order in which a mail passes them.
pub const PLACES: [&str; 15] = [
    "listed",
    "fetched",
    "blobs_written",
    "stored_uncommitted",
    "stored",
    "server_told",
    "flagged",
    "files_written",
    "sorted_uncommitted",
    "sorted",
    "letter_marked",
    "letter_accepted",
    "letter_noted",
    "compared_uncommitted",
    "copied_uncommitted",
];

/// The places of a removal.
pub const OF_REMOVAL: [&str; 3] = ["removed_uncommitted", "removed", "files_removed"];

/// The places of letters to many people.
pub const OF_MAILING: [&str; 2] = ["mailing_uncommitted", "mailing_written"];

/// Passes a place. A build with debug assertions ends here when the variable `PHACH_CRASH` names it; with "NAME:3" when
/// it is passed for the third time.
#[cfg(debug_assertions)]
pub fn point(place: &str) {
    use std::sync::OnceLock;
    use std::sync::atomic::AtomicU32;
    use std::sync::atomic::Ordering;

    static WANTED: OnceLock<Option<(String, AtomicU32)>> = OnceLock::new();
    let wanted = WANTED.get_or_init(|| {
        let wanted = std::env::var("PHACH_CRASH").ok()?;
        let (name, times) = wanted.split_once(':').unwrap_or((&wanted, "1"));
        Some((name.to_owned(), AtomicU32::new(times.parse().unwrap_or(1))))
    });
    let known =
        PLACES.contains(&place) || OF_REMOVAL.contains(&place) || OF_MAILING.contains(&place);
    debug_assert!(known, "{place} is no place of the lists");
    if let Some((name, times)) = wanted
        && name == place
        && times.fetch_sub(1, Ordering::Relaxed) == 1
    {
        std::process::abort();
    }
}

#[cfg(not(debug_assertions))]
pub fn point(_place: &str) {}
