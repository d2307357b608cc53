//! The contest goes on where the receipts end: an area judges its entries down to a locked list, hands it over, a
//! department hands over all it has, the city judges what came, and the prizes are given on paper. Everybody works at
//! the web over HTTP, let in by the letter in their own mailbox; what came of it is read in mailboxes, pages and traces.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::time::Instant;

use phach::contest::plan::Plan;
use phach::words::jury::Refusal;
use serde_json::Value;

use super::LIMIT;
use super::compare::Differences;
use super::compare::list;
use super::stage::Stage;
use crate::desk;
use crate::support::cast::secretary;
use crate::support::drafts;
use crate::support::drafts::Draft;
use crate::support::drafts::Entry;
use crate::support::house::House;
use crate::support::mime::Body;
use crate::support::mime::File;
use crate::support::mime::Mail;
use crate::support::panel::List;
use crate::support::panel::Panel;
use crate::support::places::CITY;
use crate::support::places::CITY_NAME;
use crate::support::prose;
use crate::support::secretary::Secretary;
use crate::support::secretary::Settled;
use crate::support::servers::MailServers;
use crate::support::servers::Outgoing;
use crate::support::wait;

/// One installation for all units: nothing becomes a second entry, receipt or matter.
pub fn to_the_prizes(stage: &Stage, differences: &mut Differences) {
    let begun = Instant::now();
    let (house, servers) = (&stage.house, &stage.servers);
    let plan = house.plan();
    let latecomers = latecomers(stage);
    let before = figures(&house.status());
    let door = |email: &str| desk::by_letter(house, servers, email);
    let rest = || idle(house);
    let [area, _, _, office, _] = &stage.cast.places.spots;
    let [area_name, office_name] = [area, office].map(|spot| name(&plan, spot.unit));

    let mut panel =
        Panel::of(house, area.unit, &secretary(area.unit), &door).expect("the area's jury");
    let lists = panel
        .judge_all(&[area_name], &rest)
        .expect("the area's rounds");
    rounds(&plan, area.unit, &lists, differences);
    // One in the cast and two here came late: every other is accepted. One of them names nobody.
    let settled = Settled {
        times_accepted: 2,
        times_refused: 1,
        vouched: 1,
    };
    differences.equal("the area", "settled", lists[0].settled, settled);
    let last = lists.last().expect("a list");
    let late = panel.mark_again(&last.line).expect("an answer");
    differences.equal("a mark after the lock", "status", late.status, 409);
    differences.holds(
        "a mark after the lock",
        "sentence",
        &late.text(),
        Refusal::Locked.sentence(),
    );
    panel.secretary.hand_over().expect("the area hands over");
    let mut clerk = Secretary::of(house, &secretary(office.unit), office.unit, &door)
        .expect("the department's secretary");
    clerk.settle(&[office_name], &rest).expect("settled");
    clerk.hand_over().expect("the department hands over");
    for secretary in [&mut panel.secretary, &mut clerk] {
        acknowledged(secretary);
    }
    idle(house).expect("idle");

    let mut traces = stage.traces();
    traces.extend(house.trace(&latecomers.each_ref().map(String::as_str)));
    let known = known(&traces);
    let judged = known
        .values()
        .filter(|entry| entry["timeliness"] == "late" && rounds_at(entry, area.unit) > 1)
        .count();
    differences.equal("refused as late", "judged", judged, 0);
    let shortlist = paper(servers, &secretary(area.unit));
    shortlisted(&shortlist, last, &known, differences);
    let whole = paper(servers, &secretary(office.unit));
    let going: BTreeSet<&str> = whole.0.iter().map(|row| row.code.as_str()).collect();
    let queued: BTreeSet<&str> = known
        .iter()
        .filter(|(_, entry)| entry["state"] == "queued" && entry["unit"] == office.unit)
        .map(|(code, _)| *code)
        .collect();
    differences.equal("the department", "its list", &going, &queued);
    named(&whole, &known, differences);

    let mut city = Panel::of(house, CITY, &secretary(CITY), &door).expect("the city's jury");
    let first = city.lines().expect("the city's rounds").swap_remove(0);
    let taken: BTreeSet<&str> = shortlist
        .0
        .iter()
        .map(|row| row.code.as_str())
        .chain(going)
        .collect();
    let there: BTreeSet<&str> = known
        .iter()
        .filter(|(_, entry)| rounds_at(entry, CITY) > 0)
        .map(|(code, _)| *code)
        .collect();
    differences.equal("the city", "its entries", &there, &taken);
    differences.equal("the city", "its queue", first.entries, taken.len());
    let after = figures(&house.status());
    differences.equal("one installation", "figures", after, before);

    let lists = city
        .judge_all(&[CITY_NAME, office_name], &rest)
        .expect("the city's rounds");
    rounds(&plan, CITY, &lists, differences);
    awarded(servers, &plan, &lists, &known, differences);
    let verified: Value =
        serde_json::from_str(&house.run(&["verify", "--json"])).expect("verify as JSON");
    differences.equal("verify", "bad", &verified["bad"], &Value::Array(Vec::new()));
    eprintln!(
        "on to the prizes: {} in the shortlist, {} from the department, {} at the city, {:.1} s",
        shortlist.0.len(),
        whole.0.len(),
        taken.len(),
        begun.elapsed().as_secs_f64()
    );
}

