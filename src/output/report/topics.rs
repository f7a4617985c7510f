//! The topics worth a look: those with the lowest values, and those that lost and gained most, each with its text and what
//! the two systems put first. A record has no texts, because they belong to others; then the names are listed, with how to
//! have the rest.

use std::collections::BTreeSet;
use std::fmt::Result;
use std::fmt::Write;

use crate::output::details::DocumentDetails;
use crate::output::report::markup::Text;
use crate::output::report::markup::signed;
use crate::output::report::markup::value;
use crate::output::report::versus::Side;
use crate::output::report::versus::Topic;
use crate::output::report::versus::Versus;

/// How many of the worst topics are shown.
const WORST: usize = 10;
/// How many of those that lost most, and of those that gained most.
const MOVED: usize = 5;

pub(super) fn write(page: &mut String, number: usize, versus: &Versus<'_>) -> Result {
    let chosen = chosen(versus);
    writeln!(page, "<h3 id=\"e{number}-worst\">Topics worth a look</h3>")?;
    if chosen.is_empty() {
        return writeln!(page, "<p>All topics have the same value, and none has changed.</p>");
    }
    if versus.new.source.details.is_none() {
        writeln!(
            page,
            "<p class=\"note\">The record of {} has no texts of topics and no documents, which may belong to others: for \
            these, run <code>snotra bench</code> on the experiment’s file where its collection is at hand, and make the \
            report of <code>index/bench/{}.record.json</code>, which lies beside them.</p>",
            Text(&versus.new.source.record.name),
            Text(&versus.new.source.record.name),
        )?;
        return list(page, number, versus, &chosen);
    }
    for (title, topics) in chosen {
        writeln!(page, "<h4>{title}</h4>")?;
        for topic in topics {
            card(page, versus, topic)?;
        }
    }
    Ok(())
}

/// The topics to show, none of them twice. Of several that are alike, those come first of which something is known.
fn chosen<'v, 'a>(versus: &'v Versus<'a>) -> Vec<(&'static str, Vec<&'v Topic<'a>>)> {
    let known: BTreeSet<&str> = match &versus.new.source.details {
        Some(details) => details.topics.iter().map(|details| details.topic.as_str()).collect(),
        None => BTreeSet::new(),
    };
    let mut seen = BTreeSet::new();
    let mut take = |most: usize, holds: &dyn Fn(&Topic<'_>) -> bool, key: &dyn Fn(&Topic<'_>) -> [f64; 2]| {
        let mut topics: Vec<_> = versus.topics.iter().filter(|topic| holds(topic)).collect();
        topics.sort_by(|a, b| {
            let ([a1, a2], [b1, b2]) = (key(a), key(b));
            let unknown = |topic: &Topic<'_>| !known.contains(topic.id);
            a1.total_cmp(&b1).then(unknown(a).cmp(&unknown(b))).then(a2.total_cmp(&b2))
        });
        topics.retain(|topic| !seen.contains(topic.id));
        topics.truncate(most);
        seen.extend(topics.iter().map(|topic| topic.id));
        topics
    };
    let best = versus.topics.iter().map(|topic| topic.new).fold(f64::NEG_INFINITY, f64::max);
    let sorts = [
        ("Lowest values", take(WORST, &|topic| topic.new < best, &|topic| [topic.new, topic.gain()])),
        ("Largest losses", take(MOVED, &|topic| topic.gain() < 0.0, &|topic| [topic.gain(), topic.new])),
        ("Largest gains", take(MOVED, &|topic| topic.gain() > 0.0, &|topic| [-topic.gain(), topic.new])),
    ];
    sorts.into_iter().filter(|(_, topics)| !topics.is_empty()).collect()
}

/// The topics by name.
fn list(page: &mut String, number: usize, versus: &Versus<'_>, chosen: &[(&str, Vec<&Topic<'_>>)]) -> Result {
    writeln!(
        page,
        "<div class=\"wide\" role=\"region\" aria-labelledby=\"e{number}-topics\" tabindex=\"0\">\n<table>\n\
        <caption id=\"e{number}-topics\"><span>{} of the topics that are lowest, and that moved most</span></caption>\n\
        <thead><tr><th scope=\"col\">Topic</th><th scope=\"col\">Sort</th><th scope=\"col\" class=\"number\">{}</th>\
        <th scope=\"col\" class=\"number\">{}</th><th scope=\"col\" class=\"number\">Difference</th></tr></thead>",
        Text(versus.measures[0]),
        Text(versus.baseline.label),
        Text(versus.new.label),
    )?;
    for (title, topics) in chosen {
        writeln!(page, "<tbody>\n<tr class=\"block\"><th scope=\"rowgroup\" colspan=\"5\">{title}</th></tr>")?;
        for topic in topics {
            writeln!(
                page,
                "<tr><th scope=\"row\">{}</th><td>{}</td><td class=\"number\">{}</td><td class=\"number\">{}</td>\
                <td class=\"number\">{}</td></tr>",
                Text(topic.id),
                Text(&topic.about),
                value(topic.baseline),
                value(topic.new),
                signed(topic.gain()),
            )?;
        }
        writeln!(page, "</tbody>")?;
    }
    writeln!(page, "</table>\n</div>")
}

