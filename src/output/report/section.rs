//! The section of an experiment: in a sentence, in tables, in charts, and how it was run.

use std::fmt::Result;
use std::fmt::Write;

use crate::app::bench::ALL;
use crate::app::bench::Figures;
use crate::eval::CONFIDENCE;
use crate::eval::PERMUTATIONS;
use crate::eval::RESAMPLES;
use crate::output::count;
use crate::output::listed;
use crate::output::record::Record;
use crate::output::record::in_words;
use crate::output::record::short;
use crate::output::report::markup::Text;
use crate::output::report::markup::signed;
use crate::output::report::markup::value;
use crate::output::report::plots;
use crate::output::report::plots::Intervals;
use crate::output::report::topics;
use crate::output::report::versus::Cell;
use crate::output::report::versus::Row;
use crate::output::report::versus::Side;
use crate::output::report::versus::Versus;
use crate::output::significance::LEAST;
use crate::output::significance::legend;
use crate::output::significance::mark;
use crate::output::significance::p_value;

/// Writes the section about `versus`, which is the page's `number`th.
pub(super) fn write(page: &mut String, number: usize, versus: &Versus<'_>) -> Result {
    let record = &versus.new.source.record;
    writeln!(
        page,
        "<section class=\"experiment\" id=\"e{number}\" aria-labelledby=\"e{number}-title\">\n\
        <h2 id=\"e{number}-title\">{}</h2>\n<p class=\"about\">{}</p>\n<p class=\"verdict\">{}</p>",
        Text(&record.name),
        Text(&record.about),
        Text(&verdict(versus)),
    )?;
    if versus.left_out > 0 {
        writeln!(
            page,
            "<p class=\"note\">Compared on the {} that both records have; {} in one of them only.</p>",
            count(versus.topics.len() as u64, "topic"),
            if versus.left_out == 1 { "1 is".to_owned() } else { format!("{} are", versus.left_out) },
        )?;
    }
    measures(page, number, versus)?;
    previous(page, number, versus)?;
    charts(page, number, versus)?;
    parts(page, number, versus)?;
    gains(page, number, versus)?;
    topics::write(page, number, versus)?;
    facts(page, number, versus)?;
    writeln!(page, "</section>")
}

/// What came out, in a sentence.
fn verdict(versus: &Versus<'_>) -> String {
    let cell = versus.all();
    let difference = cell.difference();
    let (new, baseline) = (versus.new.label, versus.baseline.label);
    let height = match value(difference.abs()).as_str() {
        "0.0000" => format!("stands level with {baseline}"),
        size => format!("stands {size} {} {baseline}", if difference > 0.0 { "above" } else { "below" }),
    };
    let chance = match mark(cell.p) {
        "" => format!("chance explains as much (p = {})", p_value(cell.p)),
        mark if cell.p < 0.0001 => format!("chance hardly explains it (p < 0.0001 {mark})"),
        mark => format!("chance hardly explains it (p = {} {mark})", p_value(cell.p)),
    };
    // Two systems may differ on single topics and still on none by this measure.
    let chance = if cell.wins + cell.losses == 0 { "no topic differs".to_owned() } else { chance };
    format!(
        "By {}, {new} {height} ({} interval {}), and {chance}: better on {}, alike on {}, worse on {}.",
        versus.measures[0],
        percent(),
        between(cell),
        count(cell.wins as u64, "topic"),
        cell.ties,
        cell.losses,
    )
}

fn percent() -> String {
    format!("{:.0} %", CONFIDENCE * 100.0)
}

fn between(cell: &Cell) -> String {
    let [low, high] = cell.interval.map(signed);
    format!("{low} to {high}")
}

/// The heads of the columns of [`cells`].
pub(super) fn heads(names: [&str; 2], intervals: &Intervals) -> String {
    format!(
        "<th scope=\"col\" class=\"number\">Topics</th><th scope=\"col\" class=\"number\">{}</th>\
        <th scope=\"col\" class=\"number\">{}</th><th scope=\"col\" class=\"number marked\">Difference</th>\
        <td class=\"drawn\" aria-hidden=\"true\">{}</td><th scope=\"col\" class=\"number\">{} interval</th>\
        <th scope=\"col\" class=\"number\">p</th>\
        <th scope=\"col\" class=\"number\">Better / alike / worse</th>",
        Text(names[0]),
        Text(names[1]),
        intervals.scale(),
        percent(),
    )
}

