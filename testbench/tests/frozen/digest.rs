//! A SHA-256 over numbers: every list is preceded by its length, so that no value can move from one to another.

use sha2::{Digest as _, Sha256};

/// What was fed in so far.
#[derive(Default)]
pub struct Digest(Sha256);

impl Digest {
    /// The hash in hexadecimal.
    pub fn hex(self) -> String {
        self.0.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    pub fn bytes(&mut self, bytes: &[u8]) {
        self.0.update((bytes.len() as u64).to_le_bytes());
        self.0.update(bytes);
    }

    pub fn lanes(&mut self, values: &[i32]) {
        // A plain loop: this runs over every register of every step, optimised or not.
        let mut bytes = vec![0; 4 * values.len()];
        for (at, value) in bytes.chunks_exact_mut(4).zip(values) {
            at.copy_from_slice(&value.to_le_bytes());
        }
        self.bytes(&bytes);
    }

    pub fn words(&mut self, values: impl IntoIterator<Item = i64>) {
        let bytes: Vec<u8> = values.into_iter().flat_map(i64::to_le_bytes).collect();
        self.bytes(&bytes);
    }

    /// The bits of real numbers.
    pub fn reals(&mut self, values: &[f64]) {
        self.words(values.iter().map(|value| value.to_bits() as i64));
    }
}