/// A topic with its text and what was found.
fn card(page: &mut String, versus: &Versus<'_>, topic: &Topic<'_>) -> Result {
    let details = versus.new.source.details.as_ref();
    let known = versus.new.details(topic.id);
    let text = details.and_then(|details| details.texts.get(topic.id)).map_or("", String::as_str);
    let lang = known.and_then(|details| details.lang.as_deref()).filter(|code| is_language(code));
    let lang = lang.map(|code| format!(" lang=\"{code}\"")).unwrap_or_default();
    writeln!(
        page,
        "<article class=\"topic\">\n<h5{lang}>{}</h5>\n<p class=\"values\"><span class=\"id\">{}</span>{}\
        <span>{} <b>{}</b></span> · <span>{} <b>{}</b></span> · <b>{}</b></p>",
        if text.is_empty() { Text(topic.id) } else { Text(text) },
        Text(topic.id),
        if topic.about.is_empty() { String::new() } else { format!(" {} · ", Text(&topic.about)) },
        Text(versus.new.label),
        value(topic.new),
        Text(versus.baseline.label),
        value(topic.baseline),
        signed(topic.gain()),
    )?;
    let Some(known) = known else {
        return writeln!(page, "<p class=\"note\">What was found for it was not kept.</p>\n</article>");
    };
    writeln!(page, "<div class=\"found\">")?;
    for side in [&versus.new, &versus.baseline] {
        found(page, side, topic.id)?;
    }
    writeln!(page, "</div>")?;
    if !known.relevant.is_empty() {
        writeln!(page, "<p class=\"list\">Relevant</p>\n<ul>")?;
        for document in &known.relevant {
            let ranks = [&versus.new, &versus.baseline].map(|side| rank(side, topic.id, document));
            let grade = document.grade.map(|grade| format!("grade {grade}, ")).unwrap_or_default();
            writeln!(
                page,
                "<li>{} <span class=\"grade\">{}</span></li>",
                Text(name(document)),
                Text(&format!("{grade}{}", ranks.join(", "))),
            )?;
        }
        writeln!(page, "</ul>")?;
    }
    writeln!(page, "</article>")
}

/// What a system put first.
fn found(page: &mut String, side: &Side<'_>, topic: &str) -> Result {
    writeln!(page, "<div>\n<p class=\"list\">First by {}</p>", Text(side.label))?;
    match side.details(topic).and_then(|details| details.found.get(&side.system.name)) {
        None => writeln!(page, "<p class=\"none\">not kept</p>")?,
        Some(documents) if documents.is_empty() => writeln!(page, "<p class=\"none\">nothing found</p>")?,
        Some(documents) => {
            writeln!(page, "<ol>")?;
            for document in documents {
                let (class, grade) = match document.grade {
                    Some(grade) if grade > 0 => ("grade relevant", format!("relevant, grade {grade}")),
                    Some(_) => ("grade", "not relevant".to_owned()),
                    None => ("grade", "not judged".to_owned()),
                };
                let name = Text(name(document));
                writeln!(page, "<li>{name} <span class=\"{class}\">{grade}</span></li>")?;
            }
            writeln!(page, "</ol>")?;
        }
    }
    writeln!(page, "</div>")
}

/// At which rank a system has a document.
fn rank(side: &Side<'_>, topic: &str, document: &DocumentDetails) -> String {
    let known = side.details(topic).and_then(|details| details.relevant.iter().find(|other| other.id == document.id));
    match known.map(|document| document.ranks.get(&side.system.name)) {
        None => format!("{}: not kept", side.label),
        Some(None) => format!("{}: not found", side.label),
        Some(Some(rank)) => format!("{}: rank {rank}", side.label),
    }
}

fn name(document: &DocumentDetails) -> &str {
    if document.title.trim().is_empty() { &document.id } else { &document.title }
}

/// Whether this can stand in an attribute that says which language text is in.
fn is_language(code: &str) -> bool {
    !code.is_empty() && code.len() <= 12 && code.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}
