//! Presynaptic traces that are too coarse for their time constant.
//!
//! A decay rounds toward zero and takes at least one lane a step, so a trace forgets early unless
//! `increment >= 2^F / 4 / (2^F - b)` and its bits are at least `log2(increment) + 4`. Source: `docs/arithmetic.md`,
//! "Words"; on evidence accumulation with b = 4076 of 4096, traces of 8 bits cost 9 points.
//!
//! Promises: silent about projections that keep no trace. Absent on purpose: eligibility states.

use crate::network::{Network, Projection};
use synfire_plasticity::config::Presynaptic;

/// What is too coarse about the traces of `projection`.
pub(super) fn warning(network: &Network, projection: &Projection) -> Option<String> {
    if projection.learning?.presynaptic == Presynaptic::Events {
        return None;
    }
    let (one, engine) = (1u32 << network.datapath.decay_fraction, &network.learning);
    let increment = u32::from(engine.trace_increment);
    let wanted_bits = increment.ilog2() + 4;
    let decay = network.populations[projection.target].parameters.membrane_decay.get(0) as u32;
    let name = &projection.name;
    // A trace that does not decay forgets nothing.
    let wanted = if decay < one { (one / 4).div_ceil(one - decay) } else { 0 };
    if increment < wanted {
        return Some(format!(
            "traces of `{name}` forget early: trace_increment is {increment}, a decay of {decay}/{one} asks for \
             {wanted} or more"
        ));
    }
    (u32::from(engine.trace_bits) < wanted_bits).then(|| {
        format!(
            "traces of `{name}` saturate after few spikes: trace_bits is {}, an increment of {increment} asks for \
             {wanted_bits} or more",
            engine.trace_bits
        )
    })
}
