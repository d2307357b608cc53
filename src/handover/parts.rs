//! How entries are cut into mails: in the order of the list, each mail as full as its limit allows. An entry stays
//! in one piece; one that is larger than a mail has a mail of its own.

/// Bytes of a mail that are left for files: base64 makes four of three, and lines and heads take their share.
const SHARE: u64 = 72;

/// The part of each entry, from 1, by the entries' sizes in bytes. `limit` is the largest mail, `manifest` what
/// every mail carries besides.
pub fn split(sizes: &[u64], limit: u64, manifest: u64) -> Vec<u32> {
    let room = (limit / 100 * SHARE).saturating_sub(manifest);
    let mut part = 1;
    let mut full: u64 = 0;
    let mut parts = Vec::with_capacity(sizes.len());
    for size in sizes {
        if full > 0 && full.saturating_add(*size) > room {
            part += 1;
            full = 0;
        }
        full = full.saturating_add((*size).max(1));
        parts.push(part);
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn entries_go_in_order_into_mails_below_the_limit() {
        let check = |sizes: &[u64], want: &[u32]| assert_eq!(split(sizes, 1_000, 20), want);
        check(&[], &[]);
        check(&[100, 600, 1], &[1, 1, 2]);
        check(&[700, 700, 700], &[1, 2, 3]);
        // Larger than a mail: a mail of its own.
        check(&[10, 5_000, 10, 10], &[1, 2, 3, 3]);
        check(&[5_000], &[1]);
        check(&[0, 0], &[1, 1]);
    }

    #[test]
    fn a_hundred_scans_of_five_megabytes_are_fifty_mails_of_fifteen() {
        let parts = split(&[5_000_000; 100], 15 << 20, 100_000);
        assert_eq!(parts.last(), Some(&50));
        // Under the limit of Gmail, 25 MB.
        assert_eq!(
            split(&[5_000_000; 100], 24 << 20, 100_000).last(),
            Some(&34)
        );
    }
}
