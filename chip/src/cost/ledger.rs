//! The ledger: who spent the energy of a run, in several views of one total.
//!
//! A view has a row for each owner, a column for each component (price field). What is done by a population's neurons,
//! axons and synapses is its own, wherever they sit. What has no owner is a row of its own and is never divided: hops are
//! the network's, packets from the host the host's; what a core draws all the time, and what it fetches when packets
//! arrive, is its population's where it holds one, and a row of its own where it holds several; cores that are not in use are a row.
//!
//! Promises: the rows of every view sum to the same total, exactly, and so do those of each stage. Power that is not a whole
//! number of attojoules is shared out by differences of running sums, so that nothing is lost by rounding.
//! Absent on purpose: counting (`analytic`), what a price is (`prices`), bills by operation (`energy`).

use crate::chip::Chip;
use crate::cost::amount::Amount;
use crate::cost::counters::{OPERATIONS, Operation};
use crate::cost::detail::{CoreDetail, Counted, Detail};
use crate::cost::energy::{CORE_STATIC, Powered, drawing, drawn_energy};
use crate::cost::prices::{Energy, PowerClock, StaticPower};
use crate::cost::stage::{Drawn, Stage};
use std::collections::BTreeMap;

/// Whose energy a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Owner {
    /// A core.
    Core(u16),
    /// A population.
    Population(u32),
    /// Populations of a layer.
    Layer(u32),
    /// A core that several populations (or layers) share: what it draws all the time, and fetches at arrival.
    Shared(u16),
    /// Routers and links.
    Network,
    /// Packets from the host.
    Host,
    /// Cores without a neuron.
    Unused,
}

/// One row of a view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Whose it is.
    pub owner: Owner,
    /// In which stage.
    pub stage: Stage,
    /// By component, in the order of [`Ledger::components`].
    pub amounts: Vec<Amount>,
}

impl Row {
    /// All components.
    #[must_use]
    pub fn total(&self) -> Amount {
        self.amounts.iter().copied().sum()
    }
}

/// Energy of one step, or of steps together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepRow {
    /// Index in the detail's steps; `None`: all earlier ones of the stage.
    pub step: Option<usize>,
    /// What it belongs to.
    pub stage: Stage,
    /// By component.
    pub amounts: Vec<Amount>,
}

/// The views.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ledger {
    /// Price fields, then what is drawn all the time.
    pub components: Vec<&'static str>,
    /// By stage and component.
    pub stages: Vec<(Stage, Vec<Amount>)>,
    /// By core.
    pub cores: Vec<Row>,
    /// By population.
    pub populations: Vec<Row>,
    /// By layer.
    pub layers: Vec<Row>,
    /// By step.
    pub steps: Vec<StepRow>,
}

/// Whether an operation is done by routers and links, whoever sends the packet: a hop, or a look-up in a router.
#[must_use]
pub fn of_network(operation: &Operation) -> bool {
    operation.record.starts_with("hops_") || operation.record == "router_lookups"
}

/// Prices of operations, by their place in the table.
struct Prices {
    components: Vec<&'static str>,
    of: Vec<Option<(usize, Amount)>>,
    power: StaticPower,
}

impl Prices {
    fn new(energy: &Energy) -> Self {
        let prices = energy.prices();
        let mut components: Vec<&'static str> = Vec::new();
        let mut of = Vec::new();
        for operation in OPERATIONS {
            let price = prices.iter().find(|(name, _)| operation.price == Some(*name));
            of.push(price.map(|(name, price)| {
                let known = components.iter().position(|component| component == name);
                let component = known.unwrap_or_else(|| {
                    components.push(name);
                    components.len() - 1
                });
                (component, Amount::of(price))
            }));
        }
        components.push(CORE_STATIC);
        Self { components, of, power: energy.core_static.clone() }
    }

    fn none(&self) -> Vec<Amount> {
        vec![Amount::default(); self.components.len()]
    }

    /// Adds what the selected operations of `counts` cost.
    fn bill(&self, counts: &Counted, select: impl Fn(&Operation) -> bool, to: &mut [Amount]) {
        for ((operation, price), count) in OPERATIONS.iter().zip(&self.of).zip(&counts.0) {
            if let (Some((component, price)), true) = (price, select(operation)) {
                to[*component] += price.times(u128::from(*count));
            }
        }
    }

    fn add_static(to: &mut [Amount], amount: Amount) {
        if let Some(last) = to.last_mut() {
            *last += amount;
        }
    }
}

/// Hands out what is drawn, part by part: each part gets the difference of two running sums.
struct Shares<'a> {
    power: &'a StaticPower,
    /// Core-picoseconds handed out.
    done: u128,
    given: Amount,
}

impl<'a> Shares<'a> {
    fn of(power: &'a StaticPower) -> Self {
        Self { power, done: 0, given: Amount::default() }
    }

    fn next(&mut self, core_ps: u128) -> Amount {
        self.done += core_ps;
        let sum = drawn_energy(self.power, self.done);
        let part = sum - self.given;
        self.given = sum;
        part
    }
}

/// What the cores of a stage draw: each core in use, and all others together.
fn drawn_by_cores(power: &StaticPower, powered: &Powered, stage: Stage) -> (Vec<Amount>, Amount) {
    let (cores, ps) = drawing(power, powered);
    let ps = ps[stage as usize];
    let mut shares = Shares::of(power);
    let used = (0..powered.used).map(|_| shares.next(ps)).collect();
    (used, shares.next(ps * (cores - powered.used as u128)))
}

