//! The server says when mail comes, and nobody waits for the next poll.

use std::time::Duration;

use crate::stage::LIMIT;
use crate::stage::Running;
use crate::stage::Stage;
use crate::support::cast::Scene;
use crate::support::house::Wishes;
use crate::support::wait;

#[test]
fn a_mail_is_answered_long_before_the_next_poll() {
    let wishes = Wishes {
        poll_seconds: Some(3_600),
        ..Wishes::default()
    };
    let stage = Stage::build(1..=1, &wishes);
    let scenes: Vec<&Scene> = stage
        .scenes
        .iter()
        .filter(|scene| scene.name.starts_with("docx") && scene.spots.len() == 1)
        .take(2)
        .collect();
    let _serve = Running(stage.house.start(&["serve"], "serve.log"));
    // Every mailbox has had its first look, which found nothing.
    let mailboxes = stage.mailboxes().len();
    wait::until("the first looks", LIMIT, || {
        let log = std::fs::read_to_string(stage.house.folder.join("serve.log")).ok()?;
        let looked = stage.house.status()["mailboxes"]
            .as_array()?
            .iter()
            .filter(|mailbox| !mailbox["listed_at"].is_null())
            .count();
        assert!(!log.contains("mailbox not read"), "{log}");
        (looked == mailboxes).then_some(())
    });
    std::thread::sleep(Duration::from_secs(2));
    // One after the other: the line that brought the first is kept and brings the second.
    for scene in scenes {
        stage.mail([scene]);
        wait::until("a receipt", LIMIT, || {
            (!stage.answers(scene).is_empty()).then_some(())
        });
    }
}
