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
    let t = std::time::Instant::now();
    let out = house.output(&["--log", "info", "serve", "--until-idle"]);
    println!(
        "{:?} {}\n{}\n{}",
        t.elapsed(),
        out.status,
        String::from_utf8_lossy(&out.stdout),
        String::from_utf8_lossy(&out.stderr)
    );
    println!("{:#}", house.status());
    for scene in &cast.scenes {
        let t = &house.trace(&[&scene.id])[0];
        let e = &scene.expect;
        let kind = serde_json::to_value(e.kind).unwrap();
        let mut bad = vec![];
        if t["kind"] != kind {
            bad.push(format!("kind {} want {}", t["kind"], kind));
        }
        let n = t["entries"].as_array().map_or(0, |a| a.len());
        if n != e.entries.len() {
            bad.push(format!("entries {n} want {}", e.entries.len()));
        }
        let l = t["letters"].as_array().map_or(0, |a| a.len());
        if l != e.receipts {
            bad.push(format!("letters {l} want {}", e.receipts));
        }
        for (i, w) in e.entries.iter().enumerate() {
            let g = &t["entries"][i];
            if let Some(u) = &w.unit {
                if g["unit"] != u.as_str() {
                    bad.push(format!("unit {} want {u}", g["unit"]));
                }
            }
            if let Some(u) = &w.name {
                if g["facts"]["name"] != u.as_str() {
                    bad.push(format!("name {} want {u}", g["facts"]["name"]));
                }
            }
            if let Some(u) = &w.birth_date {
                if g["facts"]["birth_date"] != u.as_str() {
                    bad.push(format!("birth {} want {u}", g["facts"]["birth_date"]));
                }
            }
            if let Some(u) = &w.phone {
                if g["facts"]["phone"] != u.as_str() {
                    bad.push(format!("phone {} want {u}", g["facts"]["phone"]));
                }
            }
            if let Some(u) = &w.answers {
                if g["answers"] != serde_json::to_value(u).unwrap() {
                    bad.push(format!("answers {} want {u:?}", g["answers"]));
                }
            }
            let f = g["files"].as_array().map_or(0, |a| a.len());
            if f != w.files {
                bad.push(format!("files {f} want {}", w.files));
            }
            for c in &w.findings {
                let c = serde_json::to_value(c).unwrap();
                if !g["findings"].as_array().is_some_and(|a| a.contains(&c)) {
                    bad.push(format!("finding {c} missing in {}", g["findings"]));
                }
            }
        }
        let kinds: Vec<_> = t["matters"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|m| m["kind"].clone())
            .collect();
        for m in &e.matters {
            let m = serde_json::to_value(m).unwrap();
            if !kinds.contains(&m) {
                bad.push(format!("matter {m} missing in {kinds:?}"));
            }
        }
        if kinds.len() > e.matters.len() {
            bad.push(format!("MORE matters {kinds:?} want {:?}", e.matters));
        }
        if !bad.is_empty() {
            println!("{}: {bad:#?}", scene.name);
        }
    }
}
