//! Address events between cores: packets, routing tables, ways over links, and delivery between workers.
//!
//! A neuron that fires becomes one packet per destination core (multicast is replication at the source). A
//! packet names a destination core and an entry of that core's axon-in table; what lies behind the entry is
//! the core's business. Errors and control events are packets too.
//!
//! Promises: packets injected are packets delivered, in a batch per pair of workers and step; the order inside
//! a batch never matters to a bit. Absent on purpose: neurons, synapses, learning rules, files, floats.

#![cfg_attr(not(test), warn(clippy::unwrap_used))]

pub mod exchange;
pub mod loads;
pub mod network;
pub mod packet;
pub mod table;
pub mod topology;
