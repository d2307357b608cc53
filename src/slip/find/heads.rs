//! The table of heads in `heads.txt`: each as a file's text comes to the reader, and what a person reads in it.

use crate::slip::Fact;
use crate::slip::from_essay;
use crate::text;

/// A head with its truth: name, birth date, unit, address, phone.
struct Row {
    shows: &'static str,
    head: String,
    truth: [Option<&'static str>; 5],
}

fn rows() -> Vec<Row> {
    let table = include_str!("heads.txt");
    let rows = table.split("\n=== ").skip(1).map(|row| {
        let (shows, rest) = row.split_once('\n').expect("a head");
        let (head, truth) = rest.split_once("\n--- ").expect("a truth");
        let cells: Vec<&str> = truth.trim().split(" | ").collect();
        let cells: [&str; 5] = cells.try_into().expect("five facts");
        Row {
            shows,
            head: text::normal_page(head),
            truth: cells.map(|cell| (cell != "-").then_some(cell)),
        }
    });
    rows.collect()
}

/// Every fact of every head is found, and nothing is found that nobody stated: but for one in a hundred.
#[test]
fn heads_are_read_as_a_person_reads_them() {
    let rows = rows();
    assert!(rows.len() >= 100);
    let (mut right, mut wrong) = (0, Vec::new());
    for row in &rows {
        let slip = from_essay(&row.head, "", "");
        let found = [
            slip.name,
            slip.birth_date,
            slip.unit,
            slip.address,
            slip.phone,
        ];
        let names = ["name", "birth", "unit", "address", "phone"];
        for (at, (fact, truth)) in found.iter().zip(row.truth).enumerate() {
            let value = fact.as_ref().map(|Fact { value, .. }| value.as_str());
            let same = if at == 2 || at == 3 {
                value.map(text::fold) == truth.map(text::fold)
            } else {
                value == truth
            };
            if same {
                right += 1;
            } else {
                let what = names[at];
                wrong.push(format!("{}: {what}: {value:?}, not {truth:?}", row.shows));
            }
        }
    }
    let all = right + wrong.len();
    println!("{}", wrong.join("\n"));
    assert!(
        right * 100 >= all * 99,
        "{right} of {all} facts in {} heads:\n{}",
        rows.len(),
        wrong.join("\n")
    );
}
