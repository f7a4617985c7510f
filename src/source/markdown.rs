//! Markdown (CommonMark with tables, footnotes and task lists): rendered to plain text, one line a block.
//!
//! Front matter is read here and not by a YAML crate: articles carry a flat list of `key: value`, while a full YAML
//! reader brings anchors that unfold without bound and is larger than the rest of this file. Plain, quoted and block
//! values are read; nested keys and lists are passed over. The same lines between `+++` with `=` are TOML's way to say
//! it. The parser's own front matter option was rejected, because it also takes what stands between two rules in the
//! middle of a text.

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::Article;
use super::Fault;
use super::Format;
use super::Records;
use super::clean::{clean, is_same_line, one_line};
use super::date_field;
use super::html::fragment_text;
use super::layout::Layout;

pub(super) const FORMAT: Format =
    Format { name: "Markdown", extensions: &["md", "markdown"], records: Records::Whole, charset: None, parse };

fn parse(text: &str) -> Result<Article, Fault> {
    // The parser replaces NUL and knows line ends, but a soft hyphen in `##` or a stray BOM would hide mark-up from it.
    let text = clean(text);
    let (front, markdown) = split_front_matter(&text);
    let mut article = Article::default();
    let stated = front.is_some();
    for (key, value) in front.into_iter().flat_map(fields) {
        take(&mut article, &key.to_lowercase(), value);
    }
    if article.title.is_empty() {
        article.title = first_heading(markdown).unwrap_or_default();
    }
    article.body = render(markdown, &article.title)?;
    // Without front matter the head lines may tell the date and the publisher, as in any text off the web.
    Ok(if stated { article } else { article.shaped() })
}

/// The front matter at the very beginning, where there is any, and the text after it.
fn split_front_matter(text: &str) -> (Option<&str>, &str) {
    let Some(fence) =
        ["---", "+++"].into_iter().find(|fence| text.lines().next().is_some_and(|line| line.trim_end() == *fence))
    else {
        return (None, text);
    };
    let start = text.find('\n').map_or(text.len(), |end| end + 1);
    let mut at = start;
    for line in text[start..].split_inclusive('\n') {
        let trimmed = line.trim_end();
        if trimmed == fence || (fence == "---" && trimmed == "...") {
            let front = &text[start..at];
            // Two rules around a paragraph are no front matter.
            let first = front.lines().find(|line| !line.trim().is_empty() && !line.starts_with('#'));
            let is_front = first.is_none_or(|line| line.starts_with('[') || key_and_value(line).is_some());
            return if is_front { (Some(front), &text[at + line.len()..]) } else { (None, text) };
        }
        at += line.len();
    }
    (None, text)
}

/// The fields at the top level of flat YAML or TOML.
fn fields(front: &str) -> impl Iterator<Item = (&str, String)> {
    let mut lines = front.lines().peekable();
    std::iter::from_fn(move || {
        loop {
            let line = lines.next()?;
            if line.starts_with([' ', '\t', '#', '-', '[']) {
                continue;
            }
            let Some((key, value)) = key_and_value(line) else { continue };
            let mut more = Vec::new();
            while let Some(line) = lines.next_if(|line| line.starts_with([' ', '\t'])) {
                more.push(line.trim());
            }
            let is_block =
                value.starts_with(['|', '>']) && value[1..].chars().all(|c| matches!(c, '+' | '-' | '0'..='9'));
            let nested = value.is_empty();
            let value = if is_block { more.join(" ") } else { [&[value], &more[..]].concat().join(" ") };
            if nested || value.starts_with(['[', '{', '&', '*', '!']) {
                continue;
            }
            return Some((key, unquote(&value)));
        }
    })
}

fn key_and_value(line: &str) -> Option<(&str, &str)> {
    let at = line.find([':', '='])?;
    let key = line[..at].trim_end();
    let is_key = !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'));
    is_key.then(|| (key, line[at + 1..].trim()))
}

/// A YAML or TOML scalar without its quotation marks or the comment behind it.
fn unquote(value: &str) -> String {
    let mut chars = value.chars();
    match chars.next() {
        Some('\'') => {
            chars.as_str().replace("''", "\u{0}").split('\'').next().unwrap_or_default().replace('\u{0}', "'")
        }
        Some('"') => {
            let mut text = String::new();
            while let Some(c) = chars.next().filter(|&c| c != '"') {
                match c {
                    '\\' => text.extend(chars.next().map(|c| if matches!(c, 'n' | 't') { ' ' } else { c })),
                    c => text.push(c),
                }
            }
            text
        }
        _ => value.split(" #").next().unwrap_or_default().trim_end().to_owned(),
    }
}

