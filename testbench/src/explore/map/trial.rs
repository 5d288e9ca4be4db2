//! A few steps of an experiment on a placement: how long they take, what they cost, who fired.
//!
//! Promises: time is that of the cycle model, energy that of the analytic model's counts at the cycle model's time; the
//! steps are the experiment's first. Absent on purpose: reports of a run (`architect`).

use super::expected::Expected;
use crate::architect::bill::Work;
use std::collections::HashMap;
use synfire_chip::chip::{Chip, TimeModel};
use synfire_chip::cost::models::Models;
use synfire_chip::network::Network;
use synfire_chip::place::mapping::Mapping;
use synfire_chip::run::machine::{Machine, RunOptions};
use synfire_chip::run::probe::{Probe, Recorder, Variable};
use synfire_chip::run::program::StepEvents;

/// What is run.
#[derive(Debug)]
pub struct Trial<'a> {
    network: &'a Network,
    chip: Chip,
    program: Vec<StepEvents>,
    /// The largest current of each population in one step.
    currents: Vec<u64>,
    threads: usize,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tried {
    /// All steps, picoseconds.
    pub ps: u128,
    /// The longest, picoseconds.
    pub longest_ps: u64,
    /// Energy, attojoules, and whether prices are missing in it.
    pub energy: (u128, bool),
    /// Hops of all packets.
    pub hops: u64,
    /// Most packets that passed one link in one step.
    pub busiest_link: u64,
}

impl<'a> Trial<'a> {
    /// Of these steps.
    #[must_use]
    pub fn new(network: &'a Network, chip: &Chip, program: Vec<StepEvents>, threads: usize) -> Self {
        let mut currents = vec![0; network.populations.len()];
        for events in &program {
            let mut sums: HashMap<(u16, u32), u64> = HashMap::new();
            for of in &events.injections {
                let sum = sums.entry((of.population, of.neuron)).or_default();
                *sum += u64::from(of.value.unsigned_abs());
                currents[usize::from(of.population)] = currents[usize::from(of.population)].max(*sum);
            }
        }
        Self {
            network,
            chip: Chip { time_model: TimeModel::Cycle, ..chip.clone() },
            program,
            currents,
            threads,
        }
    }

    /// Steps.
    #[must_use]
    pub fn steps(&self) -> u64 {
        self.program.len() as u64
    }

    fn machine(&self, mapping: &Mapping) -> Result<Machine, String> {
        let built = Machine::with_mapping(self.network, &self.chip, mapping.clone());
        let mut machine = built.map_err(|error| error.to_string())?;
        for (population, magnitude) in self.currents.iter().enumerate() {
            let announced = machine.announce_currents(self.network, population, *magnitude);
            announced.map_err(|most| format!("currents above {most} overflow a sum"))?;
        }
        Ok(machine)
    }

    /// The steps on a placement.
    ///
    /// # Errors
    /// When the placement is not legal, or the run fails.
    pub fn run(&self, mapping: &Mapping) -> Result<Tried, String> {
        let mut machine = self.machine(mapping)?;
        let mut models = Models::new(&machine);
        let mut recorder = Recorder::new(Vec::new(), &machine.nodes);
        let options = RunOptions { threads: self.threads, interrupt: None };
        models.run(&mut machine, &self.program, options, &mut recorder)?;
        let spent = models.costs().whole();
        let bill = Work::of(&self.chip, spent, machine.nodes.len()).bill();
        Ok(Tried {
            ps: spent.elapsed.total_ps,
            longest_ps: spent.elapsed.longest_ps,
            energy: (bill.total(), bill.unknown().next().is_some()),
            hops: spent.counts.hops_x + spent.counts.hops_y,
            busiest_link: spent.busiest_link,
        })
    }

    /// Who fires in these steps, which no placement changes: asked of this one.
    ///
    /// # Errors
    /// As [`Trial::run`].
    pub fn spikes(&self, mapping: &Mapping) -> Result<Expected, String> {
        let mut machine = self.machine(mapping)?;
        let populations = 0..self.network.populations.len();
        let probes = populations.map(|index| Probe::all(self.network, index, Variable::Spikes));
        let mut recorder = Recorder::new(probes.collect(), &machine.nodes);
        let mut counts: Vec<Vec<u64>> =
            self.network.populations.iter().map(|of| vec![0; of.neurons as usize]).collect();
        let mut inputs: Vec<Vec<u64>> =
            self.network.inputs.iter().map(|of| vec![0; of.neurons as usize]).collect();
        let options = RunOptions { threads: self.threads, interrupt: None };
        for events in self.program.chunks(16) {
            machine.run(events, options, &mut recorder).map_err(|error| error.to_string())?;
            for (counts, recording) in counts.iter_mut().zip(recorder.take()) {
                for row in 0..recording.steps.len() {
                    counts.iter_mut().zip(recording.row(row)).for_each(|(sum, fired)| *sum += *fired as u64);
                }
            }
            for spike in events.iter().flat_map(|events| events.packets().into_owned()) {
                inputs[usize::from(spike.input)][spike.neuron as usize] += 1;
            }
        }
        Ok(Expected::measured(inputs, counts, self.steps()))
    }
}
