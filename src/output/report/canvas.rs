//! Where charts are drawn: plotters computes axes, ticks and places, and this writes them as SVG that belongs to its page.
//!
//! plotters was chosen because its drawing back end can be replaced: the two crates without features bring no fonts, no
//! images and no C, and what is written here has classes instead of colours, so that one drawing serves light, dark and
//! paper, and a `<title>` in every mark, which browsers show on hover without scripts. Rejected: its own SVG back end
//! (colours are fixed, coordinates whole pixels, no titles), poloto (themes by CSS, but a series is one shape, so that
//! no mark can say what it is), charming (needs a script, or a JavaScript engine to draw without one), and SVG written
//! by hand, which would be the arithmetic of axes once more.

use std::convert::Infallible;
use std::fmt::Write;

use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters::drawing::DrawingAreaErrorKind;
use plotters::drawing::IntoDrawingArea;
use plotters::element::Drawable;
use plotters::element::PointCollection;
use plotters::style::Color;
use plotters::style::FontFamily;
use plotters::style::FontTransform;
use plotters::style::IntoTextStyle;
use plotters::style::TextStyle;
use plotters::style::text_anchor::HPos;
use plotters::style::text_anchor::VPos;
use plotters_backend::BackendColor;
use plotters_backend::BackendCoord;
use plotters_backend::BackendStyle;
use plotters_backend::BackendTextStyle;
use plotters_backend::DrawingBackend;
use plotters_backend::DrawingErrorKind;

use crate::output::report::markup::Text;

/// So many units of a canvas are one unit of the drawing: plotters counts in whole numbers.
pub(super) const SCALE: i32 = 100;

/// The size of letters, in units of the drawing; the style sheet says the same.
const LETTERS: i32 = 12;

/// What is drawn on.
pub(super) type Area<'a> = DrawingArea<Canvas<'a>, Shift>;
/// Drawing goes into memory and cannot fail; what is left are faults of the layout, which does not depend on input.
pub(super) type Drawn = Result<(), DrawingAreaErrorKind<Infallible>>;

/// What something is drawn with: a class of the style sheet. plotters carries it where it would carry a colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ink {
    /// Lines at the ticks.
    Grid,
    /// Axes, and where two systems are alike.
    Axis,
    /// Words.
    Words,
    /// The new system, and what speaks for it.
    New,
    /// The baseline, and what speaks for it.
    Old,
    /// Another system.
    Other,
    /// What speaks for neither.
    Tie,
}

const INKS: [(Ink, &str); 7] = [
    (Ink::Grid, "grid"),
    (Ink::Axis, "axis"),
    (Ink::Words, "words"),
    (Ink::New, "new"),
    (Ink::Old, "old"),
    (Ink::Other, "other"),
    (Ink::Tie, "tie"),
];

impl Ink {
    pub(super) fn class(self) -> &'static str {
        INKS[self as usize].1
    }
}

impl Color for Ink {
    fn to_backend_color(&self) -> BackendColor {
        BackendColor { alpha: 1.0, rgb: (*self as u8, 0, 0) }
    }
}

/// The style of words.
pub(super) fn words(area: &Area<'_>) -> TextStyle<'static> {
    (FontFamily::SansSerif, LETTERS * SCALE, &Ink::Words).into_text_style(area)
}

/// Draws a picture of `size`, in units of the drawing. A `label` says in words what it shows; without one it is hidden
/// from those who listen, because the same stands beside it in words.
pub(super) fn draw(size: (i32, i32), label: Option<&str>, paint: impl FnOnce(&Area<'_>) -> Drawn) -> String {
    let mut svg = String::new();
    let (width, height) = size;
    let spoken = match label {
        Some(label) => format!("role=\"img\" aria-label=\"{}\"", Text(label)),
        None => "aria-hidden=\"true\"".to_owned(),
    };
    put(&mut svg, format_args!("<svg viewBox=\"0 0 {width} {height}\" {spoken}>"));
    let canvas = Canvas { svg: &mut svg, size: (width.unsigned_abs() * 100, height.unsigned_abs() * 100) };
    paint(&canvas.into_drawing_area()).expect("the sizes of charts are fixed, and memory takes every stroke");
    svg.push_str("</svg>");
    svg
}

/// An SVG that is being written.
pub(super) struct Canvas<'a> {
    svg: &'a mut String,
    size: (u32, u32),
}

type Done = Result<(), DrawingErrorKind<Infallible>>;

impl Canvas<'_> {
    fn put(&mut self, arguments: std::fmt::Arguments<'_>) -> Done {
        put(self.svg, arguments);
        Ok(())
    }
}

