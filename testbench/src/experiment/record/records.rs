//! What one run records: the registers and weights of its probes and its retire trace, each in files that grow with the run.
//!
//! Promises: files do not depend on where a run was interrupted, or on how many steps are run at a time; a run that goes on
//! finds its files as it left them, or is refused. Absent on purpose: the machine (`observed`).

use super::probes::Probes;
use super::recorded::Recorded;
use super::recording::{self, Recording};
use super::retired::{self, Retired};
use crate::experiment::file::{ProbeFile, RecordingFiles, TraceFile};
use crate::experiment::hashed::HashedFile;
use crate::experiment::origin::Origin;
use crate::formats::ArrayError;
use crate::formats::mark::FileMark;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;
use synfire_chip::files::Diagnostics;
use synfire_chip::network::Network;
use synfire_chip::run::changes::Changed;
use synfire_chip::run::machine::Machine;
use synfire_chip::run::node::Node;
use synfire_chip::run::probe::{Probe, Recorder, Recording as Chunk};

/// Values of registers that are kept before they are written.
const MOST_VALUES: usize = 1 << 22;

/// What an experiment states: its fields `probes`, `write` and `trace`.
#[derive(Clone, Copy, Debug)]
pub struct Stated<'a> {
    /// Registers and weights.
    pub probes: &'a [ProbeFile],
    /// As what they are written.
    pub write: RecordingFiles,
    /// The retire trace.
    pub trace: Option<&'a TraceFile>,
}

impl Stated<'_> {
    /// Whether it asks for nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.probes.is_empty() && self.trace.is_none()
    }

    /// That what is recorded is a chip's, where the run is off it.
    #[must_use]
    pub fn off_the_chip(&self, origin: &Origin) -> Diagnostics {
        let field = if self.probes.is_empty() { "trace" } else { "probes" };
        let problem = origin.at(field, "a run off the chip has no registers to record");
        problem.noted("allowed", "where a row has another store than `Float`").into()
    }
}

/// What is recorded of a run.
#[derive(Clone, Debug)]
pub struct Records {
    probes: Probes,
    write: RecordingFiles,
    retired: Option<Retired>,
}

/// How far the files of a run had come when they were handed to the system last.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordsLeft {
    /// Registers, probe by probe.
    recorded: Vec<Recorded>,
    /// The retire trace.
    trace: Option<FileMark>,
    /// Weights: files that are whole.
    pub written: Vec<HashedFile>,
}

/// The files of a run that goes on.
pub struct Writing {
    recordings: Vec<Recording>,
    trace: Option<retired::Writing>,
    written: Vec<HashedFile>,
}

impl Records {
    /// What a run of `steps` steps of `network` is asked to record; with `spikes` those of every population in any case.
    ///
    /// # Errors
    /// With what is wrong with a probe or the trace.
    pub fn new(
        stated: Stated<'_>,
        spikes: bool,
        network: &Network,
        steps: u64,
        origin: &Origin,
    ) -> Result<Self, Diagnostics> {
        let probes = Probes::resolve(stated.probes, network, steps, origin)?;
        let probes = if spikes { probes.and_spikes(network, steps) } else { probes };
        let retired =
            stated.trace.map(|file| Retired::new(("trace", file), network, steps, "retire", origin));
        Ok(Self { probes, write: stated.write, retired: retired.transpose()? })
    }

    /// The probes of a machine that is run with it: first registers, then those of the trace.
    pub fn probes(&self) -> impl Iterator<Item = &Probe> {
        let registers = self.probes.registers.iter().map(|register| &register.probe);
        registers.chain(self.retired.iter().flat_map(Retired::probes))
    }

    /// Lets `recorder` follow the synapses that are traced.
    pub fn follow(&self, network: &Network, nodes: &[Node], recorder: &mut Recorder) {
        self.retired.iter().for_each(|retired| retired.follow(network, nodes, recorder));
    }

    /// Whether the weights of a projection are written as a whole.
    #[must_use]
    pub fn has_weights_of(&self, projection: usize) -> bool {
        self.probes.weights.iter().any(|probe| probe.projection == projection)
    }

