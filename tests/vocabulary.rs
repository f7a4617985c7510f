//! A user's own words: what they say holds for articles, queries and highlights alike, stays with the index, and reaches
//! no other.

use std::fs;

use serde_json::Value;
use snotra::app::IndexOptions;
use snotra::engine::MANIFEST;
use snotra::lang::LANGUAGES;
use snotra::lang::Vocabulary;

use crate::support::Ran;
use crate::support::Rng;
use crate::support::Sandbox;
use crate::support::index;
use crate::support::made;
use crate::support::options;

const POST: &str = "Enklere breve fra kommunen

Kommunen vil gøre digitalpostløsningen bedre for borgerne, og det bliver enklere at svare på et brev.
";
const ACCOUNT: &str = "Penge hurtigere frem

Borgerne får pengene på nemkontoen hurtigere end før, og kommunen skal ikke længere sende breve om det.
";
const FIELD: &str = "Årets høst er god

Knoldene er store i år, siger landmanden, og han vil helst sælge jordæblerne på torvet i byen om lørdagen.
";
const WORDS: &str = "# Names, and a word of the island.
da  whole  nemkonto
da  split  digital+post+løsning
da  lemma  knoldene     kartoffel
da  lemma  jordæblerne  kartoffel   # both are potatoes
";

/// Three articles, indexed with the words above.
fn indexed() -> Sandbox {
    let sandbox = articles();
    sandbox.run(&["index", "nyt", "--vocabulary", "words.tsv"]).code(0).says("the vocabulary of the index (da 4)");
    sandbox
}

fn articles() -> Sandbox {
    Sandbox::with(&[("nyt/post.txt", POST), ("nyt/konto.txt", ACCOUNT), ("nyt/mark.txt", FIELD), ("words.tsv", WORDS)])
}

/// The words that are marked in the title and the passages of a hit.
fn marked(hit: &Value) -> Vec<String> {
    let cut = |text: &Value, spans: &Value| -> Vec<String> {
        let chars: Vec<char> = text.as_str().unwrap_or_default().chars().collect();
        let end = |span: &Value, at: usize| span[at].as_u64().expect("a place") as usize;
        let spans = spans.as_array().expect("highlights");
        spans.iter().map(|span| chars[end(span, 0)..end(span, 1)].iter().collect()).collect()
    };
    let mut words = cut(&hit["title"], &hit["title_highlights"]);
    for passage in hit["passages"].as_array().expect("passages") {
        words.extend(cut(&passage["text"], &passage["highlights"]));
    }
    words
}

#[track_caller]
fn finds(sandbox: &Sandbox, query: &str, expect: &[(&str, &[&str])]) {
    let ran = sandbox.run(&["search", "--json", "--no-across", query]);
    let answer = ran.json();
    let hits = answer["hits"].as_array().expect("hits");
    let found: Vec<_> = hits.iter().map(|hit| (hit["id"].as_str().expect("an id"), marked(hit))).collect();
    ran.check(found.len() == expect.len(), &format!("{query}: {found:?}"));
    for ((id, words), (expect_id, expect_words)) in found.iter().zip(expect) {
        ran.check(id == expect_id && words == expect_words, &format!("{query}: {found:?}"));
    }
}

#[test]
fn what_is_said_of_a_word_holds_in_articles_queries_and_highlights() {
    let sandbox = indexed();
    finds(&sandbox, "kartofler", &[("mark.txt", &["Knoldene", "jordæblerne"])]);
    finds(&sandbox, "Jordæblerne", &[("mark.txt", &["Knoldene", "jordæblerne"])]);
    finds(&sandbox, "jordaeblerne", &[("mark.txt", &["Knoldene", "jordæblerne"])]);
    finds(&sandbox, "\"sælge kartoffel\"", &[("mark.txt", &["sælge", "jordæblerne"])]);
    finds(&sandbox, "løsning", &[("post.txt", &["løsningen"])]);
    finds(&sandbox, "+digitalpostløsninger", &[("post.txt", &["digitalpostløsningen"])]);
    // A word that stays whole is not found by what only looks like its parts.
    finds(&sandbox, "konto", &[]);
    finds(&sandbox, "nemkonto", &[("konto.txt", &["nemkontoen"])]);
    // Without the vocabulary all that is otherwise.
    sandbox.run(&["index", "--rebuild", "--no-vocabulary"]).code(0);
    finds(&sandbox, "kartofler", &[]);
    finds(&sandbox, "konto", &[("konto.txt", &["kontoen"])]);
}

