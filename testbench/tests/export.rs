//! What is exported is what was built: random networks in random layouts come back as the machine that they left, bit by
//! bit; an edited word is that word in the run; what is damaged is refused at its place.

#[path = "plain"]
#[expect(dead_code, reason = "shared with the comparison with the plain reference, which uses all of it")]
mod plain {
    pub use synfire::hardware::vectors::draw::{choices, network, program};

    pub mod case;
    pub mod engine;
    pub mod learning;
    pub mod mapping;
    pub mod trace;
}
#[path = "cli/folder.rs"]
#[expect(dead_code, reason = "shared with the tests of the command, which use all of it")]
mod folder;
#[path = "export"]
mod export {
    pub mod command;
    pub mod damaged;
    pub mod folder;
    pub mod forged;
    pub mod layouts;
    pub mod paths;
    pub mod random;
    pub mod rtl;
    pub mod vectors;
}
