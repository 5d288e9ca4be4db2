//! The network, cycle by cycle: routers with buffers and virtual channels, links with delays, packets that wait.
//!
//! Describe a network ([`config::Config`]), make an engine of it ([`engine::Engine`]: [`fast::engine`] to be run, or
//! [`plain::Plain`] to be read), hand it packets ([`traffic::Source`]) and listen to their arrivals ([`traffic::Sink`]).
//! Two drivers do that: [`open`] for packets drawn by chance at a described load, [`step`] for a list of packets that is
//! run until nothing is left.
//!
//! | file | holds |
//! | --- | --- |
//! | `config`, `check` | what a network is; what is wrong with one |
//! | `shape`, `routing` | routers and links of each topology; the next hop |
//! | `graph`, `routes`, `plan` | ports and delays; trees and paths of multicast; all that never changes |
//! | `traffic`, `open`, `step` | packets in and out; drawn by chance; a list of them |
//! | `engine`, `plain`, `fast` | what an engine can do; the plain one; the fast one |
//! | `fifo`, `packets`, `injector`, `ejector`, `arbiter` | parts of both engines |
//! | `statistics`, `stuck` | what is counted; who waits for whom when nothing moves |
//!
//! Promises: integers only, and no choice depends on the order in which anything is visited. Absent on purpose: what
//! packets mean, energies, rates, files.

pub mod arbiter;
pub mod check;
pub mod config;
pub mod copies;
pub mod ejector;
pub mod engine;
pub mod fast;
pub mod fifo;
pub mod graph;
pub mod injector;
pub mod open;
pub mod packets;
pub mod plain;
pub mod plan;
pub mod routes;
pub mod routing;
pub mod shape;
pub mod statistics;
pub mod step;
pub mod stuck;
pub mod traffic;