/// The columns that every table of differences has.
pub(super) fn cells(topics: usize, cell: &Cell, intervals: &Intervals) -> String {
    format!(
        "<td class=\"number\">{topics}</td><td class=\"number\">{}</td><td class=\"number\">{}</td>{}\
        <td class=\"drawn\" aria-hidden=\"true\">{}</td><td class=\"number\">{}</td><td class=\"number\">{}</td>\
        <td class=\"number\">{} / {} / {}</td>",
        value(cell.baseline),
        value(cell.new),
        difference(cell),
        intervals.row(cell),
        between(cell),
        Text(&p_value(cell.p)),
        cell.wins,
        cell.ties,
        cell.losses,
    )
}

/// A difference with its mark, which takes no room from the digits.
fn difference(cell: &Cell) -> String {
    marked(cell.difference(), cell.p)
}

fn marked(difference: f64, p: f64) -> String {
    let toward = match (p < LEAST, difference > 0.0) {
        (false, _) => "",
        (true, true) => " up",
        (true, false) => " down",
    };
    let mark = mark(p);
    format!("<td class=\"number marked{toward}\">{}<span class=\"mark\">{mark}</span></td>", signed(difference))
}

/// A table that may be wider than the page: then it scrolls, also for those without a pointer.
fn table(page: &mut String, id: &str, caption: &str, head: &str, body: &str) -> Result {
    writeln!(
        page,
        "<div class=\"wide\" role=\"region\" aria-labelledby=\"{id}\" tabindex=\"0\">\n<table>\n\
        <caption id=\"{id}\"><span>{}</span></caption>\n<thead><tr>{head}</tr></thead>\n{body}</table>\n</div>",
        Text(caption)
    )
}

fn measures(page: &mut String, number: usize, versus: &Versus<'_>) -> Result {
    let all = &versus.blocks[0].rows[0];
    let intervals = Intervals::of(all.cells.iter());
    let head =
        format!("<th scope=\"col\">Measure</th>{}", heads([versus.baseline.label, versus.new.label], &intervals));
    let mut body = "<tbody>\n".to_owned();
    for (measure, cell) in versus.measures.iter().zip(&all.cells) {
        writeln!(body, "<tr><th scope=\"row\">{}</th>{}</tr>", Text(measure), cells(all.topics, cell, &intervals))?;
    }
    body.push_str("</tbody>\n");
    table(page, &format!("e{number}-measures"), "All topics, by every measure", &head, &body)?;
    writeln!(
        page,
        "<p class=\"note\">{} for the difference: paired two-sided randomisation test, Holm-corrected for the {} of this \
        section.</p>",
        Text(&legend()),
        count(versus.tests as u64, "test"),
    )
}

/// What stood in the record before, where that was otherwise. Of two records, the older one says it itself.
fn previous(page: &mut String, number: usize, versus: &Versus<'_>) -> Result {
    let record = &versus.new.source.record;
    let Some(before) = record.previous.as_ref().filter(|_| !versus.in_time()) else { return Ok(()) };
    let of_all = |figures: &Figures, measure: &str| figures.get(ALL).and_then(|row| row.get(measure)).copied();
    let mut body = "<tbody>\n".to_owned();
    for measure in &versus.measures {
        let (Some(then), Some(now)) = (of_all(&before.figures, measure), of_all(record.figures(), measure)) else {
            continue;
        };
        let p = of_all(&before.p, measure);
        writeln!(
            body,
            "<tr><th scope=\"row\">{}</th><td class=\"number\">{}</td><td class=\"number\">{}</td>{}<td class=\"number\">{}</td></tr>",
            Text(measure),
            value(then),
            value(now),
            marked(now - then, p.unwrap_or(1.0)),
            Text(&p.map_or_else(|| "–".to_owned(), p_value)),
        )?;
    }
    if body.len() == "<tbody>\n".len() {
        return Ok(());
    }
    body.push_str("</tbody>\n");
    let head = "<th scope=\"col\">Measure</th><th scope=\"col\" class=\"number\">Before</th>\
        <th scope=\"col\" class=\"number\">Now</th><th scope=\"col\" class=\"number marked\">Difference</th>\
        <th scope=\"col\" class=\"number\">p</th>";
    let caption = format!("All topics: {}, and what was recorded before", versus.new.label);
    table(page, &format!("e{number}-previous"), &caption, head, &body)?;
    let revision = before.revision.as_deref().map(|revision| format!(" at commit {}", short(revision)));
    writeln!(
        page,
        "<p class=\"note\">Before is what was recorded on {}{}; p is of the change, corrected for all tests of it.</p>",
        Text(&before.date),
        Text(&revision.unwrap_or_default()),
    )
}

