//! What a network states of its placement, put where it says.
//!
//! Promises: groups stay whole and cores within their limits, or it is said which neurons, which core, which resource, and
//! what would do. Absent on purpose: names, numbers of cores, overlaps (`files` has checked them).

use super::fill::Cut;
use super::groups::Together;
use super::misfit::MappingError;
use super::segments::Segment;
use super::slices::Placement;
use crate::chip::{Chip, CoreLimits};
use crate::network::Network;
use crate::placing::{Onto, Stated};
use crate::structures::inbound::GrowingSlice;
use crate::structures::planned::needs;
use crate::structures::{Needs, Resource};
use std::collections::{BTreeMap, BTreeSet};
use synfire_core::address::CoreId;

/// Cores that are asked for, and what is on them.
#[derive(Debug)]
pub(super) struct Seats<'n> {
    network: &'n Network,
    limits: &'n CoreLimits,
    /// Cores that anything stated may sit on.
    pub asked_for: BTreeSet<u16>,
    /// Those of them that are named one by one.
    named: BTreeSet<u16>,
    /// Those that slices of whole tiles and rows took.
    taken: BTreeSet<u16>,
    used: BTreeMap<u16, Needs>,
}

fn refused(network: &Network, stated: &Stated, reason: String, advice: String) -> MappingError {
    let population = network.populations[stated.population].name.clone();
    MappingError::Stated { population, field: stated.field.clone(), reason, advice }
}

/// So many cores.
fn cores(number: usize) -> String {
    if number == 1 { "1 core".to_owned() } else { format!("{number} cores") }
}

/// Neurons that nothing states, where something must.
pub(super) fn not_placed(network: &Network, segment: &Segment<'_>) -> MappingError {
    let Segment { population, first, len, .. } = *segment;
    let population = &network.populations[population];
    let last = first + len - 1;
    MappingError::Stated {
        population: population.name.clone(),
        field: "placement.rest".to_owned(),
        reason: format!("no slice states where neurons {first}..={last} of `{}` sit", population.name),
        advice: format!(
            "`(population: \"{}\", first: {first}, count: {len}, core: ..)` among the `slices`, or `rest: InOrder`",
            population.name
        ),
    }
}

/// Refuses a range that divides neurons which stay together.
pub(super) fn check_groups(
    network: &Network,
    stated: &Stated,
    together: &Together,
) -> Result<(), MappingError> {
    let neurons = network.populations[stated.population].neurons;
    let (unit, end) = (together.unit.max(1), stated.first + stated.len);
    let cut = [stated.first, end].into_iter().find(|at| at % unit != 0 && *at != neurons);
    let Some(at) = cut else { return Ok(()) };
    let (from, to) = (at / unit * unit, (at / unit * unit).saturating_add(unit).min(neurons));
    let why = if together.competes {
        "compete"
    } else if together.bands.is_empty() {
        "are one learning group"
    } else {
        "learn together"
    };
    let reason = format!("neurons {from}..={} {why}: {}..={} divides them", to - 1, stated.first, end - 1);
    let field = if at == stated.first { "first" } else { "count" };
    let off = |edge: u32| if at == stated.first { edge } else { edge - stated.first.min(edge) };
    let allowed = [off(from), off(to)].into_iter().filter(|edge| at == stated.first || *edge > 0);
    let allowed: Vec<String> = allowed.map(|edge| format!("`{field}: {edge}`")).collect();
    Err(refused(network, stated, reason, format!("{} would keep them together", allowed.join(" or "))))
}

/// All neurons of a statement as one slice.
pub(super) fn whole(growing: &mut GrowingSlice<'_>, stated: &Stated) -> Cut {
    growing.set(stated.first, stated.len);
    Cut { first: stated.first, len: stated.len, needs: needs(growing) }
}

