//! Events and parameters as the bench of `testbench/rtl` reads them, beside the images.
//!
//! | file | lines |
//! | --- | --- |
//! | `stimulus.txt` | `step core axon` |
//! | `control.txt` | `step kind channel value`: 0 clear, 1 target, 2 learn off, 3 learn on, 4 shift offset |
//! | `parameters.txt` | `NAME=VALUE`, a parameter of `bench` each |
//! | `plusargs.txt` | `+NAME=VALUE`: which population sits in which core |
//! | `header.trace` | the header of the trace that the bench writes: of the registers that it shows those that the network has |
//!
//! Promises: with the images they are all that the bench needs. Absent on purpose: currents, which the RTL does not take.

use super::error::HardwareError;
use super::events::HashedWriter;
use super::images::cores::{Parameters, stimulated};
use super::manifest::Listed;
use crate::experiment::record::retired;
use crate::formats::trace::header::{
    Contract, SynapsePlaces, TraceHeader, TracedPopulation, TracedProjection,
};
use std::path::Path;
use synfire_chip::memories::Memories;
use synfire_chip::network::Network;
use synfire_chip::run::observable::{self, Variable};
use synfire_chip::run::program::{Control, StepEvents};

/// The files.
pub const FILES: [&str; 5] =
    ["stimulus.txt", "control.txt", "parameters.txt", "plusargs.txt", "header.trace"];

/// Writes what happens, step by step.
pub struct BenchWriter {
    stimulus: HashedWriter,
    control: HashedWriter,
    /// Core and axon of each channel of each input.
    to: Vec<Vec<Vec<(u16, u32)>>>,
}

impl BenchWriter {
    /// Creates the files in `folder`.
    ///
    /// # Errors
    /// When one cannot be written.
    pub fn create(folder: &Path, memories: &Memories, network: &Network) -> Result<Self, HardwareError> {
        let stimulus = HashedWriter::create(folder, FILES[0])?;
        let control = HashedWriter::create(folder, FILES[1])?;
        Ok(Self { stimulus, control, to: stimulated(memories, network) })
    }

    /// Appends what happens in `step`.
    ///
    /// # Errors
    /// When the RTL cannot take it, or it cannot be written.
    pub fn push(&mut self, step: u64, events: &StepEvents) -> Result<(), HardwareError> {
        if let Some(injection) = events.injections.first() {
            return Err(HardwareError::Unsupported {
                layout: "rtl".to_owned(),
                what: "the stimulus".to_owned(),
                found: format!("a current into neuron {} in step {step}", injection.neuron),
                allowed: "spikes and control events".to_owned(),
            });
        }
        for spike in events.packets().iter() {
            for (core, axon) in &self.to[usize::from(spike.input)][spike.neuron as usize] {
                self.stimulus.line(&format!("{step} {core} {axon}"))?;
            }
        }
        for event in &events.control {
            let (kind, channel, value) = match *event {
                Control::Clear => (0, 0, 0),
                Control::Target { channel, value } => (1, channel, value),
                Control::Learn(false) => (2, 0, 0),
                Control::Learn(true) => (3, 0, 0),
                Control::ShiftOffset(offset) => (4, 0, offset.into()),
            };
            self.control.line(&format!("{step} {kind} {channel} {value}"))?;
        }
        Ok(())
    }

    /// Ends the files.
    ///
    /// # Errors
    /// When one cannot be written.
    pub fn finish(self) -> Result<[Listed; 2], HardwareError> {
        Ok([self.stimulus.finish()?, self.control.finish()?])
    }
}

/// Writes the header of the bench's trace, and which population sits where.
///
/// # Errors
/// When a file cannot be written.
pub fn header(
    folder: &Path,
    memories: &Memories,
    network: &Network,
    steps: u64,
) -> Result<[Listed; 2], HardwareError> {
    let mut file = HashedWriter::create(folder, FILES[4])?;
    for line in traced(network, steps).text().lines() {
        file.line(line)?;
    }
    let mut arguments = HashedWriter::create(folder, FILES[3])?;
    for (core, slice) in memories.cores.iter().flat_map(|core| core.slices.first().map(|slice| (core, slice)))
    {
        arguments.line(&format!("+population_{}={}", core.core.0, slice.population))?;
    }
    Ok([file.finish()?, arguments.finish()?])
}

/// Whether the bench shows a register of a population or an axon.
fn shown(variable: Variable) -> bool {
    matches!(
        variable,
        Variable::Dendritic(0)
            | Variable::Current
            | Variable::Membrane
            | Variable::Compared
            | Variable::Spikes
            | Variable::Refractory
            | Variable::ErrorFormed
            | Variable::ThirdFactor
            | Variable::AxonQ
            | Variable::AxonP
    )
}

/// What the bench traces: registers in the order of the program's own trace.
fn traced(network: &Network, steps: u64) -> TraceHeader {
    let register = |variable: Variable, target| {
        retired::register(variable.name(network, target).into_owned(), variable, network, target)
    };
    let of = |all: Vec<Variable>, target| -> Vec<_> {
        all.into_iter().filter(|own| shown(*own)).map(|own| register(own, target)).collect()
    };
    let populations = (0..).zip(&network.populations).map(|(index, population)| TracedPopulation {
        index,
        name: population.name.clone(),
        neurons: population.neurons,
        registers: of(observable::of_population(network, index as usize), index as usize),
    });
    let plastic = (0..).zip(&network.projections).filter(|(_, projection)| projection.learning.is_some());
    let projections = plastic.map(|(index, projection)| TracedProjection {
        index,
        name: projection.name.clone(),
        axons: projection.axons(network) as u32,
        traces: of(observable::of_projection(network, index as usize), index as usize),
        synapses: vec![register(Variable::Weight, index as usize)],
        places: SynapsePlaces::Pairs { count: projection.synapses.len() as u32 },
    });
    let (populations, projections) = (populations.collect(), projections.collect());
    TraceHeader { contract: Contract::current(), populations, projections, first: 0, until: steps }
}

/// Writes the parameters.
///
/// # Errors
/// When the file cannot be written.
pub fn parameters(folder: &Path, parameters: &Parameters) -> Result<Listed, HardwareError> {
    let mut file = HashedWriter::create(folder, FILES[2])?;
    for (name, value) in parameters {
        file.line(&format!("{name}={value}"))?;
    }
    file.finish()
}