/// Puts one field of the front matter where it belongs; the first of two for the same purpose stays.
fn take(article: &mut Article, key: &str, value: String) {
    if value.is_empty() || value == "null" || value == "~" {
        return;
    }
    match key {
        "title" | "titel" | "tittel" if article.title.is_empty() => article.title = one_line(&value),
        "id" => article.id = Some(value),
        "lang" | "language" | "sprog" | "språk" => article.lang = article.lang.take().or(Some(value)),
        "url" | "canonical" | "canonical_url" | "link" => article.url = article.url.take().or(Some(value)),
        "source" | "publisher" | "kilde" | "källa" => article.source = article.source.take().or(Some(value)),
        "date" | "published" | "publishdate" | "pubdate" | "dato" | "datum" if article.date.is_none() => {
            match date_field(key, &value) {
                Ok(date) => article.date = Some(date),
                Err(fault) => article.warnings.push(fault),
            }
        }
        _ => {}
    }
}

/// The title that the text itself shows: its first heading of the first level, else a heading that it begins with.
fn first_heading(markdown: &str) -> Option<String> {
    let (mut first, mut blocks) = (None, 0);
    let mut heading: Option<(HeadingLevel, Layout)> = None;
    for event in Parser::new_ext(markdown, OPTIONS) {
        match event {
            Event::Start(Tag::Heading { level, .. }) => heading = Some((level, Layout::default())),
            Event::Start(_) if heading.is_none() => blocks += 1,
            Event::Text(text) | Event::Code(text) => {
                if let Some((_, layout)) = &mut heading {
                    layout.flow(&text);
                }
            }
            Event::SoftBreak | Event::HardBreak => {
                if let Some((_, layout)) = &mut heading {
                    layout.flow(" ");
                }
            }
            Event::End(TagEnd::Heading(_)) => {
                if let Some((level, layout)) = heading.take() {
                    let text = Some(layout.finish()).filter(|text| !text.is_empty());
                    if level == HeadingLevel::H1 && text.is_some() {
                        return text;
                    }
                    if blocks == 0 && first.is_none() {
                        first = text;
                    }
                }
            }
            _ => {}
        }
    }
    first
}

const OPTIONS: Options = Options::ENABLE_TABLES
    .union(Options::ENABLE_FOOTNOTES)
    .union(Options::ENABLE_STRIKETHROUGH)
    .union(Options::ENABLE_TASKLISTS)
    .union(Options::ENABLE_HEADING_ATTRIBUTES);

