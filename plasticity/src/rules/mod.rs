//! The rules. One file a part; each states its equation and the state it pays for.
//!
//! | rule of the paper | third factor | eligibility | product |
//! | --- | --- | --- | --- |
//! | delta rule of a readout | [`OwnError`] | - | [`TraceProduct`] |
//! | direct random feedback | [`Feedback`] | - | [`TraceProduct`] |
//! | DCLL | [`GroupError`] | - | [`TraceProduct`] |
//! | SuperSpike | any of these | [`DoubleFilter`] | [`EligibilityProduct`] |

mod double_filter;
mod eligibility_product;
mod feedback;
mod group_error;
mod own_error;
mod rate_regulariser;
mod surrogate_derivative;
mod trace_product;

pub use double_filter::DoubleFilter;
pub use eligibility_product::EligibilityProduct;
pub use feedback::Feedback;
pub use group_error::GroupError;
pub use own_error::OwnError;
pub(crate) use rate_regulariser::RateRegulariser;
pub(crate) use surrogate_derivative::SurrogateDerivative;
pub use trace_product::TraceProduct;
