//! What a model of time saw of a run, in detail: by core and population, by link, by step. Reports and tables are made of
//! it, and any model can fill it.
//!
//! Promises: counts only, nothing priced; of links those that a packet passed, of steps those of the model's window.
//! Absent on purpose: energies (`ledger`), texts.

use crate::cost::analytic::Analytic;
use crate::cost::counters::{NodeCounts, OPERATIONS};
use crate::cost::cycle::totals::{CoreSum, Link};
use crate::cost::memory::CoreMemory;
use crate::cost::stage::{ByStage, Stage};
use crate::cost::time::{Bound, Elapsed};
use crate::cost::widths::Widths;
use crate::network::{Network, Source};
use crate::place::router_tables::RouterTable;
use crate::run::machine::Machine;
use serde::{Deserialize, Serialize};
use synfire_router::loads::Load;
use synfire_router::network::statistics::{Histogram, LinkCounts};
use synfire_router::topology::Topology;

/// Counts in the order of the table of operations.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Counted(pub Vec<u64>);

impl From<&NodeCounts> for Counted {
    fn from(counts: &NodeCounts) -> Self {
        Self(OPERATIONS.iter().map(|operation| (operation.count)(counts)).collect())
    }
}

impl Counted {
    /// The count of a field of [`NodeCounts`], by its path; 0 of another.
    #[must_use]
    pub fn of(&self, record: &str) -> u64 {
        let index = OPERATIONS.iter().position(|operation| operation.record == record);
        index.and_then(|index| self.0.get(index)).copied().unwrap_or(0)
    }
}

/// A population.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PopulationDetail {
    /// Its name.
    pub name: String,
    /// Its neurons.
    pub neurons: u32,
    /// The fewest projections on a way from an input; 0 where no input reaches it.
    pub layer: u32,
}

/// An input population.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputDetail {
    /// Its name.
    pub name: String,
    /// Cores that its channels sit on, in order; empty where the host sends its spikes.
    pub cores: Vec<u16>,
    /// Port of the host that it names.
    pub port: Option<u16>,
}

/// Neurons of a population in a core.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SliceDetail {
    /// Index of the population.
    pub population: u32,
    /// The first of its neurons here.
    #[serde(default)]
    pub first: u32,
    /// Its neurons here.
    pub neurons: u64,
    /// What they, their axons and their synapses did, and the packets that they sent.
    pub counts: ByStage<Counted>,
}

/// A core in use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CoreDetail {
    /// Its number.
    pub core: u16,
    /// Memory.
    pub memory: CoreMemory,
    /// How long it was at work, picoseconds: of every step its own time, not that of the slowest; by the cycle model until
    /// its phases were done and its packets marked.
    pub work_ps: ByStage<u128>,
    /// What its units did and waited for, where the cycle model ran.
    pub machine: Option<ByStage<CoreSum>>,
    /// Its slices.
    pub slices: Vec<SliceDetail>,
    /// What it fetched when packets arrived, for whichever slice; nothing where rows are fetched at use.
    pub shared: ByStage<Counted>,
}

impl CoreDetail {
    /// Everything that was counted of it in a stage.
    pub fn counts(&self, stage: Stage) -> impl Iterator<Item = &Counted> {
        self.slices.iter().map(move |slice| slice.counts.of(stage)).chain([self.shared.of(stage)])
    }
}

/// A link that packets passed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkDetail {
    /// Which. Those between a core and its router only where the cycle model simulated a network.
    pub link: Link,
    /// Router that it leads from, or that its core is at. Those of tiles have the numbers of the tiles, row by row.
    pub from: u32,
    /// Router that it leads to, or that its core is at.
    pub to: u32,
    /// What passed it, by routes; nothing between a core and its router.
    pub loads: ByStage<Load>,
    /// What a simulated network counted.
    pub flow: Option<ByStage<Flow>>,
}

