//! A plan of tiles: the darker a place or a way between tiles, the larger its value.
//!
//! One colour by its strength, so that colour-blind eyes and grey paper read it too; values stand in the places where there
//! is room. Plans of more tiles than can be seen are drawn by squares of several tiles, each with its largest value.

use super::canvas::{Area, ChartError, WIDTH, canvas, cut, extent, fill, write};
use super::palette::Ink;
use crate::report::model::Plan;
use plotters::style::text_anchor::HPos;
use std::collections::BTreeMap;

/// Most tiles from side to side, and from top to bottom.
const MOST: u32 = 64;
/// Most units from one tile to the next.
const PITCH: i32 = 68;
/// Units above the first tile, and below the last.
const TOP: i32 = 26;
const BOTTOM: i32 = 34;

pub(super) fn draw(plan: &Plan) -> Result<String, ChartError> {
    let frame = Frame::new(plan);
    canvas((TOP + frame.rows * frame.pitch + BOTTOM) as u32, |area| {
        write(area, &cut(&plan.label, WIDTH as i32), (0, 10), HPos::Left, Ink::Quiet)?;
        places(plan, &frame, area)?;
        ways(plan, &frame, area)?;
        scale(plan, &frame, area)
    })
}

/// Where tiles lie.
struct Frame {
    /// Tiles of a square.
    square: u32,
    columns: i32,
    rows: i32,
    pitch: i32,
    /// Units between two tiles, for the ways.
    gap: i32,
    left: i32,
    /// Places side by side in a tile.
    across: i32,
    down: i32,
}

impl Frame {
    fn new(plan: &Plan) -> Self {
        let square = plan.columns.max(plan.rows).max(1).div_ceil(MOST);
        let (columns, rows) =
            (plan.columns.max(1).div_ceil(square) as i32, plan.rows.max(1).div_ceil(square) as i32);
        let pitch = (WIDTH as i32 / columns).min(PITCH);
        let gap = match pitch {
            pitch if plan.ways.is_empty() => (pitch / 10).clamp(0, 4),
            pitch => pitch * 2 / 5,
        };
        // A square of several tiles is one place.
        let places = if square > 1 { 1 } else { plan.places.max(1) as i32 };
        let across = (1..=places).find(|across| across * across >= places).unwrap_or(1);
        let left = (WIDTH as i32 - columns * pitch) / 2;
        Self { square, columns, rows, pitch, gap, left, across, down: (places + across - 1) / across }
    }

    fn tile(&self, (column, row): (u32, u32)) -> (i32, i32) {
        let square = |at: u32, most: i32| ((at / self.square) as i32).min(most - 1);
        (
            self.left + square(column, self.columns) * self.pitch + self.gap / 2,
            TOP + square(row, self.rows) * self.pitch + self.gap / 2,
        )
    }

    fn side(&self) -> i32 {
        (self.pitch - self.gap).max(1)
    }

    /// Corner and size of a place of a tile.
    fn place(&self, tile: (u32, u32), place: u32) -> ((i32, i32), (i32, i32)) {
        let at = if self.square > 1 { 0 } else { place as i32 };
        let (x, y) = (at % self.across, (at / self.across).min(self.down - 1));
        let corner = self.tile(tile);
        let (from, to) =
            (|at: i32, of: i32| at * self.side() / of, |at: i32, of: i32| (at + 1) * self.side() / of);
        let start = (from(x, self.across), from(y, self.down));
        let size = (to(x, self.across) - start.0, to(y, self.down) - start.1);
        ((corner.0 + start.0, corner.1 + start.1), size)
    }
}

/// How strong a value is painted.
fn strength(value: f64, most: f64) -> f64 {
    if most > 0.0 && value > 0.0 { 0.08 + 0.52 * (value / most).min(1.0) } else { 0.04 }
}

fn largest(values: impl Iterator<Item = f64>) -> f64 {
    values.filter(|value| value.is_finite()).fold(0.0, f64::max)
}

/// Upper left corner and size, in pixels.
type Rectangle = ((i32, i32), (i32, i32));

