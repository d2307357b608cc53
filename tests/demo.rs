//! `make demo`: a contest in miniature on this machine, from the first mail to the last receipt.

#[path = "support/mod.rs"]
mod support;

use jiff::Timestamp;
use jiff::ToSpan as _;
use std::path::Path;

fn main() {
    let folder = Path::new("/tmp/smoke");
    let _ = support::servers::MailServers::stop_in(&folder.join("mail"));
    let _ = std::fs::remove_dir_all(folder);
    std::fs::create_dir_all(folder).unwrap();
    let places = support::places::hanoi();
    let now = Timestamp::now();
    let cast = support::cast::cast(places.clone(), 1, now);
    let servers =
        support::servers::MailServers::start_in(&folder.join("mail"), &cast.accounts()).unwrap();
    let exe = std::env::current_exe()
        .unwrap()
        .parent()
        .unwrap()
        .parent()
        .unwrap()
        .join("phach");
    let house = support::house::House::build(folder, &exe, &servers, &places, &Default::default());
    house.apply_plan(&places, now.checked_add(72.hours()).unwrap());
    for scene in &cast.scenes {
        if let Err(e) = servers.deliver(&scene.mail) {
            println!("{}: {e}", scene.name);
        }
    }
    std::thread::sleep(std::time::Duration::from_secs(3));
    println!("{}", house.run(&["check"]));
}
