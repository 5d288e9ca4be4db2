//! Mapping: which neurons of which population sit in which core.
//!
//! A population is cut into slices of equal size, as many as its core limits ask for; a learning group never
//! spans cores: DCLL's, and the band of a feature map that learns one copy of a shared kernel. A population that fits whole into what the last core has left shares that core.
//!
//! Promises: no mapping changes a bit of a result; what does not fit is refused with the numbers.
//! Absent on purpose: optimisation of traffic (slices are placed in order, row by row of the mesh).

use crate::chip::Chip;
use crate::network::{Kernel, Network, Projection, Synapses, common_multiple};
use serde::{Deserialize, Serialize};
use synfire_core::address::CoreId;
use synfire_core::synapse::index_bits;
use synfire_plasticity::config::{Presynaptic, ThirdFactor};
use synfire_plasticity::rules::NORMALISER_BITS;
use synfire_plasticity::widths::product_bits;
use synfire_plasticity::widths::sum_bits;
use thiserror::Error;

/// Neurons of one population in one core.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Placement {
    /// Index of the population.
    pub population: usize,
    /// First neuron.
    pub first: u32,
    /// How many.
    pub len: u32,
    /// Core.
    pub core: CoreId,
}

/// Where every neuron is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mapping {
    /// Slices; those of a population are ascending in `first`.
    pub slices: Vec<Placement>,
}

/// A network that does not fit, or a placement that is not legal.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum MappingError {
    /// Even the smallest slice of a population is too large for an empty core.
    #[error(
        "population `{population}` does not fit a core: its smallest slice ({neurons} neurons) needs {needed} \
         {resource}, a core has {available}"
    )]
    SliceTooLarge {
        /// Population.
        population: String,
        /// Neurons of its smallest legal slice.
        neurons: u32,
        /// What runs out.
        resource: &'static str,
        /// How much the slice needs.
        needed: u64,
        /// How much a core has.
        available: u64,
    },
    /// A band of a feature map, which learns one copy of a shared kernel, is too large for an empty core.
    #[error(
        "population `{population}` does not fit a core: {neurons} neurons learn one copy of the taps of \
         `{projection}` and need {needed} {resource}, a core has {available}; {advice}"
    )]
    CopyTooLarge {
        /// Population.
        population: String,
        /// Projection with the shared kernel.
        projection: String,
        /// Neurons that must stay together.
        neurons: u32,
        /// What runs out.
        resource: &'static str,
        /// How much they need.
        needed: u64,
        /// How much a core has.
        available: u64,
        /// How many copies would fit.
        advice: String,
    },
    /// The chip has too few cores.
    #[error("the network needs {needed} cores, the chip has {available} (at population `{population}`)")]
    TooFewCores {
        /// Cores needed up to and with this population.
        needed: usize,
        /// Cores of the chip.
        available: usize,
        /// First population that did not fit.
        population: String,
    },
    /// A given placement is not a partition of the populations, or breaks a group or a core.
    #[error("placement of population `{population}`: {reason}")]
    Illegal {
        /// Population.
        population: String,
        /// What is wrong.
        reason: String,
    },
}

/// What a slice asks of its core.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Demand {
    /// Neurons.
    pub neurons: u64,
    /// Axons.
    pub axons: u64,
    /// Bits of synapse memory.
    pub synapse_bits: u64,
    /// Bits of learning state.
    pub learning_bits: u64,
}

impl Demand {
    fn plus(self, other: Self) -> Self {
        Self {
            neurons: self.neurons + other.neurons,
            axons: self.axons + other.axons,
            synapse_bits: self.synapse_bits + other.synapse_bits,
            learning_bits: self.learning_bits + other.learning_bits,
        }
    }

    /// The first resource that a core of `chip` has too little of: name, needed, available.
    fn exceeds(self, chip: &Chip) -> Option<(&'static str, u64, u64)> {
        let limits = &chip.limits;
        let checks = [
            ("neurons", self.neurons, u64::from(limits.neurons)),
            ("axons", self.axons, u64::from(limits.axons)),
            ("bits of synapse memory", self.synapse_bits, limits.synapse_memory_bits),
            ("bits of learning memory", self.learning_bits, limits.learning_memory_bits),
        ];
        checks.into_iter().find(|(_, needed, available)| needed > available)
    }
}

/// Neurons that must stay together: learning groups, a readout that competes, or one neuron.
#[must_use]
pub fn group_size(network: &Network, index: usize) -> u32 {
    let population = &network.populations[index];
    if population.readout.is_some_and(|readout| readout.competition.is_some()) {
        return population.neurons;
    }
    let readout = match population.learning.map(|l| l.third_factor) {
        Some(ThirdFactor::Group { readout, .. }) => readout.neurons.min(population.neurons),
        _ => 1,
    };
    let bands = network.learned_kernels(index).map(|(_, kernel)| kernel.group());
    // A cut must not divide a group of any kind.
    bands.fold(readout, |unit, band| common_multiple(unit, band).min(population.neurons))
}

