//! Which neurons of a slice are active in a step: a count of the hardware's, which changes no bit.
//!
//! Every mapped neuron is accessed in every step. It is *active* where an event reached one of its synapses or a current
//! was injected into it, where its current, membrane, refractory counter or adaptation was not at rest before the
//! update, or where it has a bias or noise. Rest is 0, for each of these registers, whatever it decays to and however
//! long it holds a value. A weight of zero is a synapse only where it can change: otherwise how a row is stored would
//! decide what is one. Source: `docs/timing-and-energy.md`, "Active neurons".
//!
//! A chip may count by the membrane alone ([`ActiveBy::Membrane`]): then a current, a refractory counter or an adaptation
//! that is not at rest is no reason, who fired was active, and a synapse is whatever is stored as one, weight of zero or
//! not: what is read reaches its neuron.
//!
//! Promises: the count is of neurons, so it depends on neither rows' encodings (but by the membrane alone) nor cuts nor
//! what is skipped. Neurons that
//! are known to be active are not looked at; those of blocks at rest are looked at once; who does not watch pays an
//! operation for 4,096 neurons.
//! Absent on purpose: what an update costs, whether the simulator does it (`slice`).

use crate::lif::{BLOCK, pack_word};
use crate::neuron::NeuronParameters;
use crate::synapse::{RowLayout, SynapseMemory, WeightLanes};
use crate::vectorised;
use core::ops::Range;

/// Up to so many neurons of a block are looked up in a dense row one by one.
const FEW: u32 = 8;

/// A neuron is looked for in a listed row in the time of so many entries.
const SEARCH: usize = 16;

/// Which registers that are not at rest make a neuron active.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ActiveBy {
    /// Any of current, membrane, refractory counter, adaptation.
    #[default]
    Registers,
    /// The membrane; and firing; and every place of a row that carried an event.
    Membrane,
}

/// The rows that carried events to a slice in a step: those of one block of axons.
#[derive(Clone, Copy)]
pub(crate) struct Arrived<'a> {
    pub memory: &'a SynapseMemory,
    /// Whether weights of zero are synapses.
    pub plastic: bool,
    /// The axons.
    pub axons: &'a [u32],
}

impl Arrived<'_> {
    /// Whether every neuron of the slice has a synapse on every axon.
    pub(crate) fn reaches_all(&self) -> bool {
        self.plastic && self.memory.layout == RowLayout::Dense
    }
}

/// Registers of a slice before their update, one lane a neuron; empty where the neurons have none.
#[derive(Clone, Copy)]
pub(crate) struct Before<'a> {
    pub current: &'a [i32],
    pub membrane: &'a [i32],
    pub refractory: &'a [u8],
    pub adaptation: &'a [i32],
    /// Dendritic sums of port 0: one that is not zero was reached.
    pub sums: &'a [i32],
    /// One bit a block: those that are about to be updated.
    pub blocks: &'a [u64],
}

/// What a slice knows of its active neurons, one bit each in words of 64 but where it says otherwise.
#[derive(Clone, Debug)]
pub(crate) struct Activity {
    len: usize,
    by: ActiveBy,
    /// Whether all were active in the last step, without `active` saying so.
    all_active: bool,
    /// Those with a bias or noise.
    driven: Vec<u64>,
    all_driven: bool,
    /// Those into which a current was injected in this step.
    injected: Vec<u64>,
    any_injected: bool,
    /// Those whose registers were not at rest when their block was looked at last.
    held: Vec<u64>,
    /// One bit a block: its registers have not changed since.
    known: Vec<u64>,
    /// Those that are active in this step.
    active: Vec<u64>,
    /// Those that are not known to be active, while listed rows are looked through.
    open: Vec<u16>,
    /// One byte a neuron, zero between steps: those that listed rows reach.
    marks: Vec<u8>,
    /// How many are active while nothing reaches the slice, where all blocks are at rest.
    resting: Option<u64>,
}

impl Activity {
    /// Of `len` neurons of which nothing is known.
    pub fn new(parameters: &NeuronParameters, len: usize) -> Self {
        let words = len.div_ceil(BLOCK);
        let has_drive = |neuron: usize| parameters.noise_bits > 0 || parameters.bias.get(neuron) != 0;
        let mut driven = vec![0u64; words];
        for neuron in (0..len).filter(|neuron| has_drive(*neuron)) {
            driven[neuron / BLOCK] |= 1 << (neuron % BLOCK);
        }
        let all_driven = (0..words).all(|block| driven[block] == whole(block, len));
        Self {
            len,
            by: ActiveBy::default(),
            all_active: false,
            all_driven,
            driven,
            injected: vec![0; words],
            any_injected: false,
            held: vec![0; words],
            known: vec![0; words.div_ceil(64)],
            active: vec![0; words],
            open: Vec::new(),
            marks: Vec::new(),
            resting: None,
        }
    }

