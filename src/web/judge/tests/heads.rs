//! The head judge's pages, what the secretariat may do there, and what does not exist for whom.

use axum::http::StatusCode;

use super::CLERK;
use super::HEAD;
use super::JUDGE;
use super::form;
use super::room;
use super::to;
use crate::contest::role::Role;
use crate::jury::tests::bench::Essay;
use crate::jury::tests::bench::address;
use crate::jury::tests::bench::scored;
use crate::web::tests::text;

const OTHER: &str = "Giám Khảo 1";

#[tokio::test]
async fn what_is_not_ones_own_does_not_exist() {
    let room = room(&scored(), 1).await;
    let bench = &room.bench;
    let other_unit = bench.queue_of("dong-da", "vong-loai").await;
    let foreign = room.sheet(1, 0).await.id;
    let (queue, entry) = (bench.queue, room.essays[0].id);
    bench.member("Đống Đa", "dong-da", Role::HeadJudge).await;
    let judge = room.eyes(&address(JUDGE)).await;
    let head = room.eyes(&address(HEAD)).await;
    let elsewhere = room.eyes(&address("Đống Đa")).await;
    let clerk = room.eyes(CLERK).await;
    let list = format!("/ban-giam-khao/{queue}/danh-sach");
    let essay = format!("/ban-giam-khao/{queue}/bai/{entry}");
    let panel = format!("/ban-giam-khao/{queue}");
    let other = format!("/ban-giam-khao/{other_unit}");
    let mine = |id: i64| format!("/cham/{id}");
    for (who, eyes, path) in [
        ("judge", &judge, mine(foreign)),
        ("judge", &judge, mine(1)),
        ("judge", &judge, "/cham/x".into()),
        ("judge", &judge, format!("/cham/tiep?hang-doi={other_unit}")),
        ("judge", &judge, panel.clone()),
        ("judge", &judge, list.clone()),
        ("judge", &judge, essay.clone()),
        ("head", &head, mine(foreign)),
        ("head", &head, other.clone()),
        ("head", &head, format!("/ban-giam-khao/{queue}/bai/1")),
        ("head", &head, format!("{other}/bai/{entry}")),
        ("head of another unit", &elsewhere, panel.clone()),
        ("head of another unit", &elsewhere, list.clone()),
        ("head of another unit", &elsewhere, essay.clone()),
        (
            "head of another unit",
            &elsewhere,
            format!("{other}/bai/{entry}"),
        ),
        ("secretary", &clerk, essay.clone()),
        ("secretary", &clerk, other.clone()),
    ] {
        let page = eyes.get(&path).await;
        assert_eq!(page.status(), StatusCode::NOT_FOUND, "{who} {path}");
    }
    let all = judge.get("/ban-giam-khao").await;
    assert_eq!(all.status(), StatusCode::FORBIDDEN);
    for (who, eyes, path, form) in [
        ("judge", &judge, &panel, "act=draw"),
        ("judge", &judge, &list, "act=propose"),
        ("judge", &judge, &list, "act=approve"),
        ("judge", &judge, &essay, "verdict=pass&reason=x"),
        ("secretary", &clerk, &panel, "act=draw"),
        ("secretary", &clerk, &list, "act=propose"),
        ("secretary", &clerk, &list, "act=withdraw"),
        ("secretary", &clerk, &list, "act=take&entry=1&reason=x"),
        ("secretary", &clerk, &essay, "verdict=pass&reason=x"),
        ("head of another unit", &elsewhere, &panel, "act=draw"),
        ("head of another unit", &elsewhere, &list, "act=approve"),
        ("head", &head, &panel, "act=la"),
    ] {
        let said = eyes.send(path, form).await;
        assert_eq!(said.status(), StatusCode::NOT_FOUND, "{who} {path} {form}");
    }
    let home = text(elsewhere.get("/ban-giam-khao").await).await;
    assert!(!home.contains("Hoàn Kiếm"), "{home}");
}