/// Two mails after the deadline to the first area: one essay names its author, the other nobody. Their Message-IDs.
fn latecomers(stage: &Stage) -> [String; 2] {
    let spot = &stage.cast.places.spots[0];
    let named = format!(
        "Họ và tên: Đinh Thị Muộn\nNgày sinh: 02/03/1990\nĐịa chỉ: {}, {}\n\n",
        spot.wards[0], spot.area
    );
    let ids = [("muon", named.as_str()), ("vo-danh", "")].map(|(name, slip)| {
        let essay = prose::essay(0x5eed + slip.len() as u64, 500).join("\n\n");
        let mail = Mail {
            from: format!("{name}@nguoidan.example"),
            to: vec![spot.mailbox.to_owned()],
            subject: "Bài dự thi".to_owned(),
            id: format!("{name}@nguoidan.example"),
            date: "Fri, 6 Sep 2019 17:30:00 +0700".to_owned(),
            body: Body::Plain("Tôi xin nộp bài dự thi.".to_owned()),
            files: vec![File::new(
                "bai.txt",
                format!("BÀI DỰ THI\n{slip}{essay}").into_bytes(),
            )],
            ..Mail::default()
        };
        let outgoing = Outgoing {
            from: mail.from.clone(),
            to: mail.to.clone(),
            bytes: mail.bytes(),
        };
        stage.servers.deliver(&outgoing).expect("Postfix takes it");
        mail.id
    });
    wait::until("the latecomers are read", LIMIT, || {
        let traces = stage.house.trace(&ids.each_ref().map(String::as_str));
        let read = |trace: &Value| trace["state"] == "sorted";
        (traces.len() == ids.len() && traces.iter().all(read)).then_some(())
    });
    idle(&stage.house).expect("idle");
    ids
}

/// Waits until no job is left and no letter is on its way.
pub fn idle(house: &House) -> Result<(), String> {
    wait::until("no job and no letter is left", LIMIT, || {
        let status = house.status();
        let under_way = list(&status["contests"][0]["letters"])
            .iter()
            .any(|row| row["state"] == "queued" || row["state"] == "sending");
        (list(&status["jobs"]).is_empty() && !under_way).then_some(())
    });
    Ok(())
}

/// Waits until the receiver has said that it has everything.
pub fn acknowledged(secretary: &mut Secretary) {
    wait::until("the package is acknowledged", LIMIT, || {
        secretary.is_acknowledged().ok()?.then_some(())
    });
}

/// What a handover within one installation must leave as it is: entries, receipts, doubts about equal texts.
fn figures(status: &Value) -> (u64, u64, Value) {
    let contest = &status["contests"][0];
    let entries = contest["entries"].as_object();
    let receipts = list(&contest["letters"])
        .iter()
        .filter(|row| row["kind"] == "receipt");
    (
        entries.map_or(0, |counts| counts.values().filter_map(Value::as_u64).sum()),
        receipts.filter_map(|row| row["count"].as_u64()).sum(),
        contest["matters"]["same_text"].clone(),
    )
}

/// The name of a unit.
pub fn name<'a>(plan: &'a Plan, unit: &str) -> &'a str {
    &plan.unit(unit).expect("a unit of the plan").name
}

/// Every entry of these traces by its receipt code.
pub fn known(traces: &[Value]) -> BTreeMap<&str, &Value> {
    traces
        .iter()
        .flat_map(|trace| list(&trace["entries"]))
        .filter_map(|entry| Some((entry["code"].as_str()?, entry)))
        .collect()
}

/// In how many rounds of a unit an entry is.
pub fn rounds_at(entry: &Value, unit: &str) -> usize {
    let rounds = list(&entry["rounds"]).iter();
    rounds.filter(|round| round["unit"] == unit).count()
}

