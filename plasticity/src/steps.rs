//! The fixed steps of the engine: what each reads and writes, beside what the rules declare.
//!
//! A step stands here once. Where it is done, [`Fixed::count`] tells a meter how often each variable was met; where a unit
//! says what it does (`access`), the same constant is its declaration. So no list of what is
//! counted stands beside a list of what is declared.
//!
//! Absent on purpose: when a step is done (`slice_step`, `mirror`, `sweep`), what rules read (`rules`).

use crate::variables::{Meter, Variable};

/// A step: `R` variables read, and `W` written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fixed<const R: usize, const W: usize> {
    pub reads: [Variable; R],
    pub writes: [Variable; W],
}

impl<const R: usize, const W: usize> Fixed<R, W> {
    /// Counts the step: how often each variable was read and written, in their order.
    #[inline(always)]
    pub fn count<M: Meter>(&self, meter: &M, reads: [usize; R], writes: [usize; W]) {
        for (variable, count) in self.reads.iter().zip(reads) {
            meter.read(*variable, count);
        }
        for (variable, count) in self.writes.iter().zip(writes) {
            meter.write(*variable, count);
        }
    }
}

macro_rules! steps {
    ($($(#[$doc:meta])* $name:ident ($r:literal, $w:literal): $($read:ident)* => $($written:ident)*;)*) => {
        $(
            $(#[$doc])*
            pub(crate) const $name: Fixed<$r, $w> =
                Fixed { reads: [$(Variable::$read),*], writes: [$(Variable::$written),*] };
        )*
    };
}

steps! {
    /// 6: spikes since `clear`, where a rate is limited.
    COUNT_SPIKES (1, 1): Spike => SpikeCount;
    /// 6: the readout of a group.
    GROUP_READOUT (3, 1): Spike GroupRow GroupOutput => GroupOutput;
    /// 6: the error of a group.
    GROUP_ERROR (1, 1): Target => GroupError;
    /// 6: errors from membranes, competing or not.
    MEMBRANE_ERROR (2, 0): Target Compared =>;
    /// 6: errors from filtered spikes.
    SPIKE_ERROR (3, 1): Target Spike ErrorTraces => ErrorTraces;
    /// 7: errors that hand a modulation down.
    MODULATION_ERROR (1, 0): Modulation =>;
    /// 6 and 7: an error leaves.
    SEND_ERRORS (0, 1): => BroadcastError;
    /// 7: surrogates leave.
    SEND_SURROGATES (1, 1): Surrogate => BroadcastSurrogate;
    /// 7: a third factor is saturated.
    WRITE_THIRD_FACTOR (0, 1): => ThirdFactor;
    /// 7: it stays in the neuron's error compartment.
    KEEP_COMPARTMENT (0, 1): => Compartment;
    /// 7: a surrogate derivative is saturated.
    WRITE_SURROGATE (0, 1): => Surrogate;
    /// 7: the modulation, where there is no surrogate.
    COPY_MODULATION (1, 1): ThirdFactor => Modulation;
    /// 7: the modulation.
    MODULATE (2, 1): ThirdFactor Surrogate => Modulation;
    /// 5: the traces of a mirror.
    MIRROR_TRACES (1, 1): Spike => MirrorTrace;
    /// 8: the filter of a mirror.
    MIRROR_FILTER (3, 1): MirrorTrace BroadcastSurrogate MirrorEligibility => MirrorEligibility;
    /// 8: the weights of a mirror without a filter.
    MIRROR_FROM_TRACES (2, 1): MirrorTrace BroadcastError => MirrorRow;
    /// 8: the weights of a mirror with one.
    MIRROR_FROM_FILTER (2, 1): MirrorEligibility BroadcastError => MirrorRow;
    /// 8: a synapse's rate.
    READ_NORMALISER (1, 0): Normaliser =>;
    /// 8: a synapse's rate after its eligibility advanced.
    WRITE_NORMALISER (0, 1): => Normaliser;
    /// 8: a weight is read, where its decay has not read it, and written.
    WRITE_WEIGHT (1, 1): Weight => Weight;
    /// 8: a product is added to its tap's sum.
    SUM_TAP (1, 1): TapSum => TapSum;
    /// 8: a tap is written.
    WRITE_TAP (2, 1): TapSum Tap => Tap;
    /// 8: the first state of a synapse advances.
    WRITE_FIRST_STATE (0, 1): => EligibilityFirst;
    /// 8: the second.
    WRITE_SECOND_STATE (0, 1): => EligibilitySecond;
}