#[tokio::test]
async fn a_list_is_drawn_up_by_the_head_judge_and_approved_by_whom_the_plan_names() {
    let room = room(&scored(), 0).await;
    let bench = &room.bench;
    let panel = format!("/ban-giam-khao/{}", bench.queue);
    let list = format!("{panel}/danh-sach");
    let head = room.eyes(&address(HEAD)).await;
    let clerk = room.eyes(CLERK).await;
    let mut essays = Vec::new();
    for _ in 0..4 {
        essays.push(bench.essay().await);
    }
    let drawn = head.send(&panel, "act=draw").await;
    assert_eq!(to(&drawn), format!("{panel}?da=8"));
    let early = head.send(&list, "act=propose").await;
    assert_eq!(early.status(), StatusCode::CONFLICT);
    assert!(text(early).await.contains("Còn 4 bài chưa chấm đủ lượt"));
    for (essay, mark) in essays.iter().zip(["5", "4", "4", "1"]) {
        bench.mark(essay, mark).await;
    }
    let page = text(head.get(&list).await).await;
    let numbered = |essay: &Essay| format!("name=\"thu-tu.{}\"", essay.id);
    assert!(page.contains(&numbered(&essays[1])), "{page}");
    assert!(!page.contains(&numbered(&essays[0])), "{page}");
    let (one, two) = (essays[1].id, essays[2].id);
    let twice = format!("act=order&reason=x&thu-tu.{one}=1&thu-tu.{two}=1");
    let refused = head.send(&list, &twice).await;
    assert_eq!(refused.status(), StatusCode::CONFLICT);
    let order = format!("act=order&reason=x&thu-tu.{one}=2&thu-tu.{two}=1");
    assert_eq!(
        to(&head.send(&list, &order).await),
        format!("{list}?da=thu-tu")
    );
    let page = text(head.get(&list).await).await;
    assert!(page.contains("Xếp lại thứ tự 2 bài"), "{page}");
    let proposed = head.send(&list, "act=propose").await;
    assert_eq!(to(&proposed), format!("{list}?da=lap"));

    let page = text(clerk.get(&list).await).await;
    let (_, rest) = page.split_once("name=\"hash\" value=\"").expect("hash");
    let hash: String = rest.chars().take_while(|c| *c != '"').collect();
    assert!(page.contains("Duyệt danh sách</button>"), "{page}");
    let judge = room.eyes(&address(OTHER)).await;
    let approve = format!("act=approve&hash={hash}");
    let said = judge.send(&list, &approve).await;
    assert_eq!(said.status(), StatusCode::NOT_FOUND);
    let said = clerk.send(&list, &approve).await;
    assert_eq!(to(&said), format!("{list}?da=duyet"));
    let page = text(head.get(&list).await).await;
    assert!(page.contains("Duyệt và chốt danh sách"), "{page}");
    let said = head.send(&list, &approve).await;
    assert_eq!(to(&said), format!("{list}?da=chot"));
    let page = text(head.get(&list).await).await;
    assert!(page.contains("Danh sách đã chốt"), "{page}");
    assert!(
        !page.contains("name=\"act\""),
        "nothing is left to press: {page}"
    );
    for act in ["propose", "withdraw", "approve"] {
        let late = head.send(&list, &format!("act={act}&hash={hash}")).await;
        assert_eq!(late.status(), StatusCode::CONFLICT, "{act}");
        assert!(text(late).await.contains("đã chốt"), "{act}");
    }
}

#[tokio::test]
async fn the_head_judge_reads_an_entry_and_picks_by_hand() {
    let room = room(&scored(), 2).await;
    let head = room.eyes(&address(HEAD)).await;
    let list = format!("/ban-giam-khao/{}/danh-sach", room.bench.queue);
    let entry = room.essays[1].id;
    let path = format!("/ban-giam-khao/{}/bai/{entry}", room.bench.queue);
    let sheet = room.sheet(0, 1).await;
    let judge = room.eyes(&address(JUDGE)).await;
    let draft = format!("act=draft&{}", form(&sheet, "5", ""));
    judge.send(&format!("/cham/{}", sheet.id), &draft).await;
    let page = text(head.get(&path).await).await;
    assert!(page.contains("chưa chấm xong"), "{page}");
    assert!(
        !page.contains("Bài hay"),
        "a draft is nobody else's: {page}"
    );
    room.bench.mark(&room.essays[0], "5").await;
    room.bench.mark(&room.essays[1], "4").await;
    let page = text(head.get(&path).await).await;
    assert!(page.contains("Đưa ra khỏi danh sách"), "{page}");
    let mute = head
        .send(&list, &format!("act=leave&entry={entry}&reason=+"))
        .await;
    assert_eq!(mute.status(), StatusCode::CONFLICT);
    let left = head
        .send(
            &list,
            &format!("act=leave&entry={entry}&reason=Sai+ph%C3%A1p"),
        )
        .await;
    assert_eq!(to(&left), format!("{list}?da=chon"));
    let page = text(head.get(&list).await).await;
    assert!(page.contains("Sai pháp"), "{page}");
}
