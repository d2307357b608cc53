//! Two installations that share nothing but mail: an area's, which judges down to its locked list, and the city's,
//! which takes the list in, judges it and awards. What the city holds is compared with what the area holds, byte for
//! byte.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Instant;

use jiff::Timestamp;
use jiff::ToSpan as _;
use serde_json::Value;
use sha2::Digest as _;
use sha2::Sha256;

use super::LIMIT;
use super::compare::Differences;
use super::compare::list;
use super::onward;
use super::stage::Running;
use crate::desk;
use crate::support::cast;
use crate::support::cast::Scene;
use crate::support::cast::When;
use crate::support::cast::secretary;
use crate::support::house::House;
use crate::support::house::Wishes;
use crate::support::panel::Panel;
use crate::support::places;
use crate::support::places::CITY;
use crate::support::places::CITY_NAME;
use crate::support::places::Places;
use crate::support::secretary::Secretary;
use crate::support::servers;
use crate::support::servers::MailServers;
use crate::support::servers::Postgres;
use crate::support::wait;

/// Fewer than an area has, so that the line is drawn among its entries.
const TOP: usize = 8;

#[test]
fn a_district_hands_over_to_a_city_with_an_installation_of_its_own() {
    two(places::hanoi(), 15, None);
}

#[test]
fn a_ward_hands_over_to_a_city_with_an_installation_of_its_own_on_postgresql() {
    let clusters = [Postgres::start(), Postgres::start()];
    two(places::two_level(), 16, Some(&clusters));
}

fn two(places: Places, seed: u64, clusters: Option<&[Postgres; 2]>) {
    let begun = Instant::now();
    let now = Timestamp::now();
    let cast = cast::cast(places.clone(), seed, now);
    let servers = MailServers::start(&cast.accounts());
    let folder = servers::new_folder("pd");
    let until = now.checked_add(72.hours()).expect("a time");
    let build = |at: usize, name: &str, mailbox: &str| {
        let wishes = Wishes {
            database: clusters.map(|two| two[at].url().to_owned()),
            mailboxes: vec![mailbox.to_owned()],
            // Mails of half a megabyte, so that a list is several.
            outbox: "undo_seconds = 0\npart_mib = 0.5".to_owned(),
            top: Some(TOP),
            ..Wishes::default()
        };
        let folder = folder.join(name);
        std::fs::create_dir_all(&folder).expect("a folder");
        let exe = Path::new(env!("CARGO_BIN_EXE_phach"));
        let house = House::build(&folder, exe, &servers, &places, &wishes);
        house.apply_plan(&places, until);
        house
    };
    let spot = &places.spots[0];
    let area = build(0, "area", spot.mailbox);
    let city = build(1, "city", places.city_mailbox);
    let scenes: Vec<&Scene> = cast
        .scenes
        .iter()
        .filter(|scene| scene.spots == [0] && scene.when == When::BeforeDeadline)
        .collect();
    for scene in &scenes {
        servers.deliver(&scene.mail).expect("Postfix takes it");
    }
    servers.wait_for(spot.mailbox, LIMIT, |mails| mails.len() == scenes.len());
    let mut differences = Differences::default();
    {
        let _processes = [&area, &city].map(|house| Running::start(house, &["serve"], "serve.log"));
        wait::until("the area holds every mail", LIMIT, || {
            let status = area.status();
            let row = list(&status["mailboxes"])
                .iter()
                .find(|row| row["address"] == spot.mailbox)?;
            (row["held"] == scenes.len()).then_some(())
        });
        let ids: Vec<&str> = scenes.iter().map(|scene| scene.id.as_str()).collect();
        from_list_to_prizes((&area, &city), &servers, spot.unit, &ids, &mut differences);
    }
    eprintln!(
        "two installations on {}: {} mails, {:.1} s",
        places.slug,
        scenes.len(),
        begun.elapsed().as_secs_f64()
    );
    differences.none();
    let _ = std::fs::remove_dir_all(&folder);
}

