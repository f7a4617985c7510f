//! JSON for programs. The forms are documented in `docs/json.md`; fields are only ever added.

use std::collections::BTreeMap;
use std::io;
use std::io::Write;
use std::ops::Range;

use serde::Serialize;
use serde_json::Value;
use serde_json::json;

use crate::app::Found;
use crate::app::FoundHit;
use crate::app::IndexReport;
use crate::app::PassageText;
use crate::app::QueryLang;
use crate::doc::Date;
use crate::doc::Problem;
use crate::engine::Inspection;
use crate::engine::Stored;
use crate::engine::Terms;
use crate::engine::TermsByKind;
use crate::eval::Pool;

/// The number in every object's `schema`.
pub const SCHEMA: u32 = 1;

/// The answer to one query; with `seconds`, how long it took.
pub fn found(found: &Found, seconds: Option<f64>) -> Value {
    let facets: BTreeMap<_, Vec<_>> = found
        .facets
        .iter()
        .map(|(facet, counts)| {
            let value = |value: &str| if value.is_empty() { Value::Null } else { value.into() };
            (facet.name(), counts.iter().map(|(name, count)| json!({"value": value(name), "count": count})).collect())
        })
        .collect();
    let mut answer = json!({
        "schema": SCHEMA,
        "query": found.query,
        "interpreted": found.interpreted,
        "query_lang": query_lang(&found.query_lang),
        "warnings": found.warnings,
        "total": {"value": found.total, "exact": true},
        "hits": found.hits.iter().map(hit).collect::<Vec<_>>(),
        "facets": facets,
        "suggestions": found.suggestions.iter().map(|s| json!({"term": s.term, "alternatives": s.alternatives}))
            .collect::<Vec<_>>(),
        "suggested": found.suggested,
        "corrected": found.corrected,
        "like": found.like,
    });
    if let Some(seconds) = seconds {
        answer["timing"] = json!({"seconds": seconds});
    }
    answer
}

fn query_lang(lang: &QueryLang) -> Value {
    json!({
        "given": lang.given.map(|language| language.code),
        "taken": lang.taken.iter().map(|language| language.code).collect::<Vec<_>>(),
        "likely": lang.likely.iter().map(|(language, likely)| (language.code, shortest(*likely))).collect::<BTreeMap<_, _>>(),
    })
}

fn hit(hit: &FoundHit) -> Value {
    let document = &hit.document;
    let mut value = json!({
        "rank": hit.rank,
        "id": document.id,
        "score": shortest(hit.score),
        "title": unless_empty(&document.title),
        "title_highlights": in_chars(&document.title, &hit.title_highlights),
        "date": document.date.map(iso),
        "lang": document.language.code,
        "lang_passages": lang_passages(document),
        "source": document.source,
        "path": document.path,
        "url": document.url,
        "passages": hit.passages.iter().map(passage).collect::<Vec<_>>(),
        "matched": hit.matched.iter().map(|m| json!({"term": m.term, "origin": m.origin})).collect::<Vec<_>>(),
        "duplicates": hit.duplicates.iter().map(duplicate).collect::<Vec<_>>(),
    });
    if !hit.explanation.is_empty() {
        let clauses = hit.explanation.iter().map(|e| {
            json!({
                "leaf": e.leaf, "term": e.term, "origin": e.origin, "field": e.field, "frequency": e.frequency,
                "doc_freq": e.doc_freq, "score": shortest(e.score), "counts": e.counts,
            })
        });
        value["explanation"] = clauses.collect();
        value["scale"] = shortest(hit.scale).into();
    }
    value
}

fn duplicate(document: &Stored) -> Value {
    json!({
        "id": document.id,
        "title": unless_empty(&document.title),
        "date": document.date.map(iso),
        "lang": document.language.code,
        "source": document.source,
        "path": document.path,
        "url": document.url,
    })
}

fn passage(passage: &PassageText) -> Value {
    json!({
        "text": passage.text,
        "start": passage.start,
        "end": passage.end,
        "line": passage.line,
        "highlights": in_chars(&passage.text, &passage.highlights),
    })
}

/// Where a document is in another language than its own, in characters of its text.
fn lang_passages(document: &Stored) -> Vec<Value> {
    let mut at = 0;
    let mut chars = 0;
    let mut in_chars = |byte: usize| {
        chars += document.body[at..byte].chars().count();
        at = byte;
        chars
    };
    let passages = document.passages.iter();
    passages
        .map(|p| json!({"lang": p.language.code, "start": in_chars(p.span.start), "end": in_chars(p.span.end)}))
        .collect()
}

