//! The trace-only product: `dW_ij ~ L_i s(U_i) P_j`.
//!
//! Source: V of Neftci, Mostafa and Zenke (2019). State: nothing beyond the axon's trace.

use crate::reads;
use crate::rule::{UpdateRule, Word};
use crate::variables::Meter;
use crate::views::SynapseView;

/// Modulation times trace.
#[derive(Clone, Copy, Debug, Default)]
pub struct TraceProduct;

reads! { TraceProduct: Modulation, TraceP }

impl UpdateRule for TraceProduct {
    #[inline(always)]
    fn product<W: Word, M: Meter>(&self, synapse: &SynapseView<'_, Self, M>) -> W {
        W::product(synapse.modulation(), synapse.trace_p())
    }
}