/// Upper bound of what `len` neurons of population `index` ask of a core.
#[must_use]
pub fn demand(network: &Network, index: usize, len: u32) -> Demand {
    let population = &network.populations[index];
    let mut total = Demand { neurons: u64::from(len), ..Demand::default() };
    if let Some(learning) = population.learning {
        let row = if learning.third_factor.matrix().is_some() { 8 * u64::from(learning.channels) } else { 0 };
        let mirror = match learning.third_factor.mirrored() {
            Some((projection, false)) => mirror_bits(network, usize::from(projection), learning.channels),
            Some((_, true)) | None => 0,
        };
        total.learning_bits +=
            u64::from(len) * (row + mirror + u64::from(network.learning.third_factor.width));
    }
    for projection in network.projections.iter().filter(|p| p.target == index) {
        total = total.plus(projection_demand(network, projection, len));
    }
    total
}

/// Bits of a neuron's mirror: weights, a pair of traces, spikes under way.
fn mirror_bits(network: &Network, projection: usize, channels: u16) -> u64 {
    let projection = &network.projections[projection];
    let pair = 2 * u64::from(network.learning.trace_bits) + u64::from(projection.delays.max());
    let traces = if projection.learning.is_some() { pair } else { 0 };
    u64::from(channels) * u64::from(projection.format.store_bits) + traces
}

fn projection_demand(network: &Network, projection: &Projection, len: u32) -> Demand {
    let posts = u64::from(network.populations[projection.target].neurons);
    let store = u64::from(projection.format.store_bits);
    let (axons, entries) = match projection.synapses.listed() {
        None => {
            let axons = projection.synapses.len() as u64 / posts.max(1);
            (axons, axons * u64::from(len))
        }
        Some(listed) => {
            // The densest window is not known here; the mean, rounded up, plus an eighth, is the estimate.
            let mean = (listed.posts.len() as u64 * u64::from(len)).div_ceil(posts.max(1));
            let entries = if u64::from(len) == posts { mean } else { mean + mean / 8 };
            ((listed.presynaptic.len() as u64).min(entries), entries)
        }
    };
    let index = index_bits(len as usize);
    let taps = taps(projection, len);
    let synapse_bits = match &projection.synapses {
        Synapses::Dense { .. } => entries * store,
        Synapses::Sparse { .. } => entries * (store + index),
        Synapses::Shared { .. } => {
            let shared = taps * store + entries * (index + index_bits(taps as usize));
            let own = entries * (store + index);
            if projection.learning.is_some() { shared } else { shared.min(own) }
        }
    };
    let mut demand = Demand { axons, synapse_bits, ..Demand::default() };
    if let Some(learning) = projection.learning {
        if learning.presynaptic == Presynaptic::Trace {
            demand.learning_bits += axons * 2 * u64::from(network.learning.trace_bits);
        }
        let states = learning.eligibility.map_or(0, |eligibility| eligibility.states());
        demand.learning_bits += entries * states * u64::from(network.learning.eligibility_bits);
        if learning.eligibility.is_some_and(|eligibility| eligibility.reference().is_some()) {
            demand.learning_bits += entries * NORMALISER_BITS;
        }
        let surrogate =
            network.populations[projection.target].learning.is_some_and(|l| l.surrogate.is_some());
        let product = product_bits(&network.learning, &learning, surrogate);
        demand.learning_bits += taps * u64::from(sum_bits(product, projection.synapses.most_readers()));
    }
    demand
}

/// Stored taps of a shared kernel that `len` neurons from the start of a band on read; 0 where nothing is shared.
fn taps(projection: &Projection, len: u32) -> u64 {
    let Some(kernel) = projection.synapses.kernel() else { return 0 };
    let bands = u64::from(len.div_ceil(kernel.group().max(1)));
    let of_map = u64::from(kernel.taps() / kernel.shape[0].max(1));
    bands * of_map
}