fn places(plan: &Plan, frame: &Frame, area: &Area<'_>) -> Result<(), ChartError> {
    for (row, column) in (0..frame.rows).flat_map(|row| (0..frame.columns).map(move |column| (row, column))) {
        let at = (column as u32 * frame.square, row as u32 * frame.square);
        fill(area, frame.tile(at), (frame.side(), frame.side()), Ink::Grid, 0.45)?;
    }
    let most = largest(plan.spots.iter().map(|spot| spot.value));
    // The largest of each place that is drawn.
    let mut drawn: BTreeMap<Rectangle, usize> = BTreeMap::new();
    for (index, spot) in plan.spots.iter().enumerate() {
        let shown = drawn.entry(frame.place(spot.tile, spot.place)).or_insert(index);
        if spot.value > plan.spots[*shown].value {
            *shown = index;
        }
    }
    for ((corner, size), index) in drawn {
        let spot = &plan.spots[index];
        let size = if frame.pitch > 12 { (size.0 - 1, size.1 - 1) } else { size };
        fill(area, corner, size, Ink::Series(0), strength(spot.value, most))?;
        let (x, y) = (corner.0 + size.0 / 2, corner.1 + size.1 / 2);
        if extent(&spot.text) <= size.0 && size.1 >= 36 {
            write(area, &cut(&spot.name, size.0), (x, y - 9), HPos::Center, Ink::Text)?;
            write(area, &spot.text, (x, y + 9), HPos::Center, Ink::Text)?;
        } else if extent(&spot.name) <= size.0 && size.1 >= 16 {
            write(area, &spot.name, (x, y), HPos::Center, Ink::Text)?;
        }
    }
    Ok(())
}

/// A way is a bar in the gap that it crosses, those of opposite directions side by side.
fn ways(plan: &Plan, frame: &Frame, area: &Area<'_>) -> Result<(), ChartError> {
    let most = largest(plan.ways.iter().map(|way| way.value));
    let width = (frame.side() / 5).clamp(1, 9);
    let mut drawn: BTreeMap<Rectangle, f64> = BTreeMap::new();
    for way in plan.ways.iter().filter(|_| frame.gap > 0) {
        let (from, side) = (frame.tile(way.from), frame.side());
        let middle = side / 2;
        let step = |from: u32, to: u32| i64::from(to) - i64::from(from);
        let (x, y) = (step(way.from.0, way.to.0), step(way.from.1, way.to.1));
        // One that goes around the edge leaves on the far side.
        let toward = |steps: i64| if steps.abs() > 1 { -steps.signum() } else { steps };
        let (corner, size) = match (toward(x), toward(y)) {
            (1, 0) => ((from.0 + side, from.1 + middle - width - 1), (frame.gap, width)),
            (-1, 0) => ((from.0 - frame.gap, from.1 + middle + 1), (frame.gap, width)),
            (0, 1) => ((from.0 + middle + 1, from.1 + side), (width, frame.gap)),
            (0, -1) => ((from.0 + middle - width - 1, from.1 - frame.gap), (width, frame.gap)),
            _ => continue,
        };
        let shown = drawn.entry((corner, size)).or_insert(0.0);
        *shown = shown.max(way.value);
    }
    for ((corner, size), value) in drawn {
        let opacity = if most > 0.0 { 0.12 + 0.88 * (value / most).min(1.0) } else { 0.12 };
        fill(area, corner, size, Ink::Series(1), opacity)?;
    }
    Ok(())
}

/// From nothing to the most.
fn scale(plan: &Plan, frame: &Frame, area: &Area<'_>) -> Result<(), ChartError> {
    const BOXES: i32 = 6;
    let y = TOP + frame.rows * frame.pitch + 10;
    let of_ways = plan.spots.iter().all(|spot| spot.value == 0.0) && !plan.ways.is_empty();
    write(area, "0", (0, y + 7), HPos::Left, Ink::Quiet)?;
    for at in 0..BOXES {
        let part = f64::from(at + 1) / f64::from(BOXES);
        let (ink, opacity) = if of_ways {
            (Ink::Series(1), 0.12 + 0.88 * part)
        } else {
            (Ink::Series(0), strength(part, 1.0))
        };
        fill(area, (16 + at * 24, y), (23, 14), ink, opacity)?;
    }
    write(area, &cut(&plan.most, 280), (16 + BOXES * 24 + 8, y + 7), HPos::Left, Ink::Quiet)
}