    /// The names of the files.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        let recordings = self.probes.registers.iter();
        let recordings = recordings.flat_map(|probe| recording::names(probe, self.write));
        let weights = self.probes.weights.iter().flat_map(|probe| probe.names());
        recordings.chain(weights).chain(self.retired.iter().map(|retired| retired.name.clone())).collect()
    }

    /// How many steps may be run from step `from` on before what they show is written; 1 or more.
    #[must_use]
    pub fn chunk(&self, from: u64) -> usize {
        let columns: usize = self.probes.registers.iter().map(|probe| probe.probe.neurons.len()).sum();
        let kept = (MOST_VALUES / columns.max(1)).max(1);
        let traced = self.retired.as_ref().map_or(kept, Retired::chunk);
        let weights = self.probes.weights.iter().filter_map(|probe| probe.next(from));
        let until =
            weights.min().map_or(usize::MAX, |step| usize::try_from(step - from).unwrap_or(usize::MAX));
        kept.min(traced).min(until)
    }

    /// Whether `left` is of a run with these probes that is now at step `step`.
    #[must_use]
    pub fn fits(&self, left: &RecordsLeft, step: u64) -> bool {
        let (found, probes) = (&left.recorded, &self.probes.registers);
        let is_of = |(found, probe): (&Recorded, _)| {
            found.is_of(probe, step, recording::names(probe, self.write).count())
        };
        found.len() == probes.len() && found.iter().zip(probes).all(is_of)
    }

    /// Begins the files in `folder`, or goes on with what a run `left` that is now at the beginning of step `step`.
    ///
    /// # Errors
    /// When a file cannot be written, or is not the one that the run left.
    pub fn open(&self, folder: &Path, left: Option<&RecordsLeft>, step: u64) -> Result<Writing, ArrayError> {
        let recordings = self.probes.registers.iter().enumerate().map(|(at, probe)| {
            let left = left.and_then(|left| left.recorded.get(at));
            Recording::open(folder, probe, self.write, left)
        });
        let trace = self.retired.as_ref();
        let trace = trace.map(|retired| retired.open(folder, left.and_then(|left| left.trace), step));
        Ok(Writing {
            recordings: recordings.collect::<Result<_, _>>()?,
            trace: trace.transpose()?,
            written: left.map_or(Vec::new(), |left| left.written.clone()),
        })
    }

    /// Appends steps: what [`Records::probes`] recorded, and what was followed.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn write(&self, to: &mut Writing, chunks: &[Chunk], changes: &[Changed]) -> Result<(), ArrayError> {
        let (registers, traced) = chunks.split_at(self.probes.registers.len());
        if let (Some(retired), Some(trace)) = (&self.retired, &mut to.trace) {
            retired.write(trace, traced, changes)?;
        }
        let shown = self.probes.registers.iter().zip(registers);
        to.recordings.iter_mut().zip(shown).try_for_each(|(file, (probe, chunk))| file.append(probe, chunk))
    }

    /// Writes the weights that are asked for after the steps that `machine` has run.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn write_weights(
        &self,
        to: &mut Writing,
        folder: &Path,
        network: &Network,
        machine: &Machine,
    ) -> Result<(), ArrayError> {
        for probe in self.probes.weights.iter().filter(|probe| probe.is_after(machine.step)) {
            let values = machine.weights(network, probe.projection);
            let name = probe.name(machine.step);
            to.written.push(recording::weights(folder, &name, network, probe.projection, &values)?);
        }
        Ok(())
    }

    /// Ends the files; all that were written, with their hashes, in the order of [`Records::names`].
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn finish(&self, writing: Writing, folder: &Path) -> Result<Vec<HashedFile>, ArrayError> {
        let Writing { recordings, trace, mut written } = writing;
        for recording in recordings {
            written.extend(recording.finish(folder)?);
        }
        if let (Some(retired), Some(trace)) = (&self.retired, trace) {
            written.push(trace.finish(&retired.name)?);
        }
        // Weights were written step by step; they are listed probe by probe.
        let order: BTreeMap<String, usize> = self.names().into_iter().zip(0..).collect();
        written.sort_by_key(|file| order.get(&file.file).copied());
        Ok(written)
    }
}

impl Writing {
    /// Hands what was written to the system: a state that is saved with what this gives finds it.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn flush(&mut self) -> Result<RecordsLeft, ArrayError> {
        let trace = self.trace.as_mut().map(retired::Writing::flush).transpose()?;
        let recorded = self.recordings.iter_mut().map(Recording::flush).collect::<Result<_, _>>()?;
        Ok(RecordsLeft { recorded, trace, written: self.written.clone() })
    }
}
