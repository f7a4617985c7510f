//! Did you mean: what is offered for a word that no document has, and what is shown where nothing else is found.

use serde_json::json;

use crate::support::Sandbox;

const HARBOUR: &str = "Støjen fra havnen skal måles

Kommunen vil måle støjen fra havnen hver nat. Færgerne larmer, og beboerne på Ålegade sover dårligt. Økonomiudvalget i
kommunen har sat penge af til målere på tre hustage, og støjen måles i et år af kommunens egne folk.
";
const BOOKS: &str = "Flere bøger på biblioteket

Biblioteket har købt bøger for den bevilling, som kommunen gav i foråret. Bøgerne står fremme fra mandag, og lægerne på
sygehuset har fået deres egen hylde med bøger om sundhed.
";
const HOMECARE: &str = "Hemtjänsten får nya regler

Kommunen har beslutat om nya regler för hemtjänsten. Äldre som behöver stöd ska få det samma vecka, och reglerna gäller
i hela kommunen från och med våren.
";

fn indexed() -> Sandbox {
    let sandbox = Sandbox::with(&[("nyt/havn.txt", HARBOUR), ("nyt/bog.txt", BOOKS), ("nyt/stod.txt", HOMECARE)]);
    sandbox.run(&["index", "nyt"]).code(0);
    sandbox
}

#[test]
fn a_slip_is_corrected_where_nothing_else_is_found() {
    let sandbox = indexed();
    let check = |query: &str, alternative: &str, id: &str| {
        let ran = sandbox.run(&["search", "--json", query]);
        let answer = ran.code(0).json();
        ran.check(answer["query"] == query && answer["interpreted"] == query, "the query stays as it is");
        ran.check(answer["suggestions"][0]["term"] == query, "the unknown word is named");
        ran.check(answer["suggestions"][0]["alternatives"][0] == alternative, "the nearest form comes first");
        ran.check(answer["suggested"] == alternative && answer["corrected"] == true, "what is shown is said");
        ran.check(ran.hits().iter().any(|hit| hit == id), "the documents of the suggested word are shown");
    };
    check("kommnuen", "kommunen", "havn.txt");
    check("komnunen", "kommunen", "havn.txt");
    check("hvanen", "havnen", "havn.txt");
    check("biblioteet", "biblioteket", "bog.txt");
    // Only forms with an ending are there.
    check("bevlling", "bevilling", "bog.txt");
    check("sygehs", "sygehuset", "bog.txt");
    // Irregular, and another letter than the Nordic one.
    check("bøgher", "bøger", "bog.txt");
    check("hemtjænstem", "hemtjänsten", "stod.txt");
    // A name is offered as it is written.
    check("Ålgade", "Ålegade", "havn.txt");
}

#[test]
fn people_are_told() {
    let sandbox = indexed();
    let ran = sandbox.run(&["search", "kommnuen"]);
    ran.code(0).says("nothing has kommnuen; showing kommunen\n").answers("3 articles\n");
    let ran = sandbox.run(&["search", "kommnuen havnen"]);
    ran.code(0).says("did you mean kommunen havnen?");
    ran.answers("1 article with any of the words, none with all\n");
    let ran = sandbox.run(&["search", "-q", "kommnuen"]);
    ran.code(0).silent();
    let ran = sandbox.run(&["search", "xylofonkoncert"]);
    ran.code(1).silent();
    assert_eq!(ran.out, "Nothing found.\n");
}

#[test]
fn a_known_word_is_never_corrected() {
    let sandbox = indexed();
    // As typed, in another form, without its letters, in quotes, as a part, as a number, left open.
    for query in
        ["kommune", "kommunernes", "laegerne", "\"nya regler\"", "it-havnen", "2016/679", "kommnu*", "-kommnuen"]
    {
        let ran = sandbox.run(&["search", "--json", "--", query]);
        let answer = ran.json();
        ran.check(answer["suggestions"] == json!([]), "there is nothing to correct");
        ran.check(answer["suggested"].is_null() && answer["corrected"] == false, "nothing is corrected");
    }
}

#[test]
fn what_is_found_is_not_disturbed() {
    let sandbox = indexed();
    let plain = sandbox.run(&["search", "--json", "havnen"]).json();
    let ran = sandbox.run(&["search", "--json", "havnen biblioteet"]);
    let answer = ran.code(0).json();
    ran.check(answer["hits"][0]["id"] == plain["hits"][0]["id"], "the hits are those of the known word");
    ran.check(answer["total"] == plain["total"], "the guess finds nothing of its own");
    ran.check(answer["suggested"] == "havnen biblioteket" && answer["corrected"] == false, "it is offered");
}

#[test]
fn words_in_phrases_titles_and_demands_are_corrected_too() {
    let sandbox = indexed();
    let check = |query: &str, suggested: &str, expect: &[&str]| {
        let ran = sandbox.run(&["search", "--json", query]);
        let answer = ran.code(0).json();
        ran.check(answer["suggested"] == suggested && answer["corrected"] == true, "the whole query is corrected");
        ran.check(ran.hits() == expect, &format!("expected {expect:?}"));
    };
    check("\"nya reglier\"", "\"nya regler\"", &["stod.txt"]);
    check("title:hvanen", "title:havnen", &["havn.txt"]);
    check("+kommnuen havnen", "+kommunen havnen", &["havn.txt", "stod.txt", "bog.txt"]);
    check("kommnuen AND hvanen", "kommunen AND havnen", &["havn.txt"]);
    check("kommnuen lang:sv", "kommunen lang:sv", &["stod.txt"]);
    // Where the corrected query finds nothing either, nothing is said of it.
    let ran = sandbox.run(&["search", "--json", "hvanen", "--lang", "sv"]);
    let answer = ran.code(1).json();
    ran.check(answer["suggested"].is_null() && answer["corrected"] == false, "it would lead nowhere");
}

#[test]
fn a_guess_weighs_less_than_what_is_known() {
    let sandbox = indexed();
    let typed = sandbox.run(&["search", "--json", "havnen"]).json();
    let guessed = sandbox.run(&["search", "--json", "hvanen"]).json();
    let score = |answer: &serde_json::Value| answer["hits"][0]["score"].as_f64().expect("a number");
    let share = score(&guessed) / score(&typed);
    assert!((0.25..0.35).contains(&share), "a guess is worth three tenths, not {share}");
}

#[test]
fn a_batch_takes_words_as_they_are() {
    let sandbox = indexed();
    let ran = sandbox.run_with(&["batch"], "q1\tkommnuen\n", |_| {});
    let answers = ran.code(1).json_lines();
    ran.check(answers[0]["hits"] == json!([]), "a run is reproducible");
    ran.silent();
}

#[test]
fn what_an_escape_sequence_does_is_not_done() {
    let sandbox = indexed();
    let ran = sandbox.run(&["search", "kommnuen\u{1b}[31m"]);
    ran.check(!ran.err.contains('\u{1b}') && !ran.out.contains('\u{1b}'), "no strange text on a terminal");
}
