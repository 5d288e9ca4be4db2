//! Answers to samples: while they are learned from, and after an epoch.
//!
//! An answer while training is read before the sample's own label can have reached a membrane. At first sight it says
//! what the network knew of samples like it; in later passes it also says what it remembers of this one.
//!
//! Promises: the two are never added up. Absent on purpose: when an answer is read (`schedule`).

use super::file::Classify;
use serde::{Deserialize, Serialize};

/// Answers of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Right ones.
    pub right: u32,
    /// All.
    pub given: u32,
}

impl Tally {
    /// Counts one.
    pub fn count(&mut self, right: bool) {
        self.right += u32::from(right);
        self.given += 1;
    }

    /// Right ones of all, 0..=1; `None` where none was given.
    #[must_use]
    pub fn accuracy(self) -> Option<f64> {
        (self.given > 0).then(|| f64::from(self.right) / f64::from(self.given))
    }
}

/// Answers of one epoch while training, each given before the sample's own label could reach a membrane.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WhileTraining {
    /// To samples that were never learned from before: the first pass.
    pub first_sight: Tally,
    /// To samples whose label was learned from in an earlier pass, so that memory counts.
    pub seen_before: Tally,
}

impl WhileTraining {
    /// Counts an answer to a sample that is presented in `pass`.
    pub fn count(&mut self, pass: u32, right: bool) {
        let kind = if pass == 0 { &mut self.first_sight } else { &mut self.seen_before };
        kind.count(right);
    }

    /// For a line of progress; empty where no answer was given.
    #[must_use]
    pub fn describe(&self) -> String {
        let of = |kind: Tally, what: &str| {
            kind.accuracy().map_or_else(String::new, |part| format!(", {:.1} % {what}", 100.0 * part))
        };
        of(self.first_sight, "right at first sight") + &of(self.seen_before, "right of samples seen before")
    }
}

/// Accuracy after one epoch.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct EpochScore {
    /// Answers while training.
    #[serde(default)]
    pub training: WhileTraining,
    /// Training samples.
    pub train_samples: u32,
    /// Scored samples that were right after the epoch.
    pub test_correct: u32,
    /// Scored samples.
    pub test_samples: u32,
}

/// Name of a column of a table of epochs, and the answers in it.
pub type Column = (&'static str, fn(&EpochScore) -> Tally);

/// The columns of a table of epochs that hold answers while training: those kinds of which there is one.
#[must_use]
pub fn columns(curve: &[EpochScore]) -> Vec<Column> {
    let all: [Column; 2] = [
        ("while training, at first sight", |score| score.training.first_sight),
        ("while training, seen before", |score| score.training.seen_before),
    ];
    all.into_iter().filter(|(_, kind)| curve.iter().any(|score| kind(score).given > 0)).collect()
}

/// When answers while training are read, or why there are none: a sentence below that table.
#[must_use]
pub fn note(settings: &Classify) -> String {
    match settings.unseen_answer() {
        Some((from, until)) => {
            let steps = if until == from + 1 {
                format!("in step {from}")
            } else {
                format!("summed over steps {from} to {}", until - 1)
            };
            format!(
                "while training: answers {steps}, before the sample's own label can reach a membrane; at first sight: \
                 never learned from before; seen before: learned from in an earlier pass, so memory counts"
            )
        }
        None => {
            let (from, learn_from) = (settings.answer().0, settings.learn_from);
            format!(
                "no accuracy while training: answers are read from step {from} on, errors are formed from step \
                 {learn_from} on, so no membrane that has seen the sample is read before its label can reach it"
            )
        }
    }
}

/// Whose answers a score of the last training samples is made of: what was learned from them before.
#[must_use]
pub fn last_trained(curve: &[EpochScore]) -> &'static str {
    let seen: u32 = curve.iter().map(|score| score.training.seen_before.given).sum();
    let scored = curve.last().map_or(0, |score| score.test_samples);
    match seen {
        0 => "last training samples",
        _ if seen >= scored => "last training samples, all seen before",
        _ => "last training samples, some seen before",
    }
}
