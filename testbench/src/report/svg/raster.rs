//! A spike raster: steps to the right, neurons down, one colour a population.
//!
//! Spikes that fall on one unit of the canvas become one mark and neighbouring marks one bar.

use super::canvas::{Area, ChartError, WIDTH, canvas, cut, extent, fill, write};
use super::palette::Ink;
use crate::report::model::Raster;
use plotters::style::text_anchor::HPos;
use std::collections::BTreeSet;

/// Units of the plot from top to bottom.
const PLOT: i32 = 280;
/// Least units between two names of populations.
const LINE: i32 = 15;

pub(super) fn draw(raster: &Raster) -> Result<String, ChartError> {
    let longest = raster.bands.iter().map(|b| extent(&b.name)).max().unwrap_or(0);
    let left = longest.clamp(34, 110) + 10;
    let frame = Frame::new(raster, left);
    canvas((frame.height + 50) as u32, |area| {
        fill(area, (left, 0), (frame.width, frame.height), Ink::Grid, 0.35)?;
        bands(raster, &frame, area)?;
        marks(raster, &frame, area)?;
        steps(raster, &frame, area)
    })
}

/// Where steps and neurons lie.
struct Frame {
    left: i32,
    width: i32,
    height: i32,
    steps: u64,
    neurons: u64,
}

impl Frame {
    fn new(raster: &Raster, left: i32) -> Self {
        let neurons = u64::from(raster.neurons.max(1));
        // Few neurons do not need the whole height.
        let height = PLOT.min(i32::try_from(neurons * 12).unwrap_or(PLOT)).max(24);
        Self { left, width: WIDTH as i32 - left - 2, height, steps: raster.steps.max(1), neurons }
    }

    fn x(&self, step: u64) -> i32 {
        (u128::from(step) * self.width as u128 / u128::from(self.steps)) as i32 + self.left
    }

    fn y(&self, neuron: u64) -> i32 {
        (neuron * self.height as u64 / self.neurons) as i32
    }
}

fn bands(raster: &Raster, frame: &Frame, area: &Area<'_>) -> Result<(), ChartError> {
    let mut free = 0;
    for (i, band) in raster.bands.iter().enumerate() {
        let first = u64::from(band.first);
        let end = first + u64::from(band.neurons);
        if end > frame.neurons {
            continue;
        }
        let (top, bottom) = (frame.y(first), frame.y(end));
        if i > 0 {
            fill(area, (frame.left, top), (frame.width, 1), Ink::Quiet, 0.5)?;
        }
        let middle = ((top + bottom) / 2).max(free + LINE / 2);
        free = middle + LINE / 2 + 1;
        write(
            area,
            &cut(&band.name, frame.left - 10),
            (frame.left - 8, middle),
            HPos::Right,
            Ink::Series(i),
        )?;
    }
    if raster.bands.is_empty() {
        write(area, "0", (frame.left - 8, 7), HPos::Right, Ink::Quiet)?;
        let last = (frame.neurons - 1).to_string();
        write(area, &last, (frame.left - 8, frame.height - 7), HPos::Right, Ink::Quiet)?;
    }
    Ok(())
}

fn marks(raster: &Raster, frame: &Frame, area: &Area<'_>) -> Result<(), ChartError> {
    let width = ((frame.width as u64 / frame.steps).min(8) as i32 * 3 / 4).max(2);
    let height = ((frame.height as u64 / frame.neurons).min(8) as i32 * 3 / 4).max(2);
    let band = |neuron: u32| {
        let inside = |b: &crate::report::model::Band| neuron >= b.first && neuron - b.first < b.neurons;
        raster.bands.iter().position(inside).unwrap_or(0)
    };
    let usable = |&&(step, neuron): &&(u64, u32)| step < frame.steps && u64::from(neuron) < frame.neurons;
    let place = |&(step, neuron): &(u64, u32)| {
        // Marks of two units lie on even units, so that they merge instead of overlapping.
        let snap = |v: i32, size: i32| if size == 2 { v & !1 } else { v };
        (snap(frame.y(u64::from(neuron)), height), band(neuron), snap(frame.x(step), width))
    };
    let places: BTreeSet<(i32, usize, i32)> = raster.spikes.iter().filter(usable).map(place).collect();
    let mut run: Option<(i32, usize, i32, i32)> = None;
    for (y, band, x) in places {
        run = match run {
            Some((ry, rb, start, end)) if ry == y && rb == band && x <= end => {
                Some((y, band, start, x + width))
            }
            ended => {
                mark(area, ended, height)?;
                Some((y, band, x, x + width))
            }
        };
    }
    mark(area, run, height)
}

fn mark(area: &Area<'_>, run: Option<(i32, usize, i32, i32)>, height: i32) -> Result<(), ChartError> {
    run.map_or(Ok(()), |(y, band, start, end)| {
        fill(area, (start, y), (end - start, height), Ink::Series(band), 1.0)
    })
}

fn steps(raster: &Raster, frame: &Frame, area: &Area<'_>) -> Result<(), ChartError> {
    let y = frame.height + 14;
    let end = frame.left + frame.width;
    write(area, "0", (frame.left, y), HPos::Left, Ink::Quiet)?;
    write(area, &raster.steps.to_string(), (end, y), HPos::Right, Ink::Quiet)?;
    write(area, "timestep", (i32::midpoint(frame.left, end), y), HPos::Center, Ink::Quiet)?;
    let spikes = crate::report::quantity::count(raster.spikes.len() as u128);
    let words = format!("{spikes} spikes of {} neurons", frame.neurons);
    write(area, &words, (i32::midpoint(frame.left, end), y + 22), HPos::Center, Ink::Quiet)
}
