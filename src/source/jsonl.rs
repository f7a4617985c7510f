//! JSON Lines: one object a line, `{"id", "title", "text", "lang", "date", "source", "url"}`, of which only `text` must
//! be.
//!
//! Fields that are not known are passed over, so that a collection can carry its own. The text is taken as it stands:
//! whoever wrote the fields knew what the title is. A record with an unreadable date is kept, for a text is worth more
//! than its date. The error of the fast, typed reading names no field, so a record that fails is read once more to find
//! which.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::Value;

use super::Article;
use super::Fault;
use super::Format;
use super::Records;
use super::date_field;

pub(super) const FORMAT: Format =
    Format { name: "JSON Lines", extensions: &["jsonl", "ndjson"], records: Records::Lines, charset: None, parse };

#[derive(Deserialize)]
struct Record<'a> {
    #[serde(borrow)]
    text: Cow<'a, str>,
    id: Option<Cow<'a, str>>,
    title: Option<Cow<'a, str>>,
    lang: Option<Cow<'a, str>>,
    date: Option<Cow<'a, str>>,
    source: Option<Cow<'a, str>>,
    url: Option<Cow<'a, str>>,
}

const FIELDS: &[&str] = &["text", "id", "title", "lang", "date", "source", "url"];

fn parse(line: &str) -> Result<Article, Fault> {
    let line = line.trim().trim_start_matches('\u{FEFF}');
    // Serde would take an array for a record without names.
    if !line.starts_with('{') {
        return Err(Fault::new("not a JSON object"));
    }
    let record: Record<'_> = serde_json::from_str(line).map_err(|error| fault(line, &error))?;
    let mut warnings = Vec::new();
    let date = record.date.filter(|date| !date.trim().is_empty());
    let date = date.and_then(|date| date_field("date", &date).map_err(|fault| warnings.push(fault)).ok());
    Ok(Article {
        id: record.id.map(Cow::into_owned),
        title: record.title.map(Cow::into_owned).unwrap_or_default(),
        body: record.text.into_owned(),
        lang: record.lang.map(Cow::into_owned),
        date,
        source: record.source.map(Cow::into_owned),
        url: record.url.map(Cow::into_owned),
        warnings,
        ..Article::default()
    })
}

/// Why `line` is no record: which field is to blame, or where the JSON breaks.
fn fault(line: &str, error: &serde_json::Error) -> Fault {
    let Ok(Value::Object(fields)) = serde_json::from_str(line) else {
        let hint = error.is_eof().then(|| "each record must stand whole on one line".to_owned());
        return Fault { hint, ..Fault::new(format!("not valid JSON: {}", message(error))) };
    };
    if fields.get("text").is_none_or(Value::is_null) {
        return Fault::new("the field \"text\" is missing");
    }
    for &name in FIELDS {
        if let Some(value) = fields.get(name).filter(|value| !value.is_string() && !value.is_null()) {
            let cause = format!("the field {name:?} is {}, not a string", kind(value));
            let hint = value.is_number().then(|| format!("put it in quotation marks: \"{name}\": \"{value}\""));
            return Fault { cause, hint };
        }
    }
    // What is left is a field that comes twice, and serde names it.
    Fault::new(message(error))
}

/// Serde's own words, without the line: a record has but one.
fn message(error: &serde_json::Error) -> String {
    let message = error.to_string();
    let message = message.rsplit_once(" at line ").map_or(message.as_str(), |(message, _)| message);
    format!("{message} (column {})", error.column())
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::date;

    #[test]
    fn all_fields_are_read_and_others_passed_over() {
        let line = [
            r#" {"id":"a1","title":"Nyt","text":"Bro\n\"lukket\" \u00e5r","lang":"da","date":"2024-02-29","#,
            r#""source":"Ravnborg","url":"https://x.example/1","views":[7,{}]} "#,
        ];
        let article = parse(&line.concat()).unwrap();
        assert_eq!(article.id.as_deref(), Some("a1"));
        assert_eq!(article.title, "Nyt");
        assert_eq!(article.body, "Bro\n\"lukket\" år");
        assert_eq!(article.lang.as_deref(), Some("da"));
        assert_eq!(article.date, date::parse("2024-02-29"));
        assert_eq!(article.source.as_deref(), Some("Ravnborg"));
        assert_eq!(article.url.as_deref(), Some("https://x.example/1"));
        assert!(article.warnings.is_empty());
    }

    #[test]
    fn all_but_the_text_may_be_missing_or_null() {
        for line in [
            r#"{"text":"Kort."}"#,
            r#"{"text":"Kort.","id":null,"title":null,"date":null}"#,
            "\u{FEFF}{\"text\":\"Kort.\"}\r",
        ] {
            let article = parse(line).unwrap();
            assert_eq!((article.body.as_str(), article.id, article.date), ("Kort.", None, None), "{line}");
        }
    }

    #[test]
    fn a_bad_date_is_a_warning() {
        let article = parse(r#"{"text":"Kort.","date":"i går"}"#).unwrap();
        assert_eq!(article.date, None);
        assert_eq!(article.warnings[0].cause, r#"the "date" "i går" is not a date that can be read"#);
    }

    #[test]
    fn a_fault_names_the_field() {
        let check = |line: &str, expect: &str| assert_eq!(parse(line).unwrap_err().cause, expect, "{line}");
        check(r#"{"id":"a"}"#, "the field \"text\" is missing");
        check(r#"{"text":null,"id":4}"#, "the field \"text\" is missing");
        check(r#"{"text":["a"]}"#, "the field \"text\" is a list, not a string");
        check(r#"{"text":"a","id":17}"#, "the field \"id\" is a number, not a string");
        check(r#"{"text":"a","title":{}}"#, "the field \"title\" is an object, not a string");
        check(r#"{"text":"a","lang":false}"#, "the field \"lang\" is true or false, not a string");
        check(r#"{"text":"a","text":"b"}"#, "duplicate field `text` (column 18)");
        check(r#"{"text":"a""#, "not valid JSON: EOF while parsing an object (column 11)");
        check(r#"{"text":"a"} {"#, "not valid JSON: trailing characters (column 14)");
        check(r#"{"text":"\ud800"}"#, "not valid JSON: unexpected end of hex escape (column 16)");
        check(r#"["a","b"]"#, "not a JSON object");
        check("Kort.", "not a JSON object");
        assert_eq!(
            parse(r#"{"text":"a","id":17}"#).unwrap_err().hint.as_deref(),
            Some(r#"put it in quotation marks: "id": "17""#)
        );
    }
}
