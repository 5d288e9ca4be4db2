//! Bars side by side over a common axis, one a class of values; lines at values to be marked.
//!
//! A class that holds anything is seen, however little. Names of marks stand above the plot, each in a line of its own.

use super::canvas::{Area, ChartError, WIDTH, canvas, cut, extent, fill, write};
use super::palette::Ink;
use crate::report::model::Histogram;
use crate::report::quantity;
use plotters::style::text_anchor::HPos;

/// Units of the plot from top to bottom, and of the name of a mark.
const PLOT: i32 = 170;
const LINE: i32 = 18;
/// Units left of the plot, for numbers.
const LEFT: i32 = 64;
/// Units right of it.
const RIGHT: i32 = 12;

pub(super) fn draw(histogram: &Histogram) -> Result<String, ChartError> {
    let top = 30 + histogram.marks.len() as i32 * LINE;
    canvas((top + PLOT + 50) as u32, |area| {
        write(area, &cut(&histogram.y_label, WIDTH as i32), (0, 10), HPos::Left, Ink::Quiet)?;
        bars(histogram, top, area)?;
        marks(histogram, top, area)?;
        let middle = LEFT + width() / 2;
        let label = cut(&histogram.x_label, WIDTH as i32 - LEFT);
        write(area, &label, (middle, top + PLOT + 36), HPos::Center, Ink::Quiet)
    })
}

fn width() -> i32 {
    WIDTH as i32 - LEFT - RIGHT
}

/// Where class `at` begins, or, behind the last, where it ends.
fn x(histogram: &Histogram, at: usize) -> i32 {
    LEFT + (at as i64 * i64::from(width()) / histogram.counts.len().max(1) as i64) as i32
}

fn bars(histogram: &Histogram, top: i32, area: &Area<'_>) -> Result<(), ChartError> {
    let most = histogram.counts.iter().copied().max().unwrap_or(0);
    let bottom = top + PLOT;
    for (y, count) in [(top, most), (bottom, 0)] {
        fill(area, (LEFT, y), (width(), 1), Ink::Grid, 1.0)?;
        write(area, &quantity::short(count.into(), ""), (LEFT - 8, y), HPos::Right, Ink::Quiet)?;
    }
    for (at, count) in histogram.counts.iter().enumerate().filter(|(_, count)| **count > 0) {
        let height = (u128::from(*count) * PLOT as u128 / u128::from(most.max(1))).max(1) as i32;
        let (begin, end) = (x(histogram, at), x(histogram, at + 1));
        let gap = i32::from(end - begin > 3);
        fill(area, (begin, bottom - height), (end - begin - gap, height), Ink::Series(0), 1.0)?;
    }
    let classes = histogram.counts.len();
    // Where bars begin: as many numbers as there is room for.
    let every = classes.div_ceil(6).max(1);
    for at in (0..=classes).step_by(every) {
        let value = quantity::count((histogram.first + at as u64 * histogram.width).into());
        let x = x(histogram, at);
        // A number at the plot's end would leave the picture where letters are wide.
        let ends = x + extent(&value) > WIDTH as i32;
        let (side, x) = if ends { (HPos::Right, WIDTH as i32) } else { (HPos::Center, x) };
        write(area, &value, (x, bottom + 14), side, Ink::Quiet)?;
    }
    Ok(())
}

fn marks(histogram: &Histogram, top: i32, area: &Area<'_>) -> Result<(), ChartError> {
    let span = histogram.width * histogram.counts.len().max(1) as u64;
    for (line, mark) in (0..).zip(&histogram.marks) {
        // The middle of the value's own unit, so that it lies in its bar.
        let part = (mark.value.saturating_sub(histogram.first) as f64 + 0.5) / span.max(1) as f64;
        let at = LEFT + (part.clamp(0.0, 1.0) * f64::from(width())) as i32;
        let y = 30 + line * LINE;
        fill(area, (at, y), (1, top + PLOT - y), Ink::Text, 1.0)?;
        let left = at < LEFT + width() / 2;
        let (side, from) = if left { (HPos::Left, at + 5) } else { (HPos::Right, at - 4) };
        let room = if left { WIDTH as i32 - from } else { from };
        write(area, &cut(&mark.name, room), (from, y + 4), side, Ink::Text)?;
    }
    Ok(())
}
