//! The float references: the twin of the chip, and gradients.

mod float {
    pub mod bound;
    pub mod digits;
    pub mod exact;
    pub mod gradients;
    pub mod hand;
    pub mod training;
}

/// The random networks that the chip is held to. Not every part of them is used here.
#[allow(dead_code)]
#[path = "plain"]
mod plain {
    pub use synfire::hardware::vectors::draw::{choices, network, program};

    pub mod case;
    pub mod learning;
    pub mod mapping;
    pub mod trace;
}
