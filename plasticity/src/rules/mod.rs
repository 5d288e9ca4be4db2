//! The rules. One file a rule; each states its equation and the state it pays for.

mod dcll;
mod delta;
mod superspike;
mod three_factor;

pub use dcll::Dcll;
pub use delta::Delta;
pub use superspike::SuperSpike;
pub use three_factor::ThreeFactor;
