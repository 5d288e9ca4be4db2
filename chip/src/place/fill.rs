//! Cutting neurons of a population into slices that a core holds, by what each slice really needs.
//!
//! First greedily: a slice takes group after group as long as an empty core holds it. As a slice that grows never needs
//! less, no cut in order has fewer slices. Then evenly: where as many slices of equal size fit as well, those are taken,
//! so that cores share the work.
//!
//! Promises: every slice was counted; groups are whole; the fewest slices that a cut in order can have. One pass over the
//! synapses for each of the two. Absent on purpose: which core a slice goes to (`mapping`).

use crate::chip::CoreLimits;
use crate::structures::inbound::GrowingSlice;
use crate::structures::planned::needs;
use crate::structures::{Needs, Resource};

/// Neurons of one slice, and what it needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cut {
    pub first: u32,
    pub len: u32,
    pub needs: Needs,
}

/// Neurons of a population to be cut.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cutting<'c> {
    /// The first.
    pub first: u32,
    /// One past the last.
    pub end: u32,
    /// Neurons that stay together.
    pub unit: u32,
    /// Most neurons that a slice may have, where it has more than one unit.
    pub most: u32,
    /// What a core holds.
    pub limits: &'c CoreLimits,
}

/// The slices, or the first neuron of the first unit that no core holds.
pub(super) fn cut(slice: &mut GrowingSlice<'_>, cutting: &Cutting<'_>) -> Result<Vec<Cut>, u32> {
    let greedy = greedily(slice, cutting)?;
    let units = (cutting.end - cutting.first).div_ceil(cutting.unit);
    let even = units.div_ceil(greedy.len().max(1) as u32) * cutting.unit;
    Ok(evenly(slice, cutting, even).unwrap_or(greedy))
}

/// What ended each slice but the last, where slices take all that a core holds; nothing where a bound on neurons did.
pub(super) fn ends(slice: &mut GrowingSlice<'_>, cutting: &Cutting<'_>) -> Vec<Resource> {
    let mut cuts = greedily(slice, cutting).unwrap_or_default();
    cuts.pop();
    let next = |cut: &Cut| {
        slice.set(cut.first, cut.len + cutting.unit.min(cutting.end - cut.first - cut.len));
        needs(slice).short(cutting.limits).next()
    };
    cuts.iter().filter_map(next).collect()
}

fn greedily(slice: &mut GrowingSlice<'_>, cutting: &Cutting<'_>) -> Result<Vec<Cut>, u32> {
    let mut cuts = Vec::new();
    let mut first = cutting.first;
    while first < cutting.end {
        slice.restart(first);
        let mut held: Option<Cut> = None;
        while first + slice.range().1 < cutting.end {
            let len = slice.range().1;
            let next = cutting.unit.min(cutting.end - first - len);
            if held.is_some() && len + next > cutting.most {
                break;
            }
            slice.grow(next);
            let needs = needs(slice);
            if !needs.fit(cutting.limits) {
                break;
            }
            held = Some(Cut { first, len: len + next, needs });
        }
        let cut = held.ok_or(first)?;
        first += cut.len;
        cuts.push(cut);
    }
    Ok(cuts)
}

/// Slices of `len` neurons, if a core holds each.
fn evenly(slice: &mut GrowingSlice<'_>, cutting: &Cutting<'_>, len: u32) -> Option<Vec<Cut>> {
    let starts = (cutting.first..cutting.end).step_by(len.max(1) as usize);
    let mut cut = |first| {
        let len = len.min(cutting.end - first);
        slice.set(first, len);
        let needs = needs(slice);
        needs.fit(cutting.limits).then_some(Cut { first, len, needs })
    };
    starts.map(&mut cut).collect()
}
