//! A timeline: the parts of every step stacked, and below them who decided which steps.
//!
//! Steps that fall on one unit of the canvas are one mark: of times the longest step's, of lanes any.

use super::canvas::{Area, ChartError, WIDTH, canvas, cut, extent, fill, legend, write};
use super::palette::Ink;
use crate::report::model::Timeline;
use crate::report::quantity;
use plotters::style::text_anchor::HPos;

/// Units of the plot from top to bottom, and of a lane.
const PLOT: i32 = 170;
const LANE: i32 = 20;
/// Units above the plot.
const TOP: i32 = 34;

pub(super) fn draw(timeline: &Timeline) -> Result<String, ChartError> {
    let names = timeline.lanes.iter().map(|lane| extent(&lane.name)).max().unwrap_or(0);
    let counts = timeline.lanes.iter().map(|lane| extent(&decided(lane.steps.len()))).max().unwrap_or(0);
    let left = names.clamp(40, 130) + 10;
    let right = if timeline.lanes.is_empty() { 2 } else { counts + 8 };
    let frame = Frame { left, width: WIDTH as i32 - left - right, steps: timeline.steps.len().max(1) as i64 };
    let inks: Vec<_> =
        timeline.parts.iter().enumerate().map(|(at, name)| (name.clone(), ink(at), false)).collect();
    let (lanes, legend_height) = (timeline.lanes.len() as i32 * LANE, legend(&inks, 0, None)?);
    let height = TOP + PLOT + 30 + lanes + 8 + legend_height;
    canvas(height as u32, |area| {
        write(area, &cut(&timeline.label, WIDTH as i32), (0, 10), HPos::Left, Ink::Quiet)?;
        stacks(timeline, &frame, area)?;
        self::lanes(timeline, &frame, area)?;
        legend(&inks, height - legend_height, Some(area)).map(drop)
    })
}

/// Colour of a part.
fn ink(part: usize) -> Ink {
    Ink::Series(part)
}

fn decided(steps: usize) -> String {
    quantity::count(steps as u128)
}

/// Where steps lie.
struct Frame {
    left: i32,
    width: i32,
    steps: i64,
}

impl Frame {
    fn x(&self, step: i64) -> i32 {
        self.left + (step * i64::from(self.width) / self.steps) as i32
    }
}

fn stacks(timeline: &Timeline, frame: &Frame, area: &Area<'_>) -> Result<(), ChartError> {
    let sum = |step: &Vec<f64>| step.iter().filter(|part| part.is_finite()).sum::<f64>();
    let most = timeline.steps.iter().map(sum).fold(0.0, f64::max);
    let bottom = TOP + PLOT;
    for (part, text) in [(1.0, tick(most)), (0.5, tick(most / 2.0)), (0.0, "0".to_owned())] {
        let y = bottom - (f64::from(PLOT) * part) as i32;
        fill(area, (frame.left, y), (frame.width, 1), Ink::Grid, 1.0)?;
        write(area, &text, (frame.left - 8, y), HPos::Right, Ink::Quiet)?;
    }
    let units = |value: f64| if most > 0.0 { (value / most * f64::from(PLOT)).round() as i32 } else { 0 };
    // Of each unit the longest step; neighbours of one height are one mark.
    let mut columns: Vec<(i32, Vec<i32>)> = Vec::new();
    let mut longest = 0.0;
    for (index, step) in timeline.steps.iter().enumerate() {
        let (x, all) = (frame.x(index as i64), sum(step));
        let mut top = 0.0;
        let tops = step.iter().map(|part| {
            top += if part.is_finite() { *part } else { 0.0 };
            units(top)
        });
        match columns.last_mut() {
            Some((last, _)) if *last == x && all <= longest => {}
            Some((last, heights)) if *last == x => (*heights, longest) = (tops.collect(), all),
            _ => {
                columns.push((x, tops.collect()));
                longest = all;
            }
        }
    }
    for part in 0..timeline.parts.len() {
        let span = |heights: &Vec<i32>| {
            let below = part.checked_sub(1).and_then(|below| heights.get(below)).copied().unwrap_or(0);
            (below, heights.get(part).copied().unwrap_or(below))
        };
        let mut at = 0;
        while at < columns.len() {
            let (start, (low, high)) = (columns[at].0, span(&columns[at].1));
            while at < columns.len() && span(&columns[at].1) == (low, high) {
                at += 1;
            }
            let end = columns.get(at).map_or(frame.left + frame.width, |next| next.0);
            if high > low {
                fill(area, (start, bottom - high), (end - start, high - low), ink(part), 1.0)?;
            }
        }
    }
    let y = bottom + 14;
    let last = timeline.first + timeline.steps.len() as u64;
    let middle = frame.left + frame.width / 2;
    write(area, &quantity::count(timeline.first.into()), (frame.left, y), HPos::Left, Ink::Quiet)?;
    write(area, "timestep", (middle, y), HPos::Center, Ink::Quiet)?;
    write(area, &quantity::count(last.into()), (frame.left + frame.width, y), HPos::Right, Ink::Quiet)
}

fn lanes(timeline: &Timeline, frame: &Frame, area: &Area<'_>) -> Result<(), ChartError> {
    for (number, lane) in timeline.lanes.iter().enumerate() {
        let y = TOP + PLOT + 30 + number as i32 * LANE;
        write(
            area,
            &cut(&lane.name, frame.left - 10),
            (frame.left - 8, y + LANE / 2),
            HPos::Right,
            Ink::Text,
        )?;
        fill(area, (frame.left, y + 3), (frame.width, LANE - 6), Ink::Grid, 0.4)?;
        let mut run: Option<(i32, i32)> = None;
        let mark = |run: Option<(i32, i32)>| {
            run.map_or(Ok(()), |(start, end)| {
                fill(area, (start, y + 3), (end - start, LANE - 6), Ink::Quiet, 1.0)
            })
        };
        for step in &lane.steps {
            let (start, end) = (frame.x(i64::from(*step)), frame.x(i64::from(*step) + 1));
            let end = end.max(start + 1);
            run = match run {
                Some((first, last)) if start <= last => Some((first, end.max(last))),
                ended => {
                    mark(ended)?;
                    Some((start, end))
                }
            };
        }
        mark(run)?;
        let right = (WIDTH as i32, y + LANE / 2);
        write(area, &decided(lane.steps.len()), right, HPos::Right, Ink::Quiet)?;
    }
    Ok(())
}

/// Three digits.
fn tick(value: f64) -> String {
    let decimals = match value {
        v if v >= 100.0 || v == 0.0 => 0,
        v if v >= 10.0 => 1,
        _ => 2,
    };
    format!("{value:.decimals$}")
}
