//! Figures of a summary: what some steps cost, as exact numbers, and how figures are added.
//!
//! Promises: as `summary`. Absent on purpose: which parts a run has, and what stands beside their figures (`summary`).

use super::bill::Work;
use serde::Serialize;
use std::collections::BTreeMap;
use synfire_chip::chip::{Chip, TimeModel};
use synfire_chip::cost::counters::NodeCounts;
use synfire_chip::cost::energy::{Bill, Item, Rate, Unknown};
use synfire_chip::cost::stage::{Costs, Spent, Stage};
use synfire_chip::technology::Kind;

/// What some steps cost.
#[derive(Debug, Default, Serialize)]
pub(super) struct Figures {
    pub(super) steps: u64,
    pub(super) counts: NodeCounts,
    time: Time,
    energy: Energy,
    busiest_link_packets: u64,
    unpublished: Vec<Unpublished>,
}

#[derive(Debug, Default, Serialize)]
struct Time {
    total_ps: u128,
    longest_step_ps: u64,
    clock_cycles: Option<u128>,
    steps_over_tick: u64,
    wall_ps: u128,
    /// Steps whose network's part was due to each, as the analytic model has it: `None` where it did not watch.
    steps_by_way: Option<u64>,
    steps_by_link: Option<u64>,
    steps_by_port: Option<u64>,
    steps_by_host_port: Option<u64>,
    /// Of the cycle model, where it ran.
    #[serde(skip_serializing_if = "Option::is_none")]
    cycle_model: Option<CycleTime>,
}

#[derive(Clone, Copy, Debug, Default, Serialize)]
struct CycleTime {
    total_ps: u128,
    core_ps: u128,
    network_ps: u128,
    barrier_ps: u128,
    host_waited_ps: u128,
    longest_step_ps: u64,
}

#[derive(Debug, Default, Serialize)]
struct Energy {
    total_aj: u128,
    /// Ends of the total; equal to it where prices state none.
    low_aj: u128,
    high_aj: u128,
    /// What of the total is assumed: a price that does not say its kind is.
    assumed_aj: u128,
    by_component_aj: BTreeMap<&'static str, u128>,
    /// By what it was spent for; static power is a row of its own.
    by_activity_aj: BTreeMap<&'static str, u128>,
    by_component_ends_aj: BTreeMap<&'static str, Ends>,
    by_operation: Vec<Line>,
}

/// Ends of an energy.
#[derive(Clone, Copy, Debug, Default, Serialize)]
struct Ends {
    low: u128,
    high: u128,
}

/// Ends of each component of a bill.
fn ends(bill: &Bill) -> BTreeMap<&'static str, Ends> {
    let mut all: BTreeMap<&'static str, Ends> = BTreeMap::new();
    for item in &bill.items {
        let own = all.entry(item.component).or_default();
        (own.low, own.high) = (own.low + item.ends.0, own.high + item.ends.1);
    }
    all
}

/// A line of the bill.
#[derive(Clone, Debug, Serialize)]
struct Line {
    operation: &'static str,
    component: &'static str,
    count: u128,
    /// Attojoules an operation; null where the price is no such number.
    price_aj: Option<u64>,
    part_of: Option<String>,
    /// Of static power.
    microwatts: Option<u64>,
    /// Of leakage.
    #[serde(skip_serializing_if = "Option::is_none")]
    picowatts: Option<u64>,
    /// What kind of number the price is; null where there is none.
    price_kind: Option<&'static str>,
    total_aj: u128,
    /// Ends of the line, and what of it is assumed.
    low_aj: u128,
    high_aj: u128,
    assumed_aj: u128,
}

/// Operations that took part and have no published price or time.
#[derive(Clone, Debug, Serialize)]
struct Unpublished {
    what: &'static str,
    operation: &'static str,
    field: &'static str,
    count: u128,
}

fn unpublished(what: &'static str) -> impl Fn(Unknown) -> Unpublished {
    move |Unknown { operation, field, count }| Unpublished { what, operation, field, count }
}

fn line(item: Item) -> Line {
    let (mut price_aj, mut part_of, mut microwatts, mut picowatts) = (None, None, None, None);
    match item.rate {
        Rate::Attojoules(price) => price_aj = Some(price),
        Rate::PartOf(other) => part_of = Some(other),
        Rate::Microwatts(power, _) => microwatts = Some(power),
        Rate::Picowatts(power, _) => picowatts = Some(power),
        Rate::Unpublished => {}
    }
    Line {
        operation: item.operation,
        component: item.component,
        count: item.count,
        price_aj,
        part_of,
        microwatts,
        picowatts,
        price_kind: item.kind.map(Kind::name),
        total_aj: item.attojoules,
        low_aj: item.ends.0,
        high_aj: item.ends.1,
        assumed_aj: item.assumed,
    }
}

