//! Stimuli, control events and injected currents as files: what comes into a run, whatever made it.
//!
//! | file | columns |
//! | --- | --- |
//! | `stimulus.csv` | `step,input,neuron,count`: events of an input neuron, of inputs by their place in the network |
//! | `control.csv` | `step,event,channel,value`, as a simulation reads it |
//! | `currents.csv` | `step,population,neuron,value` |
//!
//! Steps count from 0, and ascend. Promises: what is read is what was written, in its order; generators of stimuli are
//! written as the events that they made. Absent on purpose: which axons a stimulus reaches (`images`), what the host
//! reads (no bit depends on it).

use super::error::HardwareError;
use super::manifest::Listed;
use crate::formats::control_list::{self, Limits};
use crate::formats::lines::Lines;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use synfire_chip::network::Network;
use synfire_chip::run::checkpoint::hex;
use synfire_chip::run::program::{Control, Injection, StepEvents, StimulusSpike};

/// The files, in the order of their columns above.
pub const FILES: [&str; 3] = ["stimulus.csv", "control.csv", "currents.csv"];
const COLUMNS: [&[&str]; 3] = [
    &["step", "input", "neuron", "count"],
    &["step", "event", "channel", "value"],
    &["step", "population", "neuron", "value"],
];

/// A file that is hashed while it is written.
pub struct HashedWriter {
    path: PathBuf,
    name: String,
    file: BufWriter<File>,
    hash: Sha256,
}

impl HashedWriter {
    /// Creates `name` in `folder`.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn create(folder: &Path, name: &str) -> Result<Self, HardwareError> {
        let path = folder.join(name);
        let file = File::create(&path).map_err(HardwareError::io(&path, "write"))?;
        Ok(Self { path, name: name.to_owned(), file: BufWriter::new(file), hash: Sha256::new() })
    }

    /// Appends a line.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn line(&mut self, line: &str) -> Result<(), HardwareError> {
        for bytes in [line.as_bytes(), b"\n"] {
            self.hash.update(bytes);
            self.file.write_all(bytes).map_err(HardwareError::io(&self.path, "write"))?;
        }
        Ok(())
    }

    /// Ends the file.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(mut self) -> Result<Listed, HardwareError> {
        self.file.flush().map_err(HardwareError::io(&self.path, "write"))?;
        Ok(Listed { file: self.name, sha256: hex(&self.hash.finalize().into()) })
    }
}

/// Writes what happens, step by step.
pub struct EventWriter {
    files: Vec<HashedWriter>,
}

impl EventWriter {
    /// Creates the files in `folder`.
    ///
    /// # Errors
    /// When one cannot be written.
    pub fn create(folder: &Path) -> Result<Self, HardwareError> {
        let mut files = Vec::new();
        for (name, columns) in FILES.iter().zip(COLUMNS) {
            let mut file = HashedWriter::create(folder, name)?;
            file.line(&columns.join(","))?;
            files.push(file);
        }
        Ok(Self { files })
    }

    /// Appends what happens in `step`.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn push(&mut self, step: u64, events: &StepEvents) -> Result<(), HardwareError> {
        for StimulusSpike { input, neuron, count } in &events.spikes {
            self.files[0].line(&format!("{step},{input},{neuron},{count}"))?;
        }
        for event in &events.control {
            let event = match event {
                Control::Clear => "clear,,".to_owned(),
                Control::Target { channel, value } => format!("target,{channel},{value}"),
                Control::Learn(on) => format!("learn,,{}", u8::from(*on)),
                Control::ShiftOffset(offset) => format!("shift_offset,,{offset}"),
            };
            self.files[1].line(&format!("{step},{event}"))?;
        }
        for Injection { population, neuron, value } in &events.injections {
            self.files[2].line(&format!("{step},{population},{neuron},{value}"))?;
        }
        Ok(())
    }

    /// Ends the files.
    ///
    /// # Errors
    /// When one cannot be written.
    pub fn finish(self) -> Result<Vec<Listed>, HardwareError> {
        self.files.into_iter().map(HashedWriter::finish).collect()
    }
}

