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
    fn switches(&self, steps: u32) -> Vec<(u32, bool)> {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn switches(from: u32, until: u32, every: Option<u32>, error_delay: u32) -> Vec<(u32, bool)> {
        Window { from, until, every, error_delay }.switches(30)
    }

    #[test]
    fn a_lone_neuron_answers_for_two_classes() {
        let schedule = |outputs, right, wrong| Schedule {
            encoders: Vec::new(),
            events: None,
            steps: 10,
            window: Window { from: 6, until: 10, every: None, error_delay: 1 },
            answer: (6, 10),
            unseen: Some((6, 7)),
            clear: true,
            first_channel: 3,
            outputs,
            right,
            wrong,
        };
        let lone = schedule(1, 300, -100);
        // The middle of both targets is 100, over 4 steps.
        assert_eq!([lone.class_of(&[401.0], 4, 1.0), lone.class_of(&[400.0], 4, 1.0)], [0, 1]);
        assert_eq!(
            [lone.class_of(&[200.5], 4, 0.5), lone.class_of(&[199.5], 4, 0.5)],
            [0, 1],
            "in other units"
        );
        let targets = |label| {
            let shown = Presentation { sample: 0, epoch: 0 };
            lone.program(Shown::Events(&[]), shown, Some(label)).swap_remove(0).control
        };
        assert!(targets(0).contains(&Control::Target { channel: 3, value: 300 }));
        assert!(targets(1).contains(&Control::Target { channel: 3, value: -100 }));
        assert_eq!(schedule(3, 1, 0).class_of(&[1.0, 2.0, 2.0], 4, 1.0), 1, "the first of equals");
    }

    #[test]
    fn the_flag_is_on_until_the_last_error_is_used() {
        assert_eq!(switches(10, 30, None, 1), [(10, true)]);
        assert_eq!(switches(10, 20, None, 1), [(10, true), (21, false)]);
        assert_eq!(switches(10, 20, None, 4), [(10, true), (24, false)]);
        assert_eq!(switches(10, 10, None, 1), []);
        assert_eq!(
            switches(8, 30, Some(10), 1),
            [(8, true), (10, false), (18, true), (20, false), (28, true)]
        );
        assert_eq!(switches(8, 12, Some(2), 3), [(8, true), (14, false)], "no pause within the delay");
        assert_eq!(switches(0, 30, Some(40), 1), [(0, true), (2, false)]);
    }
}