#[test]
fn an_index_keeps_its_vocabulary() {
    let sandbox = indexed();
    sandbox.write("more.tsv", "da lemma brevene brev");
    sandbox.write("nyt/ny.txt", "Flere kartofler\n\nKnoldene er også store på den anden ø i år, siger borgmesteren.");
    sandbox.run(&["index"]).code(0).says("(da 4)");
    assert_eq!(sandbox.run(&["search", "--json", "kartoflerne"]).hits().len(), 2);
    // The same words in another order, as a spreadsheet exports them.
    let mut lines: Vec<_> = WORDS.lines().filter(|line| !line.starts_with('#')).collect();
    lines.reverse();
    let exported: Vec<u8> = lines.join("\r\n").replace("  ", "\t").encode_utf16().flat_map(u16::to_le_bytes).collect();
    sandbox.write("exported.txt", [b"\xFF\xFE".to_vec(), exported].concat());
    sandbox.run(&["index", "--vocabulary", "exported.txt"]).code(0);
    // Another one needs a rebuild, and a rebuild without one keeps it.
    let refused = sandbox.run(&["index", "--vocabulary", "more.tsv"]);
    refused.refused("was built with another vocabulary").says("add --rebuild");
    sandbox.run(&["index", "--no-vocabulary"]).refused("was built with a vocabulary").says("add --rebuild");
    sandbox.run(&["index", "--rebuild"]).code(0).says("(da 4)");
    sandbox.run(&["index", "--rebuild", "--vocabulary", "more.tsv"]).code(0).says("(da 1)");
    sandbox.run(&["inspect", "--verify"]).code(0).answers("Entries of the vocabulary: da 1");
    let inspection = sandbox.run(&["inspect", "--json"]).json();
    assert_eq!(inspection["vocabulary"], serde_json::json!({"da": 1}));
    let report = sandbox.run(&["index", "--rebuild", "--no-vocabulary", "--json"]);
    assert_eq!(report.json()["vocabulary"], serde_json::json!({}));
    sandbox.run(&["index", "--vocabulary", "more.tsv"]).refused("was built without a vocabulary");
    sandbox.run(&["index", "--no-vocabulary"]).code(0);
}

#[test]
fn without_a_vocabulary_an_index_is_what_it_always_was() {
    let sandbox = indexed();
    let read = |sandbox: &Sandbox| -> Value {
        let text = fs::read_to_string(sandbox.path("index/default").join(MANIFEST)).expect("the manifest");
        serde_json::from_str(text.lines().next().expect("two lines")).expect("JSON")
    };
    let with = read(&sandbox);
    assert!(with["vocabulary"].is_string(), "{with}");
    sandbox.run(&["index", "--rebuild", "--no-vocabulary"]).code(0);
    let without = read(&sandbox);
    assert!(without.get("vocabulary").is_none(), "{without}");
    let stamp = |manifest: &Value| manifest["analysis"].as_str().expect("a stamp").to_owned();
    assert_eq!(stamp(&without).len(), 16);
    // What knows of no vocabularies refuses an index that has one.
    assert!(stamp(&with).starts_with(&format!("{}-", stamp(&without))));
}

#[test]
fn a_faulty_vocabulary_stops_everything_and_says_why() {
    let sandbox = articles();
    let bad = "da whole nemkonto\ndk whole x\nda split nemkonto\nda lemma knoldene kartoffel\nda lemma knoldene mus\n";
    sandbox.write("bad.tsv", bad);
    let ran = sandbox.run(&["index", "nyt", "--vocabulary", "bad.tsv"]);
    ran.refused("bad.tsv:2: no language is called \"dk\"").says("known are da, sv");
    ran.says("bad.tsv:3: nemkonto has no parts").says("write da whole nemkonto");
    ran.says("bad.tsv:5: knoldene has the lemma mus here and kartoffel on line 4")
        .says("leave one of the two lines out");
    ran.says("the vocabulary has 3 faults; nothing was done");
    assert!(!sandbox.path("index").exists(), "nothing was done");
    sandbox.run(&["analyze", "--vocabulary", "bad.tsv", "x"]).refused("bad.tsv:2");
    sandbox.run(&["index", "nyt", "--vocabulary", "no.tsv"]).refused("no.tsv: no such file or folder");
    sandbox.run(&["index", "nyt", "--vocabulary", "nyt"]).refused("nyt: cannot be read");
    sandbox.write("image.tsv", b"\x89PNG\r\n\x1A\n\0\0\0\rIHDR\0\0\x01\0");
    sandbox.run(&["index", "nyt", "--vocabulary", "image.tsv"]).refused("not like text");
    let ran = sandbox.run(&["index", "nyt", "--vocabulary", "words.tsv", "--no-vocabulary"]);
    ran.refused("cannot be used with");
    let many = "whatever\n".repeat(1000);
    sandbox.write("many.tsv", many);
    let ran = sandbox.run(&["index", "nyt", "--vocabulary", "many.tsv"]);
    ran.refused("1000 faults, of which the first 10 are shown").check(ran.err.lines().count() < 30, "it is short");
    // Nor does a fault touch an index that is there.
    sandbox.run(&["index", "nyt", "--vocabulary", "words.tsv"]).code(0);
    sandbox.run(&["index", "--rebuild", "--vocabulary", "bad.tsv"]).refused("bad.tsv:2");
    finds(&sandbox, "kartofler", &[("mark.txt", &["Knoldene", "jordæblerne"])]);
}

