//! The charts. Blue speaks for the new system and amber for the baseline, in every one of them; where colours are not to
//! be seen, dashes, sides and signs say the same.

use std::collections::BTreeMap;
use std::ops::Range;

use plotters::chart::ChartBuilder;
use plotters::chart::ChartContext;
use plotters::coord::cartesian::Cartesian2d;
use plotters::coord::types::RangedCoordf64;
use plotters::element::Circle;
use plotters::element::PathElement;
use plotters::element::Text;
use plotters::style::ShapeStyle;
use plotters::style::TRANSPARENT;
use plotters::style::text_anchor::HPos;
use plotters::style::text_anchor::Pos;
use plotters::style::text_anchor::VPos;

use crate::output::count;
use crate::output::report::canvas::Area;
use crate::output::report::canvas::Canvas;
use crate::output::report::canvas::Drawn;
use crate::output::report::canvas::Ink;
use crate::output::report::canvas::Mark;
use crate::output::report::canvas::SCALE;
use crate::output::report::canvas::Shape;
use crate::output::report::canvas::draw;
use crate::output::report::canvas::words;
use crate::output::report::markup::cut;
use crate::output::report::markup::signed;
use crate::output::report::markup::value;
use crate::output::report::versus::Cell;
use crate::output::report::versus::Versus;
use crate::output::significance::LEAST;

type Chart<'a, 'b> = ChartContext<'b, Canvas<'a>, Cartesian2d<RangedCoordf64, RangedCoordf64>>;

/// What an axis shows.
struct Axis<'a> {
    range: Range<f64>,
    name: &'a str,
    /// Whether it has lines across the chart.
    lines: bool,
    decimals: usize,
    /// Whether numbers have signs.
    signs: bool,
}

/// A chart with its axes: space for ticks and names to the left and below.
fn chart<'a, 'b>(area: &'b Area<'a>, x: &Axis<'_>, y: &Axis<'_>) -> Result<Chart<'a, 'b>, Fault> {
    let mut chart = ChartBuilder::on(area)
        .margin_top(8 * SCALE)
        .margin_right(14 * SCALE)
        .x_label_area_size(42 * SCALE)
        .y_label_area_size(if y.signs { 66 } else { 54 } * SCALE)
        .build_cartesian_2d(x.range.clone(), y.range.clone())?;
    let [on_x, on_y] = [x, y].map(|axis| {
        let (decimals, signs) = (axis.decimals, axis.signs);
        move |value: &f64| match *value {
            value if value.abs() < 1e-9 => format!("{:.decimals$}", 0.0),
            value if signs => format!("{value:+.decimals$}").replace('-', "−"),
            value => format!("{value:.decimals$}").replace('-', "−"),
        }
    });
    let mut mesh = chart.configure_mesh();
    mesh.bold_line_style(Ink::Grid).light_line_style(TRANSPARENT).max_light_lines(1).axis_style(Ink::Axis);
    mesh.x_desc(x.name).y_desc(y.name).axis_desc_style(words(area)).label_style(words(area));
    mesh.x_labels(6).y_labels(6).x_label_formatter(&on_x).y_label_formatter(&on_y);
    mesh.set_all_tick_mark_size(4 * SCALE);
    if !x.lines {
        mesh.disable_x_mesh();
    }
    if !y.lines {
        mesh.disable_y_mesh();
    }
    mesh.draw()?;
    Ok(chart)
}

type Fault = plotters::drawing::DrawingAreaErrorKind<std::convert::Infallible>;

/// How much of an axis lies beyond its values on either side, so that marks at the ends are whole.
const SPARE: f64 = 0.04;

