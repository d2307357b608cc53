//! The trace of what happened.

use phach::db::event;
use phach::db::event::Event;

use super::house::NOW;
use super::house::on_both;

#[tokio::test]
async fn what_happened_is_written_down_with_its_cause() {
    on_both(async |house| {
        house
            .write(async |tx| {
                for (contest, kind) in [(Some(house.contest), "message.sorted"), (None, "serve.began")] {
                    let event = Event {
                        contest,
                        at: NOW,
                        kind,
                        subject: "message",
                        subject_id: 7,
                        detail: "",
                    };
                    event::record(tx, event).await?;
                }
                Ok(())
            })
            .await
            .unwrap();
        let rows = house
            .texts("SELECT kind || ' ' || CASE WHEN contest_id IS NULL THEN '-' ELSE '+' END FROM event ORDER BY id")
            .await;
        assert_eq!(rows, ["message.sorted +", "serve.began -"]);
    })
    .await;
}
