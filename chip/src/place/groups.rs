//! Which neurons must stay in one core: learning groups, bands that learn one copy of a shared kernel, readouts that
//! compete.
//!
//! Promises: a cut at multiples of [`Together::unit`] divides no group of any kind. Absent on purpose: whether a core
//! holds so many (`fill`).

use crate::network::{Kernel, Network, common_multiple};
use synfire_plasticity::config::ThirdFactor;

/// What keeps neurons of a population in one core.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Together {
    /// Slices begin at multiples of this many neurons; at most the population.
    pub unit: u32,
    /// Whether the whole population is a readout that competes.
    pub competes: bool,
    /// Neurons of a learning group with a readout of its own.
    pub group: Option<u32>,
    /// The shared kernels that it learns, by projection, and the neurons of a band.
    pub bands: Vec<Band>,
}

/// A shared kernel that a population learns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Band {
    /// Index of the projection.
    pub projection: usize,
    /// The kernel.
    pub kernel: Kernel,
    /// Neurons that learn one copy: a band of one feature map.
    pub neurons: u32,
}

impl Together {
    /// Of population `index`.
    #[must_use]
    pub fn of(network: &Network, index: usize) -> Self {
        let population = &network.populations[index];
        let competes = population.readout.is_some_and(|readout| readout.competition.is_some());
        let group = match population.learning.map(|learning| learning.third_factor) {
            Some(ThirdFactor::Group { readout, .. }) => Some(readout.neurons.min(population.neurons)),
            _ => None,
        };
        let bands = bands(network, index);
        let unit = if competes { population.neurons } else { unit(group, &bands, population.neurons) };
        Self { unit, competes, group, bands }
    }

    /// Why the neurons of a unit stay together.
    #[must_use]
    pub fn cause(&self) -> Cause {
        let (largest, neurons) = self.largest();
        match largest {
            _ if self.competes => Cause::Competition,
            _ if self.unit == 1 => Cause::Alone,
            _ if self.unit > neurons => Cause::Straddling,
            largest => largest,
        }
    }

    /// The largest group or band by itself, and its neurons.
    #[must_use]
    pub fn largest(&self) -> (Cause, u32) {
        let group = self.group.unwrap_or(1);
        match self.bands.iter().copied().max_by_key(|band| band.neurons) {
            Some(band) if band.neurons > group => (Cause::Band(band), band.neurons),
            _ => (Cause::Group, group),
        }
    }
}

/// Why neurons stay together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// They do not: a unit is one neuron.
    Alone,
    /// The population is a readout that competes.
    Competition,
    /// They have a readout of their own.
    Group,
    /// They learn one copy of a kernel.
    Band(Band),
    /// Groups and bands, or bands of several kernels, do not end at the same neurons.
    Straddling,
}

/// Least number of neurons that is whole groups and whole bands.
pub(super) fn unit(group: Option<u32>, bands: &[Band], neurons: u32) -> u32 {
    let join = |unit, band: &Band| common_multiple(unit, band.neurons).min(neurons);
    bands.iter().fold(group.unwrap_or(1), join)
}

/// The shared kernels that a population learns.
fn bands(network: &Network, index: usize) -> Vec<Band> {
    let band = |(projection, kernel): (usize, Kernel)| Band { projection, kernel, neurons: kernel.group() };
    network.learned_kernels(index).map(band).collect()
}
