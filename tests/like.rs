//! More like this, and articles that say the same as one hit.

use std::time::Instant;

use serde_json::Value;
use serde_json::json;

use crate::support::Sandbox;
use crate::support::ids;
use crate::support::project;

const NOISE: &str = "Kommunen vil måle støjen fra havnen hver nat i et helt år. Færgerne larmer mest om vinteren, og \
beboerne på den gamle kaj sover dårligt. Udvalget har sat 300.000 kroner af til målere på tre hustage ved kajen. \
Målingerne bliver lagt frem på nettet, så enhver kan se dem fra dag til dag. Rederiet mener, at støjen kommer fra \
lastbilerne og ikke fra skibene. Det er beboerne ikke enige i, for lastbilerne kører kun om dagen. Om et år skal byrådet \
tage stilling til, om færgerne skal have strøm fra land. Det koster efter rederiets eget skøn omkring tolv millioner.";
const FERRY: &str = "Færgerne til øen sejler fra den nye kaj fra mandag. Rederiet lover, at skibene larmer mindre, og at \
støjen i havnen falder, når lastbilerne ikke længere holder i kø.";
const SCHOOL: &str = "Skolen har fået nyt tag, og eleverne slipper for spande på gangen. Kommunen betaler, og \
håndværkerne er færdige før ferien.";
const SWEDISH: &str = "Kommunen mäter bullret från hamnen i ett år. Rederiet säger att fartygen inte är problemet, och \
färjorna får vänta på besked om el från land.";

fn record(id: &str, title: &str, text: &str, lang: &str, date: &str, source: &str) -> String {
    format!("{}\n", json!({"id": id, "title": title, "text": text, "lang": lang, "date": date, "source": source}))
}

fn indexed() -> Sandbox {
    let reprint =
        NOISE.replace("Rederiet mener, at støjen kommer fra lastbilerne og ikke fra skibene.", "Rederiet tier.");
    let records = [
        record("noise", "Støjen fra havnen skal måles", NOISE, "da", "2023-05-12", "Ravnborg Tidende"),
        record("reprint", "Larmende færger får målere", &reprint, "da", "2023-05-13", "Åmosens Blad"),
        record("ferry", "Ny kaj til færgerne", FERRY, "da", "2022-01-01", "Ravnborg Tidende"),
        record("school", "Nyt tag", SCHOOL, "da", "2021-08-03", "Åmosens Blad"),
        record("swedish", "Bullret mäts", SWEDISH, "sv", "2022-02-01", "Näsby Nytt"),
    ];
    let sandbox = Sandbox::with(&[("nyt/poster.jsonl", &records.concat())]);
    sandbox.run(&["index", "nyt"]).code(0);
    sandbox
}

fn duplicates(hit: &Value) -> Vec<&str> {
    let all = hit["duplicates"].as_array().expect("a hit has duplicates");
    all.iter().map(|duplicate| duplicate["id"].as_str().expect("an id")).collect()
}

#[test]
fn articles_about_the_same_come_first_and_the_article_itself_does_not() {
    let sandbox = indexed();
    let ran = sandbox.run(&["search", "--json", "--no-group", "--like", "noise"]);
    let answer = ran.code(0).json();
    ran.check(answer["like"] == "noise" && answer["query"] == "", "what was asked is said");
    let hits = ids(&answer);
    ran.check(hits[0] == "reprint", "the nearest comes first");
    ran.check(["ferry", "swedish"].iter().all(|id| hits.contains(&(*id).to_owned())), "in every language");
    ran.check(!hits.contains(&"noise".to_owned()), "not the article itself");
    ran.check(answer["total"]["value"] == hits.len(), "nor is it counted");
    let words: Vec<_> = answer["interpreted"].as_str().expect("text").split(' ').collect();
    ran.check(words.contains(&"støjen") && words.contains(&"beboerne"), "its subject is what was searched");
    ran.check(!words.contains(&"ikke") && words.len() <= 25, "and nothing else");
    // A title alone is a subject too.
    sandbox.run(&["search", "--like", "ferry"]).code(0).answers("Støjen");
}

#[test]
fn like_takes_the_options_of_search() {
    let sandbox = indexed();
    let check = |options: &[&str], expect: &[&str]| {
        let ran = sandbox.run(&[&["search", "--json", "--no-group", "--like", "noise"], options].concat());
        ran.check(ran.hits() == expect, &format!("expected {expect:?}"));
    };
    check(&["-n", "1"], &["reprint"]);
    check(&["-n", "1", "--offset", "1", "--lang", "da"], &["ferry"]);
    check(&["--until", "2022-01-31", "-n", "1"], &["ferry"]);
    check(&["--source", "Ravnborg Tidende"], &["ferry"]);
    check(&["--lang", "sv"], &["swedish"]);
    check(&["--sort", "date", "-n", "1"], &["reprint"]);
    let ran = sandbox.run(&["search", "--json", "--like", "noise", "--facets", "source", "--explain"]);
    let answer = ran.code(0).json();
    let counts = answer["facets"]["source"].as_array().expect("counts");
    let ravnborg = counts.iter().find(|count| count["value"] == "Ravnborg Tidende");
    ran.check(ravnborg.is_some_and(|count| count["count"] == 1), "the article itself is not counted");
    ran.check(answer["hits"][0]["explanation"].is_array(), "scores are explained");
}