/// Precision by recall of every system that has a curve; `None` where the two that are compared have none.
pub(super) fn precision_by_recall(versus: &Versus<'_>) -> Option<String> {
    let mut curves = vec![(Ink::Old, &versus.baseline, versus.baseline.curve()?)];
    curves.push((Ink::New, &versus.new, versus.new.curve()?));
    curves.extend(versus.others.iter().filter_map(|side| Some((Ink::Other, side, side.curve()?))));
    // The two that matter are drawn last, above the rest.
    curves.sort_by_key(|(ink, ..)| *ink != Ink::Other);
    let label = "Precision at eleven levels of recall, a line for each system.";
    Some(draw((440, 428), Some(label), |area| {
        let axis = |name| Axis { range: -SPARE..1.0 + SPARE, name, lines: true, decimals: 1, signs: false };
        let mut chart = chart(area, &axis("recall"), &axis("precision"))?;
        for (ink, side, curve) in curves {
            let recall = |level: usize| level as f64 / (curve.len() - 1) as f64;
            let points: Vec<_> = curve.iter().enumerate().map(|(level, &value)| (recall(level), value)).collect();
            chart.draw_series([PathElement::new(points.clone(), ink)])?;
            chart.draw_series(points.into_iter().map(|(recall, precision)| Mark {
                points: vec![(recall, precision)],
                shape: Shape::Dot(3 * SCALE),
                ink,
                title: format!("{}: precision {precision:.4} at recall {recall:.1}", side.label),
            }))?;
        }
        Ok(())
    }))
}

/// The radius of the dot of one topic, and between what it stays.
const USUAL: f64 = 3.2;
const SMALLEST: f64 = 2.0;
const LARGEST: f64 = 14.0;

/// Every topic by its values, the baseline's to the right and the new one's upwards. Topics at one place are one dot.
pub(super) fn scatter(versus: &Versus<'_>, measure: &str) -> String {
    let mut places: BTreeMap<[i64; 2], Vec<usize>> = BTreeMap::new();
    for (at, topic) in versus.topics.iter().enumerate() {
        places.entry([topic.baseline, topic.new].map(|value| (value * 1e4).round() as i64)).or_default().push(at);
    }
    let mut dots: Vec<_> = places.into_values().collect();
    // Small ones above large ones, so that all can be pointed at.
    dots.sort_by_key(|topics| std::cmp::Reverse(topics.len()));
    // The area of a dot grows with its topics, slowly enough that the largest does not hide the others.
    let most = dots.first().map_or(1, Vec::len) as f64;
    let radius = |topics: usize| (LARGEST / most.sqrt()).min(USUAL) * (topics as f64).sqrt();
    let radius = |topics: usize| (radius(topics).max(SMALLEST) * f64::from(SCALE)) as i32;
    let values = versus.topics.iter().flat_map(|topic| [topic.baseline, topic.new]);
    let [least, most] = values.fold([0.0, 1.0], |[least, most]: [f64; 2], value| [least.min(value), most.max(value)]);
    let spare = (most - least) * SPARE;
    let range = least - spare..most + spare;
    let names = [&versus.baseline, &versus.new].map(|side| format!("{measure} of {}", cut(side.label, NAME)));
    let label = format!("Every topic by {} and {}.", names[0], names[1]);
    draw((440, 428), Some(&label), |area| {
        let axis = |name| Axis {
            range: range.clone(),
            name,
            lines: true,
            decimals: if most > 5.0 { 0 } else { 1 },
            signs: false,
        };
        let mut chart = chart(area, &axis(&names[0]), &axis(&names[1]))?;
        chart.draw_series([PathElement::new([(range.start, range.start), (range.end, range.end)], Ink::Axis)])?;
        chart.draw_series(dots.iter().map(|topics| {
            let topic = &versus.topics[topics[0]];
            Mark {
                points: vec![(topic.baseline, topic.new)],
                shape: Shape::Dot(radius(topics.len())),
                ink: inked(topic.gain()),
                title: named(versus, topics),
            }
        }))?;
        Ok(())
    })
}

