//! Web pages: the main text without menus, banners and boxes, and the metadata that the page states about itself.
//!
//! What no reader takes for the article (navigation, asides, footers, cookie dialogs, what is hidden) is removed by its
//! element, role or name; then `dom_smoothie`, a port of Mozilla's Readability, finds the main text. Where it finds
//! none, or so little that it must have picked the wrong box, the whole remaining page is the text: too much can be
//! found, too little cannot. Metadata is read here and not by that crate, which knows neither Dublin Core's plain date
//! nor `<time>`, and guesses titles by cutting at dashes.
//!
//! A tree builder for HTML takes time in the square of the nesting and of the attributes of one tag, and memory in the
//! number of nodes, so the tags are counted before anything is built.

use std::collections::HashSet;

use dom_smoothie::{Config, Readability};
use encoding_rs::Encoding;
use serde_json::Value;

use super::Article;
use super::Fault;
use super::Format;
use super::Records;
use super::clean::{is_same_line, one_line};
use super::date;
use super::layout::{Layout, Mark};
use crate::doc::Date;

pub(super) const FORMAT: Format = Format {
    name: "HTML",
    extensions: &["html", "htm", "xhtml"],
    records: Records::Whole,
    charset: Some(meta_charset),
    parse,
};

fn parse(html: &str) -> Result<Article, Fault> {
    measure(html)?;
    let page = Readability::from(html);
    let about = About::read(&page);
    prune(&page);
    let article = Article {
        body: main_text(page, &about.title),
        title: about.title,
        date: about.date,
        source: about.source,
        url: about.url,
        ..Article::default()
    };
    Ok(article.shaped())
}

/// The main text of a page that has been pruned.
fn main_text(page: Readability, title: &str) -> String {
    let mut everything = lay_out(&page, "body", title);
    let mut page = page;
    // An element that the page itself calls its article, with most of the text in it, is believed.
    for holder in ["article", "main", "[role=main]"] {
        let found = page.doc.select(holder);
        let text = lay_out(&page, holder, title);
        if found.length() == 1 && text.len() * 2 > everything.len() {
            let html = found.html();
            (page, everything) = (Readability::from(html), text);
            break;
        }
    }
    page.config = Config { char_threshold: ENOUGH_CHARACTERS, disable_json_ld: true, ..Config::default() };
    let main = page.parse().map(|article| lay_out(&Readability::from(article.content), "body", title));
    main.ok().filter(|main| main.len() * LEAST_SHARE >= everything.len()).unwrap_or(everything)
}

/// The text of a piece of HTML that stands in another format.
pub(super) fn fragment_text(html: &str) -> Result<String, Fault> {
    measure(html)?;
    Ok(lay_out(&Readability::from(html), "body", ""))
}

/// Main text of this many characters is enough; with less, laxer rules are tried.
const ENOUGH_CHARACTERS: usize = 250;
/// One part in so many of the page's text is the least that the main text can be.
const LEAST_SHARE: usize = 4;

/// The elements that can be open at once.
const MAX_DEPTH: usize = 512;
/// How often `<` and `&` can stand in a page: each can become a node, or a piece that is joined to the text before it.
const MAX_MARKS: usize = 300_000;
/// The attributes that one tag can have.
const MAX_ATTRIBUTES: usize = 256;
/// The bytes that a page can have, unpacked.
const MAX_BYTES: usize = 16 * 1024 * 1024;

/// Elements that end by themselves where the next one begins, so that they do not nest without bound.
const SELF_ENDING: &[&str] = &[
    "p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "option", "optgroup", "rt", "rp", "colgroup",
    "body", "html", "head",
];
/// Elements without content.
const VOID: &[&str] =
    &["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"];
/// Elements whose content holds no tags.
const RAW_TEXT: &[&str] = &["script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes", "noscript"];
/// Elements that an inline end tag does not close across. Their own end tags close whatever is open inside them.
const BLOCKS: &[&str] = &[
    "address",
    "article",
    "aside",
    "blockquote",
    "button",
    "center",
    "details",
    "dialog",
    "dir",
    "div",
    "dl",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hgroup",
    "main",
    "menu",
    "nav",
    "object",
    "ol",
    "pre",
    "search",
    "section",
    "select",
    "summary",
    "table",
    "template",
    "ul",
];