fn put(svg: &mut String, arguments: std::fmt::Arguments<'_>) {
    svg.write_fmt(arguments).expect("memory takes every write");
}

/// The class of what is drawn; `None` for what is not to be seen.
fn class(color: BackendColor) -> Option<&'static str> {
    let (_, class) = INKS.get(usize::from(color.rgb.0))?;
    (color.alpha > 0.0).then_some(class)
}

/// A length in units of the drawing.
struct Length(i32);

impl std::fmt::Display for Length {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let (whole, part) = (self.0.unsigned_abs() / 100, self.0.unsigned_abs() % 100);
        match part {
            0 => write!(f, "{sign}{whole}"),
            part if part % 10 == 0 => write!(f, "{sign}{whole}.{}", part / 10),
            part => write!(f, "{sign}{whole}.{part:02}"),
        }
    }
}

fn path(points: impl IntoIterator<Item = BackendCoord>) -> String {
    let mut path = String::new();
    for (x, y) in points {
        let step = if path.is_empty() { "M" } else { " L" };
        put(&mut path, format_args!("{step}{} {}", Length(x), Length(y)));
    }
    path
}

impl DrawingBackend for Canvas<'_> {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        self.size
    }

    fn ensure_prepared(&mut self) -> Done {
        Ok(())
    }

    fn present(&mut self) -> Done {
        Ok(())
    }

    fn draw_pixel(&mut self, point: BackendCoord, color: BackendColor) -> Done {
        self.draw_rect(point, (point.0 + SCALE, point.1 + SCALE), &color, true)
    }

    fn draw_line<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S) -> Done {
        self.draw_path([from, to], style)
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, points: I, style: &S) -> Done {
        let Some(class) = class(style.color()) else { return Ok(()) };
        self.put(format_args!("<path class=\"{class}\" d=\"{}\"/>", path(points)))
    }

    fn draw_rect<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S, fill: bool) -> Done {
        let ((x0, y0), (x1, y1)) = (from, to);
        let corners = [(x0, y0), (x1, y0), (x1, y1), (x0, y1), (x0, y0)];
        if fill { self.fill_polygon(corners, style) } else { self.draw_path(corners, style) }
    }

    fn draw_circle<S: BackendStyle>(&mut self, center: BackendCoord, radius: u32, style: &S, fill: bool) -> Done {
        let Some(class) = class(style.color()) else { return Ok(()) };
        let fill = if fill { " full" } else { "" };
        let radius = Length(i32::try_from(radius).unwrap_or(i32::MAX));
        let (x, y) = (Length(center.0), Length(center.1));
        self.put(format_args!("<circle class=\"{class}{fill}\" cx=\"{x}\" cy=\"{y}\" r=\"{radius}\"/>"))
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, points: I, style: &S) -> Done {
        let Some(class) = class(style.color()) else { return Ok(()) };
        self.put(format_args!("<path class=\"{class} full\" d=\"{}Z\"/>", path(points)))
    }

    fn draw_text<S: BackendTextStyle>(&mut self, text: &str, style: &S, (x, y): BackendCoord) -> Done {
        let Some(class) = class(style.color()) else { return Ok(()) };
        let anchor = match style.anchor().h_pos {
            HPos::Left => "",
            HPos::Center => " text-anchor=\"middle\"",
            HPos::Right => " text-anchor=\"end\"",
        };
        // How far the line that letters stand on lies below the point, in hundredths of their size.
        let below = match style.anchor().v_pos {
            VPos::Top => 82,
            VPos::Center => 35,
            VPos::Bottom => -22,
        } * LETTERS;
        let turned = |degrees: i32| format!(" transform=\"rotate({degrees} {} {})\"", Length(x), Length(y));
        let turn = match style.transform() {
            FontTransform::None => String::new(),
            FontTransform::Rotate90 => turned(90),
            FontTransform::Rotate180 => turned(180),
            FontTransform::Rotate270 => turned(-90),
        };
        let (x, y) = (Length(x), Length(y + below));
        self.put(format_args!("<text class=\"{class}\" x=\"{x}\" y=\"{y}\"{anchor}{turn}>{}</text>", Text(text)))
    }

    fn estimate_text_size<S: BackendTextStyle>(
        &self,
        text: &str,
        _: &S,
    ) -> Result<(u32, u32), DrawingErrorKind<Infallible>> {
        let letters = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
        let size = (LETTERS * SCALE).unsigned_abs();
        Ok((letters.saturating_mul(size * 11 / 20), size))
    }
}