/// The differences of all topics, from the largest gain to the largest loss.
pub(super) fn gains(versus: &Versus<'_>, measure: &str) -> String {
    let mut order: Vec<usize> = (0..versus.topics.len()).collect();
    order.sort_by(|&a, &b| versus.topics[b].gain().total_cmp(&versus.topics[a].gain()));
    let ends = order.first().zip(order.last()).map_or([0.0; 2], |(&first, &last)| {
        [versus.topics[last].gain().min(-LEAST_SHOWN), versus.topics[first].gain().max(LEAST_SHOWN)]
    });
    let spare = (ends[1] - ends[0]) * 0.05;
    let number = order.len() as f64;
    let label = format!("The differences by {measure} of all {} sorted by gain.", count(order.len() as u64, "topic"));
    draw((900, 300), Some(&label), |area| {
        let y = format!("difference by {measure}");
        let x = Axis { range: 0.0..number, name: "topics, sorted by gain", lines: false, decimals: 0, signs: false };
        let decimals = if ends[1] - ends[0] < 0.5 { 2 } else { 1 };
        let y = Axis { range: ends[0] - spare..ends[1] + spare, name: &y, lines: true, decimals, signs: true };
        let mut chart = chart(area, &x, &y)?;
        let differ = order.iter().enumerate().filter(|(_, at)| versus.topics[**at].gain() != 0.0);
        chart.draw_series(differ.map(|(place, &at)| {
            let gain = versus.topics[at].gain();
            // A tenth of each place stays free, which is not to be seen once there are hundreds.
            let (left, right) = (place as f64 + 0.05, place as f64 + 0.95);
            Mark {
                points: vec![(left, 0.0), (right, gain)],
                shape: Shape::Bar,
                ink: inked(gain),
                title: named(versus, &[at]),
            }
        }))?;
        chart.draw_series([PathElement::new([(0.0, 0.0), (number, 0.0)], Ink::Axis)])?;
        Ok(())
    })
}

/// Differences smaller than this do not fill a chart.
const LEAST_SHOWN: f64 = 0.05;

/// As much of a system's name as an axis has room for.
const NAME: usize = 24;

/// How many topics a dot names.
const NAMED: usize = 8;

/// The names of topics that have the same values, and these.
fn named(versus: &Versus<'_>, topics: &[usize]) -> String {
    let first = &versus.topics[topics[0]];
    let names: Vec<_> = topics.iter().take(NAMED).map(|&at| versus.topics[at].id).collect();
    let more = topics.len() - names.len();
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let text = versus.new.source.details.as_ref().and_then(|details| details.texts.get(first.id));
    let text = text.filter(|_| topics.len() == 1).map(|text| format!(" “{}”", cut(text, 80))).unwrap_or_default();
    let difference = if first.gain() == 0.0 { String::new() } else { format!(" ({})", signed(first.gain())) };
    format!(
        "{}{more}:{text} {} {}, {} {}{difference}",
        names.join(", "),
        versus.baseline.label,
        value(first.baseline),
        versus.new.label,
        value(first.new),
    )
}

fn inked(gain: f64) -> Ink {
    match gain.total_cmp(&0.0) {
        std::cmp::Ordering::Greater => Ink::New,
        std::cmp::Ordering::Less => Ink::Old,
        std::cmp::Ordering::Equal => Ink::Tie,
    }
}

/// One scale for the intervals of a table.
pub(super) struct Intervals {
    range: Range<f64>,
}

/// The size of an interval in a row, and of the scale above.
const ROW: (i32, i32) = (160, 28);