/// Ranges of bytes as pairs of characters.
fn in_chars(text: &str, ranges: &[Range<usize>]) -> Vec<[usize; 2]> {
    let chars = |byte: usize| text[..byte].chars().count();
    ranges.iter().map(|range| [chars(range.start), chars(range.end)]).collect()
}

/// A single-precision number as the double that prints as shortly.
pub(super) fn shortest(score: f32) -> f64 {
    score.to_string().parse().unwrap_or_else(|_| score.into())
}

/// What an indexing run did.
pub fn report(report: &IndexReport) -> Value {
    json!({
        "schema": SCHEMA,
        "languages": report.languages,
        "indexed": report.indexed,
        "unchanged": report.unchanged,
        "duplicates": report.duplicates,
        "removed": report.removed,
        "files": {"read": report.files_read, "unchanged": report.files_unchanged},
        "vocabulary": report.vocabulary,
        "skipped": report.skipped,
        "links": report.links,
        "problems": report.problems.iter().map(problem).collect::<Vec<_>>(),
        "warnings": report.warnings.iter().map(problem).collect::<Vec<_>>(),
        "text_bytes": report.text_bytes,
        "seconds": report.seconds,
    })
}

fn problem(problem: &Problem) -> Value {
    json!({
        "path": problem.place.path.to_string_lossy(),
        "line": problem.place.line,
        "cause": problem.cause,
        "hint": problem.hint,
    })
}

/// A stored document; `raw` is the text before anything was cut.
pub fn document(document: &Stored, raw: bool) -> Value {
    let mut value = json!({
        "schema": SCHEMA,
        "id": document.id,
        "title": unless_empty(&document.title),
        "date": document.date.map(iso),
        "lang": document.language.code,
        "lang_passages": lang_passages(document),
        "source": document.source,
        "path": document.path,
        "line": document.line,
        "url": document.url,
        "cut_lines": document.cut_lines,
        "text": document.body,
    });
    if raw {
        value["raw"] = json!(document.raw.as_deref().unwrap_or(&document.body));
    }
    value
}

/// What an index holds.
pub fn inspection(inspection: &Inspection, terms: Option<&TermsByKind>, verified: Option<u64>) -> Value {
    let counted = |((zone, kind), counted): (&(&str, &str), &Terms)| {
        let Terms { distinct, postings, bytes, position_bytes } = counted;
        json!({
            "zone": zone, "kind": kind, "distinct": distinct, "postings": postings, "bytes": bytes,
            "position_bytes": position_bytes,
        })
    };
    let terms = terms.map(|all| all.iter().map(counted).collect::<Vec<_>>());
    let languages: BTreeMap<_, _> = inspection
        .languages
        .iter()
        .map(|(code, stats)| {
            let counts = json!({
                "documents": stats.documents, "body_words": stats.body_words,
                "titled": stats.titled, "title_words": stats.title_words,
            });
            (code, counts)
        })
        .collect();
    let roots = inspection.roots.iter().map(|root| json!({"name": root.name, "path": root.path.to_string_lossy()}));
    json!({
        "schema": SCHEMA,
        "documents": inspection.languages.values().map(|stats| stats.documents).sum::<u64>(),
        "languages": languages,
        "mixed": inspection.mixed,
        "years": inspection.years,
        "sources": inspection.sources,
        "vocabulary": inspection.vocabulary,
        "cut_lines": inspection.cut_lines,
        "roots": roots.collect::<Vec<_>>(),
        "bytes": inspection.bytes,
        "terms": terms,
        "segments": inspection.segments,
        "format": inspection.format,
        "written_by": inspection.written_by,
        "generation": inspection.generation,
        "analysis": inspection.analysis,
        "verified_bytes": verified,
    })
}

/// What is to be judged; `judged` is how many documents are already.
pub fn pool(pool: &Pool, judged: usize) -> Value {
    let topics =
        pool.topics().map(|topic| json!({"topic": topic, "documents": pool.documents(topic).collect::<Vec<_>>()}));
    json!({"schema": SCHEMA, "unjudged": pool.len(), "judged": judged, "topics": topics.collect::<Vec<_>>()})
}

/// Writes one value as one line.
///
/// # Errors
/// When writing fails.
pub fn write_line(out: &mut dyn Write, value: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *out, value)?;
    out.write_all(b"\n")
}

fn unless_empty(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

/// `2021-08-03`.
pub fn iso(date: Date) -> String {
    format!("{:04}-{:02}-{:02}", date.year(), u8::from(date.month()), date.day())
}
