//! Articles that say the same: reprints, and the same article from two feeds, as one hit.
//!
//! Two texts are the same where enough of their runs of four words are (the resemblance of Broder, "On the resemblance
//! and containment of documents", 1997), and nearly all of their numbers. Of long texts it is estimated from the runs with
//! the smallest hashes (his sketch of the set's smallest elements), which is exact for texts of up to a thousand words.
//! The numbers are asked because the rates of two years differ in little else. In a statute one word makes another rule
//! (aid for *starch potatoes* and for *protein crops*, else the same), and of 4,000 Danish ones every fortieth had a twin
//! by runs and numbers alone: so of texts with as many section signs as a statute has, only the very same are the same.
//!
//! Texts are compared when they are shown, and only with those that are as long. The articles shown are read for that
//! anyway, and to sketch one of 1,300 words takes half a millisecond, to compare two next to nothing; an index need not
//! hold anything for it.
//!
//! Rejected: SimHash, whose distance mixes what is shared with what is frequent and which takes two statutes of the same
//! boilerplate for one; a column computed when indexing, for the reason above.

use std::cell::OnceCell;
use std::collections::BTreeSet;

use xxhash_rust::xxh3::xxh3_64;

use crate::engine::EngineError;
use crate::engine::Hit;
use crate::engine::Searcher;
use crate::engine::Stored;
use crate::text::lowercase;

/// Hits that say the same.
pub(super) struct Group {
    /// The best of them.
    pub(super) hit: Hit,
    /// The same, read.
    pub(super) document: Stored,
    /// The others, best first.
    pub(super) others: Vec<Stored>,
    known: Known,
}

/// What is known of a text that others are compared with.
struct Known {
    words: u64,
    /// Whether a single word matters: in what is very short, and in a statute.
    is_strict: bool,
    /// Made when it is first needed.
    sketch: OnceCell<Sketch>,
}

/// So many hits behind the last one shown are looked at for more of the same.
pub(super) const LOOKED_AHEAD: usize = 20;
/// The least share of runs that two texts have in common, of all that either has.
const SAME: f64 = 0.7;
/// The least share of words that two texts have in common of which a single word matters: where these are the same, only
/// signs can be counted otherwise.
const SAME_LENGTH: f64 = 0.95;
/// A text with a section sign for every so many words is a statute.
const SECTION: u64 = 150;
/// Words in a run.
const RUN: usize = 4;
/// The most runs that are kept of a text.
const SKETCH: usize = 1024;
/// Of so few words, runs tell too little: such texts are the same only if all is.
const SHORT: u64 = 20;

/// The first `wanted` groups of `hits`, which are in order, each with all the others that are among the hits.
pub(super) fn groups(searcher: &Searcher, hits: &[Hit], wanted: usize) -> Result<Vec<Group>, EngineError> {
    let mut groups: Vec<Group> = Vec::new();
    for hit in hits {
        let words = searcher.body_words(hit);
        let as_long = |group: &Group| group.known.is_as_long(words);
        // What is not to be shown itself is read only if it may be the same as something that is.
        if groups.len() >= wanted && !groups.iter().any(as_long) {
            continue;
        }
        let document = searcher.stored(hit)?;
        let known = Known::new(words, &document.body);
        let is_same = |group: &Group| is_same((&group.document.body, &group.known), (&document.body, &known));
        match groups.iter().position(|group| as_long(group) && is_same(group)) {
            Some(at) => groups[at].others.push(document),
            None if groups.len() >= wanted => {}
            None => groups.push(Group { hit: hit.clone(), document, others: Vec::new(), known }),
        }
    }
    Ok(groups)
}

/// Whether two texts say the same.
fn is_same((a, a_known): (&str, &Known), (b, b_known): (&str, &Known)) -> bool {
    if a_known.is_strict || b_known.is_strict {
        return words(a).map(lowercase).eq(words(b).map(lowercase));
    }
    a_known.sketch(a).is_same(b_known.sketch(b))
}

impl Known {
    fn new(words: u64, text: &str) -> Self {
        let sections = text.matches('§').count() as u64;
        let is_strict = words < SHORT || (sections > 0 && sections * SECTION >= words);
        Self { words, is_strict, sketch: OnceCell::new() }
    }