/// Refuses pages whose tree would take too long to build or too much room.
///
/// It follows the open elements as the HTML standard does, but for details that change the depth by a small factor
/// only.
fn measure(html: &str) -> Result<(), Fault> {
    if html.len() > MAX_BYTES {
        return Err(Fault::new(format!("the page is longer than {} MiB", MAX_BYTES / (1024 * 1024))));
    }
    if html.bytes().filter(|byte| matches!(byte, b'<' | b'&')).count() > MAX_MARKS {
        return Err(Fault::new(format!("the page has more than {MAX_MARKS} tags and entities")));
    }
    let mut open: Vec<String> = Vec::new();
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        rest = &rest[start + 1..];
        if let Some(comment) = rest.strip_prefix("!--") {
            rest = comment.find("-->").map_or("", |end| &comment[end + 3..]);
            continue;
        }
        let (closes, tag) = rest.strip_prefix('/').map_or((false, rest), |tag| (true, tag));
        if !tag.starts_with(|c: char| c.is_ascii_alphabetic()) {
            continue;
        }
        let name_end = tag.find(|c: char| c.is_ascii_whitespace() || matches!(c, '/' | '>')).unwrap_or(tag.len());
        let name = tag[..name_end].to_ascii_lowercase();
        let attributes;
        (attributes, rest) = skip_attributes(&tag[name_end..]);
        if attributes > MAX_ATTRIBUTES {
            return Err(Fault::new(format!("a tag <{name}> has more than {MAX_ATTRIBUTES} attributes")));
        }
        if closes {
            let is_block = BLOCKS.contains(&name.as_str());
            let at =
                open.iter().rposition(|element| *element == name || (!is_block && BLOCKS.contains(&element.as_str())));
            if let Some(at) = at.filter(|&at| open[at] == name) {
                open.truncate(at);
            }
            continue;
        }
        if RAW_TEXT.contains(&name.as_str()) {
            rest = after_raw_text(rest, &name);
        } else if !VOID.contains(&name.as_str()) && !SELF_ENDING.contains(&name.as_str()) {
            open.push(name);
            if open.len() > MAX_DEPTH {
                return Err(Fault::new(format!("the page nests more than {MAX_DEPTH} elements")));
            }
        }
    }
    Ok(())
}

/// How many attributes stand before the end of the tag, and what comes after it.
fn skip_attributes(tag: &str) -> (usize, &str) {
    let (mut count, mut quote, mut before, mut after_equals) = (0, None, ' ', false);
    for (at, c) in tag.char_indices() {
        match quote {
            Some(end) if c == end => quote = None,
            Some(_) => {}
            None if c == '>' => return (count, &tag[at + 1..]),
            None if after_equals && (c == '"' || c == '\'') => quote = Some(c),
            None if (before.is_ascii_whitespace() || before == '/')
                && !c.is_ascii_whitespace()
                && c != '/'
                && c != '=' =>
            {
                count += usize::from(!after_equals);
            }
            None => {}
        }
        after_equals = c == '=' || (after_equals && c.is_ascii_whitespace());
        before = if quote.is_none() && (c == '"' || c == '\'') { ' ' } else { c };
    }
    (count, "")
}

/// What comes after the end tag of a raw text element.
fn after_raw_text<'h>(html: &'h str, name: &str) -> &'h str {
    let mut rest = html;
    while let Some(at) = rest.find("</") {
        rest = &rest[at + 2..];
        if rest.get(..name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name)) {
            return &rest[name.len()..];
        }
    }
    ""
}

/// The encoding that a `<meta>` near the beginning names.
fn meta_charset(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(2048)]).to_ascii_lowercase();
    for meta in head.split("<meta").skip(1) {
        let tag = meta.split('>').next().unwrap_or_default();
        let Some((_, value)) = tag.split_once("charset") else { continue };
        let Some(value) = value.trim_start().strip_prefix('=') else { continue };
        let label = value.trim_start().trim_start_matches(['"', '\'']);
        let label =
            label.split(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ';' | '/')).next().unwrap_or_default();
        // The declaration was read as ASCII, so it cannot be UTF-16, whatever it says.
        return Encoding::for_label(label.as_bytes()).filter(|encoding| encoding.is_ascii_compatible());
    }
    None
}

/// What a page says about itself. The language that it names is not believed: it is that of the template, and often wrong.
struct About {
    title: String,
    date: Option<Date>,
    source: Option<String>,
    url: Option<String>,
}