/// Largest legal slice of a population that fits an empty core.
fn largest_slice(network: &Network, chip: &Chip, index: usize) -> Result<u32, MappingError> {
    let population = &network.populations[index];
    let unit = group_size(network, index);
    let fits = |len: u32| demand(network, index, len).exceeds(chip).is_none();
    let hint = population.max_per_core.unwrap_or(u32::MAX);
    let units = population.neurons.div_ceil(unit);
    // Demand grows with the slice: binary search over whole groups.
    let (mut low, mut high) = (0, units);
    while low < high {
        let middle = low + (high - low).div_ceil(2);
        let len = (middle * unit).min(population.neurons);
        if fits(len) && (len <= hint || middle == 1) { low = middle } else { high = middle - 1 }
    }
    if low > 0 {
        return Ok((low * unit).min(population.neurons));
    }
    let neurons = unit.min(population.neurons);
    let (resource, needed, available) =
        demand(network, index, neurons).exceeds(chip).unwrap_or(("neurons", 0, 0));
    if let Some((number, kernel)) = network.learned_kernels(index).max_by_key(|(_, kernel)| kernel.group()) {
        let advice = more_copies(network, chip, index, number, kernel);
        let (population, projection) = (population.name.clone(), network.projections[number].name.clone());
        return Err(MappingError::CopyTooLarge {
            population,
            projection,
            neurons,
            resource,
            needed,
            available,
            advice,
        });
    }
    let population = population.name.clone();
    Err(MappingError::SliceTooLarge { population, neurons, resource, needed, available })
}

/// The fewest copies of a kernel with which a population would fit, in words.
fn more_copies(network: &Network, chip: &Chip, index: usize, number: usize, kernel: Kernel) -> String {
    let mut other = network.clone();
    let rows = kernel.map[0];
    for copies in (kernel.copies + 1..=rows).filter(|copies| rows.is_multiple_of(*copies)) {
        if let Synapses::Shared { kernel, .. } = &mut other.projections[number].synapses {
            kernel.copies = copies;
        }
        let unit = group_size(&other, index);
        if demand(&other, index, unit).exceeds(chip).is_none() {
            return format!("`copies: {copies}` would fit ({unit} neurons a copy and feature map)");
        }
    }
    format!(
        "no number of copies fits: even one row of a feature map ({} neurons) is too large",
        kernel.map[1]
    )
}

/// Places every population.
///
/// # Errors
/// [`MappingError`] with the numbers, when the network does not fit the chip.
pub fn map(network: &Network, chip: &Chip) -> Result<Mapping, MappingError> {
    let cores = chip.mesh.cores();
    let mut mapping = Mapping::default();
    let mut next = 0usize;
    let mut left: Option<Demand> = None;
    let mut error = None;
    for (index, population) in network.populations.iter().enumerate() {
        let largest = largest_slice(network, chip, index)?;
        let unit = group_size(network, index);
        let slices = population.neurons.div_ceil(largest);
        let whole = demand(network, index, population.neurons);
        if let Some(used) = left
            && slices == 1
            && used.plus(whole).exceeds(chip).is_none()
        {
            left = Some(used.plus(whole));
            mapping.slices.push(Placement {
                population: index,
                first: 0,
                len: population.neurons,
                core: CoreId((next - 1) as u16),
            });
            continue;
        }
        let len = population.neurons.div_ceil(slices).div_ceil(unit) * unit;
        let mut first = 0;
        while first < population.neurons {
            let this = len.min(population.neurons - first);
            if next >= cores && error.is_none() {
                error = Some(population.name.clone());
            }
            let core = CoreId(u16::try_from(next).unwrap_or(u16::MAX));
            mapping.slices.push(Placement { population: index, first, len: this, core });
            left = Some(demand(network, index, this));
            next += 1;
            first += this;
        }
    }
    match error {
        Some(population) => Err(MappingError::TooFewCores { needed: next, available: cores, population }),
        None => Ok(mapping),
    }
}

/// Checks a given mapping: a partition of every population, groups whole, cores of the chip, within limits.
///
/// # Errors
/// [`MappingError`] naming the population and what is wrong.
pub fn check(network: &Network, chip: &Chip, mapping: &Mapping) -> Result<(), MappingError> {
    let mut used = vec![Demand::default(); chip.mesh.cores()];
    for (index, population) in network.populations.iter().enumerate() {
        let illegal = |reason: String| MappingError::Illegal { population: population.name.clone(), reason };
        let unit = group_size(network, index);
        let mut next = 0;
        for slice in mapping.slices.iter().filter(|s| s.population == index) {
            if slice.first != next || slice.len == 0 {
                return Err(illegal(format!(
                    "neuron {next} is not where the next slice begins ({})",
                    slice.first
                )));
            }
            if slice.first % unit != 0 {
                return Err(illegal(format!("a learning group of {unit} neurons would span cores")));
            }
            let core = used.get_mut(slice.core.index());
            let core = core.ok_or_else(|| illegal(format!("core {} is not on the chip", slice.core.0)))?;
            *core = core.plus(demand(network, index, slice.len));
            if let Some((resource, needed, available)) = core.exceeds(chip) {
                let at = slice.core.0;
                return Err(illegal(format!("core {at} would need {needed} {resource}, it has {available}")));
            }
            next += slice.len;
        }
        if next != population.neurons {
            return Err(illegal(format!("{next} of {} neurons are placed", population.neurons)));
        }
    }
    Ok(())
}
