//! Retire traces: what every register held after every step of a run, as text or as framed binary.
//!
//! The format is described to the bit in `docs/hardware.md`. One logical order: populations, neurons, projections and
//! synapses by their places in the network file, never by core. So a trace does not depend on mapping or threads.
//!
//! | file | holds |
//! | --- | --- |
//! | `header` | what a trace says of itself: contract, registers and their formats, steps; the tables of its places |
//! | `step` | the records of a step, borrowed by a writer, owned by a reader |
//! | `header_text`, `text` | header and step as text |
//! | `binary` | tables and frames |
//! | `differing` | what two steps of one form have not in common |
//! | `writer`, `reader` | files |
//!
//! Promises: a reader holds one step, whatever the length of the file; what it accepts is of this format and of this
//! major version of the contract, every value within its register's format; a cut or damaged file is refused at the byte or line
//! where it ends to be a trace; no file makes it panic or allocate more than the file has bytes. Absent on purpose: where
//! the values come from, and what is said of two traces.

mod binary;
pub mod differing;
pub mod header;
mod header_text;
pub mod reader;
pub mod step;
mod text;
pub mod writer;
