//! A vector: a network, a program, their run on the chip and by the plain reference, and their files.
//!
//! Promises: a vector is a function of seed and number; its files are what [`export`](crate::hardware::export) writes, and the
//! trace of all registers. Absent on purpose: which vectors there are.

use super::aim::{AIMS, Aim, aim};
use super::coverage::Coverage;
use super::draw::choices::Choices;
use super::draw::{network, program};
use super::observe;
use crate::experiment::file::{TraceFormFile, TracedRegisters};
use crate::experiment::record::retired::Retired;
use crate::hardware::error::HardwareError;
use crate::hardware::export::{Exported, export};
use crate::hardware::layout::Layout;
use crate::hardware::manifest::About;
use crate::hardware::staging::Staging;
use crate::reference::plain::PlainChip;
use crate::reference::plain::arithmetic::mix;
use std::path::Path;
use synfire_chip::chip::{Chip, Outputs, Time};
use synfire_chip::files::load_chip;
use synfire_chip::network::Network;
use synfire_chip::place::mapping::{Mapping, Placement};
use synfire_chip::run::machine::{Machine, RunOptions};
use synfire_chip::run::observable;
use synfire_chip::run::probe::{Probe, Recorder};
use synfire_chip::run::program::{Injection, Program, StepEvents};
use synfire_core::address::CoreId;

/// Words that a vector is chosen by: more than it takes.
const WORDS: usize = 600;
/// Stem of the expected trace's name.
const EXPECTED: &str = "expected";

/// A vector.
#[derive(Clone, Debug)]
pub struct Vector {
    /// Its number.
    pub number: u32,
    /// Where it was aimed.
    pub aim: Aim,
    /// Network, with its synapses.
    pub network: Network,
    /// What happens in each step.
    pub program: Program,
    seed: u32,
}

impl Vector {
    /// Vector `number` of `seed`; aims follow one another.
    #[must_use]
    pub fn new(seed: u32, number: u32) -> Self {
        let at = AIMS[number as usize % AIMS.len()];
        let mut turn = 0;
        loop {
            let mut vector = Self::drawn((seed, number, turn), at);
            // Two synapses of one name have no place in a trace: another one is drawn.
            if at.wants(&vector.network) && vector.retired().is_ok() {
                vector.announce();
                return vector;
            }
            turn += 1;
        }
    }

    fn drawn((seed, number, turn): (u32, u32, u32), at: Aim) -> Self {
        let mut bulk = Choices::new(&[mix(mix(mix(seed) ^ number) ^ turn)]).bulk();
        let words: Vec<u32> = (0..WORDS).map(|_| bulk.range(0, i64::from(u32::MAX)) as u32).collect();
        let mut c = Choices::new(&words);
        let (mut network, scale) = network::network(&mut c);
        let mut program = program::program(&mut c, &network, scale);
        if at.wants(&network) {
            aim(&mut c, at, &mut network, &mut program);
        }
        Self { number, aim: at, network, program, seed }
    }

    /// Currents that the machine's sums have no room for are left out.
    fn announce(&mut self) {
        let Ok(mut machine) = self.machine() else { return };
        for index in 0..self.network.populations.len() {
            let own = |to: &&Injection| usize::from(to.population) == index;
            let of_step = |events: &StepEvents| -> u64 {
                events.injections.iter().filter(own).map(|to| u64::from(to.value.unsigned_abs())).sum()
            };
            let largest = self.program.iter().map(of_step).max().unwrap_or(0);
            if machine.announce_currents(&self.network, index, largest).is_err() {
                self.program.iter_mut().for_each(|events| events.injections.clear());
            }
        }
    }

    /// A chip of eight cores with the network's arithmetic, and the network on it, a population a core.
    fn machine(&self) -> Result<Machine, String> {
        let chip = self.chip()?;
        let slices = self.network.populations.iter().enumerate().map(|(population, of)| Placement {
            population,
            first: 0,
            len: of.neurons,
            core: CoreId(population as u16),
        });
        let mapping = Mapping { slices: slices.collect() };
        Machine::with_mapping(&self.network, &chip, mapping).map_err(|error| self.failed(&error.to_string()))
    }

