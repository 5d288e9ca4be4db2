//! Tasks beyond static features, as their users meet them: events, own parts, stores, streams, comparisons.

#[path = "cli/folder.rs"]
#[expect(dead_code, reason = "shared with the tests of the command, which use all of it")]
mod folder;

mod tasks {
    pub mod answers;
    pub mod compare;
    pub mod draws;
    pub mod events;
    pub mod order;
    pub mod recordings;
    pub mod stores;
    pub mod traffic;
}
