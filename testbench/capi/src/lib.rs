//! The bit-exact model behind a C ABI: a chip with a network that a bench in C, C++ or SystemVerilog steps, looks into and
//! holds hardware to, step by step.
//!
//! Two layers over one safe core. `c` is the C ABI of `include/synfire.h`; `dpi` says the same with the types of svdpi,
//! scalars and fixed unpacked arrays only, for `include/synfire_dpi.svh`. Both headers in C are what `cbindgen` writes of
//! these two files (a test holds them to it).
//!
//! Promises: nothing that a caller hands over ends in undefined behaviour short of a pointer that points to nothing it may
//! read or write; no panic crosses; every failure is a code and a text; a handle that is not live is refused, as is one that
//! was freed: no number is given twice. Calls on one model, from whatever thread, come one after the other. Values are those of
//! `docs/arithmetic.md`, of the version that `synfire_contract` names.
//!
//! What is supported: everything that a chip file and a network file state, with the files that they name, by path or by
//! text. Refused, with the reason: a text that names files without a folder to find them in; a network that does not fit its
//! chip; currents that nobody announced; lock-step of shared taps that learn, whose weights have no synapse's name.
//! Absent on purpose: data sets, encoders, training, costs, checkpoints (the command has them); several threads in one
//! model; registers that `docs/arithmetic.md` does not compare.
//!
//! `unsafe` stands in `pointers`, `c` and `dpi` alone.

pub mod c;
pub mod dpi;
mod failure;
mod handles;
mod lockstep;
mod model;
mod pointers;
mod word;
