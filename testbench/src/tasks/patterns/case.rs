//! What is presented, what is to be answered, and the words that the makers of cases draw.
//!
//! Promises: the same settings and seed give the same cases; target steps ascend. Absent on purpose: the makers.

use crate::experiment::origin::Origin;
use synfire_chip::files::Diagnostics;
use synfire_chip::network::Network;
use synfire_chip::run::program::{Control, Program, StepEvents, StimulusSpike};
use synfire_core::dither::{Purpose, row_key, word};

/// One presentation with its targets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// The stimulus, without control events.
    pub stimulus: Program,
    /// Target steps by readout neuron, ascending.
    pub targets: Vec<Vec<u32>>,
}

impl Case {
    /// The case as it is presented, from `clear` on; with a `slower` (what is added to every learning-rate shift) it is
    /// learned from: a target is 1 in its step, `first_channel` is that of the first readout neuron.
    #[must_use]
    pub fn program(&self, first_channel: u16, slower: Option<u8>) -> Program {
        let mut program = self.stimulus.clone();
        program[0].control.extend([Control::Clear, Control::Learn(slower.is_some())]);
        let Some(slower) = slower else { return program };
        program[0].control.push(Control::ShiftOffset(slower));
        for (channel, targets) in (first_channel..).zip(&self.targets) {
            for &step in targets {
                program[step as usize].control.push(Control::Target { channel, value: 1 });
                if let Some(next) = program.get_mut(step as usize + 1) {
                    next.control.push(Control::Target { channel, value: 0 });
                }
            }
        }
        program
    }
}

/// What the makers of cases are given.
pub struct Draw<'a> {
    /// The network whose inputs are named.
    pub network: &'a Network,
    /// The experiment file, for problems.
    pub place: &'a Origin,
    /// Seed of the cell.
    pub seed: u32,
    /// Steps of a presentation.
    pub steps: u32,
    /// Readout neurons.
    pub outputs: u32,
}

impl Draw<'_> {
    /// Index and neurons of the input that `field` names.
    ///
    /// # Errors
    /// When there is none of that name.
    pub fn input(&self, field: &str, name: &str) -> Result<(u16, u32), Diagnostics> {
        let inputs = &self.network.inputs;
        let index = self.network.input(name).ok_or_else(|| {
            self.place.unknown(field, "input", name, inputs.iter().map(|input| input.name.as_str()))
        })?;
        Ok((index as u16, inputs[index].neurons))
    }

    /// A presentation without events.
    #[must_use]
    pub fn silence(&self) -> Program {
        vec![StepEvents::default(); self.steps as usize]
    }

    /// Adds a frozen Poisson raster of an input: neuron `i` fires in step `n` when
    /// `word(row_key(seed, n, projection, pre), i) < ceil(2^32 rate)`, purpose `Stimulus`.
    pub fn add_raster(
        &self,
        stimulus: &mut Program,
        (input, neurons): (u16, u32),
        (projection, pre): (u32, u32),
        rate_ppm: u32,
    ) {
        let threshold = (u64::from(rate_ppm) << 32).div_ceil(1_000_000);
        for (step, events) in (0..).zip(stimulus) {
            let row = row_key(Purpose::Stimulus.seed(self.seed), step, projection, pre);
            let fires = |neuron: &u32| u64::from(word(row, *neuron)) < threshold;
            let spike = |neuron| StimulusSpike { input, neuron, count: 1 };
            events.spikes.extend((0..neurons).filter(fires).map(spike));
        }
    }

    /// `0..count` in the order of their words under a name: a random permutation. Purpose `Stimulus`.
    #[must_use]
    pub fn order(&self, (projection, pre): (u32, u32), count: u32) -> Vec<u32> {
        let row = row_key(Purpose::Stimulus.seed(self.seed), 0, projection, pre);
        let mut order: Vec<u32> = (0..count).collect();
        order.sort_by_key(|index| (word(row, *index), *index));
        order
    }
}