impl<'n> Seats<'n> {
    /// Nothing is placed yet.
    pub fn new(network: &'n Network, chip: &'n Chip) -> Self {
        let all = &network.placing.stated;
        let named = all.iter().filter(|stated| stated.onto != Onto::Next);
        Self {
            network,
            limits: &chip.limits,
            asked_for: all.iter().flat_map(|stated| stated.cores.iter().copied()).collect(),
            named: named.flat_map(|stated| stated.cores.iter().copied()).collect(),
            taken: BTreeSet::new(),
            used: BTreeMap::new(),
        }
    }

    /// Puts the slices that a statement is cut into on its cores.
    pub fn place(
        &mut self,
        growing: &mut GrowingSlice<'_>,
        stated: &Stated,
        cuts: &[Cut],
    ) -> Result<Vec<Placement>, MappingError> {
        let cores = match stated.onto {
            Onto::One | Onto::Shares => stated.cores.clone(),
            Onto::Next => {
                let free = |core: &&u16| !self.named.contains(core) && !self.taken.contains(core);
                stated.cores.iter().filter(free).copied().collect()
            }
        };
        if cuts.len() > cores.len() {
            return Err(self.too_few(growing, stated, cuts, cores.len()));
        }
        let mut slices = Vec::new();
        for (cut, core) in cuts.iter().zip(cores) {
            let before = self.used.get(&core).copied().unwrap_or_default();
            let all = before.plus(cut.needs);
            if let Some(resource) = all.short(self.limits).next() {
                return Err(self.full(growing, stated, (cut, core), (before, resource)));
            }
            self.used.insert(core, all);
            if stated.onto == Onto::Next {
                self.taken.insert(core);
            }
            let (population, Cut { first, len, .. }) = (stated.population, *cut);
            slices.push(Placement { population, first, len, core: CoreId(core) });
        }
        Ok(slices)
    }

    fn too_few(
        &self,
        growing: &mut GrowingSlice<'_>,
        stated: &Stated,
        cuts: &[Cut],
        free: usize,
    ) -> MappingError {
        let needed = cuts.len();
        let reason = match stated.onto {
            Onto::Next => {
                format!("it needs {}, {free} of these {} are free", cores(needed), stated.cores.len())
            }
            _ => format!("it needs {needed} cores, its `cores` are {free}"),
        };
        // What runs out if those that there are take equal shares.
        let share = stated.len.div_ceil(free.max(1) as u32);
        growing.set(stated.first, share);
        let needs = needs(growing);
        let short = needs.short(self.limits).next().map(|full| {
            let (need, limit) = (needs.get(full), full.limit(self.limits));
            format!("; {share} neurons on one need {need} {}, it has {limit}", full.name())
        });
        let advice = format!("{} would do{}", cores(needed), short.unwrap_or_default());
        refused(self.network, stated, reason, advice)
    }

    fn full(
        &self,
        growing: &mut GrowingSlice<'_>,
        stated: &Stated,
        (cut, core): (&Cut, u16),
        (before, resource): (Needs, Resource),
    ) -> MappingError {
        let (needed, limit) = (before.plus(cut.needs).get(resource), resource.limit(self.limits));
        let own = cut.needs.get(resource);
        let beside =
            if own < needed { format!(", {own} of it for these {} neurons", cut.len) } else { String::new() };
        let reason = format!("core {core} would need {needed} {}, it has {limit}{beside}", resource.name());
        // How many of them the core holds: a slice that grows never needs less.
        let fits = |growing: &mut GrowingSlice<'_>, len: u32| {
            growing.set(cut.first, len);
            before.plus(needs(growing)).fit(self.limits)
        };
        let unit = Together::of(self.network, stated.population).unit.max(1);
        let (mut low, mut high) = (0, cut.len.saturating_sub(1) / unit);
        while low < high {
            let middle = low + (high - low).div_ceil(2);
            if fits(growing, middle * unit) { low = middle } else { high = middle - 1 }
        }
        let fewer = if low > 0 { format!("`count: {}`, ", low * unit) } else { "another core, ".to_owned() };
        let advice = format!("{fewer}or `{}: {needed}` of the chip, would do", resource.field());
        refused(self.network, stated, reason, advice)
    }
}
