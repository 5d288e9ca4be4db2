//! What happens to a chip from outside, step by step: stimulus spikes, injected currents, control events.
//!
//! Promises: a program is data, the same for every worker; a stimulus spike "of step n" counts as an input
//! neuron that fired in step n; control events of a step come before everything else of it, in their order. However a
//! step's events of one neuron are cut into entries, the chip does the same and is sent the same packets.
//! Absent on purpose: data sets and encoders (they write programs).

use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// A broadcast packet from the host: micro-step 1, before spikes and errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Control {
    /// Registers, traces, error traces, eligibility, arrival and delay buffers to their reset values; weights stay.
    Clear,
    /// Latches `value` (membrane lanes; 0 or 1 for spike trains) in the target register of `channel`.
    Target {
        /// Broadcast channel.
        channel: u16,
        /// The target.
        value: i32,
    },
    /// Switches errors, third factors and weight writes on or off.
    Learn(bool),
    /// Sets what is added to every learning-rate shift.
    ShiftOffset(u8),
}

/// Events of one input neuron in one step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StimulusSpike {
    /// Index of the input population.
    pub input: u16,
    /// Neuron of it.
    pub neuron: u32,
    /// Events, 1..=255.
    pub count: u8,
}

/// A current added to the dendritic sum of one neuron, in this very step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Injection {
    /// Index of the population.
    pub population: u16,
    /// Neuron of it.
    pub neuron: u32,
    /// Addend, in lanes of the dendritic sum.
    pub value: i32,
}

/// Everything that happens from outside in one step.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepEvents {
    /// Control events, in order.
    pub control: Vec<Control>,
    /// Input neurons that fire.
    pub spikes: Vec<StimulusSpike>,
    /// Injected currents.
    pub injections: Vec<Injection>,
    /// Populations whose values the host reads when the step is done, each once; no bit depends on it.
    pub reads: Vec<u16>,
}

impl StepEvents {
    /// Input neurons that fire, each once, ascending: a packet carries all events of its neuron in the step, in however
    /// many entries they are stated; more than 255 are 255, which no axon exceeds either.
    #[must_use]
    pub fn packets(&self) -> Cow<'_, [StimulusSpike]> {
        let place = |spike: &StimulusSpike| (spike.input, spike.neuron);
        if self.spikes.is_sorted_by(|a, b| place(a) < place(b)) {
            return Cow::Borrowed(&self.spikes);
        }
        let mut list = self.spikes.clone();
        list.sort_by_key(place);
        list.dedup_by(|next, kept| {
            let same = place(next) == place(kept);
            kept.count = if same { kept.count.saturating_add(next.count) } else { kept.count };
            same
        });
        Cow::Owned(list)
    }

    /// Neurons that currents are injected into, as (population, neuron), each once, ascending: a packet carries their sum.
    #[must_use]
    pub fn driven(&self) -> Vec<(u16, u32)> {
        let mut list: Vec<_> = self.injections.iter().map(|to| (to.population, to.neuron)).collect();
        list.sort_unstable();
        list.dedup();
        list
    }
}

/// Consecutive steps.
pub type Program = Vec<StepEvents>;
