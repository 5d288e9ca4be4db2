//! Yin-Yang: points of a disc in three classes, coded as the times of spikes.
//!
//! Source: Kriener, Goltz and Petrovici, "The Yin-Yang dataset", 2022; built from its definition. In the unit square
//! lies a disc of radius 0.5. Two dots of radius 0.1 are class 2 ("dot"); what is left is class 1 ("yin") or 0
//! ("yang"), divided by two half circles. The class of a sample is drawn first, each with probability 1/3.
//!
//! Channels 0 to 3 fire once, at step `round(v * R)` for `v` = x, y, 1 - x, 1 - y; channel 4 fires at step 0. So what
//! can be known about a sample is its cell of a grid of (R + 1)^2: [`ceiling`] is the Bayes accuracy on that grid.
//!
//! Promises: integers only; coordinates are drawn on a lattice of 655,361 points a side.

use super::events::{Event, EventSamples, LinearView};
use super::set::{DataSet, Generator, Problem, Sizes};
use super::words::{Set, Words};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

/// Lattice units of the dots' radius; the disc has five times that.
const DOT: i64 = 1 << 16;
/// Lattice units of the square's side.
pub const SIDE: i64 = 10 * DOT;
/// Lattice points a cell and axis from which [`ceiling`] estimates areas, at least.
const FINE: i64 = 2400;

/// The settings.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct YinYang {
    /// Latency of a coordinate of 1, in steps.
    pub latency_steps: u32,
    /// Samples.
    pub sizes: Sizes,
}

/// Class of the lattice point (x, y); `None` outside of the disc.
#[must_use]
pub fn class(x: i64, y: i64) -> Option<u8> {
    let square = |centre_x: i64| (2 * x - centre_x).pow(2) + (2 * y - SIDE).pow(2);
    // Squared distances in half units, so that the centres of the half circles are integers.
    let (middle, left, right) = (square(SIDE), square(SIDE / 2), square(3 * SIDE / 2));
    let (disc, half, dot) = (SIDE.pow(2), (SIDE / 2).pow(2), (2 * DOT).pow(2));
    if middle > disc {
        return None;
    }
    if left < dot || right < dot {
        return Some(2);
    }
    let yin = right <= dot || (left > dot && left <= half) || (2 * y > SIDE && right > half);
    Some(u8::from(yin))
}

/// The step of a coordinate of `v` lattice units.
fn latency(v: i64, range: u32) -> u32 {
    ((2 * v * i64::from(range) + SIDE) / (2 * SIDE)) as u32
}

/// Best possible accuracy, 0..=1, of whoever sees x and y rounded to `range` steps: in each cell the most likely
/// class is answered. Areas are counted on a lattice of about 2,400 points a side, once a process and `range`: every cell
/// of an experiment asks.
#[must_use]
pub fn ceiling(range: u32) -> f64 {
    static COUNTED: Mutex<BTreeMap<u32, f64>> = Mutex::new(BTreeMap::new());
    // A panic elsewhere leaves whole entries: they are good.
    let mut counted = COUNTED.lock().unwrap_or_else(PoisonError::into_inner);
    *counted.entry(range).or_insert_with(|| count_ceiling(range))
}

fn count_ceiling(range: u32) -> f64 {
    let side = range as usize + 1;
    let mut cells = vec![[0_u32; 3]; side * side];
    let mut areas = [0_u32; 3];
    let point = |i: i64| (2 * i + 1) * SIDE / (2 * FINE);
    for row in 0..FINE {
        for column in 0..FINE {
            let (x, y) = (point(column), point(row));
            if let Some(class) = class(x, y) {
                let cell = latency(y, range) as usize * side + latency(x, range) as usize;
                cells[cell][usize::from(class)] += 1;
                areas[usize::from(class)] += 1;
            }
        }
    }
    let share = |cell: &[u32; 3], class: usize| f64::from(cell[class]) / f64::from(areas[class]) / 3.0;
    let best = |cell: &[u32; 3]| (0..3).map(|class| share(cell, class)).fold(0.0, f64::max);
    cells.iter().map(best).sum()
}

impl YinYang {
    /// The words of a sample, and its class, which is the first that is drawn from them.
    fn class(seed: u32, sample: u32) -> (Words, u8) {
        let mut words = Words::new(seed, Set::YinYang, sample);
        let label = words.uniform(0, 2) as u8;
        (words, label)
    }

    /// The data set of these samples.
    fn set(&self, samples: EventSamples) -> DataSet {
        let range = self.latency_steps;
        let mut set = DataSet::of_events(samples, self.sizes.parts());
        set.known.push((format!("Bayes ceiling at {range} latency steps"), ceiling(range)));
        set
    }
}

impl Generator for YinYang {
    fn problems(&self) -> Vec<Problem> {
        let own = Problem::outside(&[("latency_steps", self.latency_steps, 1, 1000)]);
        [own, self.sizes.problems()].concat()
    }

    fn generate_unless(&self, seed: u32, stop: &AtomicBool) -> Option<DataSet> {
        let range = self.latency_steps;
        let mut samples = EventSamples::new(5, 3, LinearView::FirstSteps);
        for sample in 0..self.sizes.all() {
            if stop.load(Ordering::Relaxed) {
                return None;
            }
            let (mut words, label) = Self::class(seed, sample);
            let (x, y) = loop {
                let mut draw = || i64::from(words.uniform(0, SIDE as i32));
                let (x, y) = (draw(), draw());
                if class(x, y) == Some(label) {
                    break (x, y);
                }
            };
            let steps = [x, y, SIDE - x, SIDE - y].map(|v| latency(v, range));
            let mut events: Vec<Event> =
                (0..).zip(steps).map(|(channel, step)| Event::once(step, channel)).collect();
            events.push(Event::once(0, 4));
            samples.push(label, events);
        }
        Some(self.set(samples))
    }

    /// Classes alone: points are drawn until one is in its class.
    fn outline(&self, seed: u32) -> DataSet {
        let labels = (0..self.sizes.all()).map(|sample| Self::class(seed, sample).1).collect();
        self.set(EventSamples::outline(5, (labels, 3), LinearView::FirstSteps, self.latency_steps + 1))
    }
}