impl About {
    fn read(page: &Readability) -> Self {
        let meta = Meta::read(page);
        let linked = LinkedData::read(page);
        let first = |selector: &str| {
            let found = page.doc.select(selector);
            let texts = found.nodes().iter().map(|node| one_line(&node.text()));
            texts.into_iter().find(|text| !text.is_empty())
        };
        let attribute =
            |selector: &str, name: &str| page.doc.select_single(selector).attr(name).map(|value| one_line(&value));
        let source = meta
            .first(&["og:site_name"])
            .or(linked.publisher)
            .or_else(|| meta.first(&["dc.publisher", "dcterms.publisher"]));
        let heading = first("article h1").or_else(|| first("main h1")).or_else(|| first("h1"));
        let window = first("head title");
        let source = source.or_else(|| site_behind(heading.as_deref()?, window.as_deref()?));
        let title = meta
            .first(&["og:title"])
            .or_else(|| heading.filter(|heading| source.as_ref().is_none_or(|source| !is_same_line(heading, source))))
            .or(window)
            .unwrap_or_default();
        let times = page.doc.select("article time[datetime], main time[datetime]");
        let time = times.nodes().first().and_then(|time| time.attr("datetime")).and_then(|time| date::parse(&time));
        let url = attribute("link[rel~=canonical]", "href").into_iter().chain(meta.first(&["og:url"]));
        Self {
            title: without_site(&title, source.as_deref()).to_owned(),
            date: meta.first_date(PUBLISHED).or(linked.published).or_else(|| meta.first_date(DATES)).or(time),
            url: url.into_iter().find(|url| url.starts_with("http://") || url.starts_with("https://")),
            source,
        }
    }
}

/// Names of meta tags for the day of publication, the surest first.
const PUBLISHED: &[&str] =
    &["article:published_time", "og:published_time", "datepublished", "dcterms.issued", "dc.date.issued"];
/// Names of meta tags for a date that is most likely the day of publication.
const DATES: &[&str] = &[
    "dcterms.created",
    "dc.date.created",
    "dcterms.date",
    "dc.date",
    "dcterms.available",
    "pubdate",
    "publishdate",
    "publish-date",
    "publication_date",
    "publish_date",
    "published",
    "created",
    "date",
];

/// The page's meta tags, names in lower case with `:` for `.` undone where Dublin Core has both.
struct Meta(Vec<(String, String)>);

impl Meta {
    fn read(page: &Readability) -> Self {
        let mut tags = Vec::new();
        for node in page.doc.select("meta[content]").nodes() {
            let name = ["property", "name", "itemprop", "http-equiv"].iter().find_map(|key| node.attr(key));
            if let (Some(name), Some(content)) = (name, node.attr("content")) {
                let name = name.trim().to_lowercase();
                let name = if name.starts_with("dc") { name.replace(':', ".") } else { name };
                let content = one_line(&content);
                if !content.is_empty() {
                    tags.push((name, content));
                }
            }
        }
        Self(tags)
    }

    fn all<'m>(&'m self, names: &'m [&str]) -> impl Iterator<Item = &'m str> {
        names
            .iter()
            .flat_map(|name| self.0.iter().filter(move |(key, _)| key == name))
            .map(|(_, content)| content.as_str())
    }

    fn first(&self, names: &[&str]) -> Option<String> {
        self.all(names).next().map(str::to_owned)
    }

    fn first_date(&self, names: &[&str]) -> Option<Date> {
        self.all(names).find_map(date::parse)
    }
}

/// What the page's JSON-LD says, wherever in its graph it says it.
#[derive(Default)]
struct LinkedData {
    published: Option<Date>,
    publisher: Option<String>,
}

impl LinkedData {
    fn read(page: &Readability) -> Self {
        let mut found = Self::default();
        for script in page.doc.select("script[type='application/ld+json']").nodes() {
            if let Ok(value) = serde_json::from_str::<Value>(&script.text()) {
                found.search(&value);
            }
        }
        found
    }