/// The figures of what was spent on so many cores.
pub(super) fn figures(chip: &Chip, spent: &Spent, cores: usize) -> Figures {
    let work = Work::of(chip, *spent, cores);
    let bill = work.bill();
    let elapsed = &spent.elapsed;
    let prices = bill.unknown().map(unpublished("price"));
    let times = work.untimed().into_iter().map(unpublished("time"));
    let bound = |steps: u64| (work.model != TimeModel::Cycle).then_some(steps);
    Figures {
        steps: elapsed.steps,
        counts: spent.counts,
        time: Time {
            total_ps: elapsed.total_ps,
            longest_step_ps: elapsed.longest_ps,
            clock_cycles: elapsed.cycles(&chip.timing),
            steps_over_tick: elapsed.overruns,
            wall_ps: elapsed.wall_ps,
            steps_by_way: bound(elapsed.by_way),
            steps_by_link: bound(elapsed.by_link),
            steps_by_port: bound(elapsed.by_port),
            steps_by_host_port: bound(elapsed.by_host_port),
            cycle_model: spent.cycle.map(|times| CycleTime {
                total_ps: times.elapsed.total_ps,
                core_ps: times.core_ps,
                network_ps: times.network_ps,
                barrier_ps: times.barrier_ps,
                host_waited_ps: times.host_waited_ps,
                longest_step_ps: times.elapsed.longest_ps,
            }),
        },
        energy: Energy {
            total_aj: bill.total(),
            low_aj: bill.ends().0,
            high_aj: bill.ends().1,
            assumed_aj: bill.assumed(),
            by_component_aj: bill.by_component(),
            by_activity_aj: bill.by_activity(),
            by_component_ends_aj: ends(&bill),
            by_operation: bill.items.iter().cloned().map(line).collect(),
        },
        busiest_link_packets: spent.busiest_link,
        unpublished: prices.chain(times).collect(),
    }
}

/// Adds what is known.
fn add(sum: &mut Option<u64>, part: Option<u64>) {
    if let Some(part) = part {
        *sum.get_or_insert(0) += part;
    }
}

/// The figures of parts together; of none, nothing.
pub(super) fn together<'a>(parts: impl Iterator<Item = &'a Figures>) -> Figures {
    let mut all = Figures::default();
    for part in parts {
        all.steps += part.steps;
        all.counts.add(&part.counts);
        all.time.total_ps += part.time.total_ps;
        all.time.wall_ps += part.time.wall_ps;
        all.time.longest_step_ps = all.time.longest_step_ps.max(part.time.longest_step_ps);
        all.time.steps_over_tick += part.time.steps_over_tick;
        add(&mut all.time.steps_by_way, part.time.steps_by_way);
        add(&mut all.time.steps_by_link, part.time.steps_by_link);
        add(&mut all.time.steps_by_port, part.time.steps_by_port);
        add(&mut all.time.steps_by_host_port, part.time.steps_by_host_port);
        if let Some(part) = part.time.cycle_model {
            let all = all.time.cycle_model.get_or_insert_default();
            all.total_ps += part.total_ps;
            all.core_ps += part.core_ps;
            all.network_ps += part.network_ps;
            all.barrier_ps += part.barrier_ps;
            all.host_waited_ps += part.host_waited_ps;
            all.longest_step_ps = all.longest_step_ps.max(part.longest_step_ps);
        }
        let cycles = part.time.clock_cycles.map(|cycles| cycles + all.time.clock_cycles.unwrap_or(0));
        all.time.clock_cycles = cycles.or(all.time.clock_cycles);
        all.energy.total_aj += part.energy.total_aj;
        all.energy.low_aj += part.energy.low_aj;
        all.energy.high_aj += part.energy.high_aj;
        all.energy.assumed_aj += part.energy.assumed_aj;
        for (component, attojoules) in &part.energy.by_component_aj {
            *all.energy.by_component_aj.entry(*component).or_default() += attojoules;
        }
        for (activity, attojoules) in &part.energy.by_activity_aj {
            *all.energy.by_activity_aj.entry(*activity).or_default() += attojoules;
        }
        for (component, ends) in &part.energy.by_component_ends_aj {
            let own = all.energy.by_component_ends_aj.entry(*component).or_default();
            (own.low, own.high) = (own.low + ends.low, own.high + ends.high);
        }
        for line in &part.energy.by_operation {
            match all.energy.by_operation.iter_mut().find(|sum| sum.operation == line.operation) {
                Some(sum) => {
                    sum.count += line.count;
                    sum.total_aj += line.total_aj;
                    sum.low_aj += line.low_aj;
                    sum.high_aj += line.high_aj;
                    sum.assumed_aj += line.assumed_aj;
                }
                None => all.energy.by_operation.push(line.clone()),
            }
        }
        all.busiest_link_packets = all.busiest_link_packets.max(part.busiest_link_packets);
        for one in &part.unpublished {
            let same = |sum: &&mut Unpublished| (sum.what, sum.operation) == (one.what, one.operation);
            match all.unpublished.iter_mut().find(same) {
                Some(sum) => sum.count += one.count,
                None => all.unpublished.push(one.clone()),
            }
        }
    }
    all
}

/// Name and figures of each stage that took place.
pub(super) fn stages(chip: &Chip, costs: &Costs, cores: usize) -> BTreeMap<&'static str, Figures> {
    let names = [("training", Stage::Training), ("test", Stage::Test), ("inference", Stage::Inference)];
    let took_place = |(_, stage): &(_, Stage)| costs.of(*stage).elapsed.steps > 0;
    names
        .into_iter()
        .filter(took_place)
        .map(|(name, stage)| (name, figures(chip, costs.of(stage), cores)))
        .collect()
}
