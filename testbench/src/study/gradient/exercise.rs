//! What the rules of a row are measured on: its network, and the presentations of an epoch that it learns from.
//!
//! Labelled samples are those of the training part, in the order of the epoch; spike trains are the cases of the seed.
//!
//! Promises: the programs are those that the chip is given by `synfire run`. Absent on purpose: held-out samples.

use crate::data::encode::Presentation;
use crate::data::split;
use crate::experiment::file::{Row, shift_offset};
use crate::experiment::rows::Rows;
use crate::tasks::classify::drawn::Drawn;
use crate::tasks::classify::schedule::{Schedule, Shown};
use crate::tasks::classify::task::Task as Classification;
use crate::tasks::patterns::case::Case;
use crate::tasks::patterns::cell::Task as Patterns;
use std::sync::atomic::AtomicBool;
use synfire_chip::chip::Chip;
use synfire_chip::files::{Diagnostic, Diagnostics};
use synfire_chip::network::Network;
use synfire_chip::run::program::{Control, Program};

/// A row with one seed.
pub struct Exercise<'a> {
    /// The chip of the row.
    pub chip: &'a Chip,
    /// The row's network.
    pub network: Network,
    /// Epochs that train it.
    pub epochs: u32,
    row: &'a Row,
    rows: Rows<'a>,
    slower_after: &'a [u32],
    shown: Presentations<'a>,
}

/// What an epoch presents.
enum Presentations<'a> {
    Samples { task: &'a Classification, data: Drawn<'a>, schedule: Box<Schedule>, kept: Vec<u32>, seed: u32 },
    Cases { cases: Vec<Case>, first_channel: u16 },
}

impl<'a> Exercise<'a> {
    /// Of a classification.
    ///
    /// # Errors
    /// When the row's files are wrong.
    pub fn of_samples(task: &'a Classification, row: &'a Row, seed: u32) -> Result<Self, Diagnostics> {
        let network = task.rows().network(row, seed)?;
        let data = Drawn::new(task, seed);
        let schedule = Box::new(task.schedule(data.outline(), row, &network, seed)?);
        let kept = task.parts(data.outline(), seed)?.kept;
        Ok(Self {
            chip: task.rows().chip(row),
            network,
            epochs: task.settings.epochs,
            row,
            rows: task.rows(),
            slower_after: &task.settings.slower_after,
            shown: Presentations::Samples { task, data, schedule, kept, seed },
        })
    }

    /// Of spike trains.
    ///
    /// # Errors
    /// When the row's files are wrong.
    pub fn of_trains(task: &'a Patterns, row: &'a Row, seed: u32) -> Result<Self, Diagnostics> {
        let network = task.rows().network(row, seed)?;
        let (_, first_channel) = task.readout(&network)?;
        let cases = task.cases(&network, seed)?;
        Ok(Self {
            chip: task.rows().chip(row),
            network,
            epochs: task.settings.epochs,
            row,
            rows: task.rows(),
            slower_after: &task.settings.slower_after,
            shown: Presentations::Cases { cases, first_channel },
        })
    }

    /// Draws the samples, where they are drawn; false where `stop` was set meanwhile.
    #[must_use]
    pub fn draw(&self, stop: &AtomicBool) -> bool {
        match &self.shown {
            Presentations::Samples { data, .. } => data.draw(stop),
            Presentations::Cases { .. } => true,
        }
    }

    /// The programs of an epoch, `most` at most.
    pub fn epoch(&self, epoch: u32, most: usize) -> Box<dyn Iterator<Item = Program> + '_> {
        let slower = shift_offset(self.slower_after, epoch);
        match &self.shown {
            Presentations::Samples { task, data, schedule, kept, seed } => {
                let order = split::presentations(kept, epoch, task.settings.epoch_samples, *seed);
                Box::new(order.into_iter().take(most).map(move |(sample, pass)| {
                    let shown = Presentation { sample, epoch: pass };
                    let label = data.outline().labels()[sample as usize];
                    let mut program = schedule.program(Shown::of(data.whole(), sample), shown, Some(label));
                    program[0].control.push(Control::ShiftOffset(slower));
                    program
                }))
            }
            Presentations::Cases { cases, first_channel } => {
                Box::new(cases.iter().take(most).map(move |case| case.program(*first_channel, Some(slower))))
            }
        }
    }

    /// A problem with the row's network.
    #[must_use]
    pub fn refuse(&self, title: String) -> Diagnostics {
        self.rows.at(self.row, "network", Diagnostic::new(title).into())
    }
}