    /// The depth is bounded, for serde_json refuses to read deeper than 128 levels.
    fn search(&mut self, value: &Value) {
        match value {
            Value::Array(items) => items.iter().for_each(|item| self.search(item)),
            Value::Object(fields) => {
                let text = |value: &Value| value.as_str().map(one_line).filter(|text| !text.is_empty());
                if self.published.is_none() {
                    self.published = fields.get("datePublished").and_then(Value::as_str).and_then(date::parse);
                }
                if self.publisher.is_none() {
                    self.publisher = fields.get("publisher").and_then(|publisher| publisher.get("name")).and_then(text);
                }
                fields.values().for_each(|field| self.search(field));
            }
            _ => {}
        }
    }
}

/// What stands between a title and the site's name.
const SEPARATORS: &[&str] = &[" | ", " - ", " – ", " — ", " · ", " : ", " » ", " « ", " / "];

/// The site's name where the window's title is the heading with the name behind it.
fn site_behind(heading: &str, window: &str) -> Option<String> {
    let rest = window.strip_prefix(heading)?;
    SEPARATORS.iter().find_map(|separator| rest.strip_prefix(separator)).map(str::to_owned)
}

/// `title` without the site's name behind or before a dash or a stroke.
fn without_site<'t>(title: &'t str, source: Option<&str>) -> &'t str {
    let Some(source) = source else { return title };
    for separator in SEPARATORS {
        if let Some((rest, last)) = title.rsplit_once(separator)
            && is_same_line(last, source)
        {
            return rest.trim();
        }
        if let Some((first, rest)) = title.split_once(separator)
            && is_same_line(first, source)
        {
            return rest.trim();
        }
    }
    title
}

/// Elements that are never the article, wherever they stand.
const NEVER_TEXT: &str = "script, style, noscript, template, iframe, object, svg, canvas, audio, video, nav, aside, \
                          footer, dialog, button, select, textarea, input";
/// Elements that are not the article unless they hold it.
const HARDLY_TEXT: &str = "[hidden], [aria-hidden=true], [aria-modal=true], [role=navigation], [role=banner], \
                           [role=contentinfo], [role=complementary], [role=search], [role=menu], [role=menubar], \
                           [role=dialog], [role=alertdialog], [class*=cookie i], [id*=cookie i], [class*=consent i], \
                           [id*=consent i], [class*=breadcrumb i], [id*=breadcrumb i]";
/// The elements that hold the article.
const HOLDERS: &str = "html, body, main, article, h1";

fn prune(page: &Readability) {
    page.doc.select(NEVER_TEXT).remove();
    let mut holding = HashSet::new();
    for holder in page.doc.select(HOLDERS).nodes() {
        for node in std::iter::once(*holder).chain(holder.ancestors_it(None)) {
            if !holding.insert(node.id) {
                break;
            }
        }
    }
    for node in page.doc.select(HARDLY_TEXT).nodes() {
        if !holding.contains(&node.id) {
            node.remove_from_parent();
        }
    }
}

/// A step of the walk through the tree, which uses no call stack.
enum Visit<Node> {
    Enter(Node),
    Leave(Element, Mark, Links),
}

/// The links met so far.
#[derive(Default, Clone, Copy)]
struct Links {
    /// How many.
    count: usize,
    /// Letters and digits in them.
    letters: usize,
    /// How many are open.
    open: usize,
}

/// How an element stands among its neighbours.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Element {
    Inline,
    Link,
    Block,
    Heading,
    List,
    Item,
    Row,
    Cell,
    Line,
}

impl Element {
    fn of(name: &str) -> Self {
        match name {
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => Self::Heading,
            "a" => Self::Link,
            "ul" | "ol" | "menu" | "dir" => Self::List,
            "li" => Self::Item,
            "tr" => Self::Row,
            "td" | "th" => Self::Cell,
            "dt" | "dd" | "caption" | "summary" | "legend" | "option" => Self::Line,
            "p" | "div" | "body" | "section" | "hr" | "dl" | "table" => Self::Block,
            _ if BLOCKS.contains(&name) => Self::Block,
            _ => Self::Inline,
        }
    }
}