    /// Whether a text of so many words may be the same.
    fn is_as_long(&self, words: u64) -> bool {
        let same = if self.is_strict { SAME_LENGTH } else { SAME };
        words.min(self.words) as f64 >= same * words.max(self.words) as f64 - RUN as f64
    }

    fn sketch(&self, text: &str) -> &Sketch {
        self.sketch.get_or_init(|| Sketch::new(text))
    }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

/// What is compared of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Sketch {
    /// The smallest hashes of runs, ascending.
    runs: Vec<u64>,
    /// The hashes of words with digits.
    numbers: BTreeSet<u64>,
}

impl Sketch {
    fn new(text: &str) -> Self {
        let mut words: Vec<u64> = Vec::new();
        let mut numbers = BTreeSet::new();
        for word in self::words(text) {
            let hash = xxh3_64(lowercase(word).as_bytes());
            words.push(hash);
            if word.contains(|c: char| c.is_ascii_digit()) {
                numbers.insert(hash);
            }
        }
        let of_run = |run: &[u64]| {
            let mut bytes = [0; 8 * RUN];
            for (place, word) in bytes.chunks_exact_mut(8).zip(run) {
                place.copy_from_slice(&word.to_le_bytes());
            }
            xxh3_64(&bytes)
        };
        let mut runs: Vec<u64> = match words.len() {
            0 => Vec::new(),
            few if few < RUN => vec![of_run(&words)],
            _ => words.windows(RUN).map(of_run).collect(),
        };
        runs.sort_unstable();
        runs.dedup();
        runs.truncate(SKETCH);
        Self { runs, numbers }
    }

    fn is_same(&self, other: &Self) -> bool {
        let differing = self.numbers.symmetric_difference(&other.numbers).count();
        let all = self.numbers.union(&other.numbers).count();
        // A sentence that was changed may have had a number.
        let numbers = differing <= 2 || 4 * differing <= all;
        numbers && self.resemblance(other) >= SAME
    }

