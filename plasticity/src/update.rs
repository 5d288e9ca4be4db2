//! How a product becomes a weight: rate, rounding, the store's limit, and the options of the projection that enter
//! between product and rounding.
//!
//! Micro-step 8 of `docs/arithmetic.md`, 9.3 and 9.6, the same for a synapse, a tap of a shared kernel and a mirrored
//! copy. Promises: an option is read from the configuration, applied and declared here; rows, taps and mirrors carry
//! it and do not look into it. Absent on purpose: the product (`rules`), the random word (`kernel`, `shared`).

use crate::config::SynapseLearning;
use crate::rule::Word;
use crate::rules::WeightDecay;
use crate::variables::{Declared, Meter};
use crate::views::{SynapseState, SynapseView};
use synfire_core::rounding::Rounding;

/// How every product of a projection is written, in one step.
#[derive(Clone, Copy, Debug)]
pub struct WeightUpdate {
    /// Learning-rate shift k, 0..=31.
    pub shift: u32,
    /// Rounding.
    pub rounding: Rounding,
    /// Largest weight magnitude.
    pub limit: i32,
    /// Weight decay, where the projection has it.
    pub decay: Option<WeightDecay>,
}

impl WeightUpdate {
    /// Updates of weights of `store_bits`, the learning rate lowered by `shift_offset`.
    #[must_use]
    pub fn new(config: &SynapseLearning, shift_offset: u8, store_bits: u8) -> Self {
        Self {
            shift: u32::from(config.shift.saturating_add(shift_offset).min(31)),
            rounding: config.rounding,
            limit: (1 << (store_bits - 1)) - 1,
            decay: config.decay_shift().map(|shift| WeightDecay { shift }),
        }
    }

    /// The weight of `synapse` after `product`; `word` is the r of section 9.3.
    #[inline(always)]
    pub fn written<W: Word, M: Meter>(&self, product: W, synapse: SynapseState, word: u32, meter: &M) -> i32 {
        let product = match self.decay {
            None => product,
            Some(decay) => decay.taken(product, &SynapseView::new(synapse, meter)),
        };
        product.updated(synapse.weight, word, self.shift, self.limit)
    }
}

/// What wants to know the declarations of options.
pub(crate) trait WithOption {
    /// An option that the configuration has.
    fn with<D: Declared>(&mut self);
}

/// The options of a configuration, as far as they read anything of a synapse with a weight of its own.
pub(crate) fn options(config: &SynapseLearning, of: &mut impl WithOption) {
    if config.weight_decay.is_some() {
        of.with::<WeightDecay>();
    }
}
