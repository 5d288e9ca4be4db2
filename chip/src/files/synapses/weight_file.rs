//! Weights and edge lists from `.npy` and `.csv` files.
//!
//! Integers are raw store lanes, reals are accepted where every one is a whole number of lanes; which of the two an array
//! or a column has is decided once for all of it. Nothing is quantised silently. Indices past a population, weights past the store and delays past the limit are errors that
//! name the row or line.
//!
//! Promises: streamed; the first bad entry ends the reading.
//! Absent on purpose: sorting (`edges`), which file (`projection`).

use super::edges::Edges;
use super::fault::Fault;
use crate::files::text::array::{Array, Number};
use std::ops::RangeInclusive;
use std::path::Path;
use synfire_core::synapse::WeightLanes;

/// How many synapses are drawn before anything but their number is looked at.
const FEW: usize = 1 << 24;

/// What an entry of a weight file may be.
#[derive(Clone, Debug)]
pub(in crate::files) struct Bounds {
    /// Presynaptic population and how many neurons it has.
    pub from: (String, u32),
    /// Postsynaptic population and how many neurons it has.
    pub to: (String, u32),
    /// Legal store lanes.
    pub weights: RangeInclusive<i64>,
    /// Fraction bits of the store.
    pub fraction: u8,
    /// Bits of the store.
    pub store_bits: u8,
    /// Longest delay.
    pub delay_steps: u8,
    /// Most synapses that the chip could hold.
    pub capacity: u64,
    /// Most axons of a core.
    pub axons: u32,
}

/// Names of an edge's columns, in their order.
pub(in crate::files) const COLUMNS: [&str; 4] = ["pre", "post", "weight", "delay"];

impl Bounds {
    /// A neuron index of column 0 or 1.
    pub fn neuron(&self, column: usize, found: Number) -> Result<u32, Fault> {
        let (name, neurons) = if column == 0 { &self.from } else { &self.to };
        match whole(found).and_then(|index| u32::try_from(index).ok()).filter(|index| index < neurons) {
            Some(index) => Ok(index),
            None => Err(Fault::new(
                format!("`{name}` has no such neuron"),
                found.to_string(),
                format!("0..={} (`{}`)", i64::from(*neurons) - 1, COLUMNS[column]),
            )),
        }
    }

    /// A weight.
    pub fn weight(&self, found: Number) -> Result<i16, Fault> {
        let unfit = |found: String| {
            let (low, high) = (self.weights.start(), self.weights.end());
            let allowed = format!("{low}..={high} (raw lanes of a {}-bit store)", self.store_bits);
            Fault::new("a weight does not fit the store", found, allowed)
        };
        let lane = match found {
            Number::Integer(lane) => {
                i64::try_from(lane).unwrap_or(if lane < 0 { i64::MIN } else { i64::MAX })
            }
            Number::Real(value) => {
                let scaled = value * f64::from(1u32 << self.fraction.min(31));
                if scaled.abs() >= WIDEST {
                    return Err(unfit(found.to_string()));
                }
                whole(Number::Real(scaled)).ok_or_else(|| {
                    let allowed = format!(
                        "whole multiples of 2^-{} (fraction of the store); integers are raw store lanes",
                        self.fraction
                    );
                    Fault::new("a weight is no whole number of store lanes", found.to_string(), allowed)
                })?
            }
        };
        if !self.weights.contains(&lane) {
            return Err(unfit(match found {
                Number::Integer(_) => found.to_string(),
                Number::Real(_) => format!("{found} ({lane} lanes)"),
            }));
        }
        Ok(lane as i16)
    }

    /// A delay.
    pub fn delay(&self, found: Number) -> Result<u8, Fault> {
        let delay = whole(found).filter(|delay| (1..=i64::from(self.delay_steps)).contains(delay));
        let fault = || {
            Fault::new(
                "a delay is out of range",
                found.to_string(),
                format!("1..={} steps", self.delay_steps),
            )
        };
        delay.map(|delay| delay as u8).ok_or_else(fault)
    }

