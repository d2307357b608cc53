//! Recall, precision, plagdet (Potthast et al. 2010) of verdicts against the truth, as the practice set's own script
//! counts them.

use std::collections::BTreeMap;

use serde::Deserialize;

/// What is true of an essay.
#[derive(Deserialize)]
pub struct Truth {
    #[serde(rename = "cls")]
    pub class: String,
    /// Start, end, kind, root, copied; in code points.
    pub paras: Vec<(u32, u32, String, String, u8)>,
}

/// What was found of an essay.
#[derive(Clone, Default)]
pub struct Answer {
    pub score: f64,
    /// Start, end, source, start and end there.
    pub passages: Vec<(u32, u32, usize, u32, u32)>,
    pub top: Option<usize>,
}

pub struct Figures {
    pub threshold: f64,
    pub false_alarms: f64,
    pub precision: f64,
    pub recall: f64,
    pub by_class: BTreeMap<String, Class>,
    pub right_source: f64,
    /// Honest essays at 0.40 or more, and all honest ones.
    pub honest_flagged: (usize, usize),
    pub plagdet: f64,
    pub passage_precision: f64,
    pub passage_recall: f64,
    pub granularity: f64,
}

#[derive(Default)]
pub struct Class {
    pub essays: usize,
    /// Found at the threshold of the figures; at a score of 0.40; with a passage listed.
    pub found: usize,
    pub at_forty: usize,
    pub noted: usize,
}

/// The figures at the threshold that half a percent of the honest essays reach.
pub fn figures(truth: &[Truth], answers: &[Answer]) -> Figures {
    let mut honest: Vec<f64> = truth
        .iter()
        .zip(answers)
        .filter(|(truth, _)| truth.class == "honest")
        .map(|(_, answer)| answer.score)
        .collect();
    honest.sort_by(|a, b| b.total_cmp(a));
    let threshold = honest.get(honest.len() / 200).copied().unwrap_or(0.0) + 1e-9;
    let alarms = honest.iter().filter(|score| **score >= threshold).count();
    let mut roots: Vec<BTreeMap<&str, (u32, u32)>> = Vec::new();
    for essay in truth {
        let own = essay.paras.iter().filter(|para| para.2 == "own");
        roots.push(
            own.map(|para| (para.3.as_str(), (para.0, para.1)))
                .collect(),
        );
    }
    let mut by_class: BTreeMap<String, Class> = BTreeMap::new();
    let (mut right, mut found, mut copies) = (0, 0, 0);
    let mut precisions = Vec::new();
    let mut recalls = Vec::new();
    let mut pieces = Vec::new();
    for (essay, answer) in truth.iter().zip(answers) {
        let copied: Vec<_> = essay.paras.iter().filter(|para| para.4 == 1).collect();
        if essay.class != "honest" {
            let class = by_class.entry(essay.class.clone()).or_default();
            class.essays += 1;
            class.found += usize::from(answer.score >= threshold);
            class.at_forty += usize::from(answer.score >= 0.40);
            class.noted += usize::from(!answer.passages.is_empty());
            copies += 1;
            found += usize::from(answer.score >= threshold);
            let hit = |top: usize| {
                copied.iter().any(|para| {
                    roots
                        .get(top)
                        .is_some_and(|r| r.contains_key(para.3.as_str()))
                })
            };
            right += usize::from(answer.top.is_some_and(hit));
        }
        let mut hits: Vec<Vec<(u32, u32)>> = vec![Vec::new(); copied.len()];
        for (start, end, source, there_start, there_end) in &answer.passages {
            let mut own = Vec::new();
            for (n, para) in copied.iter().enumerate() {
                let there = roots
                    .get(*source)
                    .and_then(|roots| roots.get(para.3.as_str()));
                let here = (para.0.max(*start), para.1.min(*end));
                if let Some(there) = there
                    && here.1 > here.0
                    && there.1.min(*there_end) > there.0.max(*there_start)
                {
                    own.push(here);
                    hits[n].push(here);
                }
            }
            precisions.push(f64::from(union(own)) / f64::from((*end - *start).max(1)));
        }
        for (para, hits) in copied.iter().zip(hits) {
            if !hits.is_empty() {
                pieces.push(hits.len() as f64);
            }
            recalls.push(f64::from(union(hits)) / f64::from((para.1 - para.0).max(1)));
        }
    }
    let mean = |all: &[f64]| all.iter().sum::<f64>() / all.len().max(1) as f64;
    let part = |part: usize, all: usize| part as f64 / all.max(1) as f64;
    let (p, r, granularity) = (mean(&precisions), mean(&recalls), mean(&pieces));
    Figures {
        threshold,
        false_alarms: alarms as f64 / honest.len().max(1) as f64,
        precision: part(found, found + alarms),
        recall: part(found, copies),
        by_class,
        right_source: part(right, copies),
        honest_flagged: (
            honest.iter().filter(|score| **score >= 0.40).count(),
            honest.len(),
        ),
        plagdet: if granularity > 0.0 {
            2.0 * p * r / (p + r).max(1e-9) / (1.0 + granularity).log2()
        } else {
            0.0
        },
        passage_precision: p,
        passage_recall: r,
        granularity,
    }
}

/// Code points covered.
fn union(mut stretches: Vec<(u32, u32)>) -> u32 {
    stretches.sort_unstable();
    let (mut covered, mut end) = (0, 0);
    for (from, to) in stretches {
        let from = from.max(end);
        if to > from {
            covered += to - from;
            end = to;
        }
    }
    covered
}

impl Figures {
    pub fn print(&self, name: &str) {
        println!("\n{name}");
        println!(
            "  threshold {:.4} (honest above it {:.4})  precision {:.4}  recall {:.4}  right source {:.4}",
            self.threshold, self.false_alarms, self.precision, self.recall, self.right_source
        );
        println!(
            "  honest at 0.40: {} of {}",
            self.honest_flagged.0, self.honest_flagged.1
        );
        if self.granularity > 0.0 {
            println!(
                "  plagdet {:.4}  passage precision {:.4}  passage recall {:.4}  granularity {:.4}",
                self.plagdet, self.passage_precision, self.passage_recall, self.granularity
            );
        }
        println!(
            "  {:<12}{:>7}{:>9}{:>9}{:>9}",
            "class", "essays", "recall", "at 0.40", "noted"
        );
        for (name, class) in &self.by_class {
            let share = |count: usize| count as f64 / class.essays.max(1) as f64;
            println!(
                "  {name:<12}{:>7}{:>9.3}{:>9.3}{:>9.3}",
                class.essays,
                share(class.found),
                share(class.at_forty),
                share(class.noted)
            );
        }
    }
}