fn charts(page: &mut String, number: usize, versus: &Versus<'_>) -> Result {
    writeln!(page, "<div class=\"pair\">")?;
    if let Some(curve) = plots::precision_by_recall(versus) {
        let mut keys = vec![key("new", &versus.new), key("old", &versus.baseline)];
        keys.extend(versus.others.iter().filter(|side| side.curve().is_some()).map(|side| key("other", side)));
        writeln!(
            page,
            "<figure id=\"e{number}-curve\">\n{curve}\n<figcaption><strong>Precision and recall.</strong> \
            Interpolated precision at eleven levels of recall, the mean over all topics. {}</figcaption>\n</figure>",
            keys.join(" "),
        )?;
    }
    let Cell { wins, ties, losses, .. } = versus.all();
    writeln!(
        page,
        "<figure id=\"e{number}-scatter\">\n{}\n<figcaption><strong>Topic by topic.</strong> Above the diagonal {} is \
        better ({wins}), on it they are alike ({ties}), below it {} is better ({losses}). A larger dot is several topics; \
        point at it for their names.</figcaption>\n</figure>\n</div>",
        plots::scatter(versus, versus.measures[0]),
        Text(versus.new.label),
        Text(versus.baseline.label),
    )
}

/// A system with the line that it is drawn with.
fn key(class: &str, side: &Side<'_>) -> String {
    format!(
        "<span class=\"key\"><svg viewBox=\"0 0 28 10\" aria-hidden=\"true\"><path class=\"{class}\" d=\"M0 5 L28 5\"/>\
        </svg>{}</span>",
        Text(side.label)
    )
}

/// The kinds of topics: by the first measure with intervals, and by all measures side by side.
fn parts(page: &mut String, number: usize, versus: &Versus<'_>) -> Result {
    if versus.blocks.len() < 2 {
        let about = &versus.topics[0].about;
        let about = if about.is_empty() { String::new() } else { format!(" ({about})") };
        return writeln!(
            page,
            "<h3>By query type and language</h3>\n<p>All topics are of one sort{}.</p>",
            Text(&about)
        );
    }
    writeln!(page, "<h3>By query type and language</h3>")?;
    let first = versus.measures[0];
    let all = || versus.blocks.iter().flat_map(|block| &block.rows);
    let intervals = Intervals::of(all().map(|row| &row.cells[0]));
    let names = [versus.baseline.label, versus.new.label];
    let head = format!("<th scope=\"col\">Sort of topic</th>{}", heads(names, &intervals));
    // Topics, two values, difference, picture, interval, p, counts; and the name.
    let body = blocks(versus, 9, |row| cells(row.topics, &row.cells[0], &intervals))?;
    table(page, &format!("e{number}-parts"), &format!("{first} by sort of topic"), &head, &body)?;
    if versus.measures.len() < 2 {
        return Ok(());
    }
    let others = &versus.measures[1..];
    let mut head = "<th scope=\"col\">Sort of topic</th>".to_owned();
    for measure in others {
        for name in names {
            write!(head, "<th scope=\"col\" class=\"number\">{} {}</th>", Text(measure), Text(name))?;
        }
        write!(head, "<th scope=\"col\" class=\"number marked\">Difference</th>")?;
    }
    let body = blocks(versus, 1 + 3 * others.len(), |row| {
        let cells = row.cells[1..].iter().map(|cell| {
            let values = [cell.baseline, cell.new].map(value);
            format!(
                "<td class=\"number\">{}</td><td class=\"number\">{}</td>{}",
                values[0],
                values[1],
                difference(cell)
            )
        });
        cells.collect()
    })?;
    table(page, &format!("e{number}-others"), &format!("{} by sort of topic", others.join(", ")), &head, &body)
}

/// The bodies of a table of `columns`: a block each.
fn blocks(
    versus: &Versus<'_>,
    columns: usize,
    cells: impl Fn(&Row) -> String,
) -> std::result::Result<String, std::fmt::Error> {
    let mut body = String::new();
    for block in &versus.blocks {
        body.push_str("<tbody>\n");
        if !block.title.is_empty() {
            let title = block.title;
            writeln!(body, "<tr class=\"block\"><th scope=\"rowgroup\" colspan=\"{columns}\">{title}</th></tr>")?;
        }
        for row in &block.rows {
            writeln!(body, "<tr><th scope=\"row\">{}</th>{}</tr>", Text(&row.name), cells(row))?;
        }
        body.push_str("</tbody>\n");
    }
    Ok(body)
}