    /// Refuses more synapses than the chip could hold, before there is memory for them.
    pub fn count(&self, synapses: u64) -> Result<usize, Fault> {
        let most = self.capacity.min(u64::from(u32::MAX));
        if synapses > most {
            let allowed = format!("{most} weights of {} bits in all cores of the chip", self.store_bits);
            return Err(Fault::new("more synapses than the chip holds", synapses.to_string(), allowed));
        }
        Ok(synapses as usize)
    }

    /// Refuses to draw synapses that no core has the axons for, or this machine the memory, before there is any: of `all`
    /// pairs, or of a list. Fewer than [`FEW`] are drawn in any case: what they do not fit is said of the whole network.
    pub fn drawn(&self, synapses: usize, all: bool) -> Result<(), Fault> {
        if synapses < FEW {
            return Ok(());
        }
        let pres = self.from.1;
        if all && pres > self.axons {
            let found = format!("{pres} neurons of `{}`, an axon each", self.from.0);
            return Err(Fault::new("more axons than a core has", found, self.axons.to_string()));
        }
        // As it is read and as the cores hold it; a list has a neuron beside each weight.
        let bytes = synapses as u64 * if all { 4 } else { 24 };
        let room =
            usize::try_from(bytes).is_ok_and(|bytes| Vec::<u8>::new().try_reserve_exact(bytes).is_ok());
        if room {
            return Ok(());
        }
        let found = format!("{synapses} synapses, about {} MiB", bytes >> 20);
        Err(Fault::new("more synapses than memory at hand", found, "what this machine has memory for"))
    }
}

/// The integer that a number is.
/// From here on a real number is beyond every store.
const WIDEST: f64 = 1e15;

fn whole(number: Number) -> Option<i64> {
    match number {
        Number::Integer(value) => i64::try_from(value).ok(),
        Number::Real(value) => (value == libm::trunc(value) && value.abs() < 9e15).then_some(value as i64),
    }
}

/// Reads a matrix of weights, presynaptic by postsynaptic.
pub(in crate::files) fn read_matrix(path: &Path, bounds: &Bounds) -> Result<WeightLanes, Fault> {
    let shape = [u64::from(bounds.from.1), u64::from(bounds.to.1)];
    let wanted = format!("an array of numbers of shape {}, presynaptic by postsynaptic", tuple(&shape));
    read_array(open(path, &wanted)?, bounds, shape, &wanted)
}

/// Reads the taps of a kernel: output channels, input channels of a group, rows, columns; or those of every copy, as a
/// run writes them.
pub(in crate::files) fn read_taps(
    path: &Path,
    bounds: &Bounds,
    shape: [u64; 4],
    copies: u64,
) -> Result<WeightLanes, Fault> {
    let [outputs, inputs, rows, columns] = shape;
    let each = [copies, outputs, inputs, rows, columns];
    let wanted = format!(
        "an array of numbers of shape {}: output channels, input channels (of a group), rows and columns of the kernel; \
         or of shape {}, with the copies in front",
        tuple(&shape),
        tuple(&each)
    );
    let array = open(path, &wanted)?;
    if array.shape.len() == each.len() {
        return read_array(array, bounds, each, &wanted);
    }
    let one = read_array(array, bounds, shape, &wanted)?;
    let mut all = WeightLanes::zeros(bounds.store_bits, one.len() * copies as usize);
    (0..all.len()).for_each(|at| all.set(at, one.get(at % one.len())));
    Ok(all)
}

fn tuple(shape: &[u64]) -> String {
    format!("({})", shape.iter().map(u64::to_string).collect::<Vec<_>>().join(", "))
}

fn open(path: &Path, wanted: &str) -> Result<Array, Fault> {
    Array::open(path).map_err(|error| Fault::new("cannot be read", error, wanted))
}