fn from_list_to_prizes(
    (area, city): (&House, &House),
    servers: &MailServers,
    unit: &str,
    mails: &[&str],
    differences: &mut Differences,
) {
    let plan = area.plan();
    let area_door = |email: &str| desk::by_letter(area, servers, email);
    let city_door = |email: &str| desk::by_letter(city, servers, email);
    let area_rest = || onward::idle(area);
    let city_rest = || onward::idle(city);

    let mut panel = Panel::of(area, unit, &secretary(unit), &area_door).expect("the area's jury");
    let lists = panel
        .judge_all(&[onward::name(&plan, unit)], &area_rest)
        .expect("the area's rounds");
    onward::rounds(&plan, unit, &lists, differences);
    panel.secretary.hand_over().expect("the area hands over");

    // Nothing comes in before a person at the city has compared the key.
    let mut panel_of_city =
        Panel::of(city, CITY, &secretary(CITY), &city_door).expect("the city's jury");
    wait::until("a package waits for trust in its key", LIMIT, || {
        let matters = city.status()["contests"][0]["matters"].clone();
        matters["handover"].as_u64().filter(|count| *count > 0)
    });
    let entries = city.status()["contests"][0]["entries"].clone();
    differences.equal("before trust", "entries", entries, serde_json::json!({}));
    let trusted = panel_of_city.secretary.take_in().expect("a word");
    differences.equal("the city", "trusts the key", trusted, true);
    onward::acknowledged(&mut panel.secretary);
    city_rest().expect("idle");

    let traces = area.trace(mails);
    let known = onward::known(&traces);
    let shortlist = onward::paper(servers, &secretary(unit));
    let last = lists.last().expect("a list");
    onward::shortlisted(&shortlist, last, &known, differences);
    let codes: Vec<&str> = shortlist.0.iter().map(|row| row.code.as_str()).collect();
    differences.equal("the area", "shortlist", codes.len(), TOP);
    if last.rows.len() <= TOP {
        let judged = last.rows.len().to_string();
        differences.add("the area", "judged", judged, "more than go on");
    }
    let status = city.status()["contests"][0].clone();
    differences.equal(
        "the city",
        "entries",
        &status["entries"],
        &serde_json::json!({ "queued": codes.len() }),
    );
    let receipts = list(&status["letters"])
        .iter()
        .filter(|row| row["kind"] == "receipt")
        .count();
    differences.equal("the city", "receipts", receipts, 0);
    let mut came = Vec::new();
    for code in &codes {
        let trace = city
            .trace(&[code])
            .into_iter()
            .next()
            .unwrap_or(Value::Null);
        let here = list(&trace["entries"]).iter().find(|e| e["code"] == *code);
        let here = here.cloned().unwrap_or(Value::Null);
        let sent = known.get(code).copied().unwrap_or(&Value::Null);
        same((area, city), sent, &here, differences);
        acknowledged_at(area, code, differences);
        downloaded(&mut panel_of_city.secretary, &here, differences);
        came.push(trace);
    }
    let lists = panel_of_city
        .judge_all(&[CITY_NAME, onward::name(&plan, unit)], &city_rest)
        .expect("the city's rounds");
    differences.equal("the city", "queue", lists[0].rows.len(), codes.len());
    onward::rounds(&plan, CITY, &lists, differences);
    onward::awarded(servers, &plan, &lists, &onward::known(&came), differences);
}

/// The entry at the city is the entry of the area: what is known of it, and every byte.
fn same((area, city): (&House, &House), sent: &Value, here: &Value, differences: &mut Differences) {
    let code = sent["code"].as_str().unwrap_or_default();
    for fact in ["code", "unit", "timeliness", "facts", "answers"] {
        differences.equal(code, fact, &here[fact], &sent[fact]);
    }
    differences.equal(code, "rounds", onward::rounds_at(here, CITY), 1);
    differences.equal(
        code,
        "package",
        &here["handovers"][0]["state"],
        &"taken_in".into(),
    );
    let mut files = list(&here["files"]).to_vec();
    if sent["in_body"] == true && !files.is_empty() {
        // An essay in a mail travels as a text file before the others.
        let essay = files.remove(0);
        differences.equal(code, "essay", &essay["role"], &"main".into());
    }
    differences.equal(code, "files", files.as_slice(), list(&sent["files"]));
    for file in &files {
        let hash = file["sha256"].as_str().unwrap_or_default();
        let bytes = blob(city, hash);
        differences.equal(code, "hash", sha256(&bytes).as_str(), hash);
        if bytes != blob(area, hash) {
            differences.add(code, "bytes", hash, "the same on both disks");
        }
    }
}

/// The area knows that the city has the entry.
fn acknowledged_at(area: &House, code: &str, differences: &mut Differences) {
    let trace = area
        .trace(&[code])
        .into_iter()
        .next()
        .unwrap_or(Value::Null);
    let entry = list(&trace["entries"]).iter().find(|e| e["code"] == code);
    let handover = entry.map_or(&Value::Null, |entry| &entry["handovers"][0]);
    differences.equal(code, "sent", &handover["state"], &"acknowledged".into());
    if !handover["acknowledged_at"].is_i64() {
        differences.add(code, "acknowledged", handover.to_string(), "a time");
    }
}

/// The city's secretary gets the same bytes from the entry's page.
fn downloaded(clerk: &mut Secretary, here: &Value, differences: &mut Differences) {
    let code = here["code"].as_str().unwrap_or_default();
    let page = clerk.client.get(&format!("/bai-du-thi/{}", here["id"]));
    let page = page.expect("the entry's page");
    let links: BTreeSet<&str> = page
        .html
        .split("href=\"/tep/")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect();
    let got: BTreeSet<String> = links
        .iter()
        .map(|id| {
            let file = clerk.client.get(&format!("/tep/{id}"));
            sha256(&file.expect("a file").bytes)
        })
        .collect();
    let want: BTreeSet<String> = list(&here["files"])
        .iter()
        .filter_map(|file| file["sha256"].as_str().map(str::to_owned))
        .collect();
    differences.equal(code, "downloads", got, want);
}

fn sha256(bytes: &[u8]) -> String {
    let hash = Sha256::digest(bytes);
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn blob(house: &House, hash: &str) -> Vec<u8> {
    let folder = house.folder.join("data/blobs");
    let path = match hash.get(..2) {
        Some(two) => folder.join(two).join(hash),
        None => folder,
    };
    std::fs::read(path).unwrap_or_default()
}
