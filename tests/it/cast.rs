//! The cast is what the contest test takes for granted: many mails, all different, the same every time.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;

use crate::support::cast::Cast;
use crate::support::cast::When;
use crate::support::cast::cast;
use crate::support::places;
use crate::support::places::Places;
use crate::support::prose;
use crate::support::servers::Account;
use crate::support::servers::MailServers;

const NOON: i64 = 1_567_400_400;

fn on(places: Places, seed: u64) -> Cast {
    cast(places, seed, Timestamp::from_second(NOON).expect("a time"))
}

#[test]
fn at_least_sixty_different_mails_go_to_five_mailboxes() {
    for places in [places::hanoi(), places::two_level()] {
        let cast = on(places, 1);
        let bytes: BTreeSet<&[u8]> = cast
            .scenes
            .iter()
            .map(|scene| scene.mail.bytes.as_slice())
            .collect();
        assert_eq!(bytes.len(), cast.scenes.len(), "all different");
        assert!(cast.scenes.len() >= 64, "{} mails", cast.scenes.len());
        let ids: BTreeSet<&str> = cast.scenes.iter().map(|scene| scene.id.as_str()).collect();
        assert_eq!(ids.len(), cast.scenes.len(), "each with its own Message-ID");
        let spots: BTreeSet<usize> = cast
            .scenes
            .iter()
            .flat_map(|scene| scene.spots.iter().copied())
            .collect();
        assert_eq!(spots.len(), 5);
        assert!(
            cast.scenes
                .iter()
                .any(|scene| scene.when == When::JustAfter)
        );
    }
}

#[test]
fn the_same_seed_gives_the_same_mails_and_another_seed_others() {
    let bytes = |seed| -> Vec<Vec<u8>> {
        let cast = on(places::hanoi(), seed);
        cast.scenes
            .into_iter()
            .map(|scene| scene.mail.bytes)
            .collect()
    };
    let one = bytes(1);
    assert_eq!(one, bytes(1));
    let other = bytes(2);
    assert!(one.iter().zip(&other).all(|(a, b)| a != b));
}

#[test]
fn whoever_expects_an_answer_has_a_mailbox_for_it() {
    let cast = on(places::hanoi(), 1);
    let boxes: BTreeSet<String> = cast
        .accounts()
        .into_iter()
        .filter_map(|account| match account {
            Account::Mailbox(address) => Some(address),
            Account::Refused(_) | Account::Rest { .. } => None,
        })
        .collect();
    for scene in &cast.scenes {
        if scene.expect.receipts > 0 {
            assert!(boxes.contains(&scene.sender), "{}", scene.name);
        }
        for spot in &scene.spots {
            assert!(boxes.contains(cast.places.spots[*spot].mailbox));
        }
    }
}

#[test]
fn essays_are_as_long_as_essays_and_none_is_written_twice() {
    let essays: BTreeSet<String> = (0..200)
        .map(|seed| prose::essay(seed, 400 + seed as usize * 2).join("\n"))
        .collect();
    assert_eq!(essays.len(), 200);
    for essay in &essays {
        let words = essay.split_whitespace().count();
        assert!((340..950).contains(&words), "{words} words");
        assert!(!essay.contains(['{', '}']), "{essay}");
    }
}

/// The places of the cast must be units of the plans that ship, with those mailboxes.
#[test]
fn the_cast_lives_in_the_plans_that_ship() {
    for places in [places::hanoi(), places::two_level()] {
        let file = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("config/contests")
            .join(places.plan);
        let text =
            std::fs::read_to_string(&file).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
        for spot in &places.spots {
            assert!(
                text.contains(&format!("\"{}\"", spot.unit)),
                "{} has no unit {}",
                places.plan,
                spot.unit
            );
            assert!(
                text.contains(spot.mailbox),
                "{} has no mailbox {}",
                places.plan,
                spot.mailbox
            );
        }
    }
}

/// Without this, a mail that no server takes would look like an entry that the program lost.
#[test]
fn the_servers_take_every_mail_of_the_cast() {
    let cast = on(places::hanoi(), 3);
    let servers = MailServers::start(&cast.accounts());
    let mut expected = [0; 5];
    for scene in &cast.scenes {
        servers
            .deliver(&scene.mail)
            .unwrap_or_else(|said| panic!("{}: {said}", scene.name));
        for spot in &scene.spots {
            expected[*spot] += 1;
        }
    }
    for (spot, count) in cast.places.spots.iter().zip(expected) {
        servers.wait_for(spot.mailbox, Duration::from_secs(60), |mails| {
            mails.len() == count
        });
    }
}