/// The text of the first element that `selector` finds, without the headings that repeat `title`.
fn lay_out(page: &Readability, selector: &str, title: &str) -> String {
    let (mut layout, mut links) = (Layout::default(), Links::default());
    let mut visits: Vec<_> = page.doc.select_single(selector).nodes().iter().map(|node| Visit::Enter(*node)).collect();
    while let Some(visit) = visits.pop() {
        let node = match visit {
            Visit::Enter(node) => node,
            Visit::Leave(element, mark, before) => {
                if element == Element::Link {
                    links.open -= 1;
                }
                if element == Element::Block && is_row_of_links(layout.since(mark), before, links) {
                    layout.back_to(mark);
                }
                leave(&mut layout, element, mark, title);
                continue;
            }
        };
        if node.is_text() {
            let text = node.text();
            if links.open > 0 {
                links.letters += letters(&text);
            }
            layout.flow(&text);
            continue;
        }
        let Some(name) = node.node_name() else { continue };
        if RAW_TEXT.contains(&&*name) || matches!(&*name, "template" | "svg") {
            continue;
        }
        let (element, mark, before) = (Element::of(&name), layout.mark(), links);
        match element {
            Element::Inline if *name == *"br" => layout.line(),
            Element::Inline => {}
            Element::Link => {
                links.count += 1;
                links.open += 1;
            }
            Element::Block | Element::Heading => layout.block(),
            Element::List if *name == *"ol" => {
                let start = node.attr("start").and_then(|start| start.trim().parse().ok());
                layout.open_list(Some(start.unwrap_or(1)));
            }
            Element::List => layout.open_list(None),
            Element::Item => layout.item(),
            Element::Row | Element::Line => layout.line(),
            Element::Cell => layout.cell(),
        }
        visits.push(Visit::Leave(element, mark, before));
        if *name == *"pre" {
            let text = node.text();
            if !text.trim().is_empty() {
                layout.verbatim(text.trim_matches('\n'));
            }
        } else {
            visits.extend(node.children_it(true).map(Visit::Enter));
        }
    }
    layout.finish()
}

/// Whether a block is one line of nothing but links, such as *share on this, share on that*.
fn is_row_of_links(text: &str, before: Links, after: Links) -> bool {
    after.count - before.count > 1 && !text.contains('\n') && letters(text) == after.letters - before.letters
}

fn letters(text: &str) -> usize {
    text.chars().filter(|c| c.is_alphanumeric()).count()
}

fn leave(layout: &mut Layout, element: Element, mark: Mark, title: &str) {
    match element {
        Element::Heading if is_same_line(layout.since(mark), title) => layout.back_to(mark),
        Element::Heading | Element::Block => layout.block(),
        Element::List => layout.close_list(),
        Element::Item | Element::Row | Element::Line => layout.line(),
        Element::Inline | Element::Link | Element::Cell => {}
    }
}

#[cfg(test)]
mod tests {
    use encoding_rs::{UTF_8, WINDOWS_1252};

    use super::*;

    const FIRST: &str = "Kommunalbestyrelsen i Ravnborg har vedtaget en ny plan for havnen, og den gælder fra nytår.";
    const SECOND: &str =
        "Planen giver plads til tolv husbåde, en badebro og et værft, siger formanden, der er lettet i dag.";
    const THIRD: &str =
        "Naboerne har klaget to gange, men nævnet gav kommunen ret, og arbejdet begynder til foråret i år.";

    /// A page with `head` in its head and `main` as its article, between all that is no text.
    fn page(head: &str, main: &str) -> String {
        format!(
            "<!DOCTYPE html><html lang=da-DK><head><meta charset=utf-8>{head}<style>p {{ color: red }}</style></head>\
             <body class='cookie-banner-open'>\
             <div id=CookieBanner><p>Vi bruger cookies til statistik, sig ja tak.</p></div>\
             <header role=banner><a href=/>Ravnborg Avis</a></header>\
             <nav><ul><li><a href=/a>Forside</a></li><li><a href=/b>Debat</a></li></ul></nav>\
             <main><article>{main}<script>var hemmelig = 1;</script></article></main>\
             <aside><p>Læs også om broen, der lukker til vinter og først åbner igen til maj.</p></aside>\
             <footer>Kontakt redaktionen</footer></body></html>"
        )
    }

    fn check(main: &str, expect: &str) {
        assert_eq!(parse(&page("<title>Havn</title>", main)).unwrap().body, expect, "{main}");
    }

    #[test]
    fn only_the_article_is_text() {
        let main = format!("<h1>Havn</h1><p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p>");
        let article = parse(&page("<title>Havn</title>", &main)).unwrap();
        assert_eq!(article.title, "Havn");
        assert_eq!(article.body, format!("{FIRST}\n\n{SECOND}\n\n{THIRD}"));
        assert_eq!(article.lang, None);
    }

