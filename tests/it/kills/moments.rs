//! Killed at random moments: the program again and again, and the mail servers under it, while mails keep coming by SMTP.
//!
//! A kill counts only when it hit work, like those that wait for a sign. What servers double when they die between taking
//! a mail and saying so is counted apart: it has one Message-ID.

use std::sync::mpsc;
use std::time::Duration;
use std::time::Instant;

use super::Hit;
use super::Wear;
use super::hit;
use super::must_have_hit;
use super::settled;
use crate::stage::LIMIT;
use crate::stage::Running;
use crate::stage::Stage;
use crate::support::cast::Scene;
use crate::support::house::Wishes;
use crate::support::prose::Dice;
use crate::support::servers::MailServers;
use crate::support::servers::Which;
use crate::support::wait;

/// A kill comes so soon after the start, in milliseconds: when the first mails are being fetched, and when the last of a
/// few are being answered.
const SOONEST: usize = 60;
const SPAN: usize = 1_400;

/// When servers are killed, seen from the program.
#[derive(Clone, Copy, Debug)]
enum When {
    /// Killed and up again before it starts.
    Before,
    /// Killed before it starts, up again while it works.
    Across,
    /// Killed and up again while it works.
    During,
}

/// A kill of servers.
#[derive(Clone, Copy, Debug)]
struct Blow {
    which: Which,
    when: When,
}

#[test]
fn kills_at_random_moments_lose_and_double_nothing() {
    let long = std::env::var_os("PHACH_LONG").is_some();
    let (kills, casts, blow_every) = if long { (500, 8, 5) } else { (12, 1, 4) };
    let stage = Stage::build(1..=casts, &Wishes::default());
    let mut dice = Dice::new(60_606);
    let (to_postman, mails) = mpsc::channel();
    let begun = Instant::now();
    let hits = std::thread::scope(|scope| {
        scope.spawn(|| carry(&stage.servers, mails));
        println!("kill  servers killed            after ms  what it interrupted");
        let mut hits = Vec::new();
        for round in 0..kills {
            for scene in stage.scenes.iter().skip(round).step_by(kills) {
                to_postman.send(scene).expect("a postman");
            }
            let blow = (round % blow_every == 1).then(|| throw(&mut dice, round / blow_every));
            let hit = kill(&stage, round, blow, &mut dice);
            let blow = blow.map_or(String::new(), |blow| {
                format!("{:?}, {:?}", blow.which, blow.when)
            });
            println!(
                "{:>4}  {blow:<24}  {:>8}  {}",
                round + 1,
                hit.after.as_millis(),
                hit.interrupted()
            );
            hits.push(hit);
        }
        drop(to_postman);
        hits
    });
    println!("{} kills in {} s", hits.len(), begun.elapsed().as_secs());
    emptied(&stage.servers);
    stage.finish(&[]);
    emptied(&stage.servers);
    settled(&stage, &stage.scenes, &hits, Wear::ServersDied);
    must_have_hit(&hits, kills * 3 / 4);
}

/// Hands mails to Postfix as they are given, each until it is taken.
fn carry(servers: &MailServers, mails: mpsc::Receiver<&Scene>) {
    for scene in mails {
        wait::until(&scene.name, LIMIT, || servers.deliver(&scene.mail).ok());
    }
}

/// Every kind of blow at every time, in turn; chance says which servers.
fn throw(dice: &mut Dice, turn: usize) -> Blow {
    let which = [Which::Imap, Which::Smtp, Which::All][dice.below(3)];
    let when = [When::During, When::Before, When::Across][turn % 3];
    Blow { which, when }
}

/// Lets the program work for a moment and kills it; the servers too, if a blow says so.
fn kill(stage: &Stage, round: usize, blow: Option<Blow>, dice: &mut Dice) -> Hit {
    let servers = &stage.servers;
    let mut some = |most: usize| Duration::from_millis(dice.below(most) as u64);
    if let Some(blow) = blow
        && matches!(blow.when, When::Before | When::Across)
    {
        servers.kill(blow.which);
    }
    if matches!(blow.map(|blow| blow.when), Some(When::Before)) {
        servers.restart();
    }
    let begun = Instant::now();
    let mut running = Running(
        stage
            .house
            .start(&["serve"], &format!("moment-{round}.log")),
    );
    std::thread::sleep(Duration::from_millis(SOONEST as u64) + some(SPAN));
    if let Some(blow) = blow
        && matches!(blow.when, When::Across | When::During)
    {
        if matches!(blow.when, When::During) {
            servers.kill(blow.which);
            std::thread::sleep(some(SPAN));
        }
        servers.restart();
        std::thread::sleep(some(SPAN));
    }
    let ended = running.0.try_wait().expect("a process");
    assert_eq!(ended, None, "round {round}: serve ended by itself");
    running.kill();
    hit(stage, begun.elapsed())
}

/// Waits until Postfix has brought everything where it belongs.
fn emptied(servers: &MailServers) {
    wait::until("Postfix has brought all mails", LIMIT, || {
        (servers.queued() == 0).then_some(())
    });
}
