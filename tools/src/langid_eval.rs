//! Measures the detection of languages: how often it is right, undetermined and wrong, what is taken for what, and how
//! long it takes compared with whatlang alone.
//!
//! Sentences, pairs and words come from the set `langid`, documents from the collections too, without those that the
//! profile was learnt from, or from questions about them (the `doc` of `langid` are pieces of statutes, so some were
//! seen). Some of the set's Bokmål and Nynorsk sentences are in the other written language; those whose words tell (by
//! the everyday list) are counted apart.

use std::collections::BTreeMap;
use std::collections::HashSet;
use std::hint::black_box;
use std::path::Path;
use std::time::Duration;
use std::time::Instant;

use crate::Outcome;
use crate::lang::Detector;
use crate::lang::LANGUAGES;
use crate::langid::docs;
use crate::langid::lines;
use crate::langid::list;

/// The languages of the set, those that are not registered last.
const SET: [&str; 10] = ["da", "sv", "nb", "nn", "fi", "en", "de", "nl", "is", "et"];
/// Rounds of timing; the fastest counts.
const ROUNDS: usize = 9;

/// A text and where it is from.
struct Text {
    language: String,
    kind: String,
    text: String,
}

/// Answers by kind, language and who answered.
type Answers<'t> = BTreeMap<(&'t str, &'t str), BTreeMap<&'static str, usize>>;

/// Prints the tables; with `errors`, each sentence and document that is answered wrongly before them.
pub(crate) fn eval(data: &Path, errors: bool) -> Outcome<()> {
    let texts = read(data)?;
    let detector = Detector::new(LANGUAGES);
    let norwegian = Norwegian::new()?;
    let (mut ours, mut alone) = (Answers::new(), Answers::new());
    for text in &texts {
        let kind = match text.kind.as_str() {
            "sentence" if norwegian.is_mislabelled(text) => "sentence (mislabelled)",
            "doc" if norwegian.is_mislabelled(text) => "doc (mislabelled)",
            "document of law-nb" if norwegian.is_mislabelled(text) => "document of law-nb (mislabelled)",
            kind => kind,
        };
        let proposed = detector.proposal(&text.text).unwrap_or("und");
        let proposed = LANGUAGES.iter().find(|language| language.iso639_3 == proposed).map_or("und", |l| l.code);
        let detected = detector.detect(&text.text).language.code;
        if errors && !["word", "pair"].contains(&kind) && detected != right(&text.language) {
            let start: String = text.text.chars().take(300).collect();
            println!("{kind}\t{}\t{detected}\t{}", text.language, start.replace(['\n', '\t'], " "));
        }
        let answers = [(&mut ours, detected), (&mut alone, proposed)];
        for (table, answer) in answers {
            *table.entry((kind, &text.language)).or_default().entry(answer).or_default() += 1;
        }
    }
    println!("| texts | language | number | right % | undetermined % | wrong % | whatlang alone, right % | answers |");
    println!("|---|---|--:|--:|--:|--:|--:|---|");
    for (key, answers) in &ours {
        print_row(*key, answers, &alone[key]);
    }
    for kind in ["sentence", "doc"] {
        time(&detector, kind, texts.iter().filter(|text| text.kind == kind).map(|text| text.text.as_str()));
    }
    Ok(())
}

/// What should be answered for a text in `language`.
fn right(language: &str) -> &str {
    if LANGUAGES.iter().any(|own| own.code == language) { language } else { "und" }
}

fn print_row(
    (kind, language): (&str, &str),
    answers: &BTreeMap<&'static str, usize>,
    alone: &BTreeMap<&'static str, usize>,
) {
    let total: usize = answers.values().sum();
    let right = right(language);
    let is_registered = right == language;
    let share =
        |answers: &BTreeMap<_, usize>, code| 100.0 * answers.get(code).map_or(0.0, |&n| n as f64) / total as f64;
    let undetermined = if is_registered { share(answers, "und") } else { 0.0 };
    let wrong = (100.0 - share(answers, right) - undetermined).abs();
    let list: Vec<String> = answers.iter().map(|(code, count)| format!("{code} {count}")).collect();
    println!(
        "| {kind} | {language} | {total} | {:.1} | {undetermined:.1} | {wrong:.1} | {:.1} | {} |",
        share(answers, right),
        share(alone, right),
        list.join(", ")
    );
}

/// Times detection against whatlang alone, text by text in turns, so that a busy machine slows both.
fn time<'t>(detector: &Detector, kind: &str, texts: impl Iterator<Item = &'t str>) {
    let (mut alone, mut ours, mut count) = (Duration::ZERO, Duration::ZERO, 0u32);
    for text in texts {
        let (mut best_alone, mut best_ours) = (Duration::MAX, Duration::MAX);
        for _ in 0..ROUNDS {
            let start = Instant::now();
            black_box(detector.proposal(black_box(text)));
            best_alone = best_alone.min(start.elapsed());
            let start = Instant::now();
            black_box(detector.detect(black_box(text)));
            best_ours = best_ours.min(start.elapsed());
        }
        alone += best_alone;
        ours += best_ours;
        count += 1;
    }
    let ratio = ours.as_secs_f64() / alone.as_secs_f64();
    println!("{kind}: whatlang alone {:?}, detection {:?}, {ratio:.2} times", alone / count, ours / count);
}

/// The words of the everyday list that only Bokmål and only Nynorsk has.
struct Norwegian {
    bokmal: HashSet<String>,
    nynorsk: HashSet<String>,
}

impl Norwegian {
    fn new() -> Outcome<Self> {
        let text = list("langid/everyday.tsv")?;
        let column = |column: usize| {
            let cells = lines(&text).filter_map(move |line| line.split('\t').nth(column));
            cells.flat_map(str::split_whitespace).map(str::to_owned).collect::<HashSet<_>>()
        };
        let (bokmal, nynorsk) = (column(2), column(3));
        Ok(Self { bokmal: &bokmal - &nynorsk, nynorsk: &nynorsk - &bokmal })
    }

    /// Whether a Norwegian text has more words of the other written language than of the one that it is filed under.
    fn is_mislabelled(&self, text: &Text) -> bool {
        let low = text.text.to_lowercase();
        let words = low.split(|c: char| !c.is_alphanumeric());
        let count = |own: &HashSet<String>| words.clone().filter(|word| own.contains(*word)).count();
        match text.language.as_str() {
            "nb" => count(&self.nynorsk) > count(&self.bokmal),
            "nn" => count(&self.bokmal) > count(&self.nynorsk),
            _ => false,
        }
    }
}

fn read(data: &Path) -> Outcome<Vec<Text>> {
    let mut texts = Vec::new();
    for language in SET {
        for name in [format!("{language}.tsv"), format!("doc-{language}.tsv")] {
            let Ok(list) = std::fs::read_to_string(data.join("langid").join(name)) else { continue };
            for (kind, text) in list.lines().filter_map(|line| line.split_once('\t')) {
                texts.push(Text { language: language.to_owned(), kind: kind.to_owned(), text: text.to_owned() });
            }
        }
    }
    for (folder, is_learnt_from) in
        [("lohelp", false), ("norquad", true), ("bchelp", true), ("law-da", true), ("law-sv", true), ("law-nb", true)]
    {
        for doc in docs(&data.join(folder))?.into_iter().filter(|doc| !is_learnt_from || doc.is_held_out()) {
            texts.push(Text { language: doc.lang, kind: format!("document of {folder}"), text: doc.text });
        }
    }
    Ok(texts)
}
