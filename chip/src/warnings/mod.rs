//! What is legal in a network and yet probably not meant.
//!
//! Presynaptic traces that are too coarse for their time constant: a decay rounds toward zero and takes at least one lane
//! a step, so a trace forgets early unless `increment >= 2^F / 4 / (2^F - b)` and its bits are at least
//! `log2(increment) + 4`. Source: `docs/arithmetic.md`, "Words"; on evidence accumulation with b = 4076 of 4096, traces
//! of 8 bits cost 9 points.
//!
//! Promises: a warning names the projection, what was found and what would do. Absent on purpose: errors.

use crate::network::Network;
use synfire_plasticity::config::Presynaptic;

/// Warnings about `network`, one sentence each.
#[must_use]
pub fn warnings(network: &Network) -> Vec<String> {
    let (one, engine) = (1u32 << network.datapath.decay_fraction, &network.learning);
    let increment = u32::from(engine.trace_increment);
    let wanted_bits = increment.ilog2() + 4;
    let mut warnings = Vec::new();
    for projection in &network.projections {
        if projection.learning.is_none_or(|learning| learning.presynaptic == Presynaptic::Events) {
            continue;
        }
        let decay = network.populations[projection.target].parameters.membrane_decay.get(0) as u32;
        let name = &projection.name;
        // A trace that does not decay forgets nothing.
        let wanted = if decay < one { (one / 4).div_ceil(one - decay) } else { 0 };
        if increment < wanted {
            warnings.push(format!(
                "traces of `{name}` forget early: trace_increment is {increment}, a decay of {decay}/{one} asks for \
                 {wanted} or more"
            ));
        } else if u32::from(engine.trace_bits) < wanted_bits {
            warnings.push(format!(
                "traces of `{name}` saturate after few spikes: trace_bits is {}, an increment of {increment} asks for \
                 {wanted_bits} or more",
                engine.trace_bits
            ));
        }
    }
    warnings
}
