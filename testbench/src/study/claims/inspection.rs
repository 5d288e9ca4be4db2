//! Looking into the chip of a trained cell: feedback against readout weights, local readouts of learning groups.

use crate::study::gradient::layers::angles;
use crate::tasks::classify::cell::Cell;
use serde::{Deserialize, Serialize};
use synfire_chip::run::machine::{Machine, RunOptions};
use synfire_chip::run::probe::Recorder;

/// What is seen in a trained chip.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Inspection {
    /// Angle in degrees between B and the weights to the readout, of each population with random feedback.
    pub angles: Vec<(String, f64)>,
    /// Accuracy on the test part of the local readouts of each population with learning groups, 0..=1.
    pub local: Vec<(String, f64)>,
}

impl Inspection {
    /// What is seen in the chip of a cell after training; its state is then that of the last test sample.
    ///
    /// # Errors
    /// When the chip's run fails, or the cell runs on the float twin.
    pub fn of(cell: &mut Cell<'_>) -> Result<Self, String> {
        let network = cell.network().clone();
        let grouped: Vec<usize> = match cell.machine() {
            Some(machine) => {
                (0..network.populations.len()).filter(|p| !outputs(machine, *p).is_empty()).collect()
            }
            None => return Err("a float twin has no chip to look into".to_owned()),
        };
        // Only local readouts need the test part once more.
        let samples = if grouped.is_empty() { &[] } else { cell.held_out() };
        let programs: Vec<_> =
            samples.iter().map(|sample| (cell.test_program(*sample), cell.label(*sample))).collect();
        let answer = cell.answer();
        let Some(machine) = cell.machine_mut() else { return Ok(Self::default()) };
        let weights: Vec<Vec<f64>> = (0..network.projections.len())
            .map(|p| machine.weights(&network, p).into_iter().map(f64::from).collect())
            .collect();
        let mut correct = vec![0u32; grouped.len()];
        let mut recorder = Recorder::new(Vec::new(), &machine.nodes);
        for (program, label) in &programs {
            let mut sums = vec![Vec::new(); grouped.len()];
            for (step, events) in program.iter().enumerate() {
                let events = std::slice::from_ref(events);
                machine.run(events, RunOptions::default(), &mut recorder).map_err(|e| e.to_string())?;
                for (sums, population) in sums.iter_mut().zip(&grouped).filter(|_| answer.contains(&step)) {
                    add(sums, &outputs(machine, *population));
                }
            }
            for (correct, sums) in correct.iter_mut().zip(&sums) {
                // The first of equals.
                let answer = (0..sums.len()).rev().max_by_key(|class| sums[*class]);
                *correct += u32::from(answer == Some(usize::from(*label)));
            }
        }
        let accuracy = |correct: u32| f64::from(correct) / programs.len().max(1) as f64;
        let name = |population: &usize| network.populations[*population].name.clone();
        Ok(Self {
            angles: angles(&network, &weights),
            local: grouped.iter().map(name).zip(correct.into_iter().map(accuracy)).collect(),
        })
    }
}

/// Readouts Y of the learning groups of a population, summed over its groups; empty where it has none.
fn outputs(machine: &Machine, population: usize) -> Vec<i64> {
    let mut sums = Vec::new();
    for node in &machine.nodes {
        for (slice, own) in node.core.slices.iter().zip(&node.unit.slices) {
            let Some(groups) = own.groups().filter(|_| slice.population as usize == population) else {
                continue;
            };
            for group in 0..groups.len() {
                add(&mut sums, &groups.output(group).iter().map(|y| i64::from(*y)).collect::<Vec<_>>());
            }
        }
    }
    sums
}

fn add(sums: &mut Vec<i64>, values: &[i64]) {
    sums.resize(values.len(), 0);
    sums.iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
}
