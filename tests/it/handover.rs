//! A department hands its entries over to the city by mail: two installations that share nothing but mail servers,
//! and one installation for both. The program is run as people run it; what came is compared file by file.

mod forged;
mod ground;

use std::collections::BTreeMap;

use serde_json::Value;

use phach::handover::PACKAGE_HEADER;

use crate::desk::Clerk;
use crate::desk::between;
use crate::support::cast;
use crate::support::imap::Session;
use crate::support::servers::Outgoing;
use crate::support::servers::PASSWORD;
use crate::support::servers::Postgres;
use crate::support::wait;

use ground::CITY;
use ground::CITY_MAILBOX;
use ground::Ground;
use ground::LIMIT;
use ground::Web;
use ground::blob;
use ground::counts;
use ground::department;
use ground::entries;
use ground::entry;
use ground::files;
use ground::letters;
use ground::matters;
use ground::of_header;
use ground::the_matter;
use ground::work;

#[test]
fn a_department_hands_over_to_a_city_that_shares_nothing_with_it_but_mail() {
    let ground = Ground::lay(31);
    let mailbox = department(&ground.places);
    let department = ground.house("department", &[mailbox], None);
    let city = ground.house("city", &[CITY_MAILBOX], None);
    work(&department);
    let own = entries(&department, &ground.mails);
    let going: BTreeMap<&String, &Value> = own
        .iter()
        .filter(|(_, entry)| entry["state"] == "queued" && entry["unit"] == "so-tu-phap")
        .collect();
    assert!(going.len() >= 3, "too few entries to hand over: {own:#?}");

    // The secretary sees what would go, hands over, takes it back, hands over again.
    let email = cast::secretary("so-tu-phap");
    {
        let _web = Web::open(&department);
        let mut clerk = Clerk::by_link(&department, &email, "secretary", "so-tu-phap");
        let page = clerk.get("/ban-giao");
        assert!(
            page.html.contains(&format!("{} bài", going.len())),
            "{}",
            page.html
        );
        assert!(page.html.contains("mới hết hạn nhận bài"), "{}", page.html);
        let done = clerk.press(&page, "hand_over");
        let done = clerk.get(&done.to.expect("a way back"));
        assert!(done.html.contains("Hoàn tác"), "{}", done.html);
        let act = between(&done.html, "name=\"act\" value=\"", "\"")
            .expect("an act")
            .to_owned();
        let csrf = between(&done.html, "name=\"csrf\" value=\"", "\"")
            .expect("a token")
            .to_owned();
        clerk.post("/hoan-tac", &[("csrf", &csrf), ("act", &act)]);
        let page = clerk.get("/ban-giao");
        assert!(page.html.contains("Đã thu hồi"), "{}", page.html);
        let done = clerk.press(&page, "hand_over");
        assert_eq!(done.status, 303, "{}", done.html);
        // A button that is pressed twice hands over once.
        let again = clerk.press(&page, "hand_over");
        assert_eq!(again.status, 409, "{}", again.html);
    }
    work(&department);
    ground
        .servers
        .wait_for(CITY_MAILBOX, LIMIT, |mails| !mails.is_empty());
    let head = ground.city_mails(PACKAGE_HEADER)[0]
        .header(PACKAGE_HEADER)
        .expect("a head");
    let all: usize = head
        .rsplit('/')
        .next()
        .and_then(|n| n.parse().ok())
        .expect("a number");
    assert!(all >= 2, "one mail only: {head}");
    ground
        .servers
        .wait_for(CITY_MAILBOX, LIMIT, |mails| mails.len() == all);

    // One of the mails is lost on its way.
    let lost = ground.city_mails(PACKAGE_HEADER)[1].clone();
    let ca = ground.servers.ca_file();
    Session::open(ground.servers.imaps_port(), &ca, CITY_MAILBOX, PASSWORD)
        .and_then(|mut session| session.lose("INBOX", lost.uid))
        .expect("the server loses it");

    // The city does not know the department's key: nothing is taken in before a person has compared it.
    work(&city);
    assert_eq!((matters(&city), letters(&city, "acknowledge")), (1, 0));
    assert!(going.keys().all(|code| entry(&city, code).is_none()));
    let said: Value =
        serde_json::from_str(&department.run(&["installation", "--json"])).expect("JSON");
    let fingerprint = said["fingerprint"].as_str().expect("a fingerprint");
    {
        let _web = Web::open(&city);
        let mut clerk = Clerk::by_link(&city, &cast::secretary(CITY), "secretary", CITY);
        let page = the_matter(&mut clerk);
        for part in ["Sở Tư pháp", fingerprint, "Tin khóa này và nhận bài"] {
            assert!(page.html.contains(part), "{part} in {}", page.html);
        }
        let done = clerk.press(&page, "take_in");
        assert_eq!(done.status, 303, "{}", done.html);
    }
    // What came is taken in; what did not is named, and only that is sent again.
    wait::until("the city says what is missing", LIMIT, || {
        work(&city);
        (letters(&city, "acknowledge") == 1).then_some(())
    });
    let before = counts(&city);
    work(&city);
    assert_eq!(counts(&city), before, "a second run changes nothing");
    ground.servers.wait_for(mailbox, LIMIT, |mails| {
        !of_header(mails.to_vec(), "X-Phach-Acknowledge").is_empty()
    });
    work(&department);
    assert_eq!(matters(&department), 1);
    {
        let _web = Web::open(&department);
        let mut clerk = Clerk::by_link(&department, &email, "secretary", "so-tu-phap");
        let page = the_matter(&mut clerk);
        let number = lost.header(PACKAGE_HEADER).expect("a head");
        let number = between(&number, " ", "/").expect("a number").to_owned();
        assert!(
            page.html
                .contains(&format!("còn thiếu thư bàn giao số {number}")),
            "{}",
            page.html
        );
        let page = clerk.get("/ban-giao");
        let done = clerk.press(&page, "resend");
        assert_eq!(done.status, 303, "{}", done.html);
    }
    work(&department);
    ground
        .servers
        .wait_for(CITY_MAILBOX, LIMIT, |mails| mails.len() == all);
    work(&city);
    assert_eq!(
        ground.city_mails(PACKAGE_HEADER).len(),
        all,
        "only the lost mail came again"
    );
    let acknowledged = 2;
    ground.servers.wait_for(mailbox, LIMIT, |mails| {
        of_header(mails.to_vec(), "X-Phach-Acknowledge").len() == acknowledged
    });
    work(&department);
    assert_eq!(matters(&department), 0, "the matter closed itself");
    {
        let _web = Web::open(&department);
        let mut clerk = Clerk::by_link(&department, &email, "secretary", "so-tu-phap");
        let page = clerk.get("/ban-giao");
        for part in [
            "Bên nhận đã xác nhận đủ",
            "Mọi bài đã được bàn giao",
            fingerprint,
        ] {
            assert!(page.html.contains(part), "{part} in {}", page.html);
        }
    }

    // The city holds exactly what was handed over, byte for byte, in its own round, and nobody got a second receipt.
    let came = city.status()["contests"][0]["entries"]["queued"].clone();
    assert_eq!(came, going.len());
    assert_eq!(letters(&city, "receipt"), 0);
    for (code, sent) in &going {
        let here = entry(&city, code).unwrap_or_else(|| panic!("{code} did not come"));
        for fact in ["unit", "timeliness", "facts", "answers"] {
            assert_eq!(here[fact], sent[fact], "{fact} of {code}");
        }
        assert_eq!(here["rounds"][0]["unit"], CITY, "{here:#}");
        assert_eq!(here["handovers"][0]["state"], "taken_in", "{here:#}");
        let mut came = files(&here);
        if sent["in_body"] == true {
            let essay = came.remove(0);
            assert_eq!(
                (&essay["role"], &essay["kind"]),
                (&"main".into(), &"text".into())
            );
            let text = String::from_utf8(blob(&city, essay["sha256"].as_str().expect("a hash")));
            assert!(text.expect("UTF-8").contains("Lê Thị Hoa"));
        }
        assert_eq!(came, files(sent), "{code}");
        for file in &came {
            let sha256 = file["sha256"].as_str().expect("a hash");
            assert_eq!(blob(&city, sha256), blob(&department, sha256), "{code}");
        }
        let now = entry(&department, code).expect("still there");
        let last = now["handovers"]
            .as_array()
            .and_then(|all| all.last())
            .cloned();
        assert!(
            last.is_some_and(|last| last["acknowledged_at"].is_i64()),
            "{now:#}"
        );
    }
    let before = (counts(&city), counts(&department));
    work(&city);
    work(&department);
    assert_eq!((counts(&city), counts(&department)), before);
    // The lost mail turns up after all: it brings nothing that is not here.
    let late = Outgoing {
        from: mailbox.to_owned(),
        to: vec![CITY_MAILBOX.to_owned()],
        bytes: lost.bytes.clone(),
    };
    ground.servers.deliver(&late).expect("Postfix takes it");
    ground
        .servers
        .wait_for(CITY_MAILBOX, LIMIT, |mails| mails.len() == all + 1);
    work(&city);
    let after = city.status()["contests"][0].clone();
    for table in ["entries", "queues", "letters", "matters"] {
        assert_eq!(after[table], before.0[0][0][table], "{table}");
    }
    eprintln!("{} entries in {all} mails", going.len());
    forged::packages(&ground, &city, going.keys().next().expect("a code"));
}