    /// Biases changed.
    pub fn follow(&mut self, parameters: &NeuronParameters) {
        let Self { driven, all_driven, .. } = Self::new(parameters, self.len);
        (self.driven, self.all_driven) = (driven, all_driven);
        self.forget_all();
    }

    /// Whether every neuron is active in every step.
    pub fn is_constant(&self) -> bool {
        self.all_driven
    }

    /// By which registers neurons are counted from now on.
    pub fn count_by(&mut self, by: ActiveBy) {
        self.by = by;
        self.forget_all();
    }

    /// Neurons of the last step that fired, one bit each in words of 64, and were not counted as active before their
    /// update.
    pub fn fired_beyond<'a>(&self, fired: impl Iterator<Item = &'a u64>) -> u64 {
        if self.by == ActiveBy::Registers || self.all_active {
            return 0;
        }
        fired.zip(&self.active).map(|(fired, active)| u64::from((fired & !active).count_ones())).sum()
    }

    /// A current was injected into a neuron.
    pub fn inject(&mut self, neuron: usize) {
        self.injected[neuron / BLOCK] |= 1 << (neuron % BLOCK);
        self.any_injected = true;
    }

    /// The registers of some blocks (one bit each) are about to change.
    #[inline]
    pub fn forget(&mut self, blocks: &[u64]) {
        self.known.iter_mut().zip(blocks).for_each(|(known, blocks)| *known &= !blocks);
        self.resting = None;
        self.end_step();
    }

    /// All registers changed.
    pub fn forget_all(&mut self) {
        self.known.fill(0);
        self.resting = None;
        self.end_step();
    }

    fn end_step(&mut self) {
        if std::mem::take(&mut self.any_injected) {
            self.injected.fill(0);
        }
    }

    /// How many neurons are active in a step, before its update; `ports` are the sums of the other ports.
    pub fn count<'a, 'b>(
        &mut self,
        before: Before<'_>,
        ports: impl Iterator<Item = &'a [i32]>,
        arrived: impl Iterator<Item = Arrived<'b>> + Clone,
    ) -> u64 {
        let stored = self.by == ActiveBy::Membrane;
        let arrived = arrived.map(move |rows| Arrived { plastic: rows.plastic || stored, ..rows });
        self.all_active = self.all_driven || arrived.clone().any(|rows| rows.reaches_all());
        if self.all_active {
            return self.len as u64;
        }
        let quiet = before.blocks.iter().all(|word| *word == 0) && arrived.clone().next().is_none();
        if let (true, Some(count)) = (quiet, self.resting) {
            return count;
        }
        self.look(before);
        for (block, active) in self.active.iter_mut().enumerate() {
            *active = self.held[block] | self.driven[block] | self.injected[block];
        }
        for sums in ports {
            for (active, sums) in self.active.iter_mut().zip(sums.chunks(BLOCK)) {
                *active |= nonzero(sums);
            }
        }
        for rows in arrived {
            if self.is_full() {
                break;
            }
            self.reach(rows);
        }
        let count = self.active.iter().map(|word| u64::from(word.count_ones())).sum();
        self.resting = quiet.then_some(count);
        count
    }

    /// Takes note of the registers that are not at rest.
    fn look(&mut self, before: Before<'_>) {
        let Before { membrane, sums, blocks, .. } = before;
        let Before { current, refractory, adaptation, .. } = match self.by {
            ActiveBy::Registers => before,
            // A register that is looked at twice is looked at alone.
            ActiveBy::Membrane => Before { current: membrane, refractory: &[], adaptation: &[], ..before },
        };
        let Self { held, known, .. } = self;
        busy(current, membrane, refractory, adaptation, sums, blocks, known, held);
        known.iter_mut().zip(blocks).for_each(|(known, blocks)| *known = !blocks);
    }

    fn is_full(&self) -> bool {
        self.active.iter().enumerate().all(|(block, word)| *word == whole(block, self.len))
    }

    /// The neurons that some rows reach, among those that are not known to be active.
    fn reach(&mut self, Arrived { memory, plastic, axons }: Arrived<'_>) {
        let rows = axons.iter().map(|axon| memory.row(*axon as usize));
        match (&memory.layout, &memory.weights) {
            (RowLayout::Dense, WeightLanes::I8(weights)) => self.reach_dense(weights, axons),
            (RowLayout::Dense, WeightLanes::I16(weights)) => self.reach_dense(weights, axons),
            (RowLayout::Sparse { posts, .. } | RowLayout::Shared { posts, .. }, _) if plastic => {
                self.reach_listed(rows, posts, |_| true);
            }
            (RowLayout::Sparse { posts, .. }, WeightLanes::I8(weights)) => {
                self.reach_listed(rows, posts, |entry| weights[entry] != 0);
            }
            (RowLayout::Sparse { posts, .. }, WeightLanes::I16(weights)) => {
                self.reach_listed(rows, posts, |entry| weights[entry] != 0);
            }
            (RowLayout::Shared { posts, .. }, weights) => {
                self.reach_listed(rows, posts, |entry| weights.get(memory.place(entry)) != 0);
            }
        }
    }

    /// Listed rows, ascending: few neurons are looked for in them, many are marked.
    fn reach_listed(
        &mut self,
        rows: impl Iterator<Item = Range<usize>>,
        posts: &[u16],
        synapse: impl Fn(usize) -> bool,
    ) {
        let Self { len, active, open, marks, .. } = self;
        open.clear();
        for (block, word) in active.iter_mut().enumerate() {
            let mut rest = whole(block, *len) & !*word;
            while rest != 0 {
                open.push((block * BLOCK) as u16 + rest.trailing_zeros() as u16);
                rest &= rest - 1;
            }
        }
        let mut marked = false;
        for row in rows {
            if open.is_empty() {
                break;
            }
            let own = &posts[row.clone()];
            if open.len() * SEARCH < own.len() {
                open.retain(|post| {
                    let first = own.partition_point(|other| other < post);
                    let same = own[first..].iter().take_while(|other| *other == post).count();
                    let reached = (first..first + same).any(|at| synapse(row.start + at));
                    active[usize::from(*post) / BLOCK] |= u64::from(reached) << (usize::from(*post) % BLOCK);
                    !reached
                });
                continue;
            }
            if !marked {
                marks.resize(*len, 0);
                marked = true;
            }
            for (post, entry) in own.iter().zip(row) {
                marks[usize::from(*post)] |= u8::from(synapse(entry));
            }
        }
        if marked {
            for (active, marks) in active.iter_mut().zip(marks.chunks(BLOCK)) {
                *active |= pack_word(marks);
            }
            marks.fill(0);
        }
    }

    /// Dense rows of weights that do not change.
    fn reach_dense<W: Copy + Default + PartialEq>(&mut self, weights: &[W], axons: &[u32]) {
        for (block, active) in self.active.iter_mut().enumerate() {
            let all = whole(block, self.len);
            let mut open = all & !*active;
            for &axon in axons {
                if open == 0 {
                    break;
                }
                let first = axon as usize * self.len + block * BLOCK;
                let row = &weights[first..first + all.count_ones() as usize];
                open &= !if open.count_ones() <= FEW { some_nonzero(row, open) } else { nonzero(row) };
            }
            *active = all & !open;
        }
    }
}

