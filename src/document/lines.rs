//! Paragraphs, table cells and rows put together as lines: what the readers of doc, rtf and odt share.
//!
//! A row is one line, its cells divided by tabs; text boxes follow the paragraph they are anchored in.

/// Tables one inside another; deeper ones are read as if they stood at this depth.
const DEPTH: usize = 32;

/// Lines in the making.
#[derive(Debug, Default)]
pub struct Lines {
    lines: Vec<String>,
    /// The paragraph that is being written.
    open: String,
    /// Text boxes anchored in it.
    boxed: Vec<String>,
    tables: Vec<Table>,
    bytes: usize,
}

#[derive(Debug, Default)]
struct Table {
    row: Vec<String>,
    cell: Vec<String>,
}

impl Lines {
    pub fn put(&mut self, text: &str) {
        self.open.push_str(text);
        self.bytes += text.len();
    }

    /// Bytes written so far.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Whether the open paragraph has no letter yet.
    pub fn at_start(&self) -> bool {
        self.open.is_empty()
    }

    /// Lays the text of a text box beside the open paragraph.
    pub fn put_box(&mut self, text: String) {
        if !text.trim().is_empty() {
            self.bytes += text.len();
            self.boxed.push(text);
        }
    }

    /// Ends the open paragraph; `depth` is the number of tables it stands in.
    pub fn end_paragraph(&mut self, depth: usize) {
        let text = std::mem::take(&mut self.open);
        let boxed = std::mem::take(&mut self.boxed);
        let depth = self.stand_in(depth);
        for line in std::iter::once(text).chain(boxed) {
            self.line(depth, line);
        }
    }

    /// Ends the open cell of the innermost of `depth` tables.
    pub fn end_cell(&mut self, depth: usize) {
        let depth = depth.max(1);
        self.end_paragraph(depth);
        self.end_cell_of_paragraphs(depth);
    }

    /// The same where every paragraph of the cell was ended before.
    pub fn end_cell_of_paragraphs(&mut self, depth: usize) {
        self.stand_in(depth.max(1));
        if let Some(table) = self.tables.last_mut() {
            let cell = std::mem::take(&mut table.cell);
            table.row.push(cell.join("\n").trim_end().to_owned());
        }
    }

    /// Ends the open row of the innermost of `depth` tables.
    pub fn end_row(&mut self, depth: usize) {
        let depth = depth.max(1);
        if !self.open.is_empty() || !self.boxed.is_empty() {
            self.end_cell(depth);
        }
        self.stand_in(depth);
        self.close_row();
    }

    /// All lines, whatever was left open closed.
    pub fn finish(mut self) -> String {
        if !self.open.is_empty() || !self.boxed.is_empty() {
            let depth = self.tables.len();
            self.end_paragraph(depth);
        }
        self.stand_in(0);
        self.lines.join("\n")
    }

    /// Closes tables that ended and opens those that began.
    fn stand_in(&mut self, depth: usize) -> usize {
        let depth = depth.min(DEPTH);
        while self.tables.len() > depth {
            self.close_row();
        }
        while self.tables.len() < depth {
            self.tables.push(Table::default());
        }
        depth
    }

    fn close_row(&mut self) {
        let Some(mut table) = self.tables.pop() else {
            return;
        };
        if !table.cell.is_empty() {
            table.row.push(table.cell.join("\n"));
        }
        if !table.row.is_empty() {
            self.line(self.tables.len(), table.row.join("\t"));
        }
    }

    fn line(&mut self, depth: usize, line: String) {
        match depth.checked_sub(1).and_then(|at| self.tables.get_mut(at)) {
            Some(table) => table.cell.push(line),
            None => self.lines.push(line),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Lines;

    #[test]
    fn rows_are_lines_and_tables_may_stand_in_cells() {
        let mut lines = Lines::default();
        lines.put("trước");
        lines.put_box("khung".to_owned());
        lines.end_paragraph(0);
        lines.put("Họ tên:");
        lines.end_cell(1);
        for cell in ["a", "b"] {
            lines.put(cell);
            lines.end_cell(2);
        }
        lines.end_row(2);
        lines.put("An");
        lines.end_cell(1);
        lines.end_row(1);
        lines.put("sau");
        lines.end_paragraph(0);
        lines.put("không có dấu cuối");
        assert_eq!(
            lines.finish(),
            "trước\nkhung\nHọ tên:\ta\tb\nAn\nsau\nkhông có dấu cuối"
        );
    }
}
