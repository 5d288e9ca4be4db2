//! Mapping: which neurons of which population sit in which core.
//!
//! A population is cut into slices of equal size, as few as there can be (`fill`); where slices of equal size would be
//! more, each takes what a core holds. What must stay together does (`groups`). A population that fits whole into what the
//! last core has left shares that core. What the network states of neurons is done first; on cores that it names nobody else is
//! put.
//!
//! Promises: no mapping changes a bit of a result; every slice is counted, given mappings too; what does not fit is
//! refused with the numbers. Slices are placed in order, row by row of the mesh, unless the network asks for a search by traffic
//! (`traffic`); what it finds and the routers have too few keys for (`keys`) is passed over.

use crate::chip::Chip;
use crate::network::Network;
use crate::place::fill;
use crate::place::groups::Together;
use crate::place::keys;
use crate::place::misfit;
use crate::place::segments;
use crate::place::stated::{self, Seats};
use crate::place::traffic;
use crate::placing::Rest;
use crate::structures::inbound::{GrowingSlice, Inbound};
use crate::structures::planned::{self, SliceRange};
use crate::structures::{Needs, Resource, Structure};
use std::collections::BTreeMap;
use synfire_core::address::CoreId;

pub use crate::place::misfit::MappingError;
pub use crate::place::slices::{Mapping, Placement};

/// Neurons that must stay together: learning groups, bands of a feature map, a readout that competes, or one neuron.
#[must_use]
pub fn group_size(network: &Network, index: usize) -> u32 {
    Together::of(network, index).unit
}

/// Places every population.
///
/// # Errors
/// [`MappingError`] with the numbers, when the network does not fit the chip, or not where it asks to sit.
pub fn map(network: &Network, chip: &Chip) -> Result<Mapping, MappingError> {
    let mapping = in_order(network, chip)?;
    Ok(match &network.placing.rest {
        Rest::InOrder | Rest::Refused => mapping,
        Rest::ByTraffic(search) => {
            let mut found = traffic::found(network, chip, &mapping, search);
            // A search does not know what routers hold: of what it found the best that they do, or what is in order.
            let held = found.iter().chain([&mapping]).position(|of| keys::check(network, chip, of).is_ok());
            match held {
                Some(at) if at < found.len() => found.swap_remove(at),
                _ => mapping,
            }
        }
    })
}

/// What is stated where it is stated, all else in order, however the network asks for it.
///
/// # Errors
/// As [`map`].
pub fn in_order(network: &Network, chip: &Chip) -> Result<Mapping, MappingError> {
    let cores = chip.mesh.cores();
    let mut seats = Seats::new(network, chip);
    let free: Vec<u16> = (0..cores as u32)
        .filter_map(|core| u16::try_from(core).ok().filter(|core| !seats.asked_for.contains(core)))
        .collect();
    let mut mapping = Mapping::default();
    let mut next = 0usize;
    let mut used = Needs::default();
    let mut error = None;
    for (index, population) in network.populations.iter().enumerate() {
        let together = Together::of(network, index);
        let inbound = Inbound::new(network, index);
        let mut growing = GrowingSlice::new(&inbound);
        let segments = segments::of(network, index);
        for segment in &segments {
            let cut = |growing: &mut GrowingSlice<'_>, cutting| {
                fill::cut(growing, cutting).map_err(|_| {
                    misfit::too_large(network, chip, index, &together, |limits| {
                        let raised = Chip { limits: *limits, ..chip.clone() };
                        let refused = in_order(network, &raised).err();
                        refused.filter(|error| matches!(error, MappingError::TooFewCores { .. }))
                    })
                })
            };
            let cutting = segment.cutting(network, together.unit, &chip.limits);
            if let Some(stated) = segment.stated {
                stated::check_groups(network, stated, &together)?;
                let cuts = match &cutting {
                    Some(cutting) => cut(&mut growing, cutting)?,
                    None => vec![stated::whole(&mut growing, stated)],
                };
                mapping.slices.extend(seats.place(&mut growing, stated, &cuts)?);
                continue;
            }
            if network.placing.rest == Rest::Refused {
                return Err(stated::not_placed(network, segment));
            }
            let cuts = match &cutting {
                Some(cutting) => cut(&mut growing, cutting)?,
                None => Vec::new(),
            };
            for cut in &cuts {
                let together = used.plus(cut.needs);
                let whole = cuts.len() == 1 && segments.len() == 1;
                if next > 0 && whole && together.fit(&chip.limits) {
                    used = together;
                } else {
                    used = cut.needs;
                    next += 1;
                }
                if next > free.len() && error.is_none() {
                    error = Some(population.name.clone());
                }
                let core = CoreId(free.get(next - 1).copied().unwrap_or(u16::MAX));
                mapping.slices.push(Placement { population: index, first: cut.first, len: cut.len, core });
            }
        }
    }
    let Some(population) = error else { return Ok(mapping) };
    let next = next + seats.asked_for.len();
    let advice = misfit::larger_mesh(&chip.mesh, next) + &misfit::full_of(network, chip, next);
    Err(MappingError::TooFewCores { needed: next, available: cores, population, advice })
}

