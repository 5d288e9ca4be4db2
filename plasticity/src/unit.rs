//! The plasticity unit of one core: micro-steps 6 to 8, in that order.
//!
//! It owns the core's copy of the broadcast, the learning registers of its slices and the eligibility of its
//! blocks; the weights and traces stay in the core. Errors leave as [`FormedError`]s; whoever routes them
//! brings them back with [`LearningUnit::receive_error`], also to the core that formed them.
//!
//! Promises: a pure function of registers, configuration and what was received; counts are the hardware's.
//! Absent on purpose: packets and routes, step control of the chip, time, energy.

use crate::access::Access;
use crate::block_learning::{BlockLearning, EligibilityState};
use crate::broadcast::BroadcastState;
use crate::config::{LearningDatapath, SliceConfig, SynapseLearning};
use crate::counts::{LearningCounts, LearningWork};
use crate::readout::ErrorFormats;
use crate::registers::{self, Keeper, Register};
use crate::rules::SynapseRule;
use crate::slice_learning::{FormedError, SliceLearning, SliceSnapshot};
use crate::variables::Tally;
use crate::widths::product_bits;
use serde::{Deserialize, Serialize};
use synfire_core::neuron::Datapath;
use synfire_core::neuron_core::{NeuronCore, SnapshotMismatch};
use synfire_core::words::Words;

/// Learning state of a core in a checkpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LearningSnapshot {
    broadcast: BroadcastState,
    slices: Vec<SliceSnapshot>,
    blocks: Vec<Option<EligibilityState>>,
}

/// The plasticity unit.
#[derive(Clone, Debug)]
pub struct LearningUnit {
    /// The core's copy of the broadcast.
    pub broadcast: BroadcastState,
    /// Learning of each slice of the core.
    pub slices: Vec<SliceLearning>,
    blocks: Vec<Option<BlockLearning>>,
    learning: LearningDatapath,
    /// What the last step did.
    work: LearningWork,
    /// Counts every access to a variable, where somebody wants to know.
    tally: Option<Tally>,
}

impl LearningUnit {
    /// A unit for `core`. `slices` gives, per slice, how its neurons learn and whether they form errors;
    /// `blocks`, per block, how its synapses learn; then how many broadcast channels the network has for errors and for
    /// surrogates.
    #[must_use]
    pub fn new(
        core: &NeuronCore,
        slices: Vec<SliceConfig>,
        blocks: &[Option<SynapseLearning>],
        (datapath, learning): (&Datapath, &LearningDatapath),
        (errors, surrogates): (usize, usize),
        seed: u32,
    ) -> Self {
        let formats = ErrorFormats {
            learning: *learning,
            state_fraction: datapath.state_fraction,
            decay_fraction: datapath.decay_fraction,
        };
        let mut slices: Vec<SliceLearning> = core
            .slices
            .iter()
            .zip(slices)
            .map(|(slice, config)| SliceLearning::new(slice, config, formats, seed))
            .collect();
        let blocks = core.blocks.iter().zip(blocks).map(|(block, config)| {
            let config = (*config)?;
            let own = &mut slices[block.slice];
            let decay_fraction = u32::from(datapath.decay_fraction);
            let adaptation = || own.follow_adaptation(&core.slices[block.slice]);
            let rule = SynapseRule::of(&config, learning, decay_fraction, adaptation);
            own.filters |= rule.state_count() > 0;
            let has_surrogate = own.learning().is_some_and(|l| l.surrogate.is_some());
            let bits = product_bits(learning, &config, has_surrogate);
            Some(BlockLearning::new(block, config, rule, bits, seed))
        });
        let blocks = blocks.collect();
        let broadcast = BroadcastState::new(errors, surrogates, learning.error_delay);
        Self { broadcast, slices, blocks, learning: *learning, work: LearningWork::default(), tally: None }
    }

    /// Control event `clear`.
    pub fn clear(&mut self) {
        self.broadcast.clear();
        self.slices.iter_mut().for_each(SliceLearning::clear);
        self.blocks.iter_mut().flatten().for_each(BlockLearning::clear);
    }

    /// An error packet formed in step `step`.
    pub fn receive_error(&mut self, error: FormedError, step: u64) {
        let due = step + u64::from(self.learning.error_delay);
        self.broadcast.receive(usize::from(error.channel), error.value, due);
    }

    /// Micro-step 1: the errors due at `step` arrive.
    pub fn arrive(&mut self, step: u64) {
        self.broadcast.arrive(step);
        self.slices.iter_mut().for_each(SliceLearning::arrive);
    }