/// The word of a block all of whose neurons are named.
fn whole(block: usize, len: usize) -> u64 {
    u64::MAX >> (BLOCK - (len - block * BLOCK).min(BLOCK))
}

/// One bit a lane, up to [`BLOCK`]: those that are not zero.
#[inline(always)]
fn nonzero<T: Copy + Default + PartialEq>(lanes: &[T]) -> u64 {
    let mut bytes = [0; BLOCK];
    bytes.iter_mut().zip(lanes).for_each(|(byte, lane)| *byte = u8::from(*lane != T::default()));
    pack_word(&bytes)
}

/// Of the lanes `of`, one bit each, those that are not zero.
fn some_nonzero<T: Copy + Default + PartialEq>(lanes: &[T], of: u64) -> u64 {
    let (mut rest, mut found) = (of, 0);
    while rest != 0 {
        let lane = rest.trailing_zeros();
        found |= u64::from(lanes[lane as usize] != T::default()) << lane;
        rest &= rest - 1;
    }
    found
}

#[inline(always)]
#[allow(clippy::too_many_arguments)]
fn busy_body(
    current: &[i32],
    membrane: &[i32],
    refractory: &[u8],
    adaptation: &[i32],
    sums: &[i32],
    blocks: &[u64],
    known: &[u64],
    held: &mut [u64],
) {
    for (block, held) in held.iter_mut().enumerate() {
        let fresh = known[block / 64] & !blocks[block / 64];
        if fresh >> (block % 64) & 1 != 0 {
            continue;
        }
        let range = block * BLOCK..(block * BLOCK + BLOCK).min(current.len());
        let lanes = [&current[range.clone()], &membrane[range.clone()], &sums[range.clone()]];
        let refractory = refractory.get(range.clone()).unwrap_or(&[]);
        let adaptation = adaptation.get(range).unwrap_or(&[]);
        *held = match lanes.map(<&[i32; BLOCK]>::try_from) {
            // Most blocks are wholly at work, which is seen without telling their neurons apart.
            [Ok(i), Ok(u), Ok(s)] if !any_zero(i, u, s) => u64::MAX,
            [Ok(i), Ok(u), Ok(s)] => busy_lanes(i, u, s, refractory, adaptation),
            _ => {
                let [i, u, s] = lanes;
                busy_lanes(i, u, s, refractory, adaptation)
            }
        };
    }
}

