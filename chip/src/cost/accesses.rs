//! What the operations of a run did to the structures of a core: words read and written, arithmetic by width.
//!
//! Derived from the counts of operations and from what each is made of (`composition`), on a chip with a technology: there
//! a structure has words and a unit has widths. An item that shares a word with others is counted as one access of its
//! share; a word that serves several items of one access is so counted once for each of them.
//!
//! Promises: the energies of the lines sum to the bill without static power, but for the rounding of prices (half an
//! attojoule an operation) and for fits. Absent on purpose: chips with prices of events, of which nobody knows the parts.

use crate::chip::Chip;
use crate::cost::composition::{COMPOSITIONS, Store, What};
use crate::cost::counters::{NodeCounts, OPERATIONS};
use crate::cost::prices::{LeftOut, PRICE_FIELDS};
use crate::cost::widths::Widths;
use crate::technology::{Bounds, Kind};
use serde::Serialize;

/// What was done to a structure.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Access {
    /// The memory's name; `arithmetic` or `wires`.
    pub structure: &'static str,
    /// `read`, `write`, `add`, `multiply`, `compare`, `register` or `packet`.
    pub act: &'static str,
    /// Bits of it: of an item or a word of a memory, of both operands of a multiplier.
    pub bits: (u32, u32),
    /// How many.
    pub count: u128,
    /// Their energy, attojoules: low, nominal, high.
    pub energy: [f64; 3],
}

/// The price field by whose parts an operation of the price field `price` is priced: its own, or that which it is like.
fn composed(price: &str) -> Option<&'static str> {
    let own = |name: &str| COMPOSITIONS.iter().find(|row| row.price == name).map(|row| row.price);
    let like = || match PRICE_FIELDS.iter().find(|field| field.name == price)?.left_out {
        LeftOut::Like(other) => own(other),
        _ => None,
    };
    own(price).or_else(like)
}

/// Every access of `counts` on a chip with a technology, memories first; `None` on another.
#[must_use]
pub fn accesses(chip: &Chip, counts: &NodeCounts, widths: &Widths) -> Option<Vec<Access>> {
    let core = chip.priced_core(widths)?;
    let structure = |store: Store| core.structures.iter().find(|of| of.name == store.name());
    let item = |store| structure(store).map_or(0, |of| of.word_bits / of.items.max(1)) as u32;
    let word = |store| structure(store).map_or(0, |of| of.word_bits) as u32;
    let width = |width| crate::cost::per_operation::width(chip, widths, width);
    let mut lines: Vec<Access> = Vec::new();
    for part in &core.parts {
        let of_price =
            OPERATIONS.iter().filter(|operation| operation.price.and_then(composed) == Some(part.price));
        let done: u128 = of_price.map(|operation| u128::from((operation.count)(counts))).sum();
        let (structure, act, bits) = match part.what {
            What::ReadItem(store) => (store.name(), "read", (item(store), 0)),
            What::WriteItem(store) => (store.name(), "write", (item(store), 0)),
            What::ReadWord(store) => (store.name(), "read", (word(store), 0)),
            What::WriteWord(store) => (store.name(), "write", (word(store), 0)),
            What::Add(bits) => ("arithmetic", "add", (width(bits), 0)),
            What::Multiply(first, second) => ("arithmetic", "multiply", (width(first), width(second))),
            What::Compare(bits) => ("arithmetic", "compare", (width(bits), 0)),
            What::Register(bits) => ("arithmetic", "register", (width(bits), 0)),
            What::Wire => ("wires", "packet", (width(crate::cost::composition::Width::Packet), 0)),
        };
        // A memory that the chip does not have is not accessed.
        let count = if bits.0 == 0 { 0 } else { done * u128::from(part.times) };
        if count == 0 {
            continue;
        }
        let Bounds { low, nominal, high, .. } = part.energy.times(done as f64).at_best(Kind::Measured);
        match lines.iter_mut().find(|line| (line.structure, line.act, line.bits) == (structure, act, bits)) {
            Some(line) => {
                line.count += count;
                for (sum, own) in line.energy.iter_mut().zip([low, nominal, high]) {
                    *sum += own;
                }
            }
            None => lines.push(Access { structure, act, bits, count, energy: [low, nominal, high] }),
        }
    }
    let rank = |line: &Access| {
        let memory = Store::ALL.iter().position(|store| store.name() == line.structure);
        memory.unwrap_or(if line.structure == "arithmetic" { Store::ALL.len() } else { Store::ALL.len() + 1 })
    };
    lines.sort_by_key(rank);
    Some(lines)
}