/// Reads an array of weights of a known shape, the last index fastest whatever the file's order.
fn read_array<const N: usize>(
    array: Array,
    bounds: &Bounds,
    shape: [u64; N],
    wanted: &str,
) -> Result<WeightLanes, Fault> {
    if array.shape != shape || !array.fields().is_empty() {
        return Err(Fault::new("has the wrong shape", array.shape_text(), wanted));
    }
    let mut weights = WeightLanes::zeros(bounds.store_bits, bounds.count(array.len())?);
    let fortran = array.fortran;
    let scanned = array.scan(|position, numbers| {
        let mut index = [0; N];
        let mut rest = position;
        for step in 0..N {
            let axis = if fortran { step } else { N - 1 - step };
            index[axis] = rest % shape[axis];
            rest /= shape[axis];
        }
        match bounds.weight(numbers[0]) {
            Ok(weight) => {
                let place = index.iter().zip(shape).fold(0, |place, (at, side)| place * side + at);
                weights.set(place as usize, i32::from(weight));
            }
            Err(fault) => {
                let entry = index.map(|at| at.to_string()).join(", ");
                let title = format!("entry [{entry}]: {}", fault.title);
                return Err(Fault { title, ..fault });
            }
        }
        Ok(())
    });
    scanned.map_err(|error| Fault::new("cannot be read", error, wanted))??;
    Ok(weights)
}

/// Reads an edge list: an array of shape (edges, 3) or (edges, 4), or of records with those fields.
pub(in crate::files) fn read_edges(path: &Path, bounds: &Bounds) -> Result<Edges, Fault> {
    let wanted =
        "an array of numbers of shape (edges, 3) or (edges, 4), or records: pre, post, weight[, delay]";
    let unreadable = |error: String| Fault::new("cannot be read", error, wanted);
    let array = Array::open(path).map_err(unreadable)?;
    if !array.fields().is_empty() {
        return read_records(array, bounds, wanted);
    }
    let [edges, columns @ (3 | 4)] = array.shape[..] else {
        return Err(Fault::new("has the wrong shape", array.shape_text(), wanted));
    };
    let count = bounds.count(edges)?;
    let mut pres = Vec::with_capacity(count);
    let mut posts = Vec::with_capacity(count);
    let mut weights = Vec::with_capacity(count);
    let mut delays = Vec::with_capacity(if columns == 4 { count } else { 0 });
    let fortran = array.fortran;
    let scanned = array.scan(|position, numbers| {
        // Whichever axis runs fastest, a column's values come in the order of its rows.
        let (row, column) = if fortran {
            (position % edges, position / edges)
        } else {
            (position / columns, position % columns)
        };
        let stored = match column {
            0 => bounds.neuron(0, numbers[0]).map(|pre| pres.push(pre)),
            1 => bounds.neuron(1, numbers[0]).map(|post| posts.push(post)),
            2 => bounds.weight(numbers[0]).map(|weight| weights.push(weight)),
            _ => bounds.delay(numbers[0]).map(|delay| delays.push(delay)),
        };
        stored.map_err(|fault| in_row(row, fault))
    });
    scanned.map_err(unreadable)??;
    Ok(Edges::from_columns(pres, posts, weights, delays))
}

fn in_row(row: u64, fault: Fault) -> Fault {
    Fault { title: format!("row {row}: {}", fault.title), ..fault }
}

fn read_records(array: Array, bounds: &Bounds, wanted: &str) -> Result<Edges, Fault> {
    let names: Vec<String> = array.fields().into_iter().map(str::to_owned).collect();
    let place = COLUMNS.map(|column| names.iter().position(|name| name == column));
    let [Some(pre), Some(post), Some(weight), delay] = place else {
        return Err(Fault::new("has the wrong fields", names.join(", "), wanted));
    };
    if array.shape.len() != 1 || names.len() != 3 + usize::from(delay.is_some()) {
        let found = format!("{}, fields {}", array.shape_text(), names.join(", "));
        return Err(Fault::new("has the wrong shape", found, wanted));
    }
    let mut edges = Edges::with_capacity(bounds.count(array.len())?, delay.is_some());
    let scanned = array.scan(|row, numbers| {
        let edge = || {
            let delay = delay.map_or(Ok(0), |delay| bounds.delay(numbers[delay]))?;
            let (pre, post) = (bounds.neuron(0, numbers[pre])?, bounds.neuron(1, numbers[post])?);
            Ok(super::edges::Edge { pre, post, weight: bounds.weight(numbers[weight])?, delay })
        };
        edge().map(|edge| edges.push(edge)).map_err(|fault| in_row(row, fault))
    });
    scanned.map_err(|error| Fault::new("cannot be read", error, wanted))??;
    Ok(edges)
}