impl Intervals {
    /// A scale that holds the intervals of `cells`, and zero.
    pub(super) fn of<'c>(cells: impl Iterator<Item = &'c Cell>) -> Self {
        let ends = cells.flat_map(|cell| [cell.interval[0], cell.interval[1], cell.difference()]);
        let [low, high] = ends.fold([0.0, 0.0], |[low, high]: [f64; 2], end| [low.min(end), high.max(end)]);
        let (low, high) = if high - low < 1e-3 { (low - 1e-3, high + 1e-3) } else { (low, high) };
        // Room for the numbers at both ends of the scale.
        let spare = (high - low) * 0.2;
        Self { range: low - spare..high + spare }
    }

    /// The scale itself.
    pub(super) fn scale(&self) -> String {
        draw(ROW, None, |area| {
            let Range { start, end } = self.range;
            let (step, decimals) = step((end - start) / f64::from(ROW.0));
            // A number at the very end would stand in the next column.
            let inner = (start * 0.9 + end * 0.1, start * 0.1 + end * 0.9);
            let ticks = (inner.0 / step).ceil() as i64..=(inner.1 / step).floor() as i64;
            let shown = |tick: i64| match tick {
                0 => "0".to_owned(),
                _ => format!("{:+.decimals$}", tick as f64 * step).replace('-', "−"),
            };
            let style = words(area).pos(Pos::new(HPos::Center, VPos::Bottom));
            let mut chart = ChartBuilder::on(area).build_cartesian_2d(self.range.clone(), 0.0..1.0)?;
            chart.draw_series(ticks.map(|tick| Text::new(shown(tick), (tick as f64 * step, 0.1), style.clone())))?;
            Ok(())
        })
    }

    /// A difference and where it lies.
    pub(super) fn row(&self, cell: &Cell) -> String {
        let ink = if cell.p < LEAST { inked(cell.difference()) } else { Ink::Tie };
        draw(ROW, None, |area| -> Drawn {
            let mut chart = ChartBuilder::on(area).build_cartesian_2d(self.range.clone(), 0.0..1.0)?;
            let [low, high] = cell.interval;
            chart.draw_series([PathElement::new([(0.0, 0.0), (0.0, 1.0)], Ink::Axis)])?;
            chart.draw_series([PathElement::new([(low, 0.5), (high, 0.5)], ink)])?;
            let dot = ShapeStyle::from(ink).filled();
            chart.draw_series([Circle::new((cell.difference(), 0.5), 4 * SCALE, dot)])?;
            Ok(())
        })
    }
}

/// How far apart the numbers of a scale are that shows so much in a unit of the drawing, and their decimals.
fn step(unit: f64) -> (f64, usize) {
    let roomy = |step: f64| step / unit >= 42.0;
    let steps = (0..=4).rev().flat_map(|decimals| {
        let one = 0.1_f64.powi(decimals);
        [(one, decimals), (2.0 * one, decimals), (5.0 * one, decimals)]
    });
    let whole = (1..=9).flat_map(|power| [1.0, 2.0, 5.0].map(|digit| (digit * 10_f64.powi(power), 0)));
    let (step, decimals) = steps.chain(whole).find(|(step, _)| roomy(*step)).unwrap_or((1e10, 0));
    (step, usize::try_from(decimals).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(baseline: f64, new: f64, interval: [f64; 2], p: f64) -> Cell {
        Cell { baseline, new, interval, p, wins: 0, ties: 0, losses: 0 }
    }

    /// The texts of a drawing.
    fn texts(svg: &str) -> Vec<&str> {
        svg.split("</text>")
            .filter_map(|part| part.rsplit_once('>'))
            .map(|(_, text)| text)
            .filter(|t| !t.is_empty())
            .collect()
    }

    #[test]
    fn a_scale_has_round_numbers_and_zero() {
        let check = |low: f64, high: f64, expect: &[&str]| {
            let intervals = Intervals::of([cell(0.0, (low + high) / 2.0, [low, high], 1.0)].iter());
            assert_eq!(texts(&intervals.scale()), expect, "{low} to {high}");
        };
        check(-0.05, 0.05, &["−0.05", "0", "+0.05"]);
        check(0.01, 0.3, &["0", "+0.2"]);
        check(-0.0004, 0.0, &["−0.001", "0", "+0.001"]);
        check(0.0, 0.0, &["−0.001", "0", "+0.001"]);
        check(-3000.0, 1000.0, &["−2000", "0"]);
    }

    #[test]
    fn an_interval_has_a_colour_only_where_chance_does_not_explain_it() {
        let check = |new: f64, p: f64, expect: &str| {
            let cell = cell(0.5, new, [new - 0.6, new - 0.4], p);
            let svg = Intervals::of([&cell].into_iter()).row(&cell);
            assert!(svg.contains(&format!("<circle class=\"{expect} full\"")), "{svg}");
        };
        check(0.6, 0.049, "new");
        check(0.4, 0.049, "old");
        check(0.6, 0.05, "tie");
    }
}