    /// Micro-steps 6 to 8 of `step`, after the core's 1 to 5. Errors formed, and surrogates that mirrors need, are
    /// appended to `errors`.
    pub fn learn(
        &mut self,
        core: &mut NeuronCore,
        step: u64,
        errors: &mut Vec<FormedError>,
    ) -> LearningCounts {
        self.work.reset(self.slices.len(), self.blocks.len());
        let when = (step, self.broadcast.shift_offset);
        let LearningWork { slices, senders, .. } = &mut self.work;
        for (((own, slice), counts), sender) in self.slices.iter_mut().zip(&core.slices).zip(slices).zip(0..)
        {
            let before = errors.len();
            own.form_errors(slice, &self.broadcast, errors, counts, self.tally.as_ref());
            let formed = own.form_third_factors(slice, &self.broadcast, self.tally.as_ref());
            own.form_surrogates(slice, formed > 0, counts, self.tally.as_ref());
            own.hand_down_errors(slice, &self.broadcast, errors, counts, self.tally.as_ref());
            counts.third_factors += formed;
            counts.transported_weights += formed * own.transported();
            counts.errors_formed += (errors.len() - before) as u64;
            senders.resize(errors.len(), sender);
        }
        for ((own, slice), sender) in self.slices.iter().zip(&core.slices).zip(0..) {
            own.send_surrogates(slice, errors, self.tally.as_ref());
            senders.resize(errors.len(), sender);
        }
        for ((own, slice), counts) in self.slices.iter_mut().zip(&core.slices).zip(&mut self.work.slices) {
            own.mirror_step(slice, &self.broadcast, when, counts, self.tally.as_ref());
        }
        let blocks = self.blocks.iter_mut().zip(&mut core.blocks).zip(&mut self.work.blocks);
        for ((own, block), counts) in blocks {
            if let Some(own) = own {
                let first_post = core.slices[block.slice].first;
                let slice = &self.slices[block.slice];
                own.update(block, slice, first_post, when, counts, self.tally.as_ref());
            }
        }
        self.work.total()
    }

    /// What the structures of the unit did in the last step.
    #[must_use]
    pub fn work(&self) -> &LearningWork {
        &self.work
    }

    /// What the synapses of a block of the core keep; `None` where the block does not learn.
    #[must_use]
    pub fn eligibility(&self, block: usize) -> Option<&EligibilityState> {
        self.blocks.get(block)?.as_ref().map(|block| &block.state)
    }

    /// Whether the states of a block's synapses have a sign: those of an adaptation.
    #[must_use]
    pub fn has_signed_states(&self, block: usize) -> bool {
        self.blocks.get(block).is_some_and(|block| block.as_ref().is_some_and(BlockLearning::is_signed))
    }

    /// Whether the unit has anything to do, ever: a learning block, a readout or a group.
    #[must_use]
    pub fn is_used(&self) -> bool {
        self.blocks.iter().any(Option::is_some) || self.slices.iter().any(SliceLearning::is_used)
    }

    /// Visit every slot of every visited row, whether or not it can change (for comparison).
    pub fn set_dense_sweep(&mut self, on: bool) {
        self.blocks.iter_mut().flatten().for_each(|b| b.set_dense_sweep(on));
    }

    /// Counts, from now on, every read and write of a learning variable. Slower; changes no bit.
    pub fn start_tally(&mut self) {
        self.tally = Some(Tally::default());
    }

    /// What was counted since [`LearningUnit::start_tally`].
    #[must_use]
    pub fn tally(&self) -> Option<&Tally> {
        self.tally.as_ref()
    }

    /// What the unit's parts declare to read and write.
    #[must_use]
    pub fn declared(&self) -> Access {
        let mut access = Access::default();
        for slice in &self.slices {
            slice.declare(&mut access);
        }
        for block in self.blocks.iter().flatten() {
            block.declare(&mut access);
        }
        access
    }

    /// The memories of the unit beyond the core's traces, counted in what was built; none where it has nothing to do.
    #[must_use]
    pub fn registers(&self, datapath: &Datapath) -> Vec<(Keeper, Register, Words)> {
        if !self.is_used() {
            return Vec::new();
        }
        let widths = (datapath, &self.learning);
        let channels = self.broadcast.channels();
        let core =
            registers::broadcast(channels, widths).map(|(register, words)| (Keeper::Core, register, words));
        let slices = self.slices.iter().enumerate().flat_map(|(slice, own)| {
            own.registers(widths)
                .into_iter()
                .map(move |(register, words)| (Keeper::Slice(slice), register, words))
        });
        let blocks = self.blocks.iter().enumerate().flat_map(|(block, own)| {
            let own = own.iter().flat_map(move |own| own.registers(widths));
            own.map(move |(register, words)| (Keeper::Block(block), register, words))
        });
        core.into_iter().chain(slices).chain(blocks).filter(|(_, _, words)| words.count > 0).collect()
    }

    /// Everything that `restore` needs to go on with the same bits.
    #[must_use]
    pub fn snapshot(&self) -> LearningSnapshot {
        LearningSnapshot {
            broadcast: self.broadcast.clone(),
            slices: self.slices.iter().map(SliceLearning::snapshot).collect(),
            blocks: self.blocks.iter().map(|b| b.as_ref().map(|b| b.state.clone())).collect(),
        }
    }

    /// Puts a snapshot of a unit of the same configuration in place.
    ///
    /// # Errors
    /// [`SnapshotMismatch`] when shapes differ; the unit is then not usable.
    pub fn restore(&mut self, snapshot: LearningSnapshot) -> Result<(), SnapshotMismatch> {
        if !self.broadcast.fits(&snapshot.broadcast)
            || snapshot.slices.len() != self.slices.len()
            || snapshot.blocks.len() != self.blocks.len()
        {
            return Err(SnapshotMismatch);
        }
        self.broadcast = snapshot.broadcast;
        for (slice, state) in self.slices.iter_mut().zip(snapshot.slices) {
            if !slice.restore(state) {
                return Err(SnapshotMismatch);
            }
        }
        for (block, state) in self.blocks.iter_mut().zip(snapshot.blocks) {
            match (block, state) {
                (None, None) => {}
                (Some(block), Some(state)) if state.same_shape(&block.state) => block.state = state,
                _ => return Err(SnapshotMismatch),
            }
        }
        Ok(())
    }
}
