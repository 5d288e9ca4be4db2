//! Lines over a common axis, with a legend and lines to compare with.

use super::canvas::{Area, ChartError, WIDTH, canvas, cut, failed, legend, style, write};
use super::palette::{Ink, SERIES};
use crate::report::model::Curves;
use plotters::prelude::{ChartBuilder, Circle, DashedLineSeries, LineSeries};
use plotters::style::text_anchor::HPos;
use plotters::style::{Color, ShapeStyle, TextStyle};
use std::ops::Range;

/// Units of the plot itself, from top to bottom, without legend and labels.
const PLOT: i32 = 230;
/// Series with at most this many points get a mark at each.
const MARKED: usize = 30;
/// Numbers below the axis, at most.
const MOST_LABELS: usize = 8;
/// Values beyond this are left out: they would leave nothing to see of the others.
const LIMIT: f64 = 1e200;

pub(super) fn draw(curves: &Curves) -> Result<String, ChartError> {
    let mut names: Vec<_> = curves
        .series
        .iter()
        .enumerate()
        .map(|(i, s)| (s.name.clone(), Ink::Series(i), i >= SERIES))
        .collect();
    names.extend(curves.references.iter().enumerate().map(|(i, r)| (r.name.clone(), reference_ink(i), true)));
    let top = legend(&names, 0, None)? + 32;
    canvas((top + PLOT + 48) as u32, |area| {
        legend(&names, 0, Some(area))?;
        write(area, &cut(&curves.y_label, WIDTH as i32), (0, top - 16), HPos::Left, Ink::Quiet)?;
        plot(curves, area, top)
    })
}

/// References are quiet; the second one differs from the first.
fn reference_ink(index: usize) -> Ink {
    if index == 0 { Ink::Quiet } else { Ink::Series(3 + index) }
}

fn plot(curves: &Curves, area: &Area<'_>, top: i32) -> Result<(), ChartError> {
    let series: Vec<Vec<(f64, f64)>> = curves.series.iter().map(|s| thinned(&s.points)).collect();
    let (x, y) = ranges(curves, &series);
    let mut chart = ChartBuilder::on(area)
        .margin_top(top)
        .margin_right(10)
        .x_label_area_size(48)
        .y_label_area_size(52)
        .build_cartesian_2d(x.clone(), y)
        .map_err(failed)?;
    let label: TextStyle<'_> = style(Ink::Quiet, HPos::Center);
    chart
        .configure_mesh()
        .disable_x_mesh()
        .light_line_style(Ink::Grid.color().mix(0.0))
        .bold_line_style(Ink::Grid.color())
        .axis_style(Ink::Grid.color())
        .x_labels(x_labels(&x, &series))
        .y_labels(6)
        .x_label_formatter(&|v| tick(*v))
        .y_label_formatter(&|v| tick(*v))
        .label_style(label.clone())
        .axis_desc_style(label)
        .x_desc(curves.x_label.as_str())
        .draw()
        .map_err(failed)?;
    for (i, reference) in curves.references.iter().enumerate().filter(|(_, r)| r.y.abs() < LIMIT) {
        let ends = [(x.start, reference.y), (x.end, reference.y)];
        let line = ShapeStyle::from(reference_ink(i).color()).stroke_width(2);
        chart.draw_series(DashedLineSeries::new(ends, 6, 4, line)).map_err(failed)?;
    }
    for (i, points) in series.into_iter().enumerate() {
        let ink = Ink::Series(i).color();
        let marks = if points.len() <= MARKED { points.clone() } else { Vec::new() };
        // Of two lines of one colour the second is dashed.
        if i < SERIES {
            chart.draw_series(LineSeries::new(points, ink.stroke_width(2))).map_err(failed)?;
        } else {
            chart.draw_series(DashedLineSeries::new(points, 10, 4, ink.stroke_width(2))).map_err(failed)?;
        }
        chart.draw_series(marks.into_iter().map(|p| Circle::new(p, 3, ink.filled()))).map_err(failed)?;
    }
    Ok(())
}

/// Numbers below the axis, at most: where every point is at a whole number, an epoch, there are no others to show.
fn x_labels(x: &Range<f64>, series: &[Vec<(f64, f64)>]) -> usize {
    let whole = series.iter().flatten().all(|point| point.0.fract() == 0.0);
    // A number has a label of its own, and each end has one.
    let steps = (x.end - x.start).clamp(1.0, (MOST_LABELS - 1) as f64);
    if whole { steps as usize + 1 } else { MOST_LABELS }
}

/// Ranges of both axes, never empty, with room above and below the lines.
fn ranges(curves: &Curves, series: &[Vec<(f64, f64)>]) -> (Range<f64>, Range<f64>) {
    let points = series.iter().flatten();
    let x = points.clone().fold(None, |r, p| widened(r, p.0)).unwrap_or((0.0, 1.0));
    let all = points.map(|p| p.1).chain(curves.references.iter().map(|r| r.y).filter(|y| y.abs() < LIMIT));
    let y = all.fold(None, widened).unwrap_or((0.0, 1.0));
    let (x, y) = (opened(x), opened(y));
    let room = (y.1 - y.0) * 0.06;
    (x.0..x.1, y.0 - room..y.1 + room)
}

fn widened(range: Option<(f64, f64)>, value: f64) -> Option<(f64, f64)> {
    range.map_or(Some((value, value)), |(low, high)| Some((low.min(value), high.max(value))))
}

/// A range wide enough for its labels to differ.
fn opened((low, high): (f64, f64)) -> (f64, f64) {
    let least = low.abs().max(high.abs()).max(1e-200) * 1e-6;
    if high - low >= least {
        return (low, high);
    }
    let half = if low == 0.0 && high == 0.0 { 0.5 } else { least * 1e4 };
    (low - half, high + half)
}

/// At most the lowest and highest point of each unit of the axis.
fn thinned(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let usable = |p: &&(f64, f64)| p.0.abs() < LIMIT && p.1.abs() < LIMIT;
    let points: Vec<(f64, f64)> = points.iter().filter(usable).copied().collect();
    let columns = WIDTH as usize;
    if points.len() <= 2 * columns {
        return points;
    }
    let mut kept = Vec::with_capacity(2 * columns);
    for part in points.chunks(points.len().div_ceil(columns)) {
        let by_y = |a: &&(f64, f64), b: &&(f64, f64)| a.1.total_cmp(&b.1);
        if let (Some(&low), Some(&high)) = (part.iter().min_by(by_y), part.iter().max_by(by_y)) {
            let in_order = low.0 <= high.0;
            kept.extend(if in_order { [low, high] } else { [high, low] });
        }
    }
    kept
}

/// The number at a tick, without trailing zeros.
fn tick(value: f64) -> String {
    let size = value.abs();
    let (scaled, unit) = match size {
        s if s >= 1e15 => return format!("{value:.1e}"),
        s if s >= 1e9 => (value / 1e9, "G"),
        s if s >= 1e6 => (value / 1e6, "M"),
        s if s >= 1e4 => (value / 1e3, "k"),
        s if s > 0.0 && s < 1e-4 => return format!("{value:.1e}"),
        _ => (value, ""),
    };
    let text = format!("{scaled:.4}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    let text = if text == "-0" { "0" } else { text };
    // A true minus sign, as wide as a digit.
    format!("{}{unit}", text.replace('-', "\u{2212}"))
}