    #[test]
    fn a_short_article_is_found_too() {
        check("<h1>Havn</h1><p>Havnen lukker.</p>", "Havnen lukker.");
    }

    #[test]
    fn a_page_without_article_elements_is_read() {
        let html = format!("<title>Havn</title><div>{FIRST}<br><br>{SECOND}</div>");
        let article = parse(&html).unwrap();
        assert_eq!((article.title.as_str(), article.body), ("Havn", format!("{FIRST}\n\n{SECOND}")));
        assert_eq!(parse("bare tekst & <b>mere</b>").unwrap().body, "bare tekst & mere");
    }

    #[test]
    fn structure_becomes_lines() {
        let around = |inner: &str| format!("<p>{FIRST}</p>{inner}<p>{SECOND}</p>");
        let check = |inner: &str, expect: &str| check(&around(inner), &format!("{FIRST}\n\n{expect}\n\n{SECOND}"));
        check("<h2>Vej &amp; <em>vand</em></h2>", "Vej & vand");
        check(
            "<ul><li>En båd til hver familie, siger de.</li><li><p>To broer over åen, begge af træ.</p></li></ul>",
            "- En båd til hver familie, siger de.\n- To broer over åen, begge af træ.",
        );
        check(
            "<ol start=3><li>Tredje punkt om planen og havnen</li><li>Fjerde punkt om planen og åen</li></ol>",
            "3. Tredje punkt om planen og havnen\n4. Fjerde punkt om planen og åen",
        );
        check(
            "<table><tr><th>År</th><th>Både</th></tr>\
             <tr><td>2020</td><td>12</td></tr><tr><td>2021</td><td>14</td></tr></table>",
            "År | Både\n2020 | 12\n2021 | 14",
        );
        check("<p>En linje om havnen<br>og en til om\n   åen.</p>", "En linje om havnen\nog en til om åen.");
        check(
            "<blockquote><p>Vi bygger broen i år, lover formanden.</p></blockquote>",
            "Vi bygger broen i år, lover formanden.",
        );
    }

    #[test]
    fn a_row_of_links_is_no_text_but_a_link_in_a_sentence_is() {
        let row = "<p><a href=/f>Del på Fjæsbog</a> | <a href=/m>Send til en ven</a></p>";
        let linked =
            "Læs <a href=/p>planen</a> og <a href=/h>høringssvarene</a>, før du skriver til udvalget om havnen.";
        let expect =
            format!("{FIRST}\n\nLæs planen og høringssvarene, før du skriver til udvalget om havnen.\n\n{SECOND}");
        check(&format!("<p>{FIRST}</p>{row}<p>{linked}</p>{row}<p>{SECOND}</p>{row}"), &expect);
    }

    #[test]
    fn what_stands_outside_the_one_article_is_no_text() {
        let html = page("", &format!("<h1>Havn</h1><p>{FIRST}</p><p>{SECOND}</p>"));
        let html = html.replace(
            "<footer>",
            "<div id=nyt>Tilmeld dig nyhedsbrevet og få en god historie hver måned.</div><footer>",
        );
        assert_eq!(parse(&html).unwrap().body, format!("{FIRST}\n\n{SECOND}"));
    }

    #[test]
    fn head_lines_tell_the_date_where_nothing_else_does() {
        let head = "<title>Ny havn på vej | Ravnborg Avis</title>";
        let article =
            parse(&page(head, &format!("<h1>Ny havn på vej</h1><p>3. maj 2022</p><p>{FIRST}</p><p>{SECOND}</p>")))
                .unwrap();
        assert_eq!((article.date, article.source.as_deref()), (date::parse("2022-05-03"), Some("Ravnborg Avis")));
        assert_eq!(article.body, format!("{FIRST}\n\n{SECOND}"));
    }

