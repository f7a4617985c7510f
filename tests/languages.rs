//! What every registered language promises, by its own samples: a new language is tested by its line in the registry.

use serde_json::Value;
use serde_json::json;
use snotra::app;
use snotra::app::SearchOptions;
use snotra::engine::Ranking;
use snotra::engine::Searcher;
use snotra::lang::LANGUAGES;
use snotra::lang::Language;
use snotra::output::json;
use snotra::text::Scanner;
use snotra::text::Step;
use unicode_normalization::UnicodeNormalization;

use crate::support::Sandbox;
use crate::support::ids;
use crate::support::index;
use crate::support::options;

/// A folder with `records` (id, text) in one language, indexed.
struct Indexed {
    searcher: Searcher,
    _sandbox: Sandbox,
}

impl Indexed {
    fn new<'t>(language: &Language, records: impl IntoIterator<Item = (String, &'t str)>) -> Self {
        let sandbox = Sandbox::new();
        let line = |(id, text): (String, &str)| format!("{}\n", json!({"id": id, "text": text, "lang": language.code}));
        sandbox.write("records.jsonl", records.into_iter().map(line).collect::<String>());
        let dir = sandbox.path("idx");
        index(&dir, &[sandbox.path("records.jsonl")], &options()).expect("it is indexed");
        Self { searcher: Searcher::open(&dir, Ranking::default()).expect("it opens"), _sandbox: sandbox }
    }

    fn search(&self, query: &str) -> Value {
        let options = SearchOptions { limit: 100, ..SearchOptions::default() };
        json::found(&app::search(&self.searcher, query, &options).expect("it is answered"), None)
    }
}

fn samples(language: &Language) -> impl Iterator<Item = (String, &'static str)> {
    (0..).zip(language.samples).map(|(number, sample)| (format!("sample-{number}"), sample))
}

/// The words of a text as they stand in it.
fn words(text: &str) -> Vec<&str> {
    let mut words: Vec<_> = Scanner::new(text).map(|token| &text[token.span]).collect();
    words.sort_unstable();
    words.dedup();
    words
}

/// The texts that are highlighted in the hit called `id`.
fn highlighted(answer: &Value, id: &str) -> Vec<String> {
    let hit = answer["hits"].as_array().expect("hits").iter().find(|hit| hit["id"] == id).expect("it is found");
    let mut marked = Vec::new();
    for passage in hit["passages"].as_array().expect("passages") {
        let text: Vec<char> = passage["text"].as_str().expect("a text").chars().collect();
        for range in passage["highlights"].as_array().expect("ranges") {
            let at = |end: usize| range[end].as_u64().expect("a number") as usize;
            marked.push(text[at(0)..at(1)].iter().collect());
        }
    }
    marked
}

fn help(language: &Language) -> String {
    format!("help: see src/lang/{}.rs", language.code)
}

/// A word may look like syntax, so it is searched as a phrase.
fn quoted(word: &str) -> String {
    format!("\"{word}\"")
}

#[test]
fn every_sample_is_found_by_each_of_its_words_and_shows_it() {
    for language in LANGUAGES {
        let indexed = Indexed::new(language, samples(language));
        for (id, sample) in samples(language) {
            for word in words(sample) {
                for query in [word.to_owned(), quoted(word), quoted(&word.to_uppercase())] {
                    let answer = indexed.search(&query);
                    let found = ids(&answer).contains(&id);
                    assert!(found, "{}: {query} does not find {sample:?}\n{}", language.code, help(language));
                    let marked = highlighted(&answer, &id);
                    // What joins the parts of a word (`it-medarbejder`) need not be marked.
                    let mut parts = word.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty());
                    let shown = parts.all(|part| marked.iter().any(|marked| marked.contains(part)));
                    assert!(shown, "{}: {query} marks {marked:?} in {sample:?}\n{}", language.code, help(language));
                }
            }
        }
    }
}

#[test]
fn it_does_not_matter_how_a_letter_is_put_together() {
    for language in LANGUAGES {
        let apart: Vec<String> = language.samples.iter().map(|sample| sample.nfd().collect()).collect();
        let texts = [language.samples.map(str::to_owned).to_vec(), apart];
        for text in &texts {
            let records = (0..).zip(text).map(|(number, text)| (format!("sample-{number}"), text.as_str()));
            let indexed = Indexed::new(language, records);
            for (id, sample) in samples(language) {
                for word in words(sample) {
                    let composed = indexed.search(word);
                    assert!(ids(&composed).contains(&id), "{}: {word}\n{}", language.code, help(language));
                    let decomposed = indexed.search(&word.nfd().collect::<String>());
                    assert_eq!(ids(&composed), ids(&decomposed), "{}: {word}\n{}", language.code, help(language));
                    let marked = highlighted(&decomposed, &id);
                    assert!(marked.iter().any(|marked| marked.contains(word)), "{}: {word}: {marked:?}", language.code);
                }
            }
        }
    }
}

