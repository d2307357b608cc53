//! What came out of files.

use phach::db::reading;
use phach::document::Document;
use phach::document::Form;
use phach::document::Kind;
use phach::entry::Finding;
use phach::entry::FindingCode;

use super::house::on_both;

#[tokio::test]
async fn a_file_is_read_once_and_its_text_kept_whole() {
    on_both(async |house| {
        let document = Document {
            kind: Kind::SevenZip,
            pages: Some(2),
            // A zero byte is no text in PostgreSQL; escaped in JSON it is.
            text: "Bài dự thi\0 \u{1F600}\n".to_owned(),
            form: Form {
                font_share: Some(0.75),
                ..Form::default()
            },
            findings: vec![Finding::from(FindingCode::Damaged)],
            ..Document::default()
        };
        assert_eq!(reading::get(&house.db, "x").await.unwrap(), None);
        house
            .write(async |tx| {
                reading::keep(tx, "x", &document, Some("chữ"), 12).await?;
                reading::keep(tx, "x", &Document::default(), None, 1).await?;
                reading::keep(tx, "y", &Document::default(), None, 1).await
            })
            .await
            .unwrap();
        assert_eq!(reading::get(&house.db, "x").await.unwrap(), Some(document));
        assert_eq!(reading::get(&house.db, "y").await.unwrap(), Some(Document::default()));
        let seen = Document {
            text: "đọc từ ảnh".into(),
            ..Document::default()
        };
        house
            .write(async |tx| {
                reading::improve(tx, "z", &seen, None, 1).await?;
                reading::improve(tx, "y", &seen, Some("h"), 7).await
            })
            .await
            .unwrap();
        assert_eq!(reading::get(&house.db, "y").await.unwrap(), Some(seen));
        assert_eq!(reading::get(&house.db, "z").await.unwrap(), None);
        let version = reading::READER;
        house
            .texts(&format!(
                "SELECT blob || ' ' || kind || ' ' || coalesce(CAST(pages AS TEXT), '-') FROM reading
                 WHERE reader = {version} ORDER BY blob"
            ))
            .await
    })
    .await;
}
