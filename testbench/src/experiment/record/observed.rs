//! A machine that is run and recorded: what its cell looks at goes back to it, what the experiment asks for into files.
//!
//! Promises: recording changes no bit and no cost; steps are written as they are run, some at a time. Absent on purpose: what
//! is presented.

use super::records::{Records, RecordsLeft, Writing};
use crate::experiment::hashed::HashedFile;
use crate::formats::ArrayError;
use std::path::{Path, PathBuf};
use synfire_chip::cost::detail::Detail;
use synfire_chip::cost::models::Models;
use synfire_chip::network::Network;
use synfire_chip::run::machine::{Machine, RunOptions};
use synfire_chip::run::probe::{Probe, Recorder, Recording};
use synfire_chip::run::program::StepEvents;

/// A machine with what its runs cost and what is recorded of them.
pub struct Observed {
    /// The machine.
    pub machine: Machine,
    /// What its runs cost.
    pub costs: Models,
    recorder: Recorder,
    /// How many of the recorder's probes the cell looks at itself: the first.
    own: usize,
    recording: Option<Recorded>,
}

/// What is recorded beside what the cell looks at.
struct Recorded {
    records: Records,
    /// The files, from when they are opened, and their folder.
    writing: Option<(Writing, PathBuf)>,
    /// How far they had come when they were flushed last.
    left: Option<RecordsLeft>,
}

/// What a program showed.
pub struct Shown {
    /// What the cell's own probes recorded.
    pub recordings: Vec<Recording>,
    /// Steps that were run: fewer than the program has after an interrupt.
    pub ran: usize,
}

impl Observed {
    /// `machine`, of which `own` probes are looked at.
    #[must_use]
    pub fn new(network: &Network, machine: Machine, own: Vec<Probe>) -> Self {
        let (costs, looked_at) = (Models::new(&machine), own.len());
        let recorder = Recorder::of(network, own, &machine.nodes);
        Self { machine, costs, recorder, own: looked_at, recording: None }
    }

    /// Keeps figures of each of the last `steps` steps, from now on, or goes on with it.
    pub fn keep_steps(&mut self, steps: u32) {
        self.costs.keep_window(steps as usize);
    }

    /// What was seen of the runs of `network` in detail.
    #[must_use]
    pub fn detail(&self, network: &Network) -> Detail {
        self.costs.detail(&self.machine, network)
    }

    /// The probes that are looked at.
    #[must_use]
    pub fn own(&self) -> &[Probe] {
        &self.recorder.probes()[..self.own]
    }

    /// Looks at `probes` too, after those that it looked at before.
    pub fn look_at(&mut self, network: &Network, probes: Vec<Probe>) {
        let own: Vec<Probe> = self.own().iter().cloned().chain(probes).collect();
        self.own = own.len();
        self.attach(network, own);
    }

    /// Records `records` from now on, once their files are open.
    pub fn record(&mut self, network: &Network, records: Records) {
        self.recording = Some(Recorded { records, writing: None, left: None });
        self.attach(network, self.own().to_vec());
    }

    fn attach(&mut self, network: &Network, own: Vec<Probe>) {
        let records = self.recording.as_ref().map(|recording| &recording.records);
        let probes = own.into_iter().chain(records.into_iter().flat_map(Records::probes).cloned());
        self.recorder = Recorder::of(network, probes.collect(), &self.machine.nodes);
        records
            .into_iter()
            .for_each(|records| records.follow(network, &self.machine.nodes, &mut self.recorder));
    }

    /// The names of the files that it writes.
    #[must_use]
    pub fn files(&self) -> Vec<String> {
        self.recording.as_ref().map_or(Vec::new(), |recording| recording.records.names())
    }

    /// Whether the files in `folder` are what a run left that is now where this machine is.
    ///
    /// # Errors
    /// Where they are not.
    pub fn expect_files(&self, folder: &Path) -> Result<(), ArrayError> {
        let Some(Recorded { records, left, .. }) = &self.recording else { return Ok(()) };
        records.open(folder, left.as_ref(), self.machine.step).map(drop)
    }

