//! Why a network does not fit a chip, and what would do.
//!
//! Promises: a message names the neurons, the resource that ran out, need and limit; an advice was tried before it is
//! given. Absent on purpose: where the population is stated (`files::misfit_place`).

use crate::chip::{Chip, CoreLimits, Mesh};
use crate::files::{Diagnostic, Place};
use crate::network::Network;
use crate::place::groups::{self, Band, Cause, Together};
use crate::place::segments;
use crate::structures::inbound::{GrowingSlice, Inbound};
use crate::structures::planned::needs;
use crate::structures::{Needs, Resource};
use synfire_plasticity::config::ThirdFactor;
use thiserror::Error;

/// Most cores of a chip: their numbers are 16 bits wide.
const MAX_CORES: usize = 1 << 16;
/// Most columns, and most rows, of a mesh.
const MAX_SIDE: usize = 256;
/// Most cores of a tile.
const MAX_OF_TILE: usize = 1024;
/// Most group sizes that an advice lists.
const LISTED: usize = 6;

/// A network that does not fit, or a placement that is not legal.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum MappingError {
    /// Even the smallest slice of a population is too large for an empty core.
    #[error("population `{population}` does not fit a core: {reason}; {advice}")]
    SliceTooLarge {
        /// Population.
        population: String,
        /// Neurons of the slice, and why there are not fewer.
        reason: Misfit,
        /// What would do.
        advice: String,
    },
    /// The chip has too few cores.
    #[error(
        "the network needs {needed} cores, the chip has {available} (at population `{population}`); {advice}"
    )]
    TooFewCores {
        /// Cores needed by all populations.
        needed: usize,
        /// Cores of the chip.
        available: usize,
        /// First population that did not fit.
        population: String,
        /// A mesh that would hold them.
        advice: String,
    },
    /// A router has too few entries for the sources whose spikes pass it.
    #[error(
        "router {router} needs {needed} keys of sources whose spikes pass it, it has {available}; \
         `mesh.keys_in: Routers(entries: {needed})` would hold them, or `keys_in: Cores`"
    )]
    RouterFull {
        /// Its number: of a tile, row by row.
        router: u32,
        /// Entries of the fullest router.
        needed: u64,
        /// Entries of a router.
        available: u64,
    },
    /// Neurons cannot sit where the network states that they do.
    #[error("placement of population `{population}`: {reason}; {advice}")]
    Stated {
        /// Population.
        population: String,
        /// The field that states it.
        field: String,
        /// What is wrong.
        reason: String,
        /// What would do.
        advice: String,
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

/// Neurons that must share a core and do not fit one.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{who} {needed} {}, a core has {available}", resource.name())]
pub struct Misfit {
    /// The neurons and why they stay together, with a verb.
    pub who: String,
    /// How many.
    pub neurons: u32,
    /// What runs out.
    pub resource: Resource,
    /// How much they need.
    pub needed: u64,
    /// How much a core has.
    pub available: u64,
}

impl MappingError {
    /// The population that it is about; empty where it is about none.
    #[must_use]
    pub fn population(&self) -> &str {
        match self {
            Self::SliceTooLarge { population, .. }
            | Self::TooFewCores { population, .. }
            | Self::Stated { population, .. }
            | Self::Illegal { population, .. } => population,
            Self::RouterFull { .. } => "",
        }
    }

    /// The field of the network that it is about; empty where it is about none but the population.
    #[must_use]
    pub fn field(&self) -> &str {
        match self {
            Self::Stated { field, .. } => field,
            _ => "",
        }
    }

    /// The problem at the place where the population is stated; without one, in one line.
    #[must_use]
    pub fn diagnostic(&self, place: Option<Place>) -> Diagnostic {
        let placed = |title: String| Diagnostic { place: place.clone(), ..Diagnostic::new(title) };
        match self {
            _ if place.is_none() => Diagnostic::new(self.to_string()),
            Self::SliceTooLarge { population, reason, advice } => {
                placed(format!("population `{population}` does not fit a core"))
                    .labelled(reason.to_string())
                    .noted("help", advice)
            }
            Self::TooFewCores { needed, available, population, advice } => {
                placed(format!("the network needs {needed} cores, the chip has {available}"))
                    .labelled(format!("from `{population}` on there is no core left"))
                    .noted("help", advice)
            }
            Self::Stated { population, reason, advice, .. } => {
                placed(format!("`{population}` cannot sit there")).labelled(reason).noted("help", advice)
            }
            Self::Illegal { reason, .. } => placed(self.to_string()).labelled(reason),
            Self::RouterFull { .. } => placed(self.to_string()),
        }
    }
}

/// Why no core of `chip` holds population `index`, some unit of which does not fit. `refused` places the whole network
/// under other limits, and says whether it needs more cores then.
pub(super) fn too_large(
    network: &Network,
    chip: &Chip,
    index: usize,
    together: &Together,
    refused: impl Fn(&CoreLimits) -> Option<MappingError>,
) -> MappingError {
    let population = &network.populations[index];
    let (cause, size) = match together.cause() {
        // One group or band that no core holds is no matter of straddling.
        Cause::Straddling if !units_fit(network, chip, index, together.largest().1) => together.largest(),
        cause => (cause, together.unit),
    };
    let most_of =
        |units: &[UnitAlone]| units.iter().fold(Needs::default(), |most, unit| most.most(unit.needs));
    let units = units_alone(network, index, size);
    let resource = most_of(&units).short(&chip.limits).next().unwrap_or(Resource::Neurons);
    let worst = units.iter().rev().max_by_key(|unit| unit.needs.get(resource));
    let unit = worst.copied().unwrap_or_default();
    let reason = Misfit {
        who: who(network, together, cause, unit),
        neurons: unit.len,
        resource,
        needed: unit.needs.get(resource),
        available: resource.limit(&chip.limits),
    };
    let mut advice = match cause {
        Cause::Alone | Cause::Competition => Vec::new(),
        Cause::Band(band) => vec![more_copies(network, chip, index, band)],
        Cause::Group => group_sizes(network, chip, index, together).into_iter().collect(),
        Cause::Straddling => {
            let bands = together.bands.iter();
            let copies = bands.filter_map(|band| other_copies(network, chip, index, *band));
            group_sizes(network, chip, index, together).into_iter().chain(copies).collect()
        }
    };
    // The populations after this one have not been looked at yet: what would do must do for them too.
    let all = (0..network.populations.len())
        .map(|index| most_of(&units_alone(network, index, Together::of(network, index).unit)));
    let most = all.fold(Needs::default(), Needs::most);
    let (limits, raised) = limits_that_do(chip, most);
    let more = match raised.and_then(|limits| refused(&limits)) {
        Some(MappingError::TooFewCores { needed, available, advice, .. }) => {
            format!(" on {needed} cores, the chip has {available}; {advice}")
        }
        _ => String::new(),
    };
    advice.push(format!("{limits} would do{more}"));
    MappingError::SliceTooLarge { population: population.name.clone(), reason, advice: advice.join("; ") }
}

#[derive(Clone, Copy, Debug, Default)]
struct UnitAlone {
    first: u32,
    len: u32,
    needs: Needs,
}

/// What each unit of a population needs in a core of its own.
fn units_alone(network: &Network, index: usize, unit: u32) -> Vec<UnitAlone> {
    let neurons = network.populations[index].neurons;
    let inbound = Inbound::new(network, index);
    let mut slice = GrowingSlice::new(&inbound);
    let mut alone = |first: u32| {
        let len = unit.min(neurons - first);
        slice.set(first, len);
        UnitAlone { first, len, needs: needs(&slice) }
    };
    (0..neurons).step_by(unit.max(1) as usize).map(&mut alone).collect()
}

/// Whether every unit of a population fits a core.
fn units_fit(network: &Network, chip: &Chip, index: usize, unit: u32) -> bool {
    units_alone(network, index, unit).iter().all(|unit| unit.needs.fit(&chip.limits))
}

/// The neurons of a unit, why they stay together, and a verb for what they need.
fn who(network: &Network, together: &Together, cause: Cause, unit: UnitAlone) -> String {
    let UnitAlone { first, len, .. } = unit;
    let kernel = |band: &Band| &network.projections[band.projection].name;
    match cause {
        Cause::Alone => format!("neuron {first} alone needs"),
        Cause::Competition => format!("its {len} neurons compete and need"),
        Cause::Group => format!("the learning group of neurons {first}..={} needs", first + len - 1),
        Cause::Band(band) => {
            format!("{len} neurons learn one copy of the taps of `{}` and need", kernel(&band))
        }
        Cause::Straddling => {
            let groups = together.group.map(|group| format!("groups of {group} neurons"));
            let bands = together.bands.iter();
            let bands = bands.map(|band| format!("bands of {} neurons of `{}`", band.neurons, kernel(band)));
            let names: Vec<String> = groups.into_iter().chain(bands).collect();
            let (head, tail) = names.split_at(1);
            let (head, tail) = (head.concat(), tail.join(" and "));
            format!("{head} straddle {tail}, so that {len} neurons must share a core and need")
        }
    }
}

/// The limits with which every unit would fit, in the fields' names; and themselves, where a chip file may state them.
fn limits_that_do(chip: &Chip, most: Needs) -> (String, Option<CoreLimits>) {
    let mut raised = Some(chip.limits);
    let field = |resource: Resource| {
        let needed = most.get(resource);
        if needed > resource.most() {
            raised = None;
            return format!(
                "more than {} of `{}`, which no chip file may state,",
                resource.most(),
                resource.field()
            );
        }
        if let Some(limits) = &mut raised {
            resource.set_limit(limits, needed);
        }
        format!("`{}: {needed}`", resource.field())
    };
    let fields: Vec<String> = most.short(&chip.limits).map(field).collect();
    (fields.join(" and "), raised)
}

/// Copies of a kernel other than its own, fewest first, with which a population would fit, and the neurons that then
/// stay together.
fn copies_that_fit(
    network: &Network,
    chip: &Chip,
    index: usize,
    band: Band,
) -> impl Iterator<Item = (u32, u32)> {
    let Band { projection, kernel, .. } = band;
    let rows = kernel.map[0];
    let mut other = network.clone();
    let candidates =
        (1..=rows).filter(move |copies| *copies != kernel.copies && rows.is_multiple_of(*copies));
    candidates.filter_map(move |copies| {
        let cut = other.projections[projection].synapses.set_copies(copies);
        let unit = Together::of(&other, index).unit;
        (cut && units_fit(&other, chip, index, unit)).then_some((copies, unit))
    })
}

/// The fewest copies of a kernel with which a population would fit, in words.
fn more_copies(network: &Network, chip: &Chip, index: usize, band: Band) -> String {
    match copies_that_fit(network, chip, index, band).next() {
        Some((copies, unit)) => {
            format!("`copies: {copies}` would fit ({unit} neurons a copy and feature map)")
        }
        None => format!(
            "no number of copies fits: even one row of a feature map ({} neurons) is too large",
            band.kernel.map[1]
        ),
    }
}

/// Copies of a kernel with which what straddles would fit, in words.
fn other_copies(network: &Network, chip: &Chip, index: usize, band: Band) -> Option<String> {
    let copies = copies_that_fit(network, chip, index, band).map(|(copies, _)| copies);
    let copies = alternatives(copies.take(LISTED))?;
    Some(format!("`copies: {copies}` of `{}` would fit", network.projections[band.projection].name))
}

/// `1, 3 or 6`.
fn alternatives(numbers: impl Iterator<Item = u32>) -> Option<String> {
    let texts: Vec<String> = numbers.map(|number| number.to_string()).collect();
    let (last, others) = texts.split_last()?;
    Some(if others.is_empty() { last.clone() } else { format!("{} or {last}", others.join(", ")) })
}

/// Sizes of learning groups with which a population would fit: the largest, or, where groups must agree with bands,
/// those that do.
fn group_sizes(network: &Network, chip: &Chip, index: usize, together: &Together) -> Option<String> {
    let neurons = network.populations[index].neurons;
    let own = together.group?;
    let mut other = network.clone();
    let mut fits = |size: u32| {
        if let Some(learning) = &mut other.populations[index].learning
            && let ThirdFactor::Group { readout, .. } = &mut learning.third_factor
        {
            readout.neurons = size;
        }
        units_fit(&other, chip, index, groups::unit(Some(size), &together.bands, neurons))
    };
    if together.bands.is_empty() {
        // A smaller group needs less: the largest that fits, by halving.
        let (mut low, mut high) = (0, own - 1);
        while low < high {
            let middle = low + (high - low).div_ceil(2);
            if fits(middle) { low = middle } else { high = middle - 1 }
        }
        return (low > 0).then(|| format!("groups of at most {low} neurons would fit"));
    }
    let band = groups::unit(None, &together.bands, neurons);
    let candidates = (1..=neurons).filter(|size| *size != own);
    let candidates = candidates.filter(|size| band.is_multiple_of(*size) || size.is_multiple_of(band));
    let sizes = alternatives(candidates.filter(|size| fits(*size)).take(LISTED))?;
    Some(format!("groups of {sizes} neurons would fit"))
}

/// Which limit makes most of `needed` cores, in words; nothing where none does.
pub(super) fn full_of(network: &Network, chip: &Chip, needed: usize) -> String {
    let populations = 0..network.populations.len();
    let ends: Vec<Resource> = populations.flat_map(|index| segments::ends(network, chip, index)).collect();
    let number = |resource: Resource| ends.iter().filter(|end| **end == resource).count();
    let most = Resource::ALL.into_iter().rev().max_by_key(|resource| number(*resource));
    let Some(most) = most.filter(|most| number(*most) > 0) else { return String::new() };
    let (limit, number) = (most.limit(&chip.limits), number(most));
    format!("; `{}: {limit}` is full in {number} of the {needed}", most.field())
}

/// A mesh that has `needed` cores: taller than that of the chip, or of another shape, or of larger tiles.
pub(super) fn larger_mesh(mesh: &Mesh, needed: usize) -> String {
    let (columns, of_tile) = (usize::from(mesh.columns), usize::from(mesh.cores_per_tile));
    let rows = needed.div_ceil(columns * of_tile);
    if rows <= MAX_SIDE && rows * columns * of_tile <= MAX_CORES {
        return format!("`mesh.rows: {rows}` would hold them ({columns} columns, {of_tile} a tile)");
    }
    let tiles = needed.div_ceil(of_tile);
    let columns = (1..=MAX_SIDE).find(|side| side * side >= tiles).unwrap_or(MAX_SIDE);
    let rows = tiles.div_ceil(columns);
    if rows <= MAX_SIDE && columns * rows * of_tile <= MAX_CORES {
        return format!("`mesh: (columns: {columns}, rows: {rows})` would hold them ({of_tile} a tile)");
    }
    let tiles = usize::from(mesh.columns) * usize::from(mesh.rows);
    let of_tile = needed.div_ceil(tiles);
    if of_tile <= MAX_OF_TILE && tiles * of_tile <= MAX_CORES {
        return format!("`mesh.cores_per_tile: {of_tile}` would hold them");
    }
    format!("no chip file may state more than {MAX_CORES}")
}
