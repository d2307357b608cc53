//! Prose that looks written: sentences grown from the rules of `grammar.txt`, and word chains learned from them.

use std::collections::BTreeMap;

/// SplitMix64: the same numbers on every machine.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Dice {
        Dice(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Below `end`, which is at least one.
    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }

    pub fn between(&mut self, from: usize, to: usize) -> usize {
        from + self.below(to - from + 1)
    }

    /// With this probability.
    pub fn chance(&mut self, probability: f64) -> bool {
        ((self.next() >> 11) as f64) < probability * (1_u64 << 53) as f64
    }

    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }

    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        for n in (1..list.len()).rev() {
            list.swap(n, self.below(n + 1));
        }
    }
}

/// A way of writing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    Telling,
    Arguing,
    Letter,
    Notes,
    /// Words that follow each other somewhere in the other styles: no grammar, no patterns.
    Chain,
    /// Each sentence in another way.
    Mixed,
}

pub const STYLES: [Style; 6] = [
    Style::Telling,
    Style::Arguing,
    Style::Letter,
    Style::Notes,
    Style::Chain,
    Style::Mixed,
];

/// The rules, ready to grow sentences.
pub struct Prose {
    rules: BTreeMap<&'static str, Vec<&'static str>>,
    /// Words that can stand for each other, each with the others.
    pub synonyms: BTreeMap<&'static str, Vec<&'static str>>,
    chain: BTreeMap<String, Vec<String>>,
    starts: Vec<String>,
}

impl Prose {
    pub fn new() -> Prose {
        let mut rules = BTreeMap::new();
        let mut synonyms = BTreeMap::new();
        for line in include_str!("grammar.txt").lines() {
            let line = line.trim();
            if let Some(words) = line.strip_prefix('~') {
                let words: Vec<&str> = words.split('=').map(str::trim).collect();
                for word in &words {
                    let others = words.iter().copied().filter(|other| other != word);
                    synonyms.insert(*word, others.collect());
                }
            } else if let Some((name, choices)) = line.split_once(':')
                && !line.starts_with('#')
            {
                rules.insert(name, choices.split('|').map(str::trim).collect());
            }
        }
        let mut prose = Prose {
            rules,
            synonyms,
            chain: BTreeMap::new(),
            starts: Vec::new(),
        };
        let mut dice = Dice::new(41);
        for _ in 0..4000 {
            let style = STYLES[dice.below(4)];
            let sentence = prose.sentence(style, &mut dice);
            let words: Vec<&str> = sentence.split_whitespace().collect();
            prose.starts.push(words[0].to_owned());
            for pair in words.windows(2) {
                let next = prose.chain.entry(pair[0].to_owned()).or_default();
                next.push(pair[1].to_owned());
            }
        }
        prose
    }

    /// Grows a rule; the first letter becomes a capital one.
    pub fn grow(&self, rule: &str, dice: &mut Dice) -> String {
        let mut out = String::new();
        self.expand(rule, dice, &mut out);
        capital(&out)
    }

    fn expand(&self, rule: &str, dice: &mut Dice, out: &mut String) {
        let Some(choices) = self.rules.get(rule) else {
            panic!("no rule {rule}");
        };
        let mut rest: &str = choices[dice.below(choices.len())];
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').expect("a closed brace");
            out.push_str(before);
            if name == "n" {
                out.push_str("{n}");
            } else {
                self.expand(name, dice, out);
            }
            rest = after;
        }
        out.push_str(rest);
    }

    pub fn sentence(&self, style: Style, dice: &mut Dice) -> String {
        match style {
            Style::Telling => self.grow("ke", dice),
            Style::Arguing => self.grow("ban", dice),
            Style::Letter => self.grow("thu", dice),
            Style::Notes => self.grow("ghi", dice),
            Style::Mixed => self.sentence(STYLES[dice.below(5)], dice),
            Style::Chain => {
                let mut word = dice.pick(&self.starts).clone();
                let mut sentence = word.clone();
                for _ in 0..dice.between(9, 24) {
                    // Now and then a jump, as in thought.
                    let next = if dice.chance(0.12) {
                        Some(dice.pick(&self.starts).to_lowercase())
                    } else {
                        self.chain.get(&word).map(|all| dice.pick(all).clone())
                    };
                    let Some(next) = next else {
                        break;
                    };
                    sentence.push(' ');
                    sentence.push_str(next.trim_matches(['.', ':', '"', ';']));
                    word = next;
                }
                capital(&format!("{}.", sentence.trim_end_matches([',', '.'])))
            }
        }
    }
}

pub fn capital(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}
