//! The text that approvals are of says everything that matters about a list.

use super::Row;
use super::Standings;
use super::canonical;

fn row(code: &str, place: u32, quarters: u64, taken: bool) -> Row {
    Row {
        queue_entry: i64::from(place),
        code: code.to_owned(),
        place,
        mean: None,
        outcome: None,
        sheets: Vec::new(),
        tied: false,
        taken,
        reason: String::new(),
        quarters,
        marks: 2,
        disputed: false,
    }
}

#[test]
fn an_approval_is_of_exactly_this_list() {
    let list = Standings {
        rows: vec![row("P002", 1, 80, true), row("P001", 2, 44, false)],
        take: Some(1),
        taken: 1,
        ties: Vec::new(),
        ordered: Vec::new(),
        problems: Vec::new(),
        remarks: Vec::new(),
        hash: String::new(),
    };
    let text = canonical("thử\ntake 9", &list);
    assert_eq!(
        text,
        "phach list 1\n\"thử\\ntake 9\"\ntake 1\n+ 1 \"P002\" 80/2 \"\"\n- 2 \"P001\" 44/2 \"\"\n"
    );
    let mut all = std::collections::BTreeSet::from([text, canonical("b", &list)]);
    let mut changed = |change: fn(&mut Standings)| {
        let mut other = list.clone();
        change(&mut other);
        assert!(all.insert(canonical("thử\ntake 9", &other)));
    };
    changed(|list| list.take = None);
    changed(|list| list.rows[0].quarters = 79);
    changed(|list| list.rows[0].marks = 3);
    changed(|list| list.rows[1].taken = true);
    changed(|list| list.rows[1].reason = "a".to_owned());
    changed(|list| list.rows[1].code = "P001\" 44/2".to_owned());
    changed(|list| list.rows.swap(0, 1));
    changed(|list| list.rows.truncate(1));
}
