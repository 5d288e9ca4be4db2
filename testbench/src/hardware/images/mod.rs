//! Memories as arrays of elements, and arrays as files of hexadecimal words.
//!
//! An *array* has one or two indices; its elements are fields of bits. `blocks` and `cores` say which arrays the memories
//! of a machine are, in two organisations, and what memories arrays are (`cores_read` the way back, `supported` what the second has no hardware for); `pack` puts elements into words as a layout says;
//! `text` writes and reads the lines of a file, which `$readmemh` takes.
//!
//! Promises: reading is the inverse of writing, in every layout; a word that no memory can hold is refused at its line.
//! Absent on purpose: folders and manifests.

pub mod array;
pub mod blocks;
pub mod cores;
pub mod cores_read;
pub mod fields;
pub mod pack;
pub mod source;
pub mod supported;
pub mod text;

/// Memories of the organisation `Cores`.
pub const OF_CORES: [&str; 7] =
    ["registers", "axons", "synapses", "thresholds", "biases", "routes", "matrix"];
/// Memories that no core of the organisation `Blocks` has.
pub const OF_CORES_ALONE: [&str; 2] = ["registers", "synapses"];

/// The names of all memories, in both organisations.
pub const MEMORIES: [&str; 26] = [
    "thresholds",
    "biases",
    "current_decays",
    "membrane_decays",
    "initial_currents",
    "initial_membranes",
    "adaptation_decays",
    "adaptation_increments",
    "matrix",
    "mirror_weights",
    "axons",
    "weights",
    "row_starts",
    "row_neurons",
    "row_taps",
    "tap_names",
    "address_starts",
    "address_axons",
    "route_starts",
    "routes",
    "error_route_starts",
    "error_routes",
    "input_route_starts",
    "input_routes",
    "registers",
    "synapses",
];
