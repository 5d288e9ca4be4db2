//! What a network takes of a chip: each resource of the fullest core and in the mean, and where slices end.
//!
//! Promises: the needs by which cores are found to be full, no others. Absent on purpose: a network that does not fit (it is
//! refused, with what would do).

use crate::report::model::{Headline, Table, TableCell};
use crate::report::quantity;
use synfire_chip::chip::Chip;
use synfire_chip::network::Network;
use synfire_chip::place::mapping::{self, Mapping};
use synfire_chip::structures::{Needs, Resource};

/// What a placed network takes.
#[derive(Debug)]
pub struct Fit<'a> {
    network: &'a Network,
    chip: &'a Chip,
    /// Core, and what is on it.
    cores: Vec<(u16, Needs)>,
}

/// How full the fullest core is of a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Fullest {
    resource: Resource,
    core: u16,
    need: u64,
    limit: u64,
}

impl Fullest {
    fn part(&self) -> f64 {
        self.need as f64 / self.limit.max(1) as f64
    }
}

impl<'a> Fit<'a> {
    /// Of a legal mapping.
    #[must_use]
    pub fn of(network: &'a Network, chip: &'a Chip, mapping: &Mapping) -> Self {
        let cores = mapping::needs(network, mapping).into_iter().map(|(core, needs)| (core.0, needs));
        Self { network, chip, cores: cores.collect() }
    }

    /// The fullest core of each resource, of equal ones the first.
    fn fullest(&self) -> Vec<Fullest> {
        let of = |resource: Resource| {
            let fullest = self.cores.iter().rev().max_by_key(|(_, needs)| needs.get(resource))?;
            let limit = resource.limit(&self.chip.limits);
            Some(Fullest { resource, core: fullest.0, need: fullest.1.get(resource), limit })
        };
        Resource::ALL.into_iter().filter_map(of).collect()
    }

    /// Cores in use, and the resource that runs out first.
    #[must_use]
    pub fn headlines(&self) -> Vec<Headline> {
        let (used, all) = (self.cores.len(), self.chip.mesh.cores());
        let cores = Headline {
            label: "cores in use".to_owned(),
            text: format!("{used} of {all}"),
            number: Some(used as f64),
            ..Headline::default()
        };
        let binds = self.fullest().into_iter().rev().max_by(|a, b| a.part().total_cmp(&b.part()));
        let binds = binds.map(|fullest| Headline {
            label: "what binds".to_owned(),
            text: fullest.resource.name().to_owned(),
            number: Some(fullest.part()),
            note: format!(
                "core {} has {} of {} ({})",
                fullest.core,
                quantity::count(fullest.need.into()),
                quantity::count(fullest.limit.into()),
                quantity::percent(fullest.part())
            ),
            ..Headline::default()
        });
        std::iter::once(cores).chain(binds).collect()
    }

    /// Each resource of the chip.
    #[must_use]
    pub fn table(&self) -> Table {
        let row = |fullest: Fullest| {
            let sum: u64 = self.cores.iter().map(|(_, needs)| needs.get(fullest.resource)).sum();
            let mean = sum as f64 / self.cores.len().max(1) as f64;
            let limit = fullest.limit.max(1) as f64;
            vec![
                TableCell::text(fullest.resource.field().trim_start_matches("limits.")),
                TableCell::count(fullest.limit.into()),
                TableCell::number(fullest.core.into(), fullest.core.to_string()),
                TableCell::count(fullest.need.into()),
                TableCell::number(fullest.part(), quantity::percent(fullest.part())),
                TableCell::number(mean, format!("{mean:.1}")),
                TableCell::number(mean / limit, quantity::percent(mean / limit)),
            ]
        };
        let columns = ["resource", "limit", "fullest core", "it needs", "full", "mean need", "mean full"];
        Table {
            title: "What the cores hold, of the chip's `limits`".to_owned(),
            columns: columns.map(str::to_owned).to_vec(),
            rows: self.fullest().into_iter().map(row).collect(),
            notes: self.ends(),
        }
    }

