//! One list in every format a school saves it in.

use crate::document::Kind;
use crate::document::read;
use crate::document::sheet;
use crate::document::tests::samples;

#[test]
fn one_list_says_the_same_in_every_format() {
    let truth = std::fs::read_to_string(samples().join("list.txt")).unwrap();
    for (name, kind) in [
        ("list.xls", Kind::Xls),
        ("list.ods", Kind::Ods),
        ("list.xlsx", Kind::Xlsx),
    ] {
        let bytes = std::fs::read(samples().join(name)).unwrap();
        let document = read(&bytes, "danh sach", "");
        assert_eq!(document.kind, kind);
        assert!(document.findings.is_empty(), "{:?}", document.findings);
        for (read, true_line) in document.text.lines().zip(truth.lines()) {
            assert_eq!(read, true_line, "{name}");
        }
        assert_eq!(document.text.lines().count(), truth.lines().count());
        let lines = sheet::lines(&bytes, name).unwrap();
        let place = |at: usize| (lines[at].sheet, lines[at].row);
        assert_eq!((place(1), place(2)), ((1, 2), (1, 4)), "{name}");
        assert_eq!(place(lines.len() - 1), (2, 1), "{name}");
    }
}
