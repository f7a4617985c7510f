//! Tests over the whole way from bytes to documents, and the contract that every format keeps.

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use proptest::prelude::*;
use tempfile::TempDir;

use super::*;

/// A small article in each format; a new format adds one here.
const SAMPLES: &[(&str, &str)] = &[
    ("text", "Broen åbner\n\nDen nye bro over sundet åbner på lørdag. Alle må gå over den.\n"),
    ("Markdown", "# Broen åbner\n\nDen nye bro over sundet åbner på lørdag. Alle må gå over den.\n"),
    ("HTML", "<title>Broen åbner</title><p>Den nye bro over sundet åbner på lørdag. Alle må gå over den.</p>"),
    ("JSON Lines", r#"{"title":"Broen åbner","text":"Den nye bro over sundet åbner på lørdag. Alle må gå over den."}"#),
];

fn file(format: &'static Format) -> SourceFile {
    let name = format!("mappe/en fil.{}", format.extensions[0]);
    SourceFile {
        root: 0,
        root_name: None,
        path: PathBuf::from("/rod").join(&name),
        shown: PathBuf::from("rod").join(&name),
        relative: PathBuf::from(name),
        format,
        compression: Compression::None,
        size: 0,
        mtime_ns: 0,
    }
}

fn named(name: &str) -> &'static Format {
    FORMATS.iter().find(|format| format.name == name).expect("the format is registered")
}

fn parse_bytes(format: &'static Format, bytes: &[u8]) -> Result<Parsed, Problem> {
    let line = (format.records == Records::Lines).then_some(7);
    parse(&RawRecord { line, bytes: bytes.to_vec() }, &file(format))
}

fn json(line: &str) -> Result<Parsed, Problem> {
    parse_bytes(named("JSON Lines"), line.as_bytes())
}

/// What every document promises, whatever it was made from.
fn keeps_promises(document: &Document) {
    assert_eq!(clean(&document.body), document.body);
    assert_eq!(clean::one_line(&document.title), document.title);
    assert!(!(document.title.is_empty() && document.body.trim().is_empty()));
    assert!(DocId::new(document.id.as_str()).is_ok());
}

#[test]
fn every_format_keeps_the_contract() {
    let help = "help: look at the format's file in src/source and at SAMPLES in src/source/tests.rs";
    for (at, format) in FORMATS.iter().enumerate() {
        let Some((_, sample)) = SAMPLES.iter().find(|(name, _)| *name == format.name) else {
            panic!("no sample for {}; {help}", format.name)
        };
        for extension in format.extensions {
            assert_eq!(*extension, extension.to_lowercase(), "{help}");
            let path = PathBuf::from(format!("X.{}.GZ", extension.to_uppercase()));
            let (found, compression) = Format::of(&path).expect(help);
            assert_eq!(
                (found.name, compression),
                (format.name, Compression::Gzip),
                "another format has it too; {help}"
            );
        }
        assert!(FORMATS[..at].iter().all(|other| other.name != format.name), "{help}");
        let utf_16: Vec<u8> = sample.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let latin = encoding_rs::WINDOWS_1252.encode(sample).0;
        for bytes in [sample.as_bytes(), &utf_16, &latin] {
            let Parsed { document, warnings } = parse_bytes(format, bytes).expect(help);
            keeps_promises(&document);
            assert_eq!(document.title, "Broen åbner", "{}; {help}", format.name);
            assert_eq!(
                document.body, "Den nye bro over sundet åbner på lørdag. Alle må gå over den.",
                "{}; {help}",
                format.name
            );
            let id = if format.records == Records::Lines { "mappe/en%20fil.jsonl#7" } else { "mappe/en%20fil." };
            assert!(document.id.as_str().starts_with(id), "{}; {help}", document.id);
            assert_eq!(warnings, [], "{help}");
        }
        let binary = parse_bytes(format, b"\x7FELF\x02\x01\x01\0\0\0\0").unwrap_err();
        assert_eq!(binary.cause, "it looks like binary data, not like text", "{help}");
        parse_bytes(format, b" \n ").expect_err(help);
    }
}

