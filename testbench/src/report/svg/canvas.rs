//! What every chart draws with: a canvas, text that is cut to its room, filled rectangles, a legend.
//!
//! Promises: text is at most as wide as it was cut to, by an estimate of its glyphs. Absent on purpose: any one chart.

use super::palette::Ink;
use plotters::coord::Shift;
use plotters::prelude::{DrawingArea, IntoDrawingArea, IntoFont, Rectangle, SVGBackend, Text};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, TextStyle};
use thiserror::Error;

/// Units of a chart from left to right.
pub const WIDTH: u32 = 480;

/// Why a chart could not be drawn.
#[derive(Debug, Error)]
#[error("chart: {0}")]
pub struct ChartError(String);

impl ChartError {
    /// Of what went wrong.
    #[must_use]
    pub fn of(error: &dyn std::fmt::Display) -> Self {
        Self(error.to_string())
    }
}

pub(super) type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

/// Text size in units: what `plotters` is told is larger by a constant of its SVG backend.
const TEXT: f64 = 14.0;

pub(super) fn failed(error: impl std::fmt::Display) -> ChartError {
    ChartError(error.to_string())
}

/// Draws on a canvas of `height` units and returns the document.
pub(super) fn canvas(
    height: u32,
    draw: impl FnOnce(&Area<'_>) -> Result<(), ChartError>,
) -> Result<String, ChartError> {
    let mut document = String::new();
    {
        let area = SVGBackend::with_string(&mut document, (WIDTH, height)).into_drawing_area();
        draw(&area)?;
        area.present().map_err(failed)?;
    }
    Ok(document)
}

pub(super) fn style(ink: Ink, side: HPos) -> TextStyle<'static> {
    ("sans-serif", TEXT * 1.24).into_font().color(&ink.color()).pos(Pos::new(side, VPos::Center))
}

/// Writes `text` beside, or centred on, the point `at`.
pub(super) fn write(
    area: &Area<'_>,
    text: &str,
    at: (i32, i32),
    side: HPos,
    ink: Ink,
) -> Result<(), ChartError> {
    area.draw(&Text::new(text.to_string(), at, style(ink, side))).map_err(failed)
}

/// Fills the rectangle with corner `at`; `opacity` is 0..=1.
pub(super) fn fill(
    area: &Area<'_>,
    at: (i32, i32),
    size: (i32, i32),
    ink: Ink,
    opacity: f64,
) -> Result<(), ChartError> {
    let corners = [at, (at.0 + size.0, at.1 + size.1)];
    area.draw(&Rectangle::new(corners, ink.color().mix(opacity).filled())).map_err(failed)
}

/// About how many units `text` takes.
pub(super) fn extent(text: &str) -> i32 {
    (text.chars().count() as f64 * TEXT * 0.56).ceil() as i32
}

/// `text`, cut so that it takes at most `units`.
#[must_use]
pub fn cut(text: &str, units: i32) -> String {
    let most = (f64::from(units.max(0)) / (TEXT * 0.56)) as usize;
    if text.chars().count() <= most {
        return text.to_string();
    }
    let mut short: String = text.chars().take(most.saturating_sub(1)).collect();
    short.push('\u{2026}');
    short
}

/// A legend from left to right, folded; returns the units it takes downward.
pub(super) fn legend(
    entries: &[(String, Ink, bool)],
    top: i32,
    area: Option<&Area<'_>>,
) -> Result<i32, ChartError> {
    const LINE: i32 = 21;
    let (mut x, mut y) = (0, top);
    for (name, ink, dashed) in entries {
        let name = cut(name, WIDTH as i32 - 40);
        let needed = 22 + extent(&name) + 14;
        if x > 0 && x + needed > WIDTH as i32 {
            (x, y) = (0, y + LINE);
        }
        if let Some(area) = area {
            let middle = y + LINE / 2;
            if *dashed {
                fill(area, (x, middle - 1), (6, 2), *ink, 1.0)?;
                fill(area, (x + 10, middle - 1), (6, 2), *ink, 1.0)?;
            } else {
                fill(area, (x, middle - 2), (16, 4), *ink, 1.0)?;
            }
            write(area, &name, (x + 22, middle), HPos::Left, Ink::Text)?;
        }
        x += needed;
    }
    Ok(if entries.is_empty() { 0 } else { y + LINE - top })
}
