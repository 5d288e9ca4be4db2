//! Checkpoints: the whole state of a chip, saved at any step, and of whoever drives or watches it.
//!
//! A file is a header (magic, format version, contract version, fingerprint of the inputs, length), a body in
//! `postcard`, and a SHA-256 of both. The machine's part knows nothing of costs; each model that watches adds its own
//! [`ModelState`], opaque here. A file is written to a temporary file in the same folder and renamed.
//!
//! Promises: a run that goes on from a checkpoint has the bits of one that never stopped; a truncated, damaged
//! or foreign file is refused with what was found and what is allowed; an old file survives a failed write.

use crate::files::read_bytes;
use crate::network::Network;
use crate::place::mapping::Mapping;
use crate::run::machine::Machine;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use synfire_core::ARITH_SPEC;
use synfire_core::neuron_core::CoreSnapshot;
use synfire_plasticity::unit::LearningSnapshot;
use thiserror::Error;

/// Longest checkpoint that is read: 16 GiB.
const LONGEST: u64 = 16 << 30;
/// The last byte counts what may be in one: another is another program's.
const MAGIC: &[u8; 8] = b"SYNFIRE\x03";

/// State of a machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MachineSnapshot {
    step: u64,
    nodes: Vec<(CoreSnapshot, LearningSnapshot)>,
}

/// State of a model that watches a machine: its name, and bytes that it alone reads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelState {
    model: String,
    bytes: Vec<u8>,
}

impl ModelState {
    /// `state` of the model `model`.
    #[must_use]
    pub fn of(model: &str, state: &impl Serialize) -> Self {
        // Plain data serialises without fail; what did not would be refused by `open`.
        Self { model: model.to_owned(), bytes: postcard::to_stdvec(state).unwrap_or_default() }
    }

    /// The state again.
    ///
    /// # Errors
    /// When it is another model's, or damaged.
    pub fn open<T: DeserializeOwned>(&self, model: &str) -> Result<T, String> {
        if self.model != model {
            return Err(format!("a state of the cost model `{}`, not of `{model}`", self.model));
        }
        postcard::from_bytes(&self.bytes)
            .map_err(|error| format!("state of the cost model `{model}`: {error}"))
    }
}

/// A checkpoint that cannot be used.
#[derive(Debug, Error)]
pub enum CheckpointError {
    /// The file cannot be read or written.
    #[error("{path}: {error}")]
    Io {
        /// File.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// Not a checkpoint of this program.
    #[error("{path}: not a Synfire checkpoint (its first bytes are not `SYNFIRE`)")]
    Foreign {
        /// File.
        path: PathBuf,
    },
    /// Cut short or damaged.
    #[error("{path}: truncated or damaged: {detail}")]
    Damaged {
        /// File.
        path: PathBuf,
        /// What does not hold.
        detail: String,
    },
    /// Written under another contract.
    #[error("{path}: written under arithmetic contract {found}, this program implements {allowed}")]
    OtherContract {
        /// File.
        path: PathBuf,
        /// In the file.
        found: String,
        /// Here.
        allowed: &'static str,
    },
    /// Belongs to other inputs.
    #[error(
        "{path}: belongs to other inputs (chip, network or experiment changed): fingerprint {found}, now {allowed}"
    )]
    OtherInputs {
        /// File.
        path: PathBuf,
        /// In the file.
        found: String,
        /// Of the inputs at hand.
        allowed: String,
    },
}

#[derive(Serialize, Deserialize)]
struct Header {
    contract: String,
    fingerprint: [u8; 32],
}

/// Fingerprint of anything that serialises: SHA-256 of its `postcard` bytes.
#[must_use]
pub fn fingerprint(parts: &impl Serialize) -> [u8; 32] {
    // Every number is written by itself: they are put together before they are hashed.
    let mut hash = BufWriter::with_capacity(1 << 14, Hash(Sha256::new()));
    // Plain data serialises without fail; a part that did not would only make the fingerprint differ.
    let _ = postcard::to_io(parts, &mut hash);
    // A hash is always written to, so nothing is left in the buffer.
    hash.into_inner().map_or([0; 32], |hash| hash.0.finalize().into())
}

/// Hashes what is written to it, so that large inputs are not copied.
struct Hash(Sha256);