#[test]
fn text_is_clean_whatever_it_came_in() {
    let texts = r#""title":" Ny\u00ad\nbro\u202e ","text":"Fa\u0308rgen\r\nkom\u200bmer\u0007""#;
    let parsed = json(&format!(r#"{{{texts},"source":" ","lang":"SV-se","url":""}}"#)).unwrap();
    assert_eq!(parsed.document.title, "Ny bro");
    assert_eq!(parsed.document.body, "Färgen\nkommer");
    assert_eq!(parsed.document.declared_lang.as_deref(), Some("sv"));
    assert_eq!((parsed.document.source, parsed.document.url), (None, None));
    let html =
        parse_bytes(named("HTML"), "<title>Ny&shy; bro</title><p>F&aelig;rgen&nbsp;kom&#8203;mer".as_bytes()).unwrap();
    assert_eq!((html.document.title.as_str(), html.document.body.as_str()), ("Ny bro", "Færgen kommer"));
}

#[test]
fn nothing_to_read_is_a_problem() {
    let cause = |bytes: &[u8], format: &str| parse_bytes(named(format), bytes).unwrap_err().cause;
    assert_eq!(cause(br#"{"text":" \u200b\n","title":"\u00ad"}"#, "JSON Lines"), "no text");
    assert_eq!(cause(b"<html><body><script>x()</script></body>", "HTML"), "no text");
    assert_eq!(cause(b"---\ndate: 2020-01-01\n---\n", "Markdown"), "no text");
    assert_eq!(cause("\u{FEFF}\u{AD}\n".as_bytes(), "text"), "no text");
    assert!(json(r#"{"text":"","title":"Kun titel"}"#).is_ok());
}

#[test]
fn a_stated_id_must_be_one() {
    assert_eq!(json(r#"{"id":"a-1","text":"x"}"#).unwrap().document.id.as_str(), "a-1");
    let problem = json(r#"{"id":"a 1","text":"x"}"#).unwrap_err();
    assert_eq!(
        problem.to_string(),
        "rod/mappe/en fil.jsonl:7: the id \"a 1\" holds white space or a control character"
    );
    assert_eq!(json(r#"{"id":"","text":"x"}"#).unwrap_err().cause, "an id cannot be empty");
    let mut other = file(named("text"));
    other.root_name = Some("x/nyt".into());
    let parsed = parse(&RawRecord { line: None, bytes: b"Kort.".to_vec() }, &other).unwrap();
    assert_eq!(parsed.document.id.as_str(), "x/nyt/mappe/en%20fil.txt");
}

#[test]
fn warnings_have_their_place() {
    let parsed = json(r#"{"text":"x","date":"2023-02-30"}"#).unwrap();
    assert_eq!(parsed.document.date, None);
    assert_eq!(
        parsed.warnings[0].to_string(),
        "rod/mappe/en fil.jsonl:7: the \"date\" \"2023-02-30\" is not a date that can be read"
    );
    let bytes = ["Ærø får en ny færge på søndag. ".as_bytes(), b"\xC3("].concat();
    let parsed = parse_bytes(named("text"), &bytes).unwrap();
    assert_eq!(parsed.warnings[0].cause, "some bytes are not valid UTF-8 and show as \u{FFFD}");
}

#[test]
fn a_panic_in_a_parser_costs_one_record() {
    static BROKEN: Format = Format {
        name: "broken",
        extensions: &["x"],
        records: Records::Whole,
        charset: None,
        parse: |_| panic!("this panic is meant to be caught"),
    };
    assert_eq!(parse_bytes(&BROKEN, b"x").unwrap_err().cause, "the reader for broken failed on it");
}

#[test]
fn bad_files_do_not_hurt_the_good_ones() {
    let folder = TempDir::new().unwrap();
    let packed = {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all("{\"text\":\"god 1\"}\n{\"text\":3}\n{\"text\":\"god 2\"}\n".as_bytes()).unwrap();
        encoder.finish().unwrap()
    };
    for (name, bytes) in [
        ("a.jsonl.gz", packed.as_slice()),
        ("b.txt", b""),
        ("c.txt", b"\0\0\0\x01"),
        ("d.html", "<div>".repeat(9999).as_bytes()),
        ("e.md.zst", b"not zstd"),
        ("f.txt", "god 3".as_bytes()),
    ] {
        fs::write(folder.path().join(name), bytes).unwrap();
    }
    let (mut bodies, mut problems) = (Vec::new(), Vec::new());
    for entry in walk(&[folder.path().to_owned()]) {
        let Entry::File(file) = entry else { panic!("{entry:?}") };
        for record in read(&file) {
            match record.and_then(|record| parse(&record, &file)) {
                Ok(parsed) => bodies.push(parsed.document.body),
                Err(problem) => problems.push(problem.place.path.file_name().unwrap().to_owned()),
            }
        }
    }
    assert_eq!(bodies, ["god 1", "god 2", "god 3"]);
    assert_eq!(problems, ["a.jsonl.gz", "b.txt", "c.txt", "d.html", "e.md.zst"]);
}

/// Pieces that mark-up is made of, so that random text reaches into the parsers.
fn markup() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "\\PC{0,12}",
        "[ \n\t]{0,3}",
        prop::sample::select(
            &[
                "<p>",
                "</p>",
                "<div class=cookie>",
                "</div>",
                "<table>",
                "<td>",
                "</table>",
                "<h1>",
                "</h1>",
                "<article>",
                "<a href=x>",
                "</a>",
                "<ul>",
                "<li>",
                "<pre>",
                "<title>",
                "<script>",
                "</script>",
                "<!--",
                "-->",
                "<br>",
                "<svg>",
                "<math>",
                "<template>",
                "<body>",
                "<form>",
                "<time datetime=2020-01-01>",
                "<meta name=date content=x>",
                "&nbsp;",
                "&#0;",
                "<b",
                "='",
                "\">",
                "---\n",
                "+++\n",
                "title: x\n",
                "# ",
                "* ",
                "> ",
                "    ",
                "```\n",
                "|a|b|\n|-|-|\n",
                "[^1]",
                "[^1]: ",
                "![",
                "](",
                "**",
                "_",
                "<span>Ravnborg byråd mødes, siger de, i dag, om havnen.</span>",
                "\n\n",
                "{\"text\":\"",
                "\\u00",
                "\"}",
                "{",
                "}",
                "\u{0}",
                "\r",
            ][..]
        )
        .prop_map(str::to_owned),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn no_bytes_panic_in_any_format(bytes in prop::collection::vec(any::<u8>(), 0..300), text in markup()) {
        for format in FORMATS {
            for bytes in [&bytes[..], text.as_bytes()] {
                match parse_bytes(format, bytes) {
                    Ok(parsed) => keeps_promises(&parsed.document),
                    Err(problem) => {
                        prop_assert!(!problem.cause.starts_with("the reader for"), "{}: {text:?}", problem.cause);
                    }
                }
            }
        }
    }

    #[test]
    fn the_same_bytes_give_the_same_document(text in markup()) {
        for format in FORMATS {
            prop_assert_eq!(parse_bytes(format, text.as_bytes()), parse_bytes(format, text.as_bytes()));
        }
    }
}
