//! Essays that come from one: a star around the earliest.
//!
//! Two essays are linked when one takes at least two fifths of its own text from the other. A mixed essay, which has
//! no such source, hangs on its largest one and links nobody, or two rings that it took from would become one.

use super::verdict::Level;
use super::verdict::Verdict;

/// One essay takes so much from another that both belong together.
const EDGE: f64 = 0.40;

/// For every essay in order the earliest essay of its cluster; `None` for essays that stand alone.
pub fn clusters(verdicts: &[Verdict]) -> Vec<Option<u32>> {
    let mut roots: Vec<u32> = (0..verdicts.len() as u32).collect();
    let mut leaves: Vec<(usize, u32)> = Vec::new();
    for (essay, verdict) in verdicts.iter().enumerate() {
        if verdict.level != Level::Copied {
            continue;
        }
        let mut sources = verdict
            .sources
            .iter()
            .filter(|s| s.corroborated && !s.same_person)
            .peekable();
        if let Some(largest) = sources.peek()
            && largest.share < EDGE
        {
            leaves.push((essay, largest.essay));
            continue;
        }
        for source in sources.filter(|source| source.share >= EDGE) {
            let (a, b) = (root(&roots, essay as u32), root(&roots, source.essay));
            // The earlier one is the root.
            roots[a.max(b) as usize] = a.min(b);
        }
    }
    for (essay, source) in leaves {
        let source = root(&roots, source);
        if root(&roots, essay as u32) == essay as u32 && source < essay as u32 {
            roots[essay] = source;
        }
    }
    let found: Vec<u32> = (0..verdicts.len() as u32)
        .map(|essay| root(&roots, essay))
        .collect();
    let mut sizes = vec![0_u32; verdicts.len()];
    for root in &found {
        sizes[*root as usize] += 1;
    }
    found
        .into_iter()
        .map(|root| (sizes[root as usize] > 1).then_some(root))
        .collect()
}

/// Clusters with the essays that were handed in again: what one decision settles. For every essay in order the
/// earliest of its star.
pub fn stars(verdicts: &[Verdict]) -> Vec<Option<u32>> {
    let mut stars = clusters(verdicts);
    for (essay, verdict) in verdicts.iter().enumerate() {
        let Some(source) = verdict.sources.first().map(|source| source.essay as usize) else {
            continue;
        };
        // Sources come earlier, so that their stars are known.
        if verdict.level == Level::Resent && source < essay && stars[essay].is_none() {
            let root = stars[source].unwrap_or(source as u32);
            stars[source] = Some(root);
            stars[essay] = Some(root);
        }
    }
    stars
}

fn root(roots: &[u32], mut essay: u32) -> u32 {
    while roots[essay as usize] != essay {
        essay = roots[essay as usize];
    }
    essay
}

#[cfg(test)]
mod tests {
    use super::clusters;
    use super::stars;
    use crate::duplicate::Level;
    use crate::duplicate::Source;
    use crate::duplicate::Verdict;

    #[test]
    fn a_cluster_is_a_star_around_the_earliest() {
        let from = |level: Level, sources: &[(u32, f64)]| Verdict {
            level,
            sources: sources
                .iter()
                .map(|(essay, share)| Source {
                    essay: *essay,
                    share: *share,
                    corroborated: true,
                    same_person: false,
                })
                .collect(),
            ..Verdict::default()
        };
        let check =
            |verdicts: &[Verdict], want: &[Option<u32>]| assert_eq!(clusters(verdicts), want);
        check(
            &[
                from(Level::Clear, &[]),
                from(Level::Clear, &[]),
                from(Level::Copied, &[(0, 0.9)]),
                from(Level::Copied, &[(2, 0.8)]),
                from(Level::Note, &[(0, 0.1)]),
            ],
            &[Some(0), None, Some(0), Some(0), None],
        );
        // A mixed essay links nobody.
        check(
            &[
                from(Level::Clear, &[]),
                from(Level::Clear, &[]),
                from(Level::Copied, &[(1, 0.9)]),
                from(Level::Copied, &[(0, 0.35), (1, 0.3)]),
            ],
            &[Some(0), Some(1), Some(1), Some(0)],
        );
        let resent = [
            from(Level::Clear, &[]),
            from(Level::Resent, &[(0, 0.9)]),
            from(Level::Resent, &[(1, 0.9)]),
        ];
        check(&resent, &[None, None, None]);
        assert_eq!(stars(&resent), [Some(0), Some(0), Some(0)]);
    }
}
