//! The product of an event-driven rule: `dW_ij ~ L_i s(U_i) S_j`, S the events that arrived in this step.
//!
//! Source: Neftci, Augustine, Paul and Detorakis, "Event-driven random back-propagation" (2017). State: nothing, not
//! even a trace.

use crate::reads;
use crate::rule::{UpdateRule, Visited, Word};
use crate::variables::Meter;
use crate::views::SynapseView;

/// Modulation times arrived events.
#[derive(Clone, Copy, Debug, Default)]
pub struct EventProduct;

reads! { EventProduct: Modulation, Events }

impl UpdateRule for EventProduct {
    const VISITED: Visited = Visited::Events;

    #[inline(always)]
    fn product<W: Word, M: Meter>(&self, synapse: &SynapseView<'_, Self, M>) -> W {
        W::product(synapse.modulation(), synapse.events())
    }
}