/// What happens in a run, in memory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Events {
    spikes: Vec<(u32, StimulusSpike)>,
    control: Vec<(u32, Control)>,
    injections: Vec<(u32, Injection)>,
}

impl Events {
    /// Reads the files of `folder`, for a run of `steps` steps of `network`.
    ///
    /// # Errors
    /// At a line that the network has no place for.
    pub fn read(folder: &Path, network: &Network, steps: u32) -> Result<Self, HardwareError> {
        let mut events = Self::default();
        let limits = Limits::of_sent(network, steps);
        events.control = control_list::read(&folder.join(FILES[1]), &limits)?;
        let last = u64::from(steps.saturating_sub(1));
        let counts: Vec<u32> = network.inputs.iter().map(|input| input.neurons).collect();
        let each = |lines: &Lines, step, input, neuron| {
            let count = lines.number(3, 1..=u64::from(u8::MAX))? as u8;
            events.spikes.push((step, StimulusSpike { input, neuron, count }));
            Ok(())
        };
        read(&folder.join(FILES[0]), COLUMNS[0], (last, &counts), each)?;
        let counts: Vec<u32> = network.populations.iter().map(|population| population.neurons).collect();
        let each = |lines: &Lines, step, population, neuron| {
            let value = lines.signed(3, i64::from(i32::MIN)..=i64::from(i32::MAX))? as i32;
            events.injections.push((step, Injection { population, neuron, value }));
            Ok(())
        };
        read(&folder.join(FILES[2]), COLUMNS[2], (last, &counts), each)?;
        events.spikes.sort_by_key(|(step, _)| *step);
        events.injections.sort_by_key(|(step, _)| *step);
        Ok(events)
    }

    /// What happens in `step`.
    #[must_use]
    pub fn step(&self, step: u32) -> StepEvents {
        StepEvents {
            control: of(&self.control, step),
            spikes: of(&self.spikes, step),
            injections: of(&self.injections, step),
            ..StepEvents::default()
        }
    }

    /// Largest magnitude of the currents that a neuron of a population gets in one step.
    #[must_use]
    pub fn largest_current(&self, population: usize) -> u64 {
        let own = self.injections.iter().filter(|(_, to)| usize::from(to.population) == population);
        let mut sums = std::collections::BTreeMap::<(u32, u32), u64>::new();
        for (step, to) in own {
            *sums.entry((*step, to.neuron)).or_default() += u64::from(to.value.unsigned_abs());
        }
        sums.into_values().max().unwrap_or(0)
    }
}

fn of<T: Copy>(list: &[(u32, T)], step: u32) -> Vec<T> {
    let from = list.partition_point(|(at, _)| *at < step);
    list[from..].iter().take_while(|(at, _)| *at == step).map(|(_, event)| *event).collect()
}

/// Reads lines `step,place,neuron,..`, where `counts` are the neurons of each place.
fn read(
    path: &Path,
    columns: &'static [&'static str],
    (last, counts): (u64, &[u32]),
    mut each: impl FnMut(&Lines, u32, u16, u32) -> Result<(), crate::formats::ArrayError>,
) -> Result<(), HardwareError> {
    let mut lines = Lines::open(path, columns, columns.len())?;
    while lines.advance()? {
        let step = lines.number(0, 0..=last)? as u32;
        let none = |column: usize| {
            lines.refuse_field(column, lines.field(column).into(), "none: the network has no such neurons")
        };
        let places = (counts.len() as u64).checked_sub(1).ok_or_else(|| none(1))?;
        let place = lines.number(1, 0..=places)? as u16;
        let neurons = u64::from(counts[usize::from(place)]).checked_sub(1).ok_or_else(|| none(2))?;
        let neuron = lines.number(2, 0..=neurons)? as u32;
        each(&lines, step, place, neuron)?;
    }
    Ok(())
}
