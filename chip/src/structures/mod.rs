//! The memories of a core: one list for everything that asks how large a core is.
//!
//! A [`Structure`] is a kind of memory, who it is for, how many words it has and how wide they are. The list of a core
//! is formed in two ways: *planned*, from the network and the slices that it is to hold, before anything is built; and
//! *counted*, on the core that was built. Fit and mapping read the first, reports and audits the second.
//!
//! | what | where |
//! | --- | --- |
//! | kinds, and the limit that each counts against | `kind` |
//! | the list, its sums | `list` |
//! | what neurons and rows need, for both ways | `neurons`, `rows` |
//! | synapses by the neuron they end in, counted while a slice grows | `inbound` |
//! | the two lists | `planned`, `counted` |
//!
//! Promises: both ways give the same list, word for word; bits are the described hardware's, not of the simulator's
//! containers. Absent on purpose: configuration registers of which a population or a core has one set; dendritic sums and
//! compared membranes, which live within a step; where a slice goes (`place`), what a step does (`run`), prices (`cost`).

pub mod counted;
pub mod inbound;
mod kind;
mod list;
mod neurons;
pub mod planned;
pub mod rows;

pub use counted::{key_bits, route_bits, router_key_bits};
pub use kind::{Kind, Part, Resource};
pub use list::{Needs, Owner, Structure, axon_entry_bits, total_bits};