fn gains(page: &mut String, number: usize, versus: &Versus<'_>) -> Result {
    let Cell { wins, ties, losses, .. } = versus.all();
    writeln!(
        page,
        "<h3>Per-topic differences</h3>\n<figure class=\"broad\" id=\"e{number}-gains\">\n<div class=\"wide\" \
        tabindex=\"0\" role=\"region\" aria-label=\"Per-topic differences\">{}</div>\n<figcaption>A bar for each topic on which \
        {} and {} differ: {wins} better, {losses} worse, and {ties} alike between them. Point at a bar for its \
        topic.</figcaption>\n</figure>",
        plots::gains(versus, versus.measures[0]),
        Text(versus.new.label),
        Text(versus.baseline.label),
    )
}

/// How the experiment was run; of two records, each, and what was set otherwise.
fn facts(page: &mut String, number: usize, versus: &Versus<'_>) -> Result {
    writeln!(page, "<h3>How it was run</h3>")?;
    let sides = if versus.in_time() { vec![versus.baseline, versus.new] } else { vec![versus.new] };
    let mut head = "<th scope=\"col\">Fact</th>".to_owned();
    for side in &sides {
        let name = if versus.in_time() { side.label } else { "Value" };
        write!(head, "<th scope=\"col\">{}</th>", Text(name))?;
    }
    let facts: Vec<_> = sides.iter().map(|side| of_record(side)).collect();
    let mut names: Vec<&str> = Vec::new();
    for (name, _) in facts.iter().flatten() {
        if !names.contains(&name.as_str()) {
            names.push(name);
        }
    }
    let mut body = "<tbody>\n".to_owned();
    for name in names {
        let values =
            facts.iter().map(|facts| facts.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str()));
        let values: Vec<_> = values.map(|value| value.unwrap_or("–")).collect();
        let differ = values.windows(2).any(|pair| pair[0] != pair[1]);
        write!(body, "<tr{}><th scope=\"row\">{}</th>", if differ { " class=\"differs\"" } else { "" }, Text(name))?;
        for value in values {
            write!(body, "<td>{}</td>", Text(value))?;
        }
        writeln!(body, "</tr>")?;
    }
    body.push_str("</tbody>\n");
    let caption = if versus.in_time() { "The two records; what differs is bold" } else { "The record" };
    writeln!(page, "<div class=\"facts\">")?;
    table(page, &format!("e{number}-facts"), caption, &head, &body)?;
    writeln!(page, "</div>")
}

/// What a record says of how it came about, by name.
fn of_record(side: &Side<'_>) -> Vec<(String, String)> {
    let Record { date, snotra, revision, machine, index, search, .. } = &side.source.record;
    let revision = revision.as_deref().map_or("not known", short);
    let speed = if machine.optimised { "" } else { ", not optimised" };
    let mut facts = vec![
        ("Documents".to_owned(), listed(&index.documents)),
        ("Recorded".to_owned(), date.clone()),
        ("Snotra".to_owned(), format!("{snotra}, commit {revision}{speed}")),
        ("Machine".to_owned(), format!("{} {}, {}", machine.os, machine.arch, count(search.threads as u64, "thread"))),
        ("Record".to_owned(), side.source.path.display().to_string()),
    ];
    for (name, value) in index.options.iter().chain(&search.options) {
        facts.push((name.clone(), in_words(value)));
    }
    facts
}

/// How to read the page.
pub(super) fn reading() -> String {
    format!(
        "<h2>How to read this</h2>\n<p>A <em>difference</em> is the mean over the topics, the new system less the \
        baseline. The {} <em>interval</em> says where that mean lies for topics like these: percentile bootstrap, \
        {RESAMPLES} resamples. <em>p</em> says how likely so large a difference is by chance: paired two-sided randomisation \
        test, all assignments of signs where up to 30 topics differ and {PERMUTATIONS} drawn ones else, Holm-corrected over \
        all tests of a section. {}. An interval is not corrected, so it may leave zero out where no mark stands.</p>\n",
        percent(),
        Text(&legend()),
    )
}