#[test]
fn analyze_shows_what_a_vocabulary_does() {
    let sandbox = indexed();
    let column = |ran: &Ran, step: &str| -> Vec<String> {
        let answer = ran.code(0).json();
        let of = |token: &Value| {
            let steps = token["steps"].as_array().expect("steps").iter();
            steps.filter(|one| one["step"] == step).map(|one| one["text"].as_str().expect("text").to_owned()).collect()
        };
        answer["tokens"].as_array().expect("tokens").iter().map(of).collect::<Vec<Vec<_>>>().concat()
    };
    let text = "Knoldene nemkontoen digitalpostløsning";
    // By the index that is there, as every other command, by one that is named, and by a file.
    for more in [vec![], vec!["--index", "index/default"], vec!["--vocabulary", "words.tsv", "--index", "no"]] {
        let ran = sandbox.run(&[vec!["analyze", "--json", "--lang", "da", text], more].concat());
        assert_eq!(column(&ran, "lemma"), ["kartoffel", "nemkontoen", "digitalpostløsning"]);
        assert_eq!(column(&ran, "stem"), ["kartoffel", "nemkonto", "digitalpostløsning"]);
        assert_eq!(column(&ran, "split"), ["", "", "digital+post+løsning"]);
    }
    sandbox.run(&["analyze", "--lang", "da", text]).says("with the vocabulary of the index at index/default");
    let ran = sandbox.run(&["analyze", "--lang", "da", "--vocabulary", "words.tsv", text]);
    ran.says("with the vocabulary words.tsv").answers("  lemma  ");
    // Where nothing is said of a language, its analysis is as shipped.
    assert!(column(&sandbox.run(&["analyze", "--json", "--lang", "sv", text]), "lemma").is_empty());
    sandbox.run(&["analyze", "--index", "no", text]).refused("there is no index at no");
}

#[test]
fn a_damaged_vocabulary_is_never_taken_for_another() {
    let sandbox = indexed();
    let path = sandbox.path("index/default/vocabulary-1.tsv");
    let whole = fs::read(&path).expect("the vocabulary of the first commit");
    let mut damaged = vec![None, Some(Vec::new()), Some(WORDS.into())];
    damaged.extend((0..whole.len()).step_by(7).map(|at| {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        Some(bytes)
    }));
    for bytes in damaged {
        match bytes {
            Some(bytes) => fs::write(&path, bytes).expect("written"),
            None => fs::remove_file(&path).expect("it was there"),
        }
        for args in [&["search", "kartofler"][..], &["index"], &["inspect", "--verify"], &["analyze", "x"]] {
            sandbox.run(args).refused("the index is damaged").says("vocabulary-1.tsv").says("--rebuild");
        }
        sandbox.run(&["index", "--rebuild"]).refused("cannot be read any more").says("--no-vocabulary");
    }
    // With a manifest that is damaged too, nobody knows whether the file was named.
    let manifest = sandbox.path("index/default").join(MANIFEST);
    fs::write(&manifest, "{}").expect("written");
    fs::write(&path, whole).expect("written");
    sandbox.run(&["index", "--rebuild", "nyt"]).refused("cannot be read any more").says("--vocabulary FILE");
    sandbox.run(&["index", "--rebuild", "nyt", "--vocabulary", "words.tsv"]).code(0);
    finds(&sandbox, "kartofler", &[("mark.txt", &["Knoldene", "jordæblerne"])]);
}

/// Words that the articles by chance have, said to be other things.
const VOCABULARIES: &[&str] = &[
    "",
    "da lemma borgerne havnen\nda whole regelforenkling\nsv lemma avfall buller\n",
    "da lemma borgerne borgerne\nda split til+synet\nda lemma møder støj\nsv whole cykelväg\n",
    "da lemma støj vand\nsv lemma vården skog\nund lemma kommunen skov\n",
];

