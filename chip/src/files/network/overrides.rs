//! What a caller sets in place of what a network file states.

use crate::files::text::change::Change;

/// What a caller sets in place of the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NetworkOverrides {
    /// Seed of every draw.
    pub seed: Option<u32>,
    /// Stores of projections: weights that the file generates are generated for them, with the same words.
    pub stores: Vec<StoreOverride>,
    /// Changes to the file; those of other files are passed over.
    pub changes: Vec<Change>,
}

/// The store of a projection, in place of the file's `store.bits` and `store.fraction`. What the store delivers is
/// then the whole store, at its natural exponent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreOverride {
    /// Name of the projection; one that the network does not have is no error.
    pub projection: String,
    /// Bits.
    pub bits: u8,
    /// Fraction bits.
    pub fraction: u8,
}
