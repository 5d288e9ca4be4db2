//! What leaves the simulator for a hardware bench, and comes back.
//!
//! | what | where |
//! | --- | --- |
//! | two retire traces, and where they part | `diff`, its records `records`, its words `diff_report` |
//! | registers of a trace as waves, for viewers | `waves`, their files `wave_files` |
//! | which core a neuron sits in; which places axons and synapses have in its memories; whether a trace is of it | `placement`, `places`, `same_network` |
//! | another team's organisation of memories | `layout` |
//! | memories as arrays, arrays as files of words | `images` |
//! | what lies in an exported folder | `manifest`, its images `entries` |
//! | stimuli and control events as files; as the bench of the RTL reads them | `events`, `bench` |
//! | a folder out of a machine; a machine out of a folder, and its run | `export`, `import`, `replay` |
//! | an output folder that is whole or not there | `staging` |
//! | the registers of a core of the reference RTL; as files | `register_map`, `register_files` |
//! | random vectors that reach every rule of the contract | `vectors` |
//!
//! Promises: what is exported is taken from the memories of the built machine, and is enough to build it again. Absent on
//! purpose: how traces are read (`formats/trace`), how experiments are opened (`cli`).

pub mod bench;
pub mod diff;
pub mod diff_report;
pub mod entries;
pub mod error;
pub mod events;
pub mod export;
pub mod images;
pub mod import;
pub mod layout;
pub mod manifest;
pub mod placement;
pub mod places;
pub mod records;
pub mod register_files;
pub mod register_map;
pub mod replay;
pub mod same_network;
pub mod staging;
pub mod vectors;
pub mod wave_files;
pub mod waves;