#[test]
fn many_indexes_in_one_process_do_not_disturb_each_other() {
    let sandbox = Sandbox::new();
    let mut rng = Rng(41);
    let name = |number: usize| format!("docs/{number}.md");
    (0..60).for_each(|number| sandbox.write(&name(number), made(&mut rng).as_markdown()));
    let words = |text: &str| Vocabulary::parse(text).expect("a good vocabulary");
    let all: Vec<_> = VOCABULARIES.iter().map(|text| words(text)).collect();
    let update = |at: usize, name: &str, vocabulary: Option<&Vocabulary>| {
        let options = IndexOptions { vocabulary: vocabulary.cloned(), ..options() };
        index(&sandbox.path(&format!("{name}-{at}")), &[sandbox.path("docs")], &options).expect("it is indexed");
    };
    (0..all.len()).for_each(|at| update(at, "updated", Some(&all[at])));
    (40..80).for_each(|number| sandbox.write(&name(number), made(&mut rng).as_markdown()));
    // Now and then the same words from another value, or those that the index has.
    (0..all.len()).for_each(|at| update(at, "updated", [None, Some(&words(VOCABULARIES[at]))][at % 2]));
    let mut answers = Vec::new();
    for at in 0..all.len() {
        // What another process makes, which has never heard of the others.
        sandbox.write("words.tsv", VOCABULARIES[at]);
        let fresh = format!("fresh-{at}");
        sandbox.run(&["index", "docs", "--index", &fresh, "--vocabulary", "words.tsv"]).code(0);
        answers.push(sandbox.answers(&format!("updated-{at}")));
        assert!(answers[at] == sandbox.answers(&fresh), "{:?}", VOCABULARIES[at]);
        assert!(answers[..at].iter().all(|other| *other != answers[at]), "{:?} should matter", VOCABULARIES[at]);
    }
    for (at, expect) in answers.iter().enumerate().rev() {
        assert!(sandbox.answers(&format!("updated-{at}")) == *expect, "asked again: {:?}", VOCABULARIES[at]);
    }
}

/// A form whose lemma shares no letter with it is found by the lemma, and marked, in every language.
#[test]
fn every_language_takes_lemmas() {
    let sandbox = Sandbox::new();
    for language in LANGUAGES {
        let code = language.code;
        sandbox.write("words.tsv", format!("{code} lemma zyxwvæ kontor\n"));
        sandbox.write("docs/a.txt", "Zyxwvæ står her.");
        let dir = format!("index-{code}");
        let args = ["index", "docs", "--index", &dir, "--vocabulary", "words.tsv", "--force-lang", code];
        sandbox.run(&args).code(0);
        for query in ["kontor", "ZYXWVÆ", "zyxwvae", "+kontor"] {
            let answer = sandbox.run(&["search", "--json", "--index", &dir, query]).json();
            let words = marked(&answer["hits"][0]);
            assert!(words.contains(&"Zyxwvæ".to_owned()), "{code}: {query} marks {words:?}\n{answer}");
        }
    }
}

#[test]
fn an_experiment_may_name_a_vocabulary() {
    let sandbox = articles();
    let text = |vocabulary: &str| {
        format!(
            "about = \"potatoes\"\ntopics = \"t.tsv\"\nqrels = \"q.txt\"\nmeasures = [\"RR\"]\ntolerance = 0.001\n\
             [corpus]\npaths = [\"nyt\"]\nindex = \"nyt\"\ndocuments = {{ da = 3 }}\n{vocabulary}\n"
        )
    };
    sandbox.write("t.tsv", "1\tda\tkartofler\n2\tda\tnemkonto\n");
    sandbox.write("q.txt", "1 0 mark.txt 1\n2 0 konto.txt 1\n");
    sandbox.write("without.toml", text(""));
    sandbox.write("with.toml", text("vocabulary = \"words.tsv\""));
    sandbox.write("faulty.toml", text("vocabulary = \"t.tsv\""));
    let value = |file: &str| {
        let ran = sandbox.run(&["bench", "--json", file]);
        ran.json()["figures"][0]["got"].as_f64().unwrap_or_else(|| ran.fail("a figure"))
    };
    // They share the index, which is made anew whenever its words are others.
    for (file, expect) in [("with.toml", 1.0), ("without.toml", 0.5), ("with.toml", 1.0), ("with.toml", 1.0)] {
        assert_eq!(value(file), expect, "{file}");
    }
    sandbox.run(&["bench", "faulty.toml"]).code(2).says("t.tsv:1: no language is called \"1\"");
}
