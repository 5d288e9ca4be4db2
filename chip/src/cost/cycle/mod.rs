//! The cycle model: how long a step takes on cores with queues, lanes, memory ports and a network that packets wait in.
//!
//! Beside `analytic`, which adds what a core does and takes the longest way of a packet, this model lets the parts of
//! cores and network run against each other: a step ends when the last core, the last packet and the barrier are done.
//!
//! | file | holds |
//! | --- | --- |
//! | `design` | what a core's machine is: a chip file's section `core` |
//! | `units` | parts of a core that work, and what they wait for |
//! | `core` | the machine of one core: phases, arrival queue, output queue, shared memories |
//! | `phases` | which operation belongs to which phase, and what it takes |
//! | `program` | what a core does in a step, as actions of its machine |
//! | `tables` | what is static of a machine: ways, routes, rows |
//! | `record` | copies of what a run shows |
//! | `port` | a port of the host, with what waits at it |
//! | `network` | cores on the simulated network, or on ideal ways |
//! | `step` | a step from its record to its times |
//! | `kept` | single steps: all that were asked for, or the last ones |
//! | `totals` | what is kept of steps: by stage, core, link |
//! | `told` | the same as a run's detail, for tables |
//! | `model` | the observer, and the thread that simulates |
//!
//! Promises: figures are a function of the steps' records alone; every step begins with cores and network at rest, so
//! neither threads nor checkpoints can enter. No bit of the function changes. Absent on purpose: energies.

pub mod core;
pub mod design;
pub(super) mod fanout;
pub mod kept;
pub mod model;
pub mod network;
pub mod phases;
pub mod port;
pub mod program;
pub mod record;
pub mod step;
pub mod tables;
pub mod told;
pub mod totals;
pub mod units;
