//! The shapes in which articles arrive as plain text, through the whole binary: what is title, date and publisher, and
//! that what is neither cannot be found.

use serde_json::Value;

use crate::support::Sandbox;

struct Shape {
    name: &'static str,
    text: &'static str,
    title: &'static str,
    date: Option<&'static str>,
    source: Option<&'static str>,
    lang: &'static str,
    /// How the body begins and ends.
    body: (&'static str, &'static str),
    /// Words that stand in debris only.
    lost: &'static [&'static str],
    /// Words that look like debris and are none, or are in the title.
    kept: &'static [&'static str],
}

const SHAPES: &[Shape] = &[
    Shape {
        name: "000.txt",
        text: "Færre spørgsmål på flytteblanketten

Færre spørgsmål på flytteblanketten

Når en familie flytter over kommunegrænsen, skal den i dag svare på enogtyve spørgsmål. Fra næste år bliver det til otte, fordi kommunerne selv henter resten i registrene.

Blanketten har fulgt borgerne siden 1998 og er vokset for hver ny ordning. En arbejdsgruppe af sagsbehandlere har streget det, som ingen længere læser.

Gruppen håber, at også byggeansøgninger kan blive kortere.
",
        title: "Færre spørgsmål på flytteblanketten",
        date: None,
        source: None,
        lang: "da",
        body: ("Når en familie flytter", "kan blive kortere."),
        lost: &[],
        kept: &["flytteblanketten", "enogtyve", "byggeansøgninger", "1998"],
    },
    Shape {
        name: "001.txt",
        text: "Hjemmeplejen får faste hold

Hjemmeplejen får faste hold

Hjemmeplejen får faste hold fra april, lover udvalgsformanden, og de ældre skal højst møde otte forskellige ansigter om måneden.

Ordningen er prøvet før. Den gang faldt den fra hinanden, fordi ingen havde regnet med sygdom.

Den 11. marts 2020 blev forsøget stillet i bero, og holdene blev delt op igen. Medarbejderne savnede dem fra første dag.

Nu er der sat penge af til tre vikarer på hvert hold, og lederne mødes hver fredag for at lægge planen.
",
        title: "Hjemmeplejen får faste hold",
        date: None,
        source: None,
        lang: "da",
        body: ("Hjemmeplejen får faste hold fra april", "lægge planen."),
        lost: &[],
        kept: &["april", "marts", "bero", "vikarer"],
    },
    Shape {
        name: "002.txt",
        text: "03. august 2021

Bibliotekerne åbner døren om natten

Bibliotekerne åbner døren om natten

Fra efteråret kan lånerne i Ravnborg gå ind på biblioteket døgnet rundt med deres sygesikringskort. Byrådet har givet to millioner kroner til nye låse og bedre lys.

Personalet frygter ikke, at bøgerne forsvinder. I nabobyen er der på tre år kun kommet to stole væk, og den ene kom tilbage.

Forsøget skal vurderes, når det har varet et år.

×

Log ind
",
        title: "Bibliotekerne åbner døren om natten",
        date: Some("2021-08-03"),
        source: None,
        lang: "da",
        body: ("Fra efteråret kan lånerne", "varet et år."),
        lost: &["log", "august"],
        kept: &["biblioteket", "stole", "nabobyen"],
    },
    Shape {
        name: "003.txt",
        text: "Köpenhamns brevlådor blir digitala

aug 31, 2020 | Artiklar

I Köpenhamn och Århus har nästan alla invånare en digital brevlåda, berättar Jørgen Sørensen från Digitaliseringsstyrelsen när vi möts på Rådhuspladsen. Det tog tio år och många samtal med äldre på plejehjem i Ærøskøbing.

Svenska kommuner vill lära av grannarna. I Malmö har en grupp redan besökt Nørrebro för att se hur medborgarservicen hjälper dem som inte har någon dator.

– Vi trodde att tekniken var det svåra, men det var förtroendet, säger Kirsten Nygård från Kommunernes Landsforening.

Nu ska regeringen utreda om brevlådan kan bli obligatorisk även här.

Följ arbetet

Få mer ut av förvaltningen med Rådhusbrevet

Rådhusbrevet är ditt utskick om allt som rör kommuner, regler och digital service
",
        title: "Köpenhamns brevlådor blir digitala",
        date: Some("2020-08-31"),
        source: None,
        lang: "sv",
        body: ("I Köpenhamn och Århus", "obligatorisk även här."),
        lost: &["rådhusbrevet", "utskick", "artiklar"],
        kept: &["Sørensen", "Ærøskøbing", "Nørrebro", "förtroendet", "obligatorisk"],
    },
    Shape {
        name: "004.txt",
        text: "15.03.23 DI Digital Nyheder

Små virksomheder drukner i logfiler

De nye krav til sikkerhed rammer også bageren og frisøren, for de leverer til kommunen og skal derfor gemme logfiler i fem år. Mange ved ikke, hvad en logfil er.

Foreningen foreslår, at kravene først gælder fra halvtreds ansatte. Ministeren vil se på det, men vil ikke love noget før sommeren.

Imens har to bagere i Ravnborg slået sig sammen om en fælles it-mand.

Relateret indhold
",
        title: "Små virksomheder drukner i logfiler",
        date: Some("2023-03-15"),
        source: Some("DI Digital Nyheder"),
        lang: "da",
        body: ("De nye krav til sikkerhed", "fælles it-mand."),
        lost: &["relateret", "indhold"],
        kept: &["frisøren", "logfil", "it-mand"],
    },
];