    /// Which limit ends the slices of each population that has several.
    fn ends(&self) -> Vec<String> {
        let line = |index: usize| {
            let ends = mapping::ends(self.network, self.chip, index);
            let of = |resource: &Resource| ends.iter().filter(|end| *end == resource).count();
            let most = Resource::ALL.into_iter().rev().max_by_key(of).filter(|most| of(most) > 0)?;
            let (name, limit) = (&self.network.populations[index].name, most.limit(&self.chip.limits));
            Some(format!("`{name}` is cut where `{}: {limit}` is full", most.field()))
        };
        (0..self.network.populations.len()).filter_map(line).collect()
    }
}

/// Limits that hold a network which a chip has too few cores for, each alone: the least with which it fits, the least raised
/// first. Each was tried.
#[must_use]
pub fn limits_that_do(network: &Network, chip: &Chip) -> Vec<String> {
    let fits = |resource: Resource, limit: u64| {
        let mut raised = chip.clone();
        resource.set_limit(&mut raised.limits, limit);
        mapping::in_order(network, &raised).is_ok()
    };
    would_do(least_limits(chip, &fits))
}

/// The same for what does not load, with the mesh's rows: `fits` tries changes, as `--set` takes them. Nothing where it fits
/// without any, or does not fit with all of them raised: something else is wrong.
#[must_use]
pub fn changes_that_do(chip: &Chip, fits: &dyn Fn(&[String]) -> bool) -> Vec<String> {
    let limit = |resource: Resource, limit: u64| format!("chip.{}={limit}", resource.field());
    let rows = |rows: u64| format!("chip.mesh.rows={rows}");
    let now = u64::from(chip.mesh.rows);
    let room = ROOM / chip.mesh.cores().max(1) as u64;
    let most = |resource: Resource| {
        let raised = resource.limit(&chip.limits).max(1).saturating_mul(RAISED);
        let is_memory = matches!(resource, Resource::SynapseMemory | Resource::LearningMemory);
        if is_memory { raised.max(room) } else { raised }.min(resource.most())
    };
    let mut raised: Vec<String> =
        Resource::ALL.into_iter().map(|resource| limit(resource, most(resource))).collect();
    raised.push(rows((now * RAISED).clamp(now, MOST_ROWS.max(now))));
    if fits(&[]) || !fits(&raised) {
        return Vec::new();
    }
    let mut all = least_limits(chip, &|resource, of| of <= most(resource) && fits(&[limit(resource, of)]));
    let least = least(now, MOST_ROWS.max(now), &|of| fits(&[rows(of)]));
    all.extend(least.map(|least| (least as f64 / now.max(1) as f64, "mesh.rows", least)));
    would_do(all)
}

/// By how much limits are raised at most where each try loads everything; memories also to so many bits of all cores.
const RAISED: u64 = 16;
const ROOM: u64 = 1 << 30;
/// Most rows of a mesh that are tried.
const MOST_ROWS: u64 = 256;

/// How many times what it is, field, value.
type Raised = (f64, &'static str, u64);

fn least_limits(chip: &Chip, fits: &dyn Fn(Resource, u64) -> bool) -> Vec<Raised> {
    let of = |resource: Resource| {
        let now = resource.limit(&chip.limits).max(1);
        let least = least(now, resource.most(), &|limit| fits(resource, limit))?;
        Some((least as f64 / now as f64, resource.field(), least))
    };
    Resource::ALL.into_iter().filter_map(of).collect()
}

/// The least above `now`, up to `most`, that does.
fn least(now: u64, most: u64, does: &dyn Fn(u64) -> bool) -> Option<u64> {
    let mut high = now;
    while high == now || !does(high) {
        if high >= most {
            return None;
        }
        high = high.saturating_mul(2).min(most);
    }
    let mut low = (high / 2).max(now);
    while low + 1 < high {
        let middle = low + (high - low) / 2;
        if does(middle) { high = middle } else { low = middle }
    }
    Some(high)
}

fn would_do(mut all: Vec<Raised>) -> Vec<String> {
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    let words =
        |(times, field, value): Raised| format!("`{field}: {value}` would do, {times:.2} times what it is");
    all.into_iter().map(words).collect()
}