/// Checks a given mapping: a partition of every population, groups whole, cores of the chip, within limits.
///
/// # Errors
/// [`MappingError`] naming the population and what is wrong.
pub fn check(network: &Network, chip: &Chip, mapping: &Mapping) -> Result<(), MappingError> {
    let mut used = vec![Needs::default(); chip.mesh.cores()];
    for (index, population) in network.populations.iter().enumerate() {
        let illegal = |reason: String| MappingError::Illegal { population: population.name.clone(), reason };
        let unit = group_size(network, index);
        let inbound = Inbound::new(network, index);
        let mut growing = GrowingSlice::new(&inbound);
        let mut next = 0;
        for slice in mapping.slices.iter().filter(|s| s.population == index) {
            if slice.first != next || slice.len == 0 {
                return Err(illegal(format!(
                    "neuron {next} is not where the next slice begins ({})",
                    slice.first
                )));
            }
            if slice.len > population.neurons - next {
                let end = u64::from(next) + u64::from(slice.len);
                return Err(illegal(format!("{end} of {} neurons are placed", population.neurons)));
            }
            if slice.first % unit != 0 {
                return Err(illegal(format!("a learning group of {unit} neurons would span cores")));
            }
            let core = used.get_mut(slice.core.index());
            let core = core.ok_or_else(|| illegal(format!("core {} is not on the chip", slice.core.0)))?;
            growing.set(slice.first, slice.len);
            *core = core.plus(planned::needs(&growing));
            if let Some(resource) = core.short(&chip.limits).next() {
                let (at, name) = (slice.core.0, resource.name());
                let (needed, available) = (core.get(resource), resource.limit(&chip.limits));
                return Err(illegal(format!("core {at} would need {needed} {name}, it has {available}")));
            }
            next += slice.len;
        }
        if next != population.neurons {
            return Err(illegal(format!("{next} of {} neurons are placed", population.neurons)));
        }
    }
    Ok(())
}

/// What the slices on every core that a mapping uses take of its limits.
#[must_use]
pub fn needs(network: &Network, mapping: &Mapping) -> BTreeMap<CoreId, Needs> {
    let mut cores: BTreeMap<CoreId, Needs> = BTreeMap::new();
    for population in 0..network.populations.len() {
        let inbound = Inbound::new(network, population);
        let mut growing = GrowingSlice::new(&inbound);
        for slice in mapping.slices.iter().filter(|slice| slice.population == population) {
            growing.set(slice.first, slice.len);
            let core = cores.entry(slice.core).or_default();
            *core = core.plus(planned::needs(&growing));
        }
    }
    cores
}

/// The limit that ends each slice of population `index` but the last of a run, where cores are filled; nothing where a bound
/// on neurons does.
#[must_use]
pub fn ends(network: &Network, chip: &Chip, index: usize) -> Vec<Resource> {
    segments::ends(network, chip, index)
}

/// The memories of every core that a mapping uses, before anything is built.
#[must_use]
pub fn structures(network: &Network, chip: &Chip, mapping: &Mapping) -> BTreeMap<CoreId, Vec<Structure>> {
    let mut cores: BTreeMap<CoreId, Vec<SliceRange>> = BTreeMap::new();
    for &Placement { population, first, len, core } in &mapping.slices {
        cores.entry(core).or_default().push(SliceRange { population, first, len });
    }
    let (names, slices): (Vec<CoreId>, Vec<_>) = cores.into_iter().unzip();
    names.into_iter().zip(planned::of_cores(network, chip, &slices)).collect()
}
