//! The judge's copy as it is made, and since when an entry may be dealt.

use phach::db::copy;
use phach::db::copy::NewCopy;
use phach::db::copy::Readiness;

use super::bench::safe_copy;
use super::house::NOW;
use super::house::on_both;

#[tokio::test]
async fn a_version_has_one_copy_the_last_that_was_made() {
    on_both(async |house| {
        let (_, version) = house.entry("AAAA-AAAA-A").await;
        let (_, other) = house.entry("CCCC-CCCC-C").await;
        let put = async |copy: &NewCopy<'_>, now: i64| {
            house
                .write(async |tx| copy::put(tx, copy, now).await)
                .await
                .unwrap();
        };
        assert_eq!(copy::get(&house.db, version).await.unwrap(), None);
        put(&safe_copy(version, "[\"Mùa thu\0\"]"), NOW).await;
        put(&safe_copy(other, "[]"), NOW).await;
        let made = copy::get(&house.db, version).await.unwrap();
        assert_eq!(made, Some((true, "[\"Mùa thu\u{fffd}\"]".to_owned())));
        let exposed = NewCopy {
            version,
            safe: false,
            body: "",
            words: 0,
            answers: "{}",
            maker: 2,
            pictures_wait: 0,
        };
        put(&exposed, NOW + 1).await;
        let made = copy::get(&house.db, version).await.unwrap();
        assert_eq!(made, Some((false, String::new())));
        let rows = house
            .texts(
                "SELECT CAST(words AS TEXT) || ' ' || answers || ' ' || CAST(maker AS TEXT) || ' ' || CAST(made_at AS TEXT)
                 FROM judge_copy ORDER BY version_id",
            )
            .await;
        assert_eq!(rows[0], format!("0 {{}} 2 {}", NOW + 1));
        assert_eq!(rows.len(), 2);
        rows
    })
    .await;
}

#[tokio::test]
async fn exactly_the_words_a_clerk_named_are_covered() {
    on_both(async |house| {
        let (_, version) = house.entry("AAAA-AAAA-A").await;
        let (_, other) = house.entry("CCCC-CCCC-C").await;
        let clerk = house.account("clerk@duthi.example").await;
        let cover = async |version: i64, words: &[&str]| {
            let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
            house
                .write(async |tx| {
                    copy::set_covers(tx, version, &words, clerk, NOW).await?;
                    copy::covers_in(tx, version).await
                })
                .await
                .unwrap()
        };
        let first = cover(version, &["xóm Đông", "cô Ánh", "xóm Đông", "ngõ\0 5"]).await;
        assert_eq!(
            first,
            ["xóm Đông", "cô Ánh", "ngõ\u{fffd} 5"],
            "as they were named, each once"
        );
        cover(other, &["cô Ánh"]).await;
        assert_eq!(copy::covers(&house.db, version).await.unwrap(), first);
        let second = cover(version, &["trường Kim Đồng", "cô Ánh"]).await;
        assert_eq!(second, ["trường Kim Đồng", "cô Ánh"]);
        assert_eq!(copy::covers(&house.db, version).await.unwrap(), second);
        assert!(cover(version, &[]).await.is_empty());
        let kept = copy::covers(&house.db, other).await.unwrap();
        assert_eq!(kept, ["cô Ánh"], "another version's stay");
    })
    .await;
}

#[tokio::test]
async fn an_entry_is_ready_since_the_first_time_and_a_locked_list_keeps_what_it_had() {
    on_both(async |house| {
        let essay = house.essay("tp", "hoan-kiem", "TP1").await;
        let other = house.essay("tp", "hoan-kiem", "TP2").await;
        let judge = house.account("head@duthi.example").await;
        let ready = async |readiness: Readiness| {
            house
                .write(async |tx| copy::set_ready(tx, essay.version, readiness).await)
                .await
                .unwrap();
            house
                .texts("SELECT coalesce(CAST(ready_at AS TEXT), CASE WHEN waits THEN 'waits' ELSE 'out' END) FROM queue_entry ORDER BY id")
                .await
        };
        let at = |since: &str| [since.to_owned(), NOW.to_string()];
        assert_eq!(ready(Readiness::Ready(NOW + 5)).await, at(&NOW.to_string()));
        assert_eq!(ready(Readiness::Out).await, at("out"), "late, and not accepted");
        assert_eq!(ready(Readiness::Waits).await, at("waits"), "something is undecided");
        let seven = ready(Readiness::Ready(NOW + 7)).await;
        assert_eq!(seven, at(&(NOW + 7).to_string()));
        house.take_out(&essay).await;
        assert_eq!(ready(Readiness::Waits).await, at(&(NOW + 7).to_string()), "taken out");

        let list = house.propose(other.queue, "một", &[], judge).await;
        house.lock(&list).await.unwrap();
        house
            .write(async |tx| copy::set_ready(tx, other.version, Readiness::Waits).await)
            .await
            .unwrap();
        let kept = ready(Readiness::Waits).await;
        assert_eq!(kept, at(&(NOW + 7).to_string()), "locked");
        kept
    })
    .await;
}

#[tokio::test]
async fn a_clerk_vouches_for_one_version_and_may_take_it_back() {
    on_both(async |house| {
        let (_, version) = house.entry("AAAA-AAAA-A").await;
        let (_, other) = house.entry("CCCC-CCCC-C").await;
        let clerk = house.account("thuky@duthi.example").await;
        let vouch = async |version: i64, by: Option<i64>| {
            house
                .write(async |tx| {
                    copy::set_voucher(tx, version, by).await?;
                    copy::voucher(tx, version).await
                })
                .await
                .unwrap()
        };
        assert_eq!(vouch(version, Some(clerk)).await, Some(clerk));
        let untouched = house
            .write(async |tx| copy::voucher(tx, other).await)
            .await
            .unwrap();
        assert_eq!(untouched, None);
        vouch(version, None).await
    })
    .await;
}
