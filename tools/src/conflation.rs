//! How well the forms of one word are brought together, and those of different words kept apart, on treebanks.
//!
//! Counted are pairs of distinct forms of letters only, in lower case, proper names left out. Two forms belong together
//! if they have a lemma of the same part of speech in common. What a stemmer joins and should have is precision's and
//! recall's common numerator, as in C. D. Paice, "An evaluation method for stemming algorithms" (1994), with F1 in the
//! place of his indices.

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

fn together(lemmas: &Lemmas, a: &str, b: &str) -> bool {
    !lemmas[a].is_disjoint(&lemmas[b])
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

fn joined<'f>(lemmas: &'f Lemmas, stem: impl Fn(&str) -> String) -> BTreeSet<(&'f str, &'f str)> {
    let mut groups: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    lemmas.keys().for_each(|form| groups.entry(stem(form)).or_default().push(form));
    pairs(groups.into_values())
}

/// Prints the figures, and with `errors` the commonest classes of error of the last way of stemming.
pub(crate) fn eval(data: &Path, errors: bool, names: bool, pos: bool) -> Outcome<()> {
    println!("{:14}{:10}{:>8}{:>8}{:>8}{:>8}", "treebank", "", "forms", "P", "R", "F1");
    for (treebank, code, snowball) in TREEBANKS {
        let lemmas = read(&std::fs::read_to_string(data.join(format!("morph/{treebank}-dev.tsv")))?, names, pos);
        let list = std::fs::read_to_string(crate::project().join(format!("src/lang/{code}.overrides.tsv")))?;
        let overrides = Overrides::new(Overrides::table(&list)?.leak())?;
        let stem = |word: &str| snowball.stem(word).into_owned();
        let listed = |word: &str| overrides.get(word).map_or_else(|| stem(word), str::to_owned);
        let languages = crate::learn::LANGUAGES;
        let compound = if code == "nn" { "nb" } else { code };
        let language = languages.iter().find(|language| language.code == compound).ok_or("no such language")?;
        let splitter = language.splitter(language.shipped()?, true)?;
        let split = |word: &str| {
            if let Some(stem) = overrides.get(word) { return stem.to_owned() }
            if let Some(last) = splitter.split(word).last()
                && let Some(stem) = overrides.get(&word[last.start..]) {
                return format!("{}{stem}", &word[..last.start]);
            }
            stem(word)
        };
        let gold = gold(&lemmas);
        let ways: Vec<(&str, Box<dyn Fn(&str) -> String + '_>)> = vec![
            ("stemmer", Box::new(stem)),
            ("+ list", Box::new(listed)),
            ("+ split", Box::new(split)),
        ];
        let mut last = BTreeSet::new();
        for (name, stem) in ways {
            last = joined(&lemmas, stem);
            let right = last.intersection(&gold).count() as f64;
            let (p, r) = (right / last.len() as f64, right / gold.len() as f64);
            println!("{treebank:14}{name:10}{:8}{p:8.3}{r:8.3}{:8.3}", lemmas.len(), 2.0 * p * r / (p + r));
        }
        if errors {
            classes("missed", &lemmas, gold.difference(&last), &overrides);
            classes("wrongly joined", &lemmas, last.difference(&gold), &overrides);
        }
    }
    Ok(())
}

fn classes<'f>(what: &str, lemmas: &Lemmas, pairs: impl Iterator<Item = &'f (&'f str, &'f str)>, overrides: &Overrides) {
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