#[test]
fn where_one_installation_serves_both_units_an_entry_only_joins_the_citys_queue() {
    let postgres = Postgres::start();
    let ground = Ground::lay(32);
    let mailbox = department(&ground.places);
    let database = Some(postgres.url().to_owned());
    let house = ground.house("both", &[mailbox, CITY_MAILBOX], database);
    work(&house);
    let own = entries(&house, &ground.mails);
    let receipts = letters(&house, "receipt");
    let total = house.status()["contests"][0]["entries"].clone();
    let queued = own
        .iter()
        .filter(|(_, entry)| entry["state"] == "queued" && entry["unit"] == "so-tu-phap")
        .count();
    {
        let _web = Web::open(&house);
        let email = cast::secretary("so-tu-phap");
        let mut clerk = Clerk::by_link(&house, &email, "secretary", "so-tu-phap");
        let page = clerk.get("/ban-giao");
        let done = clerk.press(&page, "hand_over");
        assert_eq!(done.status, 303, "{}", done.html);
    }
    wait::until("the department has its acknowledgement", LIMIT, || {
        work(&house);
        (!ground.department_mails("X-Phach-Acknowledge").is_empty()).then_some(())
    });
    work(&house);
    assert_eq!(letters(&house, "acknowledge"), 1);
    assert_eq!(letters(&house, "receipt"), receipts, "no second receipt");
    assert_eq!(matters(&house), 0);
    assert_eq!(
        house.status()["contests"][0]["entries"],
        total,
        "no second entry"
    );
    let city = house.status()["contests"][0]["queues"][CITY].clone();
    assert_eq!(city, queued);
    for (code, before) in own.iter().filter(|(_, entry)| entry["state"] == "queued") {
        let now = entry(&house, code).expect("still there");
        assert_eq!(files(&now), files(before), "{code}");
        assert_eq!(now["unit"], before["unit"]);
        if before["unit"] == "so-tu-phap" {
            assert_eq!(now["handovers"][0]["state"], "acknowledged", "{now:#}");
            assert_eq!(now["rounds"][0]["unit"], CITY, "{now:#}");
        }
    }
    let before = counts(&house);
    work(&house);
    assert_eq!(counts(&house), before);
}