#[test]
fn like_says_what_it_cannot_do() {
    let sandbox = indexed();
    let ran = sandbox.run(&["search", "--like", "nowhere"]);
    ran.code(1).says("no document has the id nowhere\n").check(ran.out.is_empty(), "there is no answer");
    sandbox.run(&["search", "--like", "noise", "havnen"]).refused("cannot be used with");
    sandbox.run(&["search"]).refused("required");
    let ran = sandbox.run(&["search", "--like", "\u{1b}[31m"]);
    ran.code(1).check(!ran.err.contains('\u{1b}'), "no strange text on a terminal");
}

#[test]
fn a_reprint_stands_beneath_the_article() {
    let sandbox = indexed();
    let apart = sandbox.run(&["search", "--json", "--no-group", "støjen havnen"]).json();
    assert!(["noise", "reprint"].iter().all(|id| ids(&apart).contains(&(*id).to_owned())));
    assert!(apart["hits"].as_array().is_some_and(|hits| hits.iter().all(|hit| duplicates(hit).is_empty())));
    let ran = sandbox.run(&["search", "--json", "støjen havnen"]);
    let answer = ran.code(0).json();
    ran.check(ids(&answer)[..2] == ["noise", "ferry"], "the reprint is no hit of its own");
    ran.check(answer["total"] == apart["total"], "the total counts articles");
    let hit = &answer["hits"][0];
    ran.check(duplicates(hit) == ["reprint"] && hit["rank"] == 1, "it is listed where it belongs");
    let fields: Vec<_> = hit["duplicates"][0].as_object().expect("an object").keys().collect();
    ran.check(fields == ["id", "title", "date", "lang", "source", "path", "url"], "the fields of a duplicate");
    ran.check(answer["hits"][1]["rank"] == 2, "ranks count groups");
    let ran = sandbox.run(&["search", "støjen havnen", "-n", "1"]);
    ran.code(0).answers("    also: Larmende færger får målere · Åmosens Blad · 2023-05-13\n").answers("1–1 of ");
    let ran = sandbox.run(&["search", "\"målere på tre hustage\""]);
    ran.code(0).answers("also: ").answers("\n2 articles\n");
}

#[test]
fn limit_and_offset_count_groups() {
    let sandbox = indexed();
    let check = |options: &[&str], expect: &[&str]| {
        let ran = sandbox.run(&[&["search", "--json", "støjen havnen", "--lang", "da"], options].concat());
        ran.check(ran.hits() == expect, &format!("expected {expect:?}"));
    };
    check(&["-n", "2"], &["noise", "ferry"]);
    check(&["-n", "1", "--offset", "1"], &["ferry"]);
    check(&["-n", "1", "--offset", "2"], &[]);
    check(&["-n", "0"], &[]);
    check(&["--sort", "date", "-n", "1"], &["reprint"]);
}

#[test]
fn many_reprints_leave_room_for_the_rest() {
    let mut records: String =
        (0..60).map(|n| record(&format!("r{n:02}"), "Støjen fra havnen", NOISE, "da", "2023-05-12", "Blad")).collect();
    records.push_str(&record("ferry", "Ny kaj til færgerne", FERRY, "da", "2022-01-01", "Ravnborg Tidende"));
    let sandbox = Sandbox::with(&[("nyt/poster.jsonl", &records)]);
    sandbox.run(&["index", "nyt"]).code(0);
    let ran = sandbox.run(&["search", "--json", "støjen havnen", "-n", "2"]);
    let answer = ran.code(0).json();
    ran.check(ids(&answer) == ["r00", "ferry"], "two groups");
    ran.check(duplicates(&answer["hits"][0]).len() == 59, "and all that say the same");
}

#[test]
fn a_batch_groups_nothing() {
    let sandbox = indexed();
    let ran = sandbox.run_with(&["batch"], "q1\tstøjen havnen\n", |_| {});
    let answers = ran.code(0).json_lines();
    let hits = ids(&answers[0]);
    ran.check(hits.contains(&"noise".to_owned()) && hits.contains(&"reprint".to_owned()), "a run has them all");
}

#[test]
fn no_two_sample_articles_say_the_same() {
    let sandbox = Sandbox::new();
    let corpus = project().join("corpus");
    sandbox.run(&["index", &corpus.to_string_lossy()]).code(0);
    let begin = Instant::now();
    for query in ["-zzz", "kommunen kommun regler", "digital post"] {
        let ran = sandbox.run(&["search", "--json", "-n", "100", "--", query]);
        let answer = ran.code(0).json();
        let hits = answer["hits"].as_array().expect("hits");
        ran.check(hits.iter().all(|hit| duplicates(hit).is_empty()), "no article is a reprint");
        ran.check(answer["total"]["value"] == hits.len(), "all are shown");
    }
    assert!(begin.elapsed().as_secs() < 60, "comparing is quick");
}