/// What a simulated network counted of a link.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flow {
    /// Flits, their peak, and what waited.
    pub counts: LinkCounts,
    /// How long flits held it, picoseconds.
    pub held_ps: u128,
}

/// The link that decided a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CriticalLink {
    /// Which.
    pub link: Link,
    /// By what.
    pub load: LinkLoad,
}

/// By what a link is the most loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LinkLoad {
    /// So many packets passed it.
    Packets(u64),
    /// Flits held it so long, picoseconds.
    Held(u64),
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepDetail {
    /// Its number since reset.
    pub step: u64,
    /// What it belongs to.
    pub stage: Stage,
    /// The slowest core, picoseconds.
    pub core_ps: u64,
    /// What the network adds, picoseconds.
    pub network_ps: u64,
    /// The barrier, picoseconds.
    pub barrier_ps: u64,
    /// What the network's part was due to.
    pub bound: Bound,
    /// The core that took longest.
    pub core: Option<u16>,
    /// The link that most packets passed; by the cycle model the one that was held longest.
    pub link: Option<CriticalLink>,
    /// What was counted, packets from the host too.
    pub counts: Counted,
    /// Cores, network and barrier by the cycle model, picoseconds, where it ran beside the one that the times are of.
    pub other: Option<[u64; 3]>,
}

impl StepDetail {
    /// All of it, picoseconds.
    #[must_use]
    pub const fn total_ps(&self) -> u64 {
        self.core_ps + self.network_ps + self.barrier_ps
    }
}

/// Steps that have no row of their own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Earlier {
    /// What was counted.
    pub counts: Counted,
    /// How many, and how long.
    pub elapsed: Elapsed,
    /// How long by the cycle model, picoseconds, where it ran beside the one that the times are of.
    pub other_ps: Option<u128>,
}

/// A run in detail.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Detail {
    /// Populations, in the order of the network.
    pub populations: Vec<PopulationDetail>,
    /// Inputs, in the order of the network.
    #[serde(default)]
    pub inputs: Vec<InputDetail>,
    /// Cores in use, ascending.
    pub cores: Vec<CoreDetail>,
    /// Packets from the host and their hops.
    pub host: ByStage<Counted>,
    /// Time.
    pub elapsed: ByStage<Elapsed>,
    /// Of the words, for prices that are composed.
    pub widths: Widths,
    /// Links that packets passed, ascending.
    pub links: Vec<LinkDetail>,
    /// Tables of keys in routers, ascending; none where cores have the keys.
    #[serde(default)]
    pub routers: Vec<RouterTable>,
    /// What came before the steps below.
    pub earlier: ByStage<Earlier>,
    /// The last steps.
    pub steps: Vec<StepDetail>,
    /// How long the steps were by the cycle model, picoseconds, where it ran.
    pub cycle_ps: Option<ByStage<u128>>,
    /// Latencies of packets, from being made to the tail's arrival, in cycles of a simulated network.
    pub latency: Option<ByStage<Histogram>>,
}

pub(super) fn by_stage<T>(of: impl FnMut(Stage) -> T) -> ByStage<T> {
    let [training, test, inference] = Stage::ALL.map(of);
    ByStage { training, test, inference }
}

/// Layer of each population: the fewest projections on a way from an input.
#[must_use]
pub fn layers(network: &Network) -> Vec<u32> {
    let mut layers = vec![0; network.populations.len()];
    for layer in 1..=layers.len() as u32 {
        let from = |source: &Source| match source {
            Source::Input(_) => layer == 1,
            Source::Population(index) => layer > 1 && layers[*index] == layer - 1,
        };
        let reached = network.projections.iter().filter(|projection| from(&projection.source));
        let reached: Vec<usize> = reached.map(|projection| projection.target).collect();
        reached.into_iter().for_each(|target| {
            if layers[target] == 0 {
                layers[target] = layer;
            }
        });
    }
    layers
}