/// Rows of a view under construction.
struct View<'a> {
    prices: &'a Prices,
    stage: Stage,
    rows: BTreeMap<Owner, Vec<Amount>>,
}

impl View<'_> {
    fn row(&mut self, owner: Owner) -> &mut Vec<Amount> {
        self.rows.entry(owner).or_insert_with(|| self.prices.none())
    }

    fn bill(&mut self, owner: Owner, counts: &Counted, select: impl Fn(&Operation) -> bool) {
        let prices = self.prices;
        prices.bill(counts, select, self.row(owner));
    }

    fn rows(self) -> impl Iterator<Item = Row> {
        let stage = self.stage;
        self.rows.into_iter().map(move |(owner, amounts)| Row { owner, stage, amounts })
    }
}

/// What of a core's draw belongs to whom: to the one owner of its slices, or to nobody.
fn owner_of_core(core: &CoreDetail, owner: impl Fn(u32) -> Owner) -> Owner {
    let mut owners = core.slices.iter().map(|slice| owner(slice.population));
    match owners.next() {
        Some(first) if owners.all(|other| other == first) => first,
        _ => Owner::Shared(core.core),
    }
}

impl Ledger {
    /// The ledger of a run on `chip`.
    #[must_use]
    pub fn of(detail: &Detail, chip: &Chip) -> Self {
        let prices = Prices::new(&chip.prices(&detail.widths));
        let took_place: Vec<Stage> =
            Stage::ALL.into_iter().filter(|stage| detail.elapsed.of(*stage).steps > 0).collect();
        let drawn = Stage::ALL.map(|stage| Drawn::alone(stage, detail.elapsed.of(stage))[stage as usize]);
        let powered = Powered { used: detail.cores.len(), all: chip.mesh.cores(), drawn };
        let population = |of: u32| Owner::Population(of);
        let layer = |of: u32| Owner::Layer(detail.populations.get(of as usize).map_or(0, |of| of.layer));
        let view = |by: &dyn Fn(&CoreDetail, u32) -> Owner, of_core: &dyn Fn(&CoreDetail) -> Owner| {
            let rows = took_place.iter().flat_map(|stage| {
                Self::view(detail, &prices, &powered, *stage, by, of_core).rows().collect::<Vec<_>>()
            });
            rows.collect::<Vec<Row>>()
        };
        let cores = view(&|core, _| Owner::Core(core.core), &|core| Owner::Core(core.core));
        let stages = took_place.iter().map(|stage| {
            let mut sums = prices.none();
            let own = cores.iter().filter(|row| row.stage == *stage);
            own.for_each(|row| sums.iter_mut().zip(&row.amounts).for_each(|(sum, amount)| *sum += *amount));
            (*stage, sums)
        });
        Self {
            stages: stages.collect(),
            populations: view(&|_, of| population(of), &|core| owner_of_core(core, population)),
            layers: view(&|_, of| layer(of), &|core| owner_of_core(core, layer)),
            steps: Self::by_step(detail, &prices, &powered, chip, &took_place),
            cores,
            components: prices.components,
        }
    }

    fn view<'a>(
        detail: &Detail,
        prices: &'a Prices,
        powered: &Powered,
        stage: Stage,
        by: &dyn Fn(&CoreDetail, u32) -> Owner,
        of_core: &dyn Fn(&CoreDetail) -> Owner,
    ) -> View<'a> {
        let mut view = View { prices, stage, rows: BTreeMap::new() };
        let (used, unused) = drawn_by_cores(&prices.power, powered, stage);
        for (core, drawn) in detail.cores.iter().zip(used) {
            for slice in &core.slices {
                let counts = slice.counts.of(stage);
                view.bill(by(core, slice.population), counts, |operation| !of_network(operation));
                view.bill(Owner::Network, counts, of_network);
            }
            view.bill(of_core(core), core.shared.of(stage), |_| true);
            Prices::add_static(view.row(of_core(core)), drawn);
        }
        let host = detail.host.of(stage);
        view.bill(Owner::Host, host, |operation| !of_network(operation));
        view.bill(Owner::Network, host, of_network);
        if unused != Amount::default() {
            Prices::add_static(view.row(Owner::Unused), unused);
        }
        view
    }

    fn by_step(
        detail: &Detail,
        prices: &Prices,
        powered: &Powered,
        chip: &Chip,
        stages: &[Stage],
    ) -> Vec<StepRow> {
        let (cores, _) = drawing(&prices.power, powered);
        let busy = prices.power.drawn().is_some_and(|(clock, _)| clock == PowerClock::Busy);
        let mut shares = Stage::ALL.map(|_| Shares::of(&prices.power));
        let mut row = |stage: Stage, step, counts: &Counted, ps: u128| {
            let mut amounts = prices.none();
            prices.bill(counts, |_| true, &mut amounts);
            Prices::add_static(&mut amounts, shares[stage as usize].next(ps * cores));
            StepRow { step, stage, amounts }
        };
        let mut rows = Vec::new();
        for stage in stages {
            let before = detail.earlier.of(*stage);
            if before.elapsed.steps > 0 {
                let ps = if busy { before.elapsed.total_ps } else { before.elapsed.wall_ps };
                rows.push(row(*stage, None, &before.counts, ps));
            }
        }
        for (index, step) in detail.steps.iter().enumerate() {
            let tick = if busy { 0 } else { chip.timing.tick_ps.unwrap_or(0) };
            let ps = u128::from(step.total_ps().max(tick));
            rows.push(row(step.stage, Some(index), &step.counts, ps));
        }
        rows
    }
}