/// Whether all of the three are zero in any lane.
#[inline(always)]
fn any_zero(i: &[i32; BLOCK], u: &[i32; BLOCK], s: &[i32; BLOCK]) -> bool {
    let mut any = 0;
    for lane in 0..BLOCK {
        any |= i32::from(i[lane] | u[lane] | s[lane] == 0);
    }
    any != 0
}

/// One bit a lane, up to [`BLOCK`]: those in which any register or sum is not zero.
#[inline(always)]
fn busy_lanes(i: &[i32], u: &[i32], s: &[i32], refractory: &[u8], adaptation: &[i32]) -> u64 {
    let mut bytes = [0; BLOCK];
    for (byte, (i, (u, s))) in bytes.iter_mut().zip(i.iter().zip(u.iter().zip(s))) {
        *byte = u8::from(i | u | s != 0);
    }
    bytes.iter_mut().zip(refractory).for_each(|(byte, r)| *byte |= u8::from(*r != 0));
    bytes.iter_mut().zip(adaptation).for_each(|(byte, a)| *byte |= u8::from(*a != 0));
    pack_word(&bytes)
}

vectorised! {
    /// The neurons whose registers or sums are not zero, of every block that is not known or about to change.
    fn busy(
        current: &[i32], membrane: &[i32], refractory: &[u8], adaptation: &[i32], sums: &[i32], blocks: &[u64],
        known: &[u64], held: &mut [u64],
    ) => busy_body
}

#[cfg(test)]
mod tests {
    use super::ActiveBy;
    use crate::arrival::{Arrivals, Delays};
    use crate::format::Overflow;
    use crate::neuron::{Compare, Datapath, NeuronParameters, Order, PerNeuron, Reset};
    use crate::neuron_core::{AxonBlock, NeuronCore, Watch};
    use crate::slice::Slice;
    use crate::synapse::{RowLayout, SynapseMemory, WeightLanes};
    use crate::weight::{Dropped, WeightFormat};

    const DATAPATH: Datapath = Datapath {
        order: Order::UpdatedCurrent,
        state_width: 24,
        state_fraction: 15,
        current_overflow: Overflow::Saturate,
        membrane_overflow: Overflow::Saturate,
        input_shift: 0,
        decay_fraction: 12,
        compare: Compare::GreaterEqual,
    };

    /// Neurons that forget at once and never fire.
    fn parameters(membrane_decay: i32, bias: PerNeuron) -> NeuronParameters {
        let of = NeuronParameters::new(0, membrane_decay, 1000);
        NeuronParameters { bias, reset: Reset::ToValue(0), spiking: false, ..of }
    }