/// The two ways in which a word is typed without its Nordic letters.
fn typed(word: &str) -> [String; 2] {
    let replace = |pairs: [(&str, &str); 5]| {
        pairs.into_iter().fold(word.to_lowercase(), |word, (letter, plain)| word.replace(letter, plain))
    };
    [
        replace([("å", "a"), ("æ", "a"), ("ä", "a"), ("ø", "o"), ("ö", "o")]),
        replace([("å", "aa"), ("æ", "ae"), ("ä", "ae"), ("ø", "oe"), ("ö", "oe")]),
    ]
}

/// The words of the samples that have Nordic letters; those whose stem a list gives, or the others.
fn nordic(language: &'static Language, listed: bool) -> Vec<&'static str> {
    let nordic = |word: &&str| word.chars().any(|c| "åæäøö".contains(c)) && word.chars().all(char::is_alphabetic);
    let is_listed = |word: &&str| {
        let mut changed = false;
        language.analyzer().each_step(word, |step, result| {
            changed |= matches!(step, Step::Override(_)) && result != word.to_lowercase();
        });
        changed == listed
    };
    language.samples.iter().flat_map(|sample| words(sample)).filter(nordic).filter(is_listed).collect()
}

#[test]
fn irregular_words_typed_without_their_letters_are_found() {
    for language in LANGUAGES {
        for word in nordic(language, true) {
            let text = format!("x {word} y");
            let indexed = Indexed::new(language, [("with".to_owned(), text.as_str())]);
            for plain in typed(word) {
                let found = ids(&indexed.search(&plain)) == ["with"];
                assert!(found, "{}: {plain} should find {word}\n{}", language.code, help(language));
            }
        }
    }
}

#[test]
fn words_typed_without_their_letters_find_and_rank_behind() {
    let mut tried = 0;
    for language in LANGUAGES {
        let all = nordic(language, false);
        let indexed = Indexed::new(language, samples(language));
        for word in all {
            for plain in typed(word) {
                let answer = indexed.search(&plain);
                let hits = ids(&answer);
                let (id, _) = samples(language).find(|(_, sample)| words(sample).contains(&word)).expect("its sample");
                assert!(hits.contains(&id), "{}: {plain} should find {word}\n{}", language.code, help(language));
                let marked = highlighted(&answer, &id);
                assert!(marked.iter().any(|marked| marked == word), "{}: {plain} marks {marked:?}", language.code);
                // Beside a text that has the word just as it is typed, the other comes second, both ways round.
                let texts = [format!("x {word} y"), format!("x {plain} y")];
                let pair =
                    Indexed::new(language, [("with".to_owned(), texts[0].as_str()), ("without".to_owned(), &texts[1])]);
                for (query, first) in [(word, "with"), (plain.as_str(), "without")] {
                    let hits = ids(&pair.search(query));
                    assert_eq!(hits[0], first, "{}: {query}: {hits:?}\n{}", language.code, help(language));
                }
                tried += 1;
            }
        }
    }
    assert!(tried > 10, "only {tried} words have Nordic letters");
}

#[test]
fn a_declared_language_is_believed_and_any_other_is_undetermined() {
    let sandbox = Sandbox::new();
    let mut records = String::new();
    for language in LANGUAGES {
        records.push_str(&format!("{}\n", json!({"id": language.code, "text": "Nemo 12.", "lang": language.code})));
    }
    records.push_str(&format!("{}\n", json!({"id": "other", "text": "Nemo 12.", "lang": "is"})));
    sandbox.write("r.jsonl", records);
    sandbox.run(&["index", "r.jsonl"]).code(0);
    for language in LANGUAGES {
        let ran = sandbox.run(&["show", "--json", language.code]);
        ran.check(ran.code(0).json()["lang"] == language.code, "what is declared is believed");
    }
    assert_eq!(sandbox.run(&["show", "--json", "other"]).json()["lang"], "und");
}

/// A word that stands in the only article of one language is no function word for that.
#[test]
fn a_single_article_of_a_language_does_not_make_its_words_common() {
    let sandbox = Sandbox::new();
    let danish = "Kommunen arbejder med en ny plan for byens skoler, og den er blevet til efter mange møder.";
    sandbox.write("da1.txt", format!("{danish} Stamplanen og stamplanen er vigtig."));
    sandbox.write("da2.txt", format!("{danish} Stamplanen kommer i år, siger borgmesteren, og det er godt for alle."));
    sandbox.write("da3.txt", format!("{danish} Her er der ikke noget at sige om det."));
    sandbox.write("da4.txt", format!("{danish} Her er der heller ikke noget at sige om det."));
    sandbox.write(
        "sv.txt",
        "Kommunen arbetar med en ny plan för skolorna, och den har blivit till efter många möten. Stamplan är viktig.",
    );
    sandbox.run(&["index", "."]).code(0);
    let found = sandbox.run(&["search", "--json", "stamplan"]).json();
    let ids: Vec<_> = found["hits"].as_array().expect("hits").iter().map(|hit| hit["id"].clone()).collect();
    // Those that have a part of the word alone come after.
    assert_eq!(ids[..3], ["da1.txt", "da2.txt", "sv.txt"]);
}