/// Markdown as plain text, without the headings that repeat `title`.
fn render(markdown: &str, title: &str) -> Result<String, Fault> {
    let mut layout = Layout::default();
    let (mut in_code, mut html) = (false, String::new());
    // Where the heading and the outermost image under way begin: the text that stands in for an image is dropped.
    let (mut heading, mut images) = (layout.mark(), Vec::new());
    for event in Parser::new_ext(markdown, OPTIONS) {
        match event {
            Event::Start(tag) => match tag {
                Tag::Heading { .. } => {
                    heading = layout.mark();
                    layout.block();
                }
                Tag::CodeBlock(_) => {
                    layout.block();
                    in_code = true;
                }
                Tag::List(first) => layout.open_list(first),
                Tag::Item => layout.item(),
                Tag::TableHead | Tag::TableRow => layout.line(),
                Tag::TableCell => layout.cell(),
                Tag::Image { .. } => images.push(layout.mark()),
                Tag::Paragraph | Tag::BlockQuote(_) | Tag::Table(_) | Tag::FootnoteDefinition(_) => layout.block(),
                _ => {}
            },
            Event::End(tag) => match tag {
                TagEnd::Heading(_) if is_same_line(layout.since(heading), title) => layout.back_to(heading),
                TagEnd::CodeBlock => {
                    layout.block();
                    in_code = false;
                }
                TagEnd::List(_) => layout.close_list(),
                TagEnd::Image => layout.back_to(images.pop().unwrap_or(layout.mark())),
                TagEnd::HtmlBlock => {
                    layout.block();
                    let text = fragment_text(&std::mem::take(&mut html))?;
                    if !text.is_empty() {
                        layout.verbatim(&text);
                    }
                    layout.block();
                }
                TagEnd::Heading(_) | TagEnd::Paragraph | TagEnd::Table | TagEnd::BlockQuote(_) => layout.block(),
                _ => {}
            },
            Event::Text(text) if in_code => {
                let code = text.trim_end_matches('\n');
                if !code.trim().is_empty() {
                    layout.verbatim(code);
                }
                layout.line();
            }
            Event::Text(text) | Event::Code(text) => layout.flow(&text),
            Event::Html(line) => html.push_str(&line),
            Event::InlineHtml(tag) if tag.starts_with("<br") => layout.line(),
            Event::SoftBreak => layout.flow(" "),
            Event::HardBreak => layout.line(),
            Event::Rule => layout.block(),
            _ => {}
        }
    }
    Ok(layout.finish())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::date;

    fn check(markdown: &str, title: &str, body: &str) {
        let article = parse(markdown).unwrap();
        assert_eq!((article.title.as_str(), article.body.as_str()), (title, body), "{markdown}");
    }

    const PROSE: &str = "Rådet vedtog planen i aftes, og den gælder fra nytår. Der kommer syv nye busser.";

    #[test]
    fn front_matter_becomes_metadata() {
        let text = "---\r\n# en bemærkning\r\ntitle: \"Ny bro: \\\"Svanen\\\"\"\r\n\
                    date: 2023-04-01T08:00:00Z\r\nid: bro-1\r\nLang: da-DK # dansk\r\n\
                    source: 'Ravnborg''s Avis'\r\nurl: https://x.example/bro#top\r\n\
                    tags:\r\n  - bro\r\n  - fjord\r\nauthors: [a, b]\r\n---\r\n\r\nKort tekst.\r\n";
        let article = parse(text).unwrap();
        assert_eq!(article.title, "Ny bro: \"Svanen\"");
        assert_eq!(article.body, "Kort tekst.");
        assert_eq!(article.date, date::parse("2023-04-01"));
        assert_eq!(article.id.as_deref(), Some("bro-1"));
        assert_eq!(article.lang.as_deref(), Some("da-DK"));
        assert_eq!(article.source.as_deref(), Some("Ravnborg's Avis"));
        assert_eq!(article.url.as_deref(), Some("https://x.example/bro#top"));
        assert!(article.warnings.is_empty());
    }

    #[test]
    fn block_values_and_toml_are_read() {
        check("---\ntitle: >-\n  Ny bro\n  over sundet\nx: y\n---\nTekst.", "Ny bro over sundet", "Tekst.");
        check("+++\ntitle = \"Ny bro\"\n[extra]\n+++\nTekst.", "Ny bro", "Tekst.");
        check("---\ntitle:\n---\n# Ny bro\n\nTekst.", "Ny bro", "Tekst.");
    }

    #[test]
    fn a_bad_date_is_a_warning() {
        let article = parse("---\ntitle: Ny bro\ndate: i går\n---\nTekst.").unwrap();
        assert_eq!((article.date, article.title.as_str()), (None, "Ny bro"));
        assert_eq!(article.warnings[0].cause, "the \"date\" \"i går\" is not a date that can be read");
    }

    #[test]
    fn two_rules_are_no_front_matter() {
        check(&format!("---\n{PROSE}\n\n---\n{PROSE}"), "", &format!("{PROSE}\n\n{PROSE}"));
        check(&format!("# Bus\n\n---\n\nkl: 12\n\n---\n\n{PROSE}"), "Bus", &format!("kl: 12\n\n{PROSE}"));
    }

    #[test]
    fn the_title_is_not_repeated() {
        check(
            &format!("---\ntitle: Flere busser\n---\n# Flere  *busser*\n\n## Kort\n{PROSE}"),
            "Flere busser",
            &format!("Kort\n\n{PROSE}"),
        );
        check(&format!("Flere busser\n============\n{PROSE}"), "Flere busser", PROSE);
        check(&format!("## Flere busser\n\n{PROSE}"), "Flere busser", PROSE);
        check(&format!("{PROSE}\n\n## Senere\n\n{PROSE}"), "", &format!("{PROSE}\n\nSenere\n\n{PROSE}"));
    }

    #[test]
    fn blocks_become_lines() {
        let head = format!("# T\n\n{PROSE}\n\n");
        let check = |markdown: &str, expect: &str| {
            check(&format!("{head}{markdown}\n\n{PROSE}"), "T", &format!("{PROSE}\n\n{expect}\n\n{PROSE}"))
        };
        check(
            "Et **fedt** [link](https://x.example) og\n`kode` &amp; ~~væk~~ <b>tags</b>.",
            "Et fedt link og kode & væk tags.",
        );
        check("Linje et  \nlinje to<br>linje tre", "Linje et\nlinje to\nlinje tre");
        check("- en\n- to\n  - under\n\n    mere\n- [x] tre", "- en\n- to\n- under\nmere\n- tre");
        check("3. tre\n4. fire", "3. tre\n4. fire");
        check("> citat\n> mere\n\n![billede af *bro*](b.png)", "citat mere");
        check("```rust\nlet a = 1;\n\n  let b;\n```\n\n    indrykket", "let a = 1;\n\n  let b;\n\nindrykket");
        check("| År | Kr. |\n|---|--:|\n| 2020 | 7 |\n| 2021 | 8 |", "År | Kr.\n2020 | 7\n2021 | 8");
        check("Se noten[^1].\n\n[^1]: Noten er her.", "Se noten.\n\nNoten er her.");
        check("<div class=x><p>I en boks</p><script>x()</script></div>\n\n<!-- skjult -->", "I en boks");
        check("Overskrift {#anker}\n---", "Overskrift");
    }

    #[test]
    fn without_front_matter_the_head_lines_tell_the_date() {
        let article = parse(&format!("# Flere busser\n\n3. maj 2022\n\n{PROSE}\n")).unwrap();
        assert_eq!((article.title.as_str(), article.body.as_str()), ("Flere busser", PROSE));
        assert_eq!(article.date, date::parse("2022-05-03"));
    }
}