    /// A core of 70 neurons; axon `k` has the weights `rows[k]`, and zeros after them.
    fn core(layout: RowLayout, plastic: bool, rows: &[&[i8]], membrane_decay: i32) -> NeuronCore {
        let len = 70;
        let weights = match layout {
            RowLayout::Dense => rows
                .iter()
                .flat_map(|row| (0..len).map(|post| row.get(post).copied().unwrap_or(0)))
                .collect::<Vec<i8>>(),
            _ => rows.concat(),
        };
        let memory =
            SynapseMemory { posts: len, axons: rows.len(), layout, weights: WeightLanes::I8(weights) };
        let block = AxonBlock {
            projection: 0,
            slice: 0,
            presynaptic: (0..rows.len() as u32).collect(),
            delays: Delays::Same(1),
            memory,
            format: WeightFormat {
                store_bits: 8,
                fraction: 0,
                delivered_bits: 8,
                exponent: 0,
                dropped: Dropped::Floor,
            },
            port: 0,
            arrivals: Arrivals::new(rows.len(), 1, 1),
            traces: None,
            arrived: None,
            plastic,
        };
        let of = parameters(membrane_decay, PerNeuron::Same(0));
        let mut core = NeuronCore::default();
        core.slices.push(Slice::new(0, 0, len, DATAPATH, of, 16, 1));
        core.blocks.push(block);
        core
    }

    /// Active neurons of a step in which both axons carry an event, and of the steps after it.
    fn active(mut core: NeuronCore) -> Vec<u64> {
        let watch = Watch { active: true, ..Watch::default() };
        let step = |core: &mut NeuronCore, step| core.step_watched(step, watch).neuron_updates;
        let before = step(&mut core, 0);
        assert_eq!(before, 0, "at rest");
        for axon in 0..core.blocks[0].memory.axons {
            core.blocks[0].arrivals.mark(axon, 1, 1);
        }
        (1..5).map(|n| step(&mut core, n)).collect()
    }

    fn sparse() -> RowLayout {
        RowLayout::Sparse { starts: vec![0, 3, 6], posts: vec![0, 1, 2, 0, 2, 69] }
    }

    #[test]
    fn events_that_cancel_reach_a_neuron() {
        let rows: [&[i8]; 2] = [&[5, 0, 7], &[-5, 0, 7]];
        // Neuron 0 is reached by +5 and -5; the membrane of neuron 2 lasts one step.
        assert_eq!(active(core(RowLayout::Dense, false, &rows, 0)), [2, 1, 0, 0]);
        assert_eq!(active(core(RowLayout::Dense, true, &rows, 0)), [70, 1, 0, 0]);
    }

    /// A current of its own does not make a neuron active that is counted by its membrane; firing does.
    #[test]
    fn by_the_membrane_a_current_is_at_rest() {
        let rows: [&[i8]; 2] = [&[5, 0, 7], &[-5, 0, 7]];
        let mut by_membrane = core(RowLayout::Dense, false, &rows, 0);
        by_membrane.slices[0].count_by(ActiveBy::Membrane);
        // Every place of a dense row is reached. The membrane of neuron 2 lasts a step.
        assert_eq!(active(by_membrane), [70, 1, 0, 0]);
        // A current of 14 that halves: 14 and 7 fire and reset the membrane, 3 and 1 stay below the threshold.
        for (by, wanted) in [(ActiveBy::Registers, [2, 1, 1, 1]), (ActiveBy::Membrane, [2, 1, 0, 1])] {
            let listed = RowLayout::Sparse { starts: vec![0, 2, 4], posts: vec![0, 2, 0, 2] };
            let mut lasting = core(listed, false, &[&[5, 7], &[-5, 7]], 0);
            let mut of = parameters(0, PerNeuron::Same(0));
            (of.current_decay, of.threshold, of.spiking) = (PerNeuron::Same(2048), PerNeuron::Same(4), true);
            lasting.slices[0] = Slice::new(0, 0, 70, DATAPATH, of, 16, 1);
            lasting.slices[0].count_by(by);
            assert_eq!(active(lasting), wanted, "{by:?}");
        }
    }

    #[test]
    fn a_weight_of_zero_is_a_synapse_where_it_learns_or_what_is_stored_counts() {
        let rows: [&[i8]; 2] = [&[5, 0, 7], &[-5, 7, 0]];
        assert_eq!(active(core(sparse(), false, &rows, 0))[0], 2);
        assert_eq!(active(core(sparse(), true, &rows, 0))[0], 4);
        let mut stored = core(sparse(), false, &rows, 0);
        stored.slices[0].count_by(ActiveBy::Membrane);
        assert_eq!(active(stored)[0], 4);
    }

    #[test]
    fn what_is_held_is_not_at_rest_although_nothing_changes() {
        let rows: [&[i8]; 2] = [&[5, 0, 7], &[-5, 0, 7]];
        assert_eq!(active(core(RowLayout::Dense, false, &rows, 4096)), [2, 1, 1, 1]);
    }
}
