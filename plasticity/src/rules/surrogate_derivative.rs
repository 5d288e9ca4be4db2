//! The surrogate derivative as a part of a rule: a function of the neuron's own compared membrane.
//!
//! The engine evaluates it for a run of neurons at once (`surrogate::derivatives`); this is the same function of
//! one neuron through its view, for metered runs.

use crate::config::Surrogate;
use crate::reads;
use crate::surrogate;
use crate::variables::Meter;
use crate::views::NeuronView;
use synfire_core::format::Format;

/// The derivative around one threshold.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SurrogateDerivative {
    /// Shape and width.
    pub config: Surrogate,
    /// Register format.
    pub format: Format,
    /// Threshold of the neuron, a constant.
    pub threshold: i32,
}

reads! { SurrogateDerivative: Compared }

impl SurrogateDerivative {
    /// The derivative.
    pub fn value<M: Meter>(&self, neuron: &NeuronView<'_, Self, M>) -> i32 {
        surrogate::derivative(self.config, self.format, neuron.compared(), self.threshold)
    }
}

/// The derivative around a threshold that adapts: the neuron's own, in place of the constant.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AdaptedSurrogate(pub SurrogateDerivative);

reads! { AdaptedSurrogate: Compared, AdaptedThreshold }

impl AdaptedSurrogate {
    /// The derivative.
    pub fn value<M: Meter>(&self, neuron: &NeuronView<'_, Self, M>) -> i32 {
        let threshold = neuron.adapted_threshold();
        surrogate::derivative(self.0.config, self.0.format, neuron.compared(), threshold)
    }
}
