//! The screening round (vòng loại): đạt / không đạt / xem lại (R001-43).

use serde::Deserialize;
use serde::Serialize;

/// What one judge says. Stored as snake_case text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "TEXT", rename_all = "snake_case")]
pub enum Verdict {
    Pass,
    Fail,
    /// Somebody else should look.
    Review,
}

/// What the judges say together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Verdicts are missing.
    Waiting {
        missing: u32,
    },
    Passed,
    Failed,
    /// The judges differ, or one asks for another look: the head judge decides.
    HeadJudge,
}

/// Settles an entry from the independent verdicts of a round that asks for `marks` of them.
///
/// All pass → passed, all fail → failed; a disagreement or a review waits for the head judge, whose `head` settles it
/// (a review by the head judge settles nothing). Where the judges agree, nobody overrules them here.
pub fn settle(verdicts: &[Verdict], marks: u32, head: Option<Verdict>) -> Outcome {
    let given = u32::try_from(verdicts.len()).unwrap_or(u32::MAX);
    let missing = marks.max(1).saturating_sub(given);
    if missing > 0 {
        return Outcome::Waiting { missing };
    }
    let all = |verdict: Verdict| verdicts.iter().all(|given| *given == verdict);
    match head {
        _ if all(Verdict::Pass) => Outcome::Passed,
        _ if all(Verdict::Fail) => Outcome::Failed,
        Some(Verdict::Pass) => Outcome::Passed,
        Some(Verdict::Fail) => Outcome::Failed,
        Some(Verdict::Review) | None => Outcome::HeadJudge,
    }
}

#[cfg(test)]
mod tests {
    use super::Outcome;
    use super::Verdict::Fail;
    use super::Verdict::Pass;
    use super::Verdict::Review;
    use super::settle;

    #[test]
    fn judges_who_agree_settle_an_entry_and_others_ask_the_head_judge() {
        let check = |verdicts: &[super::Verdict], marks: u32, head, want: Outcome| {
            assert_eq!(
                settle(verdicts, marks, head),
                want,
                "{verdicts:?} {marks} {head:?}"
            );
        };
        check(&[], 1, None, Outcome::Waiting { missing: 1 });
        check(&[], 0, None, Outcome::Waiting { missing: 1 });
        check(&[Pass], 1, None, Outcome::Passed);
        check(&[Fail], 1, None, Outcome::Failed);
        check(&[Review], 1, None, Outcome::HeadJudge);
        check(&[Review], 1, Some(Pass), Outcome::Passed);
        check(&[Review], 1, Some(Fail), Outcome::Failed);
        check(&[Review], 1, Some(Review), Outcome::HeadJudge);
        check(&[Pass], 2, None, Outcome::Waiting { missing: 1 });
        check(&[Review], 2, Some(Pass), Outcome::Waiting { missing: 1 });
        check(&[Pass, Pass], 2, None, Outcome::Passed);
        check(&[Fail, Fail], 2, None, Outcome::Failed);
        check(&[Pass, Fail], 2, None, Outcome::HeadJudge);
        check(&[Pass, Fail], 2, Some(Fail), Outcome::Failed);
        check(&[Pass, Pass, Review], 3, None, Outcome::HeadJudge);
        check(&[Fail, Fail, Pass], 3, Some(Pass), Outcome::Passed);
        check(&[Pass, Pass], 2, Some(Fail), Outcome::Passed);
    }

    #[test]
    fn a_verdict_is_stored_by_its_name() {
        let name = |verdict| serde_json::to_string(&verdict).unwrap();
        assert_eq!(
            [Pass, Fail, Review].map(name),
            [r#""pass""#, r#""fail""#, r#""review""#]
        );
    }
}
