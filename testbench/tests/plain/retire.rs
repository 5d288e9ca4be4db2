//! Retire traces of a case: what the reference would write, and what a chip writes.

use crate::plain::case::Case;
use crate::plain::engine::{Run, restored};
use synfire::experiment::file::{TraceFormFile, TracedRegisters};
use synfire::experiment::record::retired::Retired;
use synfire::reference::plain::PlainChip;
use synfire_chip::run::changes::Changed;
use synfire_chip::run::machine::RunOptions;
use synfire_chip::run::probe::{Recorder, Recording};
use tempfile::TempDir;

/// What is traced of a case, and a folder for the files.
pub struct Traces {
    retired: Retired,
    folder: TempDir,
}

impl Traces {
    /// `None`: the network has synapses that a trace cannot tell apart.
    pub fn of(case: &Case, registers: &TracedRegisters, form: TraceFormFile) -> Option<Self> {
        let until = case.start + case.program.len() as u64;
        let retired = Retired::of(&case.network, (registers, form), (case.start, until), "retire").ok()?;
        Some(Self { retired, folder: tempfile::tempdir().expect("a folder") })
    }

    fn bytes(&self) -> Vec<u8> {
        std::fs::read(self.folder.path().join(&self.retired.name)).expect("a trace")
    }

    /// Whether a weight or a state of a synapse changes.
    pub fn has_changes(&self, case: &Case) -> bool {
        self.reference_steps(case).1.iter().any(|changed| !changed.entries.is_empty())
    }

    /// What the reference's probes and changes are.
    fn reference_steps(&self, case: &Case) -> (Vec<Recording>, Vec<Changed>) {
        let mut chip = PlainChip::new(&case.network);
        chip.step = case.start;
        let mut recordings: Vec<Recording> = self
            .retired
            .probes()
            .iter()
            .map(|probe| Recording { columns: probe.neurons.len(), ..Recording::default() })
            .collect();
        let start = Changed { starts: vec![0], ..Changed::default() };
        let mut changes = vec![start; self.retired.follows().len()];
        for events in &case.program {
            let follows = self.retired.follows();
            let before: Vec<_> = follows.iter().map(|of| chip.shown(of.variable, of.projection)).collect();
            let step = chip.step;
            chip.step(events);
            for (probe, recording) in self.retired.probes().iter().zip(&mut recordings) {
                recording.steps.push(step);
                let values = chip.shown(probe.variable, probe.target);
                recording.values.extend(probe.neurons.iter().map(|of| values[*of as usize] as i32));
            }
            for ((of, before), changed) in follows.iter().zip(&before).zip(&mut changes) {
                let after = chip.shown(of.variable, of.projection);
                let differ = (0..).zip(before.iter().zip(&after)).filter(|(_, (old, new))| old != new);
                changed.entries.extend(differ.map(|(at, (_, new)): (u32, _)| (at, *new as i32)));
                changed.steps.push(step);
                changed.starts.push(changed.entries.len());
            }
        }
        (recordings, changes)
    }

    /// The file with the reference's values.
    pub fn of_reference(&self, case: &Case) -> Vec<u8> {
        let (recordings, changes) = self.reference_steps(case);
        let mut file = self.retired.open(self.folder.path(), None, case.start).expect("a file");
        self.retired.write(&mut file, &recordings, &changes).expect("a trace");
        file.finish("retire").expect("a whole file");
        self.bytes()
    }

    /// The file of a run that is interrupted before these steps of the program, and saved and loaded there.
    pub fn of_run(&self, run: &Run<'_>, case: &Case, cuts: &[usize]) -> Vec<u8> {
        let ends = cuts.iter().copied().chain([case.program.len()]);
        let (mut chip, mut from, mut left) = (run.build(), 0, None);
        for end in ends {
            if from > 0 {
                chip = restored(run, &chip);
            }
            let machine = &mut chip.machine;
            let mut recorder = Recorder::of(&case.network, self.retired.probes().to_vec(), &machine.nodes);
            self.retired.follow(&case.network, &machine.nodes, &mut recorder);
            let mut file = self.retired.open(self.folder.path(), left, machine.step).expect("a file");
            // Some steps at a time.
            for part in case.program[from..end].chunks(7) {
                let options = RunOptions { threads: run.threads, interrupt: None };
                machine.run(part, options, &mut recorder).expect("a program runs");
                let (recordings, changes) = (recorder.take(), recorder.take_changes());
                self.retired.write(&mut file, &recordings, &changes).expect("a trace");
            }
            left = Some(file.flush().expect("a trace"));
            file.finish("retire").expect("a whole file");
            from = end;
        }
        self.bytes()
    }
}

/// Where two files differ first: around it, as text.
pub fn first_difference(wanted: &[u8], found: &[u8]) -> Option<String> {
    if wanted == found {
        return None;
    }
    let at = wanted.iter().zip(found).take_while(|(a, b)| a == b).count();
    let around = |bytes: &[u8]| {
        String::from_utf8_lossy(&bytes[at.saturating_sub(60)..bytes.len().min(at + 40)]).into_owned()
    };
    Some(format!("at byte {at}: {:?}, should be {:?}", around(found), around(wanted)))
}
