//! The control events of a presentation: clear, targets, learn on and off.
//!
//! Step 0: `clear` (unless the state runs on), `learn off`, and for training one `target k value` a channel. Errors
//! are formed in the steps of the learning window; an error of step `n` is used in step `n + error_delay`, so the
//! flag stays on for that long after the last of them, and what is formed meanwhile is lost on arrival.
//!
//! Promises: the same presentation gives the same program; a test never switches learning on.

use crate::data::encode::{self, Encoder, Presentation};
use crate::data::events::Event;
use crate::data::set::{Content, DataSet};
use synfire_chip::run::program::{Control, Program, StimulusSpike};

/// One sample as it is shown.
#[derive(Clone, Copy, Debug)]
pub enum Shown<'a> {
    /// Features, for the encoders.
    Features(&'a [u8]),
    /// Events.
    Events(&'a [Event]),
}

impl<'a> Shown<'a> {
    /// Sample `sample` of a data set.
    #[must_use]
    pub fn of(data: &'a DataSet, sample: u32) -> Self {
        match &data.content {
            Content::Features(samples) => Self::Features(samples.row(sample as usize)),
            Content::Events(samples) => Self::Events(samples.sample(sample as usize)),
        }
    }
}

/// What all presentations of a run share.
pub struct Schedule {
    /// Encoders, in order.
    pub encoders: Vec<Box<dyn Encoder + Send + Sync>>,
    /// Input population of events.
    pub events: Option<u16>,
    /// Steps of a presentation.
    pub steps: u32,
    /// When errors are formed.
    pub window: Window,
    /// Steps in which the readout is summed: the first, and one past the last.
    pub answer: (u32, u32),
    /// The same while the sample is learned from, before its label can have reached a membrane; `None`: no answer.
    pub unseen: Option<(u32, u32)>,
    /// Whether a presentation begins with `clear`.
    pub clear: bool,
    /// First broadcast channel of the readout.
    pub first_channel: u16,
    /// Readout neurons: one a class, or one for two classes.
    pub outputs: u16,
    /// Target of the right class, membrane lanes; of the first class, where one neuron answers for two.
    pub right: i32,
    /// Target of the others.
    pub wrong: i32,
}

/// The steps of a presentation in which errors are formed and used.
#[derive(Clone, Copy, Debug)]
pub struct Window {
    /// First step.
    pub from: u32,
    /// One past the last.
    pub until: u32,
    /// Every so many steps; `None`: each.
    pub every: Option<u32>,
    /// Steps from an error to its use.
    pub error_delay: u32,
}

impl Window {
    /// The steps at which the learn flag changes, with its value, ascending; within `steps`.
    #[must_use]
    pub fn switches(&self, steps: u32) -> Vec<(u32, bool)> {
        let until = self.until.min(steps);
        let mut switches: Vec<(u32, bool)> = Vec::new();
        let mut add = |from: u32, until: u32| {
            let off = until.saturating_add(self.error_delay);
            match switches.last_mut() {
                // A pause shorter than the delay is none: the flag would be off when the error arrives.
                Some(last) if last.0 >= from => last.0 = off,
                _ => switches.extend([(from, true), (off, false)]),
            }
        };
        match self.every {
            None if self.from < until => add(self.from, until),
            None => {}
            Some(every) => (self.from..until).step_by(every.max(1) as usize).for_each(|n| add(n, n + 1)),
        }
        switches.retain(|(step, _)| *step < steps);
        switches
    }
}

impl Schedule {
    /// The class that the sums of the readout's membranes over `steps` steps say, in units of `lane` lanes: the largest
    /// sum, the first of equals; of a lone neuron the first class above the middle of both targets, the second at or
    /// below it.
    #[must_use]
    pub fn class_of(&self, sums: &[f64], steps: usize, lane: f64) -> u8 {
        if let [sum] = sums {
            let middle = lane * (f64::from(self.right) + f64::from(self.wrong)) / 2.0;
            return u8::from(*sum <= middle * steps as f64);
        }
        let best = (0..sums.len()).rev().max_by(|a, b| sums[*a].total_cmp(&sums[*b]));
        best.unwrap_or(0) as u8
    }

    /// The program of one presentation; `label` is given for training.
    #[must_use]
    pub fn program(&self, sample: Shown<'_>, shown: Presentation, label: Option<u8>) -> Program {
        let encoders: Vec<&dyn Encoder> = self.encoders.iter().map(|e| &**e as &dyn Encoder).collect();
        let features = if let Shown::Features(features) = sample { features } else { &[] };
        let mut program = encode::program(&encoders, features, shown, self.steps);
        if let (Shown::Events(events), Some(input)) = (sample, self.events) {
            for event in events {
                let spike = StimulusSpike { input, neuron: event.channel, count: event.count };
                program[event.step as usize].spikes.push(spike);
            }
        }
        let first = &mut program[0].control;
        if self.clear {
            first.push(Control::Clear);
        }
        first.push(Control::Learn(false));
        if let Some(label) = label {
            for output in 0..self.outputs {
                let value = if output == u16::from(label) { self.right } else { self.wrong };
                first.push(Control::Target { channel: self.first_channel + output, value });
            }
            for (step, on) in self.window.switches(self.steps) {
                program[step as usize].control.push(Control::Learn(on));
            }
        }
        program
    }
}