/// A shape that says what it is when one points at it.
pub(super) struct Mark {
    /// Where it is, in the units of the axes: a centre, or two corners.
    pub(super) points: Vec<(f64, f64)>,
    pub(super) shape: Shape,
    pub(super) ink: Ink,
    pub(super) title: String,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Shape {
    /// A dot of so many hundredths of a unit.
    Dot(i32),
    /// What lies between two corners, never so thin that it cannot be seen.
    Bar,
}

impl<'a> PointCollection<'a, (f64, f64)> for &'a Mark {
    type Point = &'a (f64, f64);
    type IntoIter = &'a [(f64, f64)];

    fn point_iter(self) -> &'a [(f64, f64)] {
        &self.points
    }
}

/// The thinnest bar, in hundredths of a unit.
const THINNEST: i32 = 40;

impl<'a> Drawable<Canvas<'a>> for Mark {
    fn draw<I: Iterator<Item = BackendCoord>>(&self, mut at: I, canvas: &mut Canvas<'a>, _: (u32, u32)) -> Done {
        let (class, title) = (self.ink.class(), Text(&self.title));
        let Some((x, y)) = at.next() else { return Ok(()) };
        match self.shape {
            Shape::Dot(radius) => {
                let (x, y, radius) = (Length(x), Length(y), Length(radius));
                canvas.put(format_args!(
                    "<circle class=\"{class} dot\" cx=\"{x}\" cy=\"{y}\" r=\"{radius}\"><title>{title}</title></circle>"
                ))
            }
            Shape::Bar => {
                let Some((x1, y1)) = at.next() else { return Ok(()) };
                let (left, top) = (Length(x.min(x1)), Length(y.min(y1)));
                let (width, height) = (Length((x1 - x).abs().max(THINNEST)), Length((y1 - y).abs().max(THINNEST)));
                canvas.put(format_args!(
                    "<rect class=\"{class} full\" x=\"{left}\" y=\"{top}\" width=\"{width}\" height=\"{height}\">\
                    <title>{title}</title></rect>"
                ))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use plotters::element::PathElement;
    use plotters::element::Rectangle;
    use plotters::style::TRANSPARENT;

    use super::*;

    #[test]
    fn every_ink_has_its_class() {
        for (at, (ink, class)) in INKS.into_iter().enumerate() {
            assert_eq!((ink as usize, ink.class()), (at, class));
            assert_eq!(super::class(ink.to_backend_color()), Some(class));
        }
        assert_eq!(super::class(BackendColor { alpha: 1.0, rgb: (200, 0, 0) }), None);
    }

    #[test]
    fn lengths_are_written_short() {
        let check = |length: i32, expect: &str| assert_eq!(Length(length).to_string(), expect);
        check(0, "0");
        check(100, "1");
        check(150, "1.5");
        check(105, "1.05");
        check(-5, "-0.05");
    }

    #[test]
    fn a_drawing_has_classes_and_no_colours() {
        let svg = draw((10, 5), Some("a \"label\""), |area| {
            area.draw(&PathElement::new([(0, 0), (100, 250)], Ink::Grid))?;
            area.draw(&PathElement::new([(0, 0), (100, 250)], TRANSPARENT))?;
            area.draw(&Rectangle::new([(0, 0), (100, 50)], plotters::style::ShapeStyle::from(Ink::New).filled()))?;
            area.draw_text("<b>", &words(area), (100, 200))
        });
        let expect = "<svg viewBox=\"0 0 10 5\" role=\"img\" aria-label=\"a &quot;label&quot;\">\
            <path class=\"grid\" d=\"M0 0 L1 2.5\"/>\
            <path class=\"new full\" d=\"M0 0 L1 0 L1 0.5 L0 0.5 L0 0Z\"/>\
            <text class=\"words\" x=\"1\" y=\"11.84\">&lt;b&gt;</text></svg>";
        assert_eq!(svg, expect);
        assert_eq!(draw((1, 1), None, |_| Ok(())), "<svg viewBox=\"0 0 1 1\" aria-hidden=\"true\"></svg>");
    }
}