/// Number and ends of every link.
fn links(topology: &Topology) -> Vec<(u32, u32, u32)> {
    let shape = topology.shape;
    let ports = (0..shape.routers()).flat_map(|at| (0..shape.ways()).map(move |port| (at, port)));
    let led = ports.filter_map(|(at, port)| {
        let (to, _, link) = shape.neighbour(at, port)?;
        Some((link as u32, at, to))
    });
    let mut links: Vec<_> = led.collect();
    links.sort_unstable();
    links
}

impl Analytic {
    /// What the model saw of the run of `network` on `machine`.
    #[must_use]
    pub fn detail(&self, machine: &Machine, network: &Network) -> Detail {
        let layers = layers(network);
        let population = |(of, layer): (&crate::network::Population, u32)| PopulationDetail {
            name: of.name.clone(),
            neurons: of.neurons,
            layer,
        };
        let input = |of: &crate::network::Input| InputDetail {
            name: of.name.clone(),
            cores: of.cores.clone(),
            port: of.port,
        };
        let costs = self.costs();
        let earlier = self.window().earlier();
        let before = |stage| {
            let (counts, elapsed) = earlier.of(stage);
            Earlier { counts: counts.into(), elapsed: *elapsed, other_ps: None }
        };
        Detail {
            populations: network.populations.iter().zip(layers).map(population).collect(),
            inputs: network.inputs.iter().map(input).collect(),
            cores: self.core_details(machine),
            host: by_stage(|stage| self.host(stage).into()),
            elapsed: by_stage(|stage| costs.of(stage).elapsed),
            widths: costs.whole().widths,
            links: self.link_details(&machine.chip.topology()),
            routers: machine.router_tables().to_vec(),
            earlier: by_stage(before),
            steps: self.step_details(),
            cycle_ps: None,
            latency: None,
        }
    }

    fn core_details(&self, machine: &Machine) -> Vec<CoreDetail> {
        let cores = machine.nodes.iter().zip(machine.memory()).enumerate();
        let core = |(index, (node, memory)): (usize, (&crate::run::node::Node, CoreMemory))| CoreDetail {
            core: node.id.0,
            memory,
            work_ps: by_stage(|stage| self.work_ps(index, stage)),
            machine: None,
            slices: (node.core.slices.iter().enumerate())
                .map(|(number, slice)| SliceDetail {
                    population: slice.population,
                    first: slice.first,
                    neurons: slice.len as u64,
                    counts: by_stage(|stage| self.slice(index, number, stage).into()),
                })
                .collect(),
            shared: by_stage(|stage| self.taken(index, stage).map_or_else(Counted::default, Counted::from)),
        };
        cores.map(core).collect()
    }

    fn link_details(&self, topology: &Topology) -> Vec<LinkDetail> {
        let load = |link: u32, stage| self.loads(stage).get(link as usize).copied().unwrap_or_default();
        let detail = |(link, from, to)| LinkDetail {
            link: Link::Between(link),
            from,
            to,
            loads: by_stage(|stage| load(link, stage)),
            flow: None,
        };
        let passed = |link: &LinkDetail| Stage::ALL.iter().any(|stage| link.loads.of(*stage).packets > 0);
        links(topology).into_iter().map(detail).filter(passed).collect()
    }

    fn step_details(&self) -> Vec<StepDetail> {
        let detail = |crate::cost::window::Row { figures, link, .. }: &crate::cost::window::Row| StepDetail {
            step: figures.step,
            stage: figures.stage,
            core_ps: figures.time.core_ps,
            network_ps: figures.time.network_ps,
            barrier_ps: figures.time.barrier_ps,
            bound: figures.time.bound,
            core: (figures.time.core_ps > 0).then_some(figures.critical_core.0),
            link: link.map(|busiest| CriticalLink {
                link: Link::Between(busiest.link),
                load: LinkLoad::Packets(busiest.packets),
            }),
            counts: (&figures.counts).into(),
            other: None,
        };
        self.window().steps().map(detail).collect()
    }
}