    fn chip(&self) -> Result<Chip, String> {
        let chip = load_chip("paper-events", Path::new("."));
        let mut chip = chip.map_err(|error| self.failed(&error.to_string()))?;
        (chip.timing.link_packet_ps, chip.timing.port_packet_ps) = (Time::Unpublished, Time::Unpublished);
        chip.host.outputs = Outputs::Stay;
        (chip.datapath, chip.learning) = (self.network.datapath, self.network.learning);
        (chip.mesh.columns, chip.mesh.rows, chip.mesh.cores_per_tile) = (2, 2, 2);
        Ok(chip)
    }

    fn failed(&self, what: &str) -> String {
        format!("vector {} of seed {}, aimed at {:?}: {what}", self.number, self.seed, self.aim)
    }

    /// Runs it on the chip and by the reference, and counts what it reached; the number of values that were compared.
    ///
    /// # Errors
    /// At the first value that differs.
    pub fn run(&self, seen: &mut Coverage) -> Result<u64, String> {
        let mut machine = self.machine()?;
        let probes = probes(&self.network);
        let mut recorder = Recorder::of(&self.network, probes, &machine.nodes);
        let ran = machine.run(&self.program, RunOptions::default(), &mut recorder);
        ran.map_err(|error| self.failed(&error.to_string()))?;
        let recordings = recorder.take();
        let mut plain = PlainChip::new(&self.network);
        let mut values = 0;
        for (step, events) in self.program.iter().enumerate() {
            observe::step(seen, &self.network, &mut plain, events);
            for (probe, recording) in recorder.probes().iter().zip(&recordings) {
                let wanted = plain.shown(probe.variable, probe.target);
                let found = recording.row(step);
                let differs =
                    wanted.iter().zip(found).position(|(wanted, found)| *wanted != i64::from(*found));
                if differs.is_some() || wanted.len() != found.len() {
                    let at = differs.unwrap_or(0);
                    let what = format!(
                        "step {step}: {:?} {at} of {}: {:?} by the reference, {:?} on the chip",
                        probe.variable,
                        probe.target,
                        wanted.get(at),
                        found.get(at)
                    );
                    return Err(self.failed(&what));
                }
                values += wanted.len() as u64;
            }
        }
        Ok(values)
    }

    /// The trace of all registers.
    fn retired(&self) -> Result<Retired, String> {
        let (registers, steps) = (&TracedRegisters::All, (0, self.program.len() as u64));
        Retired::of(&self.network, (registers, TraceFormFile::Text), steps, EXPECTED)
    }

    /// Writes it into `folder`: images, events, the expected trace.
    ///
    /// # Errors
    /// When the layout cannot hold it, or a file cannot be written.
    pub fn write(&self, folder: &Path, layout: &Layout) -> Result<(), HardwareError> {
        let mut machine = self.machine().map_err(HardwareError::Run)?;
        let about = About {
            experiment: format!("vector {} of seed {}", self.number, self.seed),
            seed: self.network.seed,
            steps: self.program.len() as u64,
            stimulus: format!("aimed at {:?}", self.aim),
            ..About::default()
        };
        let events = &mut |step: u64| self.program[step as usize].clone();
        let staging = Staging::begin(folder, false)?;
        let at = staging.path();
        let what = Exported { network: &self.network, machine: &machine, events, about };
        let manifest = export(at, what, layout)?;
        let retired = self.retired().map_err(HardwareError::Run)?;
        let mut recorder = Recorder::of(&self.network, retired.probes().to_vec(), &machine.nodes);
        retired.follow(&self.network, &machine.nodes, &mut recorder);
        let mut writing = retired.open(at, None, 0)?;
        for part in self.program.chunks(retired.chunk()) {
            let ran = machine.run(part, RunOptions::default(), &mut recorder);
            ran.map_err(|error| HardwareError::Run(error.to_string()))?;
            retired.write(&mut writing, &recorder.take(), &recorder.take_changes())?;
        }
        writing.finish(&retired.name)?;
        staging.publish(&manifest.published([retired.name]))
    }
}

/// A probe of every register that there is.
fn probes(network: &Network) -> Vec<Probe> {
    let populations = (0..network.populations.len())
        .flat_map(|of| observable::of_population(network, of).into_iter().map(move |own| (of, own)));
    let projections = (0..network.projections.len())
        .flat_map(|of| observable::of_projection(network, of).into_iter().map(move |own| (of, own)));
    let inputs = (0..network.inputs.len()).map(|of| (of, observable::Variable::Events));
    let all = populations.chain(projections).chain(inputs);
    all.map(|(of, variable)| Probe::all(network, of, variable)).collect()
}
