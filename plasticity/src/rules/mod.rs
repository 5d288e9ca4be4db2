//! The rules. One file a part; each states its equation and the state it pays for.
//!
//! | rule of the paper | third factor | eligibility | product |
//! | --- | --- | --- | --- |
//! | delta rule of a readout | [`OwnError`] | - | [`TraceProduct`] |
//! | direct random feedback | [`Feedback`] | - | [`TraceProduct`] |
//! | DCLL | [`GroupError`] | - | [`TraceProduct`] |
//! | mirror feedback, symmetric feedback | [`MirrorFeedback`] | - | [`TraceProduct`] |
//! | layer-by-layer feedback alignment | [`Feedback`] from the layer above | - | [`TraceProduct`] |
//! | eRBP | [`Compartment`] | - | [`EventProduct`] |
//! | SuperSpike | any of these | [`DoubleFilter`], perhaps [`Normaliser`] | [`EligibilityProduct`] |
//! | e-prop, adaptive threshold | any of these | [`AdaptationTrace`] | [`AdaptationProduct`] |
//!
//! Of any of them [`RateLimit`](crate::config::RateLimit) limits the rate of neurons, and [`WeightDecay`] the weights.

mod adaptation_trace;
mod compartment;
mod double_filter;
mod eligibility_product;
mod event_product;
mod feedback;
mod group_error;
mod mirror;
mod normaliser;
mod own_error;
mod rate_regulariser;
mod surrogate_derivative;
mod trace_product;
mod weight_decay;

pub use adaptation_trace::{AdaptationProduct, AdaptationTrace, adaptation_strength};
pub use compartment::Compartment;
pub use double_filter::{DoubleFilter, LateFilter};
pub use eligibility_product::EligibilityProduct;
pub use event_product::EventProduct;
pub use feedback::Feedback;
pub use group_error::GroupError;
pub use mirror::MirrorFeedback;
pub use normaliser::{BITS as NORMALISER_BITS, Normaliser};
pub use own_error::OwnError;
pub(crate) use rate_regulariser::RateRegulariser;
pub(crate) use surrogate_derivative::{AdaptedSurrogate, SurrogateDerivative};
pub use trace_product::TraceProduct;
pub use weight_decay::WeightDecay;
