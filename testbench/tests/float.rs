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
    pub mod case;
    pub mod choices;
    pub mod learning;
    pub mod mapping;
    pub mod network;
    pub mod program;
    pub mod projection;
    pub mod trace;
}