    /// The share of runs in both among the runs of either: among the smallest of them, where there are many.
    fn resemblance(&self, other: &Self) -> f64 {
        let (mut a, mut b) = (self.runs.iter().peekable(), other.runs.iter().peekable());
        let (mut both, mut either) = (0, 0);
        while either < SKETCH {
            let (own, others) = match (a.peek(), b.peek()) {
                (None, None) => break,
                (Some(x), Some(y)) => (x <= y, y <= x),
                (x, y) => (x.is_some(), y.is_some()),
            };
            if own {
                a.next();
            }
            if others {
                b.next();
            }
            either += 1;
            both += usize::from(own && others);
        }
        if either == 0 { 0.0 } else { f64::from(both as u32) / f64::from(either as u32) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(a: &str, b: &str) -> bool {
        let known = |text| Known::new(words(text).count() as u64, text);
        is_same((a, &known(a)), (b, &known(b)))
    }

    fn resemblance(a: &str, b: &str) -> f64 {
        Sketch::new(a).resemblance(&Sketch::new(b))
    }

    const ARTICLE: [&str; 8] = [
        "Kommunen vil måle støjen fra havnen hver nat i et helt år, siger borgmesteren.",
        "Færgerne larmer mest om vinteren, og beboerne på den gamle kaj sover dårligt.",
        "Udvalget har sat 300.000 kroner af til målere på tre hustage ved kajen.",
        "Målingerne bliver lagt frem på nettet, så enhver kan se dem fra dag til dag.",
        "Rederiet mener, at støjen kommer fra lastbilerne og ikke fra skibene.",
        "Det er beboerne ikke enige i, for lastbilerne kører kun om dagen.",
        "Om et år skal byrådet tage stilling til, om færgerne skal have strøm fra land.",
        "Det koster efter rederiets eget skøn omkring tolv millioner kroner.",
    ];

    #[test]
    fn a_reprint_is_the_same() {
        let article = ARTICLE.join(" ");
        let mut changed = ARTICLE;
        changed[4] = "Rederiet afviser, at skibene larmer, og peger på 40 lastbiler.";
        assert!(same(&article, &changed.join(" ")), "{}", resemblance(&article, &changed.join(" ")));
        assert!(same(&article, &ARTICLE[..7].join(" ")), "the last sentence is cut off");
        let shouted: Vec<String> = ARTICLE.iter().map(|sentence| sentence.to_uppercase().replace(',', " –")).collect();
        assert!(same(&article, &shouted.join(" ")));
        assert!(!same(&article, &ARTICLE[..4].join(" ")), "half an article is another one");
        assert_eq!(resemblance(&article, &article), 1.0);
    }

    #[test]
    fn boilerplate_does_not_make_two_statutes_one() {
        let statute = |subject: &str, duty: &str, number: u32| {
            format!(
                "Bekendtgørelse om {subject}. I medfør af § {number} i lov om {subject} fastsættes: § 1. Bekendtgørelsen \
                 gælder for {subject}. § 2. {duty} § 3. Med bøde straffes den, der overtræder § 2. Der kan pålægges \
                 selskaber m.v. (juridiske personer) strafansvar efter reglerne i straffelovens 5. kapitel. § 4. \
                 Bekendtgørelsen træder i kraft den 1. januar 20{number}."
            )
        };
        let nets = statute("fiskeri med net", "Net skal røgtes hver dag og mærkes med fartøjets nummer.", 14);
        let dogs = statute("hold af hunde", "Hunde skal føres i snor, hvor der går kvæg på græs.", 21);
        assert!(!same(&nets, &dogs));
        let aid = |crop: &str| {
            let article = ARTICLE.join(" ");
            format!("§ 1. Der gives støtte til {crop} efter § 2. § 2. {article} § 3. {article}")
        };
        let (starch, protein) = (aid("stivelseskartofler"), aid("proteinafgrøder"));
        assert!(resemblance(&starch, &protein) > 0.9, "but for a word they are the same");
        assert!(!same(&starch, &protein) && same(&starch, &aid("Stivelseskartofler")));
    }

    #[test]
    fn an_article_about_a_section_is_no_statute() {
        let long = format!("{} Og i øvrigt: {}", ARTICLE.join(" "), ARTICLE.join(" Derefter: "));
        let changed = long.replacen(ARTICLE[4], "Efter § 12 må skibene larme, mener rederiet.", 1);
        assert!(same(&long, &changed));
    }

    #[test]
    fn rates_of_two_years_are_two_texts() {
        let rates = |year: usize, base: usize| {
            // Amounts among thirty words of text each.
            let line = |line: usize| {
                let words: Vec<String> = (0..30).map(|word| letters(100 * line + word)).collect();
                format!("{} {} kroner.", words.join(" "), base + 37 * line)
            };
            let lines: Vec<String> = (1..12).map(line).collect();
            format!("Takster for husleje i året {year}. {}", lines.join(" "))
        };
        let (before, after) = (rates(2020, 1000), rates(2021, 1012));
        assert!(resemblance(&before, &after) >= SAME, "{}", resemblance(&before, &after));
        assert!(!same(&before, &after));
    }

    #[test]
    fn short_texts_are_the_same_only_if_all_is() {
        assert!(same("Mødet er aflyst.", "mødet er aflyst"));
        assert!(!same("Mødet i udvalget om havnen er aflyst i dag", "Mødet i udvalget om havnen er aflyst i morgen"));
        assert!(!same("", "Mødet er aflyst."));
    }

    #[test]
    fn long_texts_are_estimated() {
        let words = |from: usize, to: usize| (from..to).map(|n| format!("ord{} ", "x".repeat(n % 7)) + &letters(n));
        let long: String = words(0, 20_000).collect::<Vec<_>>().join(" ");
        let part: String = words(0, 16_000).collect::<Vec<_>>().join(" ");
        let resemblance = resemblance(&long, &part);
        assert!((resemblance - 0.8).abs() < 0.05, "{resemblance}");
    }

    /// A number in letters, so that it counts as a word.
    fn letters(number: usize) -> String {
        number.to_string().bytes().map(|digit| char::from(digit - b'0' + b'a')).collect()
    }
}