impl Write for Hash {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Fingerprint of what decides a machine's bits and layout.
#[must_use]
pub fn inputs_fingerprint(network: &Network, mapping: &Mapping) -> [u8; 32] {
    fingerprint(&(network, mapping))
}

/// Hexadecimal text of a fingerprint.
#[must_use]
pub fn hex(bytes: &[u8; 32]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// Writes `state`, through a temporary file that is renamed when it is whole.
///
/// # Errors
/// [`CheckpointError::Io`].
pub fn write(path: &Path, fingerprint: [u8; 32], state: &impl Serialize) -> Result<(), CheckpointError> {
    let io = |error| CheckpointError::Io { path: path.to_owned(), error };
    let header = Header { contract: ARITH_SPEC.to_owned(), fingerprint };
    let body = postcard::to_stdvec(&(header, state)).map_err(|e| io(std::io::Error::other(e)))?;
    let mut bytes = MAGIC.to_vec();
    bytes.extend((body.len() as u64).to_le_bytes());
    bytes.extend(body);
    let digest: [u8; 32] = Sha256::digest(&bytes).into();
    bytes.extend(digest);
    let temporary = path.with_extension("partial");
    let mut file = std::fs::File::create(&temporary).map_err(io)?;
    file.write_all(&bytes).and_then(|()| file.sync_all()).map_err(io)?;
    std::fs::rename(&temporary, path).map_err(io)
}

/// Reads the state that [`write()`] wrote for the same inputs.
///
/// # Errors
/// [`CheckpointError`]: unreadable, foreign, damaged, of another contract or other inputs.
pub fn read<T: DeserializeOwned>(path: &Path, expected: [u8; 32]) -> Result<T, CheckpointError> {
    let io = |error| CheckpointError::Io { path: path.to_owned(), error };
    let bytes = read_bytes(path, LONGEST).map_err(io)?;
    let damaged = |detail: String| CheckpointError::Damaged { path: path.to_owned(), detail };
    if bytes.len() < 8 || &bytes[..8] != MAGIC {
        return Err(CheckpointError::Foreign { path: path.to_owned() });
    }
    let length = bytes.get(8..16).and_then(|b| b.try_into().ok()).map(u64::from_le_bytes);
    let length = length.ok_or_else(|| damaged(format!("{} bytes, the header needs 16", bytes.len())))?;
    let whole = length.saturating_add(48);
    if bytes.len() as u64 != whole {
        return Err(damaged(format!("{} bytes, the header says {whole}", bytes.len())));
    }
    let (signed, digest) = bytes.split_at(bytes.len() - 32);
    let found: [u8; 32] = Sha256::digest(signed).into();
    if found != digest {
        return Err(damaged("its SHA-256 does not match its content".to_owned()));
    }
    let (header, rest): (Header, &[u8]) =
        postcard::take_from_bytes(&signed[16..]).map_err(|e| damaged(format!("header: {e}")))?;
    if header.contract.split('.').next() != ARITH_SPEC.split('.').next() {
        let found = header.contract;
        return Err(CheckpointError::OtherContract { path: path.to_owned(), found, allowed: ARITH_SPEC });
    }
    if header.fingerprint != expected {
        let (found, allowed) = (hex(&header.fingerprint), hex(&expected));
        return Err(CheckpointError::OtherInputs { path: path.to_owned(), found, allowed });
    }
    postcard::from_bytes(rest).map_err(|e| damaged(format!("body: {e}")))
}

impl Machine {
    /// Everything that `restore` needs to go on with the same bits.
    #[must_use]
    pub fn snapshot(&self) -> MachineSnapshot {
        let nodes = self.nodes.iter().map(|n| (n.core.snapshot(), n.unit.snapshot()));
        MachineSnapshot { step: self.step, nodes: nodes.collect() }
    }

    /// Puts a snapshot of a machine with the same network and mapping in place.
    ///
    /// # Errors
    /// A text that says what does not fit; the machine is then not usable.
    pub fn restore(&mut self, snapshot: MachineSnapshot) -> Result<(), String> {
        if snapshot.nodes.len() != self.nodes.len() {
            return Err(format!("{} cores in the snapshot, {} here", snapshot.nodes.len(), self.nodes.len()));
        }
        for (node, (core, unit)) in self.nodes.iter_mut().zip(snapshot.nodes) {
            let core = node.core.restore(core);
            core.and_then(|()| node.unit.restore(unit))
                .map_err(|_| format!("core {} has another shape in the snapshot", node.id.0))?;
        }
        self.step = snapshot.step;
        Ok(())
    }
}
