//! How well the forms of one word are brought together, and those of different words kept apart, on treebanks.
//!
//! Counted are pairs of distinct forms, in lower case, of letters only, without proper names. Two forms belong together
//! if they have a lemma in common; the part of speech does not count, since a verb and its noun share a line of a list
//! (`--pos` counts it, `--names` admits names). Precision is the share of the joined pairs that belong together, recall
//! the share of those that belong together that are joined.
//!
//! Pairs rather than the indices of C. D. Paice, "An evaluation method for stemming algorithms" (1994), which weigh the
//! same pairs by lemma and cannot be put into one figure.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::path::Path;

use crate::Outcome;
use crate::text::Overrides;
use crate::text::Snowball;

/// The languages that have a list of overrides.
pub(crate) const LANGUAGES: [&str; 4] = ["da", "sv", "nb", "nn"];

const TREEBANKS: [(&str, &str, Snowball); 5] = [
    ("da_ddt", "da", Snowball::Danish),
    ("sv_talbanken", "sv", Snowball::Swedish),
    ("sv_lines", "sv", Snowball::Swedish),
    ("no_bokmaal", "nb", Snowball::Norwegian),
    ("no_nynorsk", "nn", Snowball::Norwegian),
];

type Lemmas = BTreeMap<String, BTreeSet<(String, String)>>;

/// The lemmas of each form, with their parts of speech where those count.
fn read(text: &str, names: bool, pos: bool) -> Lemmas {
    let mut lemmas = Lemmas::new();
    for line in text.lines() {
        let mut cells = line.split('\t');
        let (Some(form), Some(lemma), Some(class)) = (cells.next(), cells.next(), cells.next()) else { continue };
        if !form.chars().all(char::is_alphabetic) || (!names && class == "PROPN") {
            continue;
        }
        let class = if pos { class.to_owned() } else { String::new() };
        lemmas.entry(form.to_lowercase()).or_default().insert((lemma.to_lowercase(), class));
    }
    lemmas
}

fn pairs<'f>(groups: impl Iterator<Item = Vec<&'f str>>) -> BTreeSet<(&'f str, &'f str)> {
    let mut all = BTreeSet::new();
    for mut group in groups {
        group.sort_unstable();
        for (at, &a) in group.iter().enumerate() {
            all.extend(group[at + 1..].iter().map(|&b| (a, b)));
        }
    }
    all
}

fn gold(lemmas: &Lemmas) -> BTreeSet<(&str, &str)> {
    let mut groups: BTreeMap<&(String, String), Vec<&str>> = BTreeMap::new();
    for (form, all) in lemmas {
        all.iter().for_each(|lemma| groups.entry(lemma).or_default().push(form));
    }
    pairs(groups.into_values())
}

fn joined(lemmas: &Lemmas, stem: impl Fn(&str) -> String) -> BTreeSet<(&str, &str)> {
    let mut groups: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    lemmas.keys().for_each(|form| groups.entry(stem(form)).or_default().push(form));
    pairs(groups.into_values())
}

/// Prints the figures of the stemmer alone and with the lists, and with `errors` the commonest kinds of error that remain:
/// what two forms have behind their common beginning. A star marks listed forms.
pub(crate) fn eval(data: &Path, errors: bool, names: bool, pos: bool) -> Outcome<()> {
    println!("{:14}{:10}{:>8}{:>8}{:>8}{:>8}", "treebank", "", "forms", "P", "R", "F1");
    for (treebank, code, snowball) in TREEBANKS {
        let lemmas = read(&std::fs::read_to_string(data.join(format!("morph/{treebank}-dev.tsv")))?, names, pos);
        let list = std::fs::read_to_string(crate::project().join(format!("src/lang/{code}.overrides.tsv")))?;
        let overrides = Overrides::new(Overrides::table(&list)?.leak())?;
        let stem = |word: &str| snowball.stem(word).into_owned();
        let listed = |word: &str| overrides.get(word).map_or_else(|| stem(word), str::to_owned);
        let gold = gold(&lemmas);
        let by_stemmer = joined(&lemmas, stem);
        let ours = joined(&lemmas, listed);
        for (name, joined) in [("stemmer", &by_stemmer), ("+ list", &ours)] {
            let right = joined.intersection(&gold).count() as f64;
            let (p, r) = (right / joined.len() as f64, right / gold.len() as f64);
            println!("{treebank:14}{name:10}{:8}{p:8.3}{r:8.3}{:8.3}", lemmas.len(), 2.0 * p * r / (p + r));
        }
        if errors {
            classes("missed", &lemmas, gold.difference(&ours), &overrides);
            classes("wrongly joined", &lemmas, ours.difference(&gold), &overrides);
        }
    }
    Ok(())
}

fn classes<'f>(
    what: &str,
    lemmas: &Lemmas,
    pairs: impl Iterator<Item = &'f (&'f str, &'f str)>,
    overrides: &Overrides,
) {
    let mut classes: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut all = 0;
    for (a, b) in pairs {
        let common: usize = a.chars().zip(b.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum();
        let class = |form: &str| lemmas[form].iter().map(|(_, class)| class.as_str()).collect::<Vec<_>>().join("|");
        let mut ends = [format!("-{} {}", &a[common..], class(a)), format!("-{} {}", &b[common..], class(b))];
        ends.sort();
        let mark = |form: &str| if overrides.get(form).is_some() { "*" } else { "" };
        classes.entry(ends.join(" / ")).or_default().push(format!("{a}{} {b}{}", mark(a), mark(b)));
        all += 1;
    }
    let mut classes: Vec<_> = classes.into_iter().collect();
    classes.sort_by_key(|(name, examples)| (std::cmp::Reverse(examples.len()), name.clone()));
    println!("  {what}: {all}");
    for (name, examples) in classes.iter().take(20) {
        println!("  {:5} {name}: {}", examples.len(), examples[..examples.len().min(4)].join(", "));
    }
}