/// All rounds of the unit ran, each on what the one before let through, every essay with all its marks.
pub fn rounds(plan: &Plan, unit: &str, lists: &[List], differences: &mut Differences) {
    let unit = plan.unit(unit).expect("a unit of the plan");
    let planned: Vec<&str> = plan
        .rounds_of(unit)
        .map(|round| round.name.as_str())
        .collect();
    let ran: Vec<&str> = lists.iter().map(|list| list.line.round.as_str()).collect();
    differences.equal(&unit.code, "rounds", ran, planned);
    let mut before = None;
    for (list, round) in lists.iter().zip(plan.rounds_of(unit)) {
        let here = format!("{} {}", unit.code, round.code);
        let marks = round.marks as usize;
        differences.equal(&here, "locked", list.line.locked, true);
        differences.equal(&here, "entries", list.rows.len(), list.line.entries);
        differences.equal(&here, "sheets", list.sheets, list.rows.len() * marks);
        differences.equal(&here, "given", list.line.given, list.sheets);
        let taken = list.taken().count();
        if let Some(before) = before {
            differences.equal(&here, "came", list.rows.len(), before);
        }
        if taken < 3 {
            differences.add(&here, "taken", taken.to_string(), "at least three");
        }
        eprintln!(
            "{here}: {} entries, {} sheets, {taken} taken, {} ties ordered, {} decided, {:?}",
            list.rows.len(),
            list.sheets,
            list.ordered,
            list.decided,
            list.settled
        );
        before = Some(taken);
    }
}

/// The list and the letter that came to a secretary last.
pub fn paper(servers: &MailServers, mailbox: &str) -> (Vec<Entry>, String) {
    let two = wait::until("the papers come", LIMIT, || {
        let all = drafts::drafts(servers, mailbox).ok()?;
        (all.len() == 2).then_some(all)
    });
    let of = |ending: &str| -> Draft {
        let found = two.iter().find(|draft| draft.name.ends_with(ending));
        found.cloned().unwrap_or_else(|| panic!("no {ending}"))
    };
    let rows = drafts::entries(&of(".xlsx")).expect("a list");
    (rows, drafts::letter(&of(".docx")))
}

/// Every line names who the entry is of, and the letter names it too.
pub fn named(
    (rows, letter): &(Vec<Entry>, String),
    known: &BTreeMap<&str, &Value>,
    differences: &mut Differences,
) {
    for row in rows {
        let entry = known
            .get(row.code.as_str())
            .copied()
            .unwrap_or(&Value::Null);
        let name = entry["facts"]["name"].as_str().unwrap_or_default();
        differences.equal(&row.code, "name", row.name.as_str(), name);
        differences.holds(&row.code, "letter", letter, &row.code);
        differences.holds(&row.code, "letter", letter, name);
    }
}

/// The shortlist on paper is the locked list, line by line, with names.
pub fn shortlisted(
    paper: &(Vec<Entry>, String),
    list: &List,
    known: &BTreeMap<&str, &Value>,
    differences: &mut Differences,
) {
    ranked(&paper.0, list, differences);
    named(paper, known, differences);
}

/// Places and means of a paper are those of the head judge's page.
fn ranked(rows: &[Entry], list: &List, differences: &mut Differences) {
    let hundredths = |mean: f64| (mean * 100.0).round() as i64;
    let of_page: Vec<(String, i64)> = list
        .taken()
        .map(|row| {
            let mean = row.result.replace(',', ".").parse().unwrap_or(-1.0);
            (row.place.clone(), hundredths(mean))
        })
        .collect();
    let of_paper: Vec<(String, i64)> = rows
        .iter()
        .map(|row| (row.rank.to_string(), hundredths(row.mean)))
        .collect();
    differences.equal("paper", "places, means", of_paper, of_page);
}

/// The prizes on paper: from the top of the final list, by the plan's numbers, nobody twice.
pub fn awarded(
    servers: &MailServers,
    plan: &Plan,
    lists: &[List],
    known: &BTreeMap<&str, &Value>,
    differences: &mut Differences,
) {
    let (rows, letter) = paper(servers, &secretary(CITY));
    ranked(&rows, lists.last().expect("a final list"), differences);
    let mut left: Vec<(&str, u32)> = plan
        .prizes
        .iter()
        .filter(|prize| !prize.collective)
        .map(|prize| (prize.name.as_str(), prize.count))
        .collect();
    let mut winners = BTreeSet::new();
    for row in &rows {
        let first = winners.insert((row.name.to_lowercase(), row.birth_date.clone()));
        let prize = left.iter_mut().find(|(_, count)| first && *count > 0);
        let want = prize.map_or("", |(name, count)| {
            *count -= 1;
            *name
        });
        differences.equal(&row.code, "prize", row.prize.as_str(), want);
    }
    let won: Vec<Entry> = rows
        .into_iter()
        .filter(|row| !row.prize.is_empty())
        .collect();
    if won.len() < 5 {
        differences.add("prizes", "winners", won.len().to_string(), "at least five");
    }
    named(&(won, letter), known, differences);
}
