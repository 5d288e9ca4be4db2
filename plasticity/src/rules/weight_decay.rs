//! Weight decay: `product <- product - (w << s)`, for a synapse whose product is not zero.
//!
//! The learning-rate shift follows, so a visit takes `2^(s - k)` of the weight, and one dithered rounding serves both:
//! weights decay on average although each loses less than a lane. It is the slope of `w^2 / 2`, weighed against the
//! rule's product, and slows down with the learning rate. State: nothing. Fixed point: that of the product.
//!
//! Absent on purpose: decay of synapses that nothing visits; a sweep would cost an access to every weight.

use crate::reads;
use crate::rule::Word;
use crate::variables::Meter;
use crate::views::SynapseView;

/// The decay of a projection's weights.
#[derive(Clone, Copy, Debug)]
pub struct WeightDecay {
    /// Left shift of the weight, to the lanes of a product.
    pub shift: u32,
}

reads! { WeightDecay: Weight }

impl WeightDecay {
    /// The synapse's product with the decay taken from it.
    #[inline(always)]
    pub fn taken<W: Word, M: Meter>(&self, product: W, synapse: &SynapseView<'_, Self, M>) -> W {
        product.less_decay(synapse.weight(), self.shift)
    }
}
