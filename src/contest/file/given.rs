//! What everybody was handed: `[[given]]`.

use super::marks::repeated;
use super::table::Reader;
use super::table::Table;
use super::value;
use crate::contest::Plan;
use crate::contest::plan::Given;

/// The contest's own texts, each under a title of its own.
pub(super) fn given(reader: &mut Reader, root: &Table, plan: &mut Plan) {
    let mut lines: Vec<usize> = Vec::new();
    for table in root.tables(reader, "given") {
        table.only(reader, &["title", "text"]);
        let text = value(table.needed_text(reader, "text"));
        let Some(title) = table.needed_text(reader, "title") else {
            continue;
        };
        let titles = plan.given.iter().map(|given| &given.title);
        repeated(reader, &title, titles, &lines);
        lines.push(title.line);
        plan.given.push(Given {
            title: title.value,
            text,
        });
    }
}
