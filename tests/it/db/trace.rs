//! What became of one mail.

use phach::db::trace;

use super::day::Day;
use super::house::on_both;

#[tokio::test]
async fn a_mail_is_followed_to_its_entry_its_copy_and_its_letters() {
    on_both(async |house| {
        let day = Day::spend(&house).await;
        let found = async |wanted: &str| trace::message(&house.db, wanted).await.unwrap();
        assert_eq!(found("AAAA-AAAA-A").await, Some(day.mail));
        assert_eq!(found("2@nguoidan.example").await, Some(day.other_mail));
        assert_eq!(found("khác").await, None);

        let mut told = trace::trace(&house.db, day.mail).await.unwrap();
        assert_eq!(
            trace::trace(&house.db, day.copy).await.unwrap(),
            told,
            "from the copy too"
        );
        assert!(trace::trace(&house.db, 1).await.is_err());
        assert_eq!(told["deliveries"].as_array().unwrap().len(), 2);
        assert_eq!(told["letters"].as_array().unwrap().len(), 2);
        assert_eq!(told["resent"], serde_json::json!(["AAAA-AAAA-A"]));
        let entries = told["entries"].as_array_mut().unwrap();
        assert_eq!(entries.len(), 2);
        assert_eq!(entries[0]["queue"], "hoan-kiem");
        assert_eq!(entries[0]["facts"]["name"], "Nguyễn Thị Ánh");
        assert_eq!(entries[0]["files"][0]["role"], "main");
        assert_eq!(
            entries[1]["facts"]["name"],
            serde_json::Value::Null,
            "no slip, no facts"
        );
        for entry in entries {
            entry["id"].take();
        }
        for matter in told["matters"].as_array_mut().unwrap() {
            matter["id"].take();
        }
        told
    })
    .await;
}
