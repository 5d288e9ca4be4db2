//! Runs a rule's network on a chip that counts accesses.

use super::rules::{AuditedRule, READOUT};
use std::path::Path;
use synfire_chip::chip::Chip;
use synfire_chip::cost::analytic::Analytic;
use synfire_chip::cost::counters::NodeCounts;
use synfire_chip::cost::stage::{Spent, Stage};
use synfire_chip::cost::widths::Widths;
use synfire_chip::files::schema::NetworkFile;
use synfire_chip::files::{self, Diagnostic, Diagnostics, NetworkOverrides};
use synfire_chip::network::Network;
use synfire_chip::run::machine::{Machine, RunOptions};
use synfire_chip::run::probe::Recorder;
use synfire_chip::run::program::{Control, Program, StepEvents, StimulusSpike};
use synfire_core::dither::{Purpose, row_key, word};
use synfire_plasticity::access::Access;
use synfire_plasticity::config::ErrorSignal;
use synfire_plasticity::variables::{Tally, Variable};

/// Neurons of a layer in the counted run.
pub const NEURONS: u32 = 32;
/// Steps of the counted run.
pub const STEPS: u32 = 200;
/// An input spikes in one step of so many.
const INPUT_PERIOD: u32 = 5;
/// Targets change after so many steps.
const TARGET_PERIOD: u32 = 20;

/// What was declared and what was counted.
pub struct Counted {
    /// Declared by the parts of all units.
    pub declared: Access,
    /// Reads and writes.
    pub tally: Tally,
    /// What the hardware did.
    pub counts: NodeCounts,
    /// Cores in use.
    pub cores: usize,
    /// Of its words, which composed prices depend on.
    pub widths: Widths,
    /// The network that ran.
    pub network: Network,
}

impl Counted {
    /// Variables that were read or written.
    #[must_use]
    pub fn accessed(&self) -> Access {
        let of = |pick: fn((u64, u64)) -> u64| {
            Variable::ALL.iter().copied().filter(|v| pick(self.tally.of(*v)) > 0).collect()
        };
        Access { reads: of(|(reads, _)| reads), writes: of(|(_, writes)| writes) }
    }
}

/// The chip that audits run on.
///
/// # Errors
/// When the preset cannot be read.
pub fn chip() -> Result<Chip, Diagnostics> {
    files::load_chip("paper", Path::new("."))
}

/// Loads a network file's value for `chip`; `name` is what problems are reported under.
///
/// # Errors
/// When it is not one.
pub fn load(name: &str, file: &NetworkFile, chip: &Chip) -> Result<Network, Diagnostics> {
    files::network_from_value(name, file, Path::new("."), chip, &NetworkOverrides::default())
}

/// Builds a rule's network on `chip`.
///
/// # Errors
/// When it does not fit the chip.
pub fn build(rule: &AuditedRule, neurons: u32, chip: &Chip) -> Result<(Network, Machine), Diagnostics> {
    let name = format!("<audit of {}>", rule.name);
    let network = load(&name, &rule.network(neurons), chip)?;
    let machine = Machine::new(&network, chip)
        .map_err(|e| Diagnostics::from(Diagnostic::new(format!("{name} at {neurons} neurons: {e}"))))?;
    Ok((network, machine))
}

/// Input spikes, changing targets, learning on.
#[must_use]
pub fn program(network: &Network, steps: u32) -> Program {
    let seed = Purpose::Stimulus.seed(network.seed);
    let mut readouts = network.populations.iter().filter_map(|p| Some((p.readout?, p.neurons)));
    let readout = readouts.find(|(readout, _)| !matches!(readout.signal, ErrorSignal::Modulation { .. }));
    let (first, neurons, spikes) = readout.map_or((0, READOUT, false), |(readout, neurons)| {
        let spikes = matches!(readout.signal, ErrorSignal::FilteredSpikes { .. });
        (readout.first_channel, neurons, spikes)
    });
    // A lone neuron has its target in every other period.
    let choices = neurons.max(2);
    let one = if spikes { 1 } else { 1 << network.datapath.state_fraction };
    let step = |step: u32| {
        let mut events = StepEvents::default();
        if step == 0 {
            events.control.push(Control::Learn(true));
        }
        if step.is_multiple_of(TARGET_PERIOD) {
            let right = word(row_key(seed, u64::from(step), 1, 0), 0) % choices;
            events.control.extend((0..neurons).map(|k| Control::Target {
                channel: first + k as u16,
                value: if k == right { one } else { 0 },
            }));
        }
        let row = row_key(seed, u64::from(step), 0, 0);
        let fires = (0..network.inputs[0].neurons).filter(|i| word(row, *i).is_multiple_of(INPUT_PERIOD));
        events.spikes.extend(fires.map(|neuron| StimulusSpike { input: 0, neuron, count: 1 }));
        events
    };
    (0..steps).map(step).collect()
}

/// Runs the rule and counts.
///
/// # Errors
/// When the network does not fit, or the run fails.
pub fn count(rule: &AuditedRule, chip: &Chip) -> Result<Counted, Diagnostics> {
    let (network, mut machine) = build(rule, NEURONS, chip)?;
    machine.nodes.iter_mut().for_each(|node| node.unit.start_tally());
    let mut recorder = Recorder::new(Vec::new(), &machine.nodes);
    let options = RunOptions { threads: 1, interrupt: None };
    let mut costs = Analytic::new(&machine);
    costs.enter(Stage::Training);
    machine
        .run_observed(&program(&network, STEPS), options, &mut recorder, &mut costs)
        .map_err(|e| Diagnostics::from(Diagnostic::new(e.to_string())))?;
    let (mut declared, tally) = (Access::default(), Tally::default());
    for node in &machine.nodes {
        declared.join(&node.unit.declared());
        if let Some(own) = node.unit.tally() {
            tally.add(own);
        }
    }
    let Spent { counts, widths, .. } = costs.costs().training;
    Ok(Counted { declared, tally, counts, cores: machine.nodes.len(), widths, network })
}
