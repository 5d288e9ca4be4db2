//! Division of a data set into parts, and the order of each epoch.
//!
//! A random order sorts indices by `word(row_key(seed, turn, order, 0), index)` of `synfire_core::dither`
//! with `Purpose::Data`, ties by index. `order` names what is ordered (test part, validation part, epoch,
//! presentations of a test), `turn` is the epoch (0 for all else), `index` the sample's index in the whole data set.
//!
//! The held-out part takes `ceil(n * per_mille / 1000)` samples. Each class gives the floor of its share;
//! what is left goes one by one to the largest remainders, ties to the lower class. So 1,797 digits with
//! 300 per mille give 1,257 and 540, and no class is off its share by one sample or more.
//!
//! Promises: pure functions of their arguments; results of one call are disjoint, together complete, and
//! ascending (the orders of an epoch and of a test excepted).

use super::DataError;
use synfire_core::dither::{Purpose, row_key, word};

/// A division in two.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parts {
    /// Indices to train with, ascending.
    pub kept: Vec<u32>,
    /// Indices held out, ascending.
    pub held_out: Vec<u32>,
}

/// What a random order is for; the number enters the hash.
#[derive(Clone, Copy)]
#[repr(u32)]
enum Order {
    Test = 0,
    Validation = 1,
    Epoch = 2,
    Tested = 3,
}

/// Holds out a stratified test part of all samples, given by their labels.
///
/// # Errors
/// When `per_mille` leaves no sample on one side.
pub fn test_part(labels: &[u8], classes: usize, per_mille: u32, seed: u32) -> Result<Parts, DataError> {
    let all: Vec<u32> = (0..labels.len() as u32).collect();
    divide((labels, classes), &all, per_mille, seed, Order::Test)
}

/// Holds out a stratified validation part of the `training` indices.
///
/// # Errors
/// When `per_mille` leaves no sample on one side, or an index has no sample.
pub fn validation_part(
    labels: &[u8],
    classes: usize,
    training: &[u32],
    per_mille: u32,
    seed: u32,
) -> Result<Parts, DataError> {
    divide((labels, classes), training, per_mille, seed, Order::Validation)
}

/// The order in which `epoch` presents the samples of `indices`. It does not depend on their order here.
#[must_use]
pub fn epoch_order(indices: &[u32], epoch: u32, seed: u32) -> Vec<u32> {
    ordered(indices.to_vec(), Order::Epoch, epoch, seed)
}

/// The order in which held-out samples are presented where the state runs on from one to the next: their own order may be
/// that of their classes, and the state would carry the answer. It does not depend on their order here.
#[must_use]
pub fn test_order(indices: &[u32], seed: u32) -> Vec<u32> {
    ordered(indices.to_vec(), Order::Tested, 0, seed)
}

/// What `epoch` presents when it takes `samples` of passes that follow one another across epochs: each sample, and the
/// pass it belongs to. Without a number, an epoch is a pass.
#[must_use]
pub fn presentations(indices: &[u32], epoch: u32, samples: Option<u32>, seed: u32) -> Vec<(u32, u32)> {
    let pass = indices.len() as u64;
    let count = samples.map_or(pass, u64::from);
    let mut order = (u32::MAX, Vec::new());
    let mut presented = Vec::with_capacity(count as usize);
    for place in u64::from(epoch) * count..(u64::from(epoch) + 1) * count {
        let turn = (place / pass.max(1)) as u32;
        if order.0 != turn {
            order = (turn, epoch_order(indices, turn, seed));
        }
        presented.push((order.1[(place % pass) as usize], turn));
    }
    presented
}

fn ordered(mut indices: Vec<u32>, order: Order, turn: u32, seed: u32) -> Vec<u32> {
    let row = row_key(Purpose::Data.seed(seed), u64::from(turn), order as u32, 0);
    indices.sort_unstable_by_key(|&index| (word(row, index), index));
    indices
}

fn divide(
    (labels, classes): (&[u8], usize),
    indices: &[u32],
    per_mille: u32,
    seed: u32,
    order: Order,
) -> Result<Parts, DataError> {
    let total = (indices.len() as u64 * u64::from(per_mille)).div_ceil(1000) as usize;
    if !(1..=999).contains(&per_mille) || total >= indices.len() {
        return Err(DataError::Fraction { found: per_mille, samples: indices.len() });
    }
    let mut by_class: Vec<Vec<u32>> = vec![Vec::new(); classes];
    for &found in indices {
        let label = labels.get(found as usize).ok_or(DataError::Index { found, samples: labels.len() })?;
        by_class[usize::from(*label)].push(found);
    }
    let takes = shares(&by_class.iter().map(Vec::len).collect::<Vec<_>>(), per_mille, total);
    let mut parts =
        Parts { kept: Vec::with_capacity(indices.len() - total), held_out: Vec::with_capacity(total) };
    for (class, take) in by_class.into_iter().zip(takes) {
        let class = ordered(class, order, 0, seed);
        parts.held_out.extend_from_slice(&class[..take]);
        parts.kept.extend_from_slice(&class[take..]);
    }
    parts.kept.sort_unstable();
    parts.held_out.sort_unstable();
    Ok(parts)
}

/// How many samples each class gives so that the sum is `total`: largest remainders.
fn shares(counts: &[usize], per_mille: u32, total: usize) -> Vec<usize> {
    let exact = |n: usize| n as u64 * u64::from(per_mille);
    let mut takes: Vec<usize> = counts.iter().map(|&n| (exact(n) / 1000) as usize).collect();
    let mut classes: Vec<usize> = (0..counts.len()).filter(|&c| exact(counts[c]) % 1000 > 0).collect();
    classes.sort_by_key(|&c| std::cmp::Reverse(exact(counts[c]) % 1000));
    let missing = total - takes.iter().sum::<usize>();
    for &class in classes.iter().take(missing) {
        takes[class] += 1;
    }
    takes
}