    /// Begins the files in `folder`, or goes on with what a run left that is now where this machine is.
    ///
    /// # Errors
    /// When a file cannot be written, or is not the one that the run left.
    pub fn open(&mut self, folder: &Path, network: &Network) -> Result<(), String> {
        let Some(Recorded { records, left, writing }) = &mut self.recording else { return Ok(()) };
        let mut opened = records.open(folder, left.as_ref(), self.machine.step).map_err(text)?;
        if left.is_none() {
            records.write_weights(&mut opened, folder, network, &self.machine).map_err(text)?;
        }
        *writing = Some((opened, folder.to_path_buf()));
        Ok(())
    }

    /// Steps after which there is something to write, at most: as many as a program should have.
    #[must_use]
    pub fn chunk(&self) -> usize {
        self.recording.as_ref().map_or(usize::MAX, |recording| recording.records.chunk(self.machine.step))
    }

    /// Hands what was written to the system: to be called before a state is saved.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn flush(&mut self) -> Result<(), String> {
        if let Some(Recorded { writing: Some((writing, _)), left, .. }) = &mut self.recording {
            *left = Some(writing.flush().map_err(text)?);
        }
        Ok(())
    }

    /// Ends the files: those that were written.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn finish(&mut self) -> Result<Vec<HashedFile>, String> {
        let Some(Recorded { records, writing, .. }) = &mut self.recording else { return Ok(Vec::new()) };
        let Some((writing, folder)) = writing.take() else { return Ok(Vec::new()) };
        records.finish(writing, &folder).map_err(text)
    }

    /// How far the files had come when they were flushed last.
    #[must_use]
    pub fn left(&self) -> Option<&RecordsLeft> {
        self.recording.as_ref().and_then(|recording| recording.left.as_ref())
    }

    /// Says how far the files had come where the machine, which was just restored, is.
    ///
    /// # Errors
    /// When that is of other probes.
    pub fn restore(&mut self, of: Option<RecordsLeft>) -> Result<(), String> {
        let Some(Recorded { records, left, .. }) = &mut self.recording else { return Ok(()) };
        if !of.as_ref().is_some_and(|of| records.fits(of, self.machine.step)) {
            return Err("recordings of other probes".to_owned());
        }
        *left = of;
        Ok(())
    }

    /// Runs `program`.
    ///
    /// # Errors
    /// When the run fails, or a file cannot be written.
    pub fn run(
        &mut self,
        network: &Network,
        program: &[StepEvents],
        options: RunOptions<'_>,
    ) -> Result<Shown, String> {
        let mut shown = Shown { recordings: vec![Recording::default(); self.own], ran: 0 };
        let open = self.recording.as_mut();
        let open = open.and_then(|Recorded { records, writing, .. }| Some((&*records, writing.as_mut()?)));
        let Self { machine, costs, recorder, .. } = self;
        let Some((records, (writing, folder))) = open else {
            shown.ran = costs.run(machine, program, options, recorder)?;
            shown.recordings = recorder.take();
            shown.recordings.truncate(self.own);
            recorder.take_changes();
            return Ok(shown);
        };
        while shown.ran < program.len() {
            let chunk = records.chunk(machine.step).min(program.len() - shown.ran);
            let ran = costs.run(machine, &program[shown.ran..shown.ran + chunk], options, recorder)?;
            let (mut own, changes) = (recorder.take(), recorder.take_changes());
            let recorded = own.split_off(self.own);
            records.write(writing, &recorded, &changes).map_err(text)?;
            // Interrupted before its first step, a chunk ends where the one before it did.
            if ran > 0 {
                records.write_weights(writing, folder, network, machine).map_err(text)?;
            }
            for (all, chunk) in shown.recordings.iter_mut().zip(own) {
                all.columns = chunk.columns;
                all.steps.extend(chunk.steps);
                all.values.extend(chunk.values);
            }
            shown.ran += ran;
            if ran < chunk {
                break;
            }
        }
        Ok(shown)
    }
}

fn text(error: ArrayError) -> String {
    error.to_string()
}