    #[test]
    fn metadata_is_read_wherever_it_stands() {
        let body =
            format!("<h1>Overskrift</h1><time datetime='2020-02-02'>i søndags</time><p>{FIRST}</p><p>{SECOND}</p>");
        let check = |head: &str, title: &str, day: &str, source: Option<&str>| {
            let article = parse(&page(head, &body)).unwrap();
            assert_eq!(
                (article.title.as_str(), article.date, article.source.as_deref()),
                (title, date::parse(day), source),
                "{head}"
            );
        };
        check("<title>Havn - Avis</title>", "Overskrift", "2020-02-02", None);
        check(
            "<meta property='og:title' content='Ny havn | Avisen'><meta property=og:site_name content=Avisen>",
            "Ny havn",
            "2020-02-02",
            Some("Avisen"),
        );
        check(
            "<meta property=article:published_time content='2021-03-04T23:30:00+01:00'>\
             <meta name=date content=2019-01-01>",
            "Overskrift",
            "2021-03-04",
            None,
        );
        check("<meta name=DC.Date content=2019-01-01>", "Overskrift", "2019-01-01", None);
        check("<meta name='DC:date' content='1. januar 2019'>", "Overskrift", "2019-01-01", None);
        check("<meta name=date content='i går'>", "Overskrift", "2020-02-02", None);
        let linked = r#"<script type="application/ld+json">{"@graph":[{"@type":"WebSite"},{"@type":"NewsArticle",
                        "datePublished":"2022-05-06T07:08:09Z","publisher":{"name":"Bladet"}}]}</script>"#;
        check(linked, "Overskrift", "2022-05-06", Some("Bladet"));
        check("<script type='application/ld+json'>{ikke json</script>", "Overskrift", "2020-02-02", None);
    }

    #[test]
    fn the_address_is_the_canonical_one() {
        let url = |head: &str| parse(&page(head, FIRST)).unwrap().url;
        assert_eq!(url("<link rel=canonical href='https://x.example/a'>").as_deref(), Some("https://x.example/a"));
        assert_eq!(
            url("<link rel=canonical href='/a'><meta property=og:url content=https://x.example/b>").as_deref(),
            Some("https://x.example/b")
        );
        assert_eq!(url("<link rel=canonical href='javascript:x'>"), None);
    }

    #[test]
    fn hostile_pages_are_refused_by_name() {
        let check = |html: &str, expect: &str| assert_eq!(parse(html).unwrap_err().cause, expect);
        check(&"<div>".repeat(100_000), "the page nests more than 512 elements");
        check(&"<div></x><span>".repeat(1000), "the page nests more than 512 elements");
        check(&"<span><div></span>".repeat(1000), "the page nests more than 512 elements");
        check(&"<DIV title='>'></ div>".repeat(1000), "the page nests more than 512 elements");
        check(&"<b><i>".repeat(1000), "the page nests more than 512 elements");
        check(&"<br>".repeat(MAX_MARKS + 1), "the page has more than 300000 tags and entities");
        check(&"&aelig;".repeat(MAX_MARKS + 1), "the page has more than 300000 tags and entities");
        check(&format!("<p {}>x", "a b='c d' ".repeat(1000)), "a tag <p> has more than 256 attributes");
        check(&"x".repeat(MAX_BYTES + 1), "the page is longer than 16 MiB");
    }

    #[test]
    fn ordinary_pages_are_not() {
        for html in [
            "<p>x".repeat(5000),
            format!("<ul>{}</ul>", "<li>x".repeat(5000)),
            format!("<table>{}</table>", "<tr><td>x<td>y".repeat(2000)),
            "<div><span>x</div>".repeat(2000),
            "<b>x</b><br><img src=x>".repeat(2000),
            format!("<script>{}</script><p>x", "'<div>'".repeat(2000)),
            format!("<!-- {} --><p>x", "<div>".repeat(2000)),
            format!("<p title=\"{}\">x", "<div> ".repeat(2000)),
            format!("<p class='{}'>x", "a b ".repeat(2000)),
            "a < b & <3 ".repeat(1000),
        ] {
            assert!(measure(&html).is_ok(), "{}", &html[..80]);
        }
    }

    #[test]
    fn the_declared_encoding_is_found() {
        let check =
            |head: &str, expect: Option<&'static Encoding>| assert_eq!(meta_charset(head.as_bytes()), expect, "{head}");
        check("<html><head><META CharSet=\"ISO-8859-1\">", Some(WINDOWS_1252));
        check("<meta name=x><meta http-equiv=Content-Type content='text/html; charset=utf-8'>", Some(UTF_8));
        check("<meta charset=utf-16>", None);
        check("<meta charset=vrøvl>", None);
        check("<p>charset=utf-8</p>", None);
    }
}
