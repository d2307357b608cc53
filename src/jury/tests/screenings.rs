//! Screenings: who passed, and where the head judge's word is asked for.

use super::bench::Bench;
use super::bench::Essay;
use super::bench::NOW;
use super::bench::scored;
use super::bench::screening;
use super::refused;
use super::ruled;
use crate::db::judge;
use crate::db::judge::Queue;
use crate::judging::triage::Outcome;
use crate::judging::triage::Verdict;
use crate::judging::triage::Verdict::Fail;
use crate::judging::triage::Verdict::Pass;
use crate::judging::triage::Verdict::Review;
use crate::jury::Result;
use crate::jury::list;
use crate::jury::list::Word;
use crate::jury::standings::Row;
use crate::jury::standings::standings;
use crate::words::jury::Refusal;

async fn rows(bench: &Bench) -> Vec<Row> {
    let db = &bench.house.db;
    let queue: Queue = judge::queue(db, bench.queue).await.expect("queue");
    let list = standings(db, &bench.house.standing, &queue).await;
    list.expect("list").rows
}

async fn outcome(bench: &Bench, essay: &Essay) -> Outcome {
    let rows = rows(bench).await;
    let row = rows.iter().find(|row| row.queue_entry == essay.id);
    row.and_then(|row| row.outcome).expect("a screening")
}

async fn decide(bench: &Bench, essay: &Essay, verdict: Verdict, reason: &str) -> Result<()> {
    let (db, standing) = (&bench.house.db, &bench.house.standing);
    let (queue, head) = (bench.queue, bench.head);
    let word = Word { verdict, reason };
    list::decide(db, standing, queue, essay.id, word, head, NOW).await
}

#[tokio::test]
async fn where_judges_differ_or_ask_the_head_judge_decides() {
    let bench = Bench::new(&screening(), 2).await;
    let mut essays = Vec::new();
    for _ in 0..5 {
        essays.push(bench.essay().await);
    }
    bench.draw(NOW).await.expect("drawn");
    let words = [
        [Pass, Pass],
        [Fail, Fail],
        [Pass, Fail],
        [Review, Fail],
        [Pass, Pass],
    ];
    for (essay, verdicts) in essays.iter().zip(words).take(4) {
        bench.judge(essay, &verdicts).await;
    }
    let waiting = Outcome::Waiting { missing: 2 };
    let asked = Outcome::HeadJudge;
    for (essay, want) in
        essays
            .iter()
            .zip([Outcome::Passed, Outcome::Failed, asked, asked, waiting])
    {
        assert_eq!(outcome(&bench, essay).await, want);
    }
    let house = &bench.house;
    let propose =
        async || list::propose(&house.db, &house.standing, bench.queue, bench.head, NOW).await;
    ruled(propose().await, &["Còn 1 bài chưa chấm đủ lượt"]);
    bench.judge(&essays[4], &words[4]).await;
    ruled(propose().await, &["Còn 2 bài chờ Trưởng Ban Giám khảo"]);

    refused(
        decide(&bench, &essays[2], Pass, " ").await,
        Refusal::ReasonNeeded,
    );
    for agreed in [0, 1, 4] {
        let said = decide(&bench, &essays[agreed], Fail, "không đồng ý").await;
        refused(said, Refusal::Agreed);
    }
    decide(&bench, &essays[2], Fail, "Chép luật")
        .await
        .expect("decided");
    decide(&bench, &essays[2], Pass, "Đã đọc lại")
        .await
        .expect("changed");
    decide(&bench, &essays[3], Fail, "Lạc đề")
        .await
        .expect("decided");
    propose().await.expect("proposed");

    let passed: Vec<i64> = rows(&bench)
        .await
        .iter()
        .filter(|row| row.taken)
        .map(|row| row.queue_entry)
        .collect();
    assert_eq!(passed.len(), 3, "all that passed go on");
    for passing in [0, 2, 4] {
        assert!(passed.contains(&essays[passing].id));
    }
    let codes: Vec<String> = rows(&bench).await.into_iter().map(|row| row.code).collect();
    let mut sorted = codes[..3].to_vec();
    sorted.sort();
    assert_eq!(
        codes[..3],
        sorted,
        "among those who passed there is no order"
    );
}

#[tokio::test]
async fn a_round_with_marks_has_no_verdict_of_the_head_judge() {
    let bench = Bench::new(&scored(), 2).await;
    let essays = bench.marked(&["5"]).await;
    let said = decide(&bench, &essays[0], Fail, "lý do").await;
    refused(said, Refusal::Agreed);
    assert_eq!(bench.sheets(&essays[0]).await.len(), 2);
}
