//! Runs of a population's neurons that are placed in one way: what is stated, and what is left between.
//!
//! Promises: the runs of a population are all of it, in order. Absent on purpose: where they are cut (`fill`).

use super::fill::{self, Cutting};
use super::groups::Together;
use crate::chip::{Chip, CoreLimits};
use crate::network::Network;
use crate::placing::{Onto, Stated};
use crate::structures::Resource;
use crate::structures::inbound::{GrowingSlice, Inbound};

/// A run of neurons.
#[derive(Clone, Copy, Debug)]
pub(super) struct Segment<'n> {
    /// Index of the population.
    pub population: usize,
    /// First neuron.
    pub first: u32,
    /// How many.
    pub len: u32,
    /// What is stated of them; `None`: nothing.
    pub stated: Option<&'n Stated>,
}

/// The runs of population `index`.
pub(super) fn of(network: &Network, index: usize) -> Vec<Segment<'_>> {
    let neurons = network.populations[index].neurons;
    let mut segments = Vec::new();
    let mut next = 0;
    let gap = |first: u32, end: u32| {
        (end > first).then(|| Segment { population: index, first, len: end - first, stated: None })
    };
    for stated in network.placing.of(index) {
        segments.extend(gap(next, stated.first));
        let Stated { first, len, .. } = *stated;
        segments.push(Segment { population: index, first, len, stated: Some(stated) });
        next = first + len;
    }
    segments.extend(gap(next, neurons));
    segments
}

/// The limit that ends each slice of population `index` but the last of a run, where cores are filled.
pub(super) fn ends(network: &Network, chip: &Chip, index: usize) -> Vec<Resource> {
    let inbound = Inbound::new(network, index);
    let mut growing = GrowingSlice::new(&inbound);
    let unit = Together::of(network, index).unit;
    let segments = of(network, index);
    let cuttings = segments.iter().filter_map(|segment| segment.cutting(network, unit, &chip.limits));
    cuttings.flat_map(|cutting| fill::ends(&mut growing, &cutting)).collect()
}

impl Segment<'_> {
    /// How it is cut, where `unit` neurons stay together; `None`: it is one slice, whatever a core holds.
    pub fn cutting<'c>(&self, network: &Network, unit: u32, limits: &'c CoreLimits) -> Option<Cutting<'c>> {
        let unit = unit.max(1);
        let share = match self.stated.map(|stated| (stated.onto, stated.cores.len() as u32)) {
            Some((Onto::One, _)) => return None,
            Some((Onto::Shares, cores)) => {
                self.len.div_ceil(cores.max(1)).div_ceil(unit).saturating_mul(unit)
            }
            Some((Onto::Next, _)) | None => u32::MAX,
        };
        let most = network.populations[self.population].max_per_core.unwrap_or(u32::MAX).min(share);
        Some(Cutting { first: self.first, end: self.first + self.len, unit, most, limits })
    }
}