#[test]
fn every_shape_is_understood() {
    let sandbox = Sandbox::new();
    for shape in SHAPES {
        sandbox.write(&format!("nyt/{}", shape.name), shape.text);
    }
    sandbox.run(&["index", "nyt"]).code(0);
    let mut faults = Vec::new();
    for shape in SHAPES {
        let document = sandbox.run(&["show", "--json", shape.name]).code(0).json();
        let mut expect = |what: &str, got: &Value, want: Value| {
            if *got != want {
                faults.push(format!("{}: the {what} is {got}, not {want}", shape.name));
            }
        };
        expect("title", &document["title"], shape.title.into());
        expect("date", &document["date"], shape.date.into());
        expect("source", &document["source"], shape.source.into());
        expect("language", &document["lang"], shape.lang.into());
        let body = document["text"].as_str().expect("a text");
        let (start, end) = shape.body;
        if !body.starts_with(start) || !body.ends_with(end) {
            faults.push(format!("{}: the body is not from {start:?} to {end:?}:\n{body}", shape.name));
        }
        let found = |word: &str| {
            // As a phrase: other articles have parts of it.
            let ran = sandbox.run(&["search", "--json", &format!("\"{word}\"")]);
            ran.check(ran.code != Some(2), "it is answered");
            ran.hits().iter().any(|id| id == shape.name)
        };
        faults.extend(
            shape.lost.iter().filter(|word| found(word)).map(|word| format!("{}: {word} is found", shape.name)),
        );
        faults.extend(
            shape.kept.iter().filter(|word| !found(word)).map(|word| format!("{}: {word} is lost", shape.name)),
        );
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn what_was_cut_is_counted_and_not_gone() {
    let sandbox = Sandbox::with(&[("nyt/002.txt", SHAPES[2].text)]);
    sandbox.run(&["index", "nyt"]).code(0);
    let ran = sandbox.run(&["show", "002.txt", "--raw", "--json"]);
    let document = ran.code(0).json();
    ran.check(document["cut_lines"] == 2, "the cross and the invitation");
    ran.check(document["raw"].as_str().is_some_and(|raw| raw.trim() == SHAPES[2].text.trim()), "raw is what was read");
    let ran = sandbox.run(&["inspect", "--json"]);
    ran.check(ran.json()["cut_lines"] == 2, "the index counts them");
}
