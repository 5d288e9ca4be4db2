//! Elements of an array into words, words into banks, as a layout says; and back.
//!
//! A word has `lanes` elements; an element its fields one after the other, the first in the lowest bits. Promises: every
//! value of a memory fits what the layout gives it, or the layout is refused; bits that hold no element are 0, and are
//! refused where they are not. Absent on purpose: names of files.

use super::array::{Array, Field, Shape};
use super::text::{self, Words};
use crate::hardware::error::HardwareError;
use crate::hardware::layout::{BankBy, First, Order, Packing, RowsOf, Sign};
use std::path::Path;

/// Where a field is in an element, and how it is coded.
#[derive(Clone, Copy, Debug)]
struct Coded {
    /// Place among the fields of the array.
    field: usize,
    offset: u32,
    bits: u32,
    sign: Option<Sign>,
}

/// How an array lies in words.
#[derive(Clone, Debug)]
pub struct Geometry {
    coded: Vec<Coded>,
    element_bits: usize,
    lanes: usize,
    high_first: bool,
    /// Elements of a row, in the order of the file.
    row: usize,
    row_words: usize,
    /// Elements; indices of the two, where the first one is the fastest.
    elements: usize,
    transposed: Option<(usize, usize)>,
    banks: usize,
    bank_by: BankBy,
    /// All words.
    pub words: usize,
}

impl Geometry {
    /// How `shape` lies by `packing`.
    ///
    /// # Errors
    /// When values of it would not fit; `layout` is who says so.
    pub fn new(shape: &Shape, packing: &Packing, layout: &str) -> Result<Self, HardwareError> {
        let coded = coded(shape, packing, layout)?;
        let element_bits = coded.iter().map(|own| own.bits as usize).sum();
        let elements = shape.elements();
        let transposed = match (packing.order, &shape.index[..]) {
            (Order::FirstFastest, &[(_, first), (_, last)]) => Some((first, last)),
            _ => None,
        };
        let row = match (transposed, &shape.index[..]) {
            (Some((first, _)), _) => first,
            (None, &[_, (_, last)]) => last,
            _ => elements,
        };
        let lanes = if packing.rows == RowsOf::Whole { row.max(1) } else { packing.lanes };
        let (row, row_words) = match packing.rows {
            RowsOf::Whole => (row.max(1), 1),
            RowsOf::Aligned => (row.max(1), row.max(1).div_ceil(lanes)),
            RowsOf::Packed => (elements.max(1), elements.max(1).div_ceil(lanes)),
        };
        Ok(Self {
            coded,
            element_bits,
            lanes,
            high_first: packing.first == First::High,
            row,
            row_words,
            elements,
            transposed,
            banks: packing.banks,
            bank_by: packing.bank_by,
            words: elements / row * row_words,
        })
    }

    /// The fields of an element: place among those of the array, lowest bit, bits.
    pub fn fields(&self) -> impl Iterator<Item = (usize, u32, u32)> + '_ {
        self.coded.iter().map(|own| (own.field, own.offset, own.bits))
    }

    /// Bits of a word.
    #[must_use]
    pub fn word_bits(&self) -> usize {
        self.element_bits * self.lanes
    }

    /// Place, in the array, of an element of the file.
    fn source(&self, element: usize) -> usize {
        self.transposed.map_or(element, |(first, last)| element % first * last + element / first)
    }

    /// First element of a word, in the order of the file, and how many it has.
    fn elements_of(&self, word: usize) -> (usize, usize) {
        let (line, within) = (word / self.row_words, word % self.row_words * self.lanes);
        (line * self.row + within, self.lanes.min(self.row - within))
    }

    /// Lowest bit of the element in lane `lane`.
    fn offset(&self, lane: usize) -> usize {
        self.element_bits * if self.high_first { self.lanes - 1 - lane } else { lane }
    }

    fn bank_words(&self) -> usize {
        self.words.div_ceil(self.banks)
    }

    /// Words of bank `bank`.
    #[must_use]
    pub fn words_of(&self, bank: usize) -> usize {
        match self.bank_by {
            BankBy::LowBits => (self.words + self.banks - 1 - bank) / self.banks,
            BankBy::HighBits => self.words.saturating_sub(bank * self.bank_words()).min(self.bank_words()),
        }
    }

    fn word_of(&self, bank: usize, address: usize) -> usize {
        match self.bank_by {
            BankBy::LowBits => address * self.banks + bank,
            BankBy::HighBits => bank * self.bank_words() + address,
        }
    }

    /// Bank of a word.
    fn bank_of(&self, word: usize) -> (usize, usize) {
        match self.bank_by {
            BankBy::LowBits => (word % self.banks, word / self.banks),
            BankBy::HighBits => (word / self.bank_words().max(1), word % self.bank_words().max(1)),
        }
    }

    /// Bank and address of the word with an element of the array.
    #[must_use]
    pub fn place(&self, element: usize) -> (usize, usize) {
        let element = match self.transposed {
            Some((first, last)) => element % last * first + element / last,
            None => element,
        };
        let word = element / self.row * self.row_words + element % self.row / self.lanes;
        self.bank_of(word)
    }

    /// The text of every bank.
    #[must_use]
    pub fn write(&self, array: &Array) -> Vec<Vec<u8>> {
        let bits = self.word_bits();
        let mut limbs = vec![0u64; bits.div_ceil(64).max(1)];
        let room = self.bank_words() * (bits.div_ceil(4) + 1);
        let mut banks: Vec<Vec<u8>> = (0..self.banks).map(|_| Vec::with_capacity(room)).collect();
        let fields = array.shape.fields.len();
        // A word an element, in one file: most memories, and all large ones by default.
        if self.lanes == 1 && self.banks == 1 {
            for element in 0..self.elements {
                let at = self.source(element) * fields;
                text::push(&mut banks[0], &[self.encode(&array.values[at..at + fields])], bits);
            }
            return banks;
        }
        for word in 0..self.words {
            limbs.fill(0);
            let (first, count) = self.elements_of(word);
            for lane in 0..count.min(self.elements.saturating_sub(first)) {
                let at = self.source(first + lane) * fields;
                let values = &array.values[at..at + fields];
                put(&mut limbs, self.offset(lane), self.encode(values));
            }
            text::push(&mut banks[self.bank_of(word).0], &limbs, bits);
        }
        banks
    }

    fn encode(&self, values: &[i64]) -> u64 {
        self.coded.iter().map(|own| own.encode(values[own.field]) << own.offset).sum()
    }

    /// Reads the words of a bank into the values of an array of this shape.
    ///
    /// # Errors
    /// At a line that is no word, at a value that the memory cannot hold, and where there are fewer or more words.
    pub fn read(
        &self,
        shape: &Shape,
        bank: usize,
        (path, content): (&Path, &[u8]),
        values: &mut [i64],
    ) -> Result<(), HardwareError> {
        let bits = self.word_bits();
        let mut limbs = vec![0u64; bits.div_ceil(64).max(1)];
        let mut words = Words::new(path, content, bits);
        let all = self.words_of(bank);
        for address in 0..all {
            if !words.next_into(&mut limbs)? {
                words.line += 1;
                return Err(words.refuse(format!("the end after {address} words"), format!("{all} words")));
            }
            self.read_word(shape, self.word_of(bank, address), &limbs, values)
                .map_err(|(found, allowed)| words.refuse(found, allowed))?;
        }
        if words.next_into(&mut limbs)? {
            return Err(words.refuse(format!("a word after the last of {all}"), format!("{all} words")));
        }
        Ok(())
    }

    fn read_word(
        &self,
        shape: &Shape,
        word: usize,
        limbs: &[u64],
        values: &mut [i64],
    ) -> Result<(), (String, String)> {
        let fields = shape.fields.len();
        let (first, count) = self.elements_of(word);
        let count = count.min(self.elements.saturating_sub(first));
        for lane in 0..self.lanes {
            let bits = take(limbs, self.offset(lane), self.element_bits);
            if lane >= count {
                if bits != 0 {
                    let found = format!("{bits:#x} in lane {lane}, which holds nothing");
                    return Err((found, "0 there".to_owned()));
                }
                continue;
            }
            let at = self.source(first + lane) * fields;
            for own in &self.coded {
                let Field { name, low, high, .. } = shape.fields[own.field];
                let coded = bits >> own.offset & mask(own.bits);
                let value = own.decode(coded);
                if !(low..=high).contains(&value) {
                    let found = format!("{name} {value} ({coded:#x}) in lane {lane}");
                    return Err((found, format!("{low}..={high}")));
                }
                values[at + own.field] = value;
            }
        }
        Ok(())
    }
}

fn mask(bits: u32) -> u64 {
    if bits >= 64 { u64::MAX } else { (1 << bits) - 1 }
}

/// Puts up to 64 bits into a word.
fn put(limbs: &mut [u64], offset: usize, bits: u64) {
    let (limb, shift) = (offset / 64, offset % 64);
    limbs[limb] |= bits << shift;
    if shift > 0 && bits >> (64 - shift) != 0 {
        limbs[limb + 1] |= bits >> (64 - shift);
    }
}

/// Takes `count` bits, up to 64, out of a word.
fn take(limbs: &[u64], offset: usize, count: usize) -> u64 {
    let (limb, shift) = (offset / 64, offset % 64);
    let low = limbs[limb] >> shift;
    let high = if shift > 0 { limbs.get(limb + 1).map_or(0, |next| next << (64 - shift)) } else { 0 };
    (low | high) & mask(count as u32)
}

impl Coded {
    fn encode(self, value: i64) -> u64 {
        let half = 1i64 << (self.bits - 1);
        let code = match self.sign {
            None | Some(Sign::TwosComplement) => value as u64,
            Some(Sign::SignMagnitude) => value.unsigned_abs() | if value < 0 { half as u64 } else { 0 },
            Some(Sign::Offset) => (value + half) as u64,
        };
        code & mask(self.bits)
    }

    fn decode(self, code: u64) -> i64 {
        let half = 1i64 << (self.bits - 1);
        match self.sign {
            None => code as i64,
            Some(Sign::TwosComplement) => ((code << (64 - self.bits)) as i64) >> (64 - self.bits),
            Some(Sign::SignMagnitude) => {
                let magnitude = code as i64 & (half - 1);
                if code as i64 & half != 0 { -magnitude } else { magnitude }
            }
            Some(Sign::Offset) => code as i64 - half,
        }
    }

    /// Whether the code has all values from `low` to `high`.
    fn holds(self, low: i64, high: i64) -> bool {
        let half = 1i128 << (self.bits - 1);
        let (least, most) = match self.sign {
            None => (0, 2 * half - 1),
            Some(Sign::TwosComplement | Sign::Offset) => (-half, half - 1),
            Some(Sign::SignMagnitude) => (1 - half, half - 1),
        };
        i128::from(low) >= least && i128::from(high) <= most
    }
}

/// Where each field is, and that its values fit.
fn coded(shape: &Shape, packing: &Packing, layout: &str) -> Result<Vec<Coded>, HardwareError> {
    let refuse = |found: String, allowed: String| HardwareError::Unsupported {
        layout: layout.to_owned(),
        what: shape.name.to_string(),
        found,
        allowed,
    };
    let names: Vec<&str> = shape.fields.iter().map(|field| field.name).collect();
    let own: Vec<(String, u8)> =
        shape.fields.iter().map(|field| (field.name.to_owned(), field.format.width)).collect();
    let stated = packing.fields.as_ref().unwrap_or(&own);
    let mut list: Vec<Coded> = Vec::new();
    let mut offset = 0;
    for (name, bits) in stated {
        let field = names.iter().position(|own| own == name);
        let again = list.iter().any(|coded| Some(coded.field) == field);
        let Some(field) = field.filter(|_| !again) else {
            return Err(refuse(format!("field `{name}`"), format!("each once of {}", names.join(", "))));
        };
        let Field { low, high, format, .. } = shape.fields[field];
        let sign = format.signed.then_some(packing.sign);
        let coded = Coded { field, offset, bits: u32::from(*bits), sign };
        if !coded.holds(low, high) {
            let fits = (1..=64).find(|bits| Coded { bits: *bits, ..coded }.holds(low, high)).unwrap_or(64);
            let found = format!("`{name}` of {low}..={high} in {bits} bits");
            return Err(refuse(found, format!("at least {fits} bits in `fields`, or another `sign`")));
        }
        offset += coded.bits;
        list.push(coded);
    }
    if list.len() != names.len() {
        let found: Vec<&str> = stated.iter().map(|(name, _)| name.as_str()).collect();
        return Err(refuse(format!("fields {}", found.join(", ")), format!("all of {}", names.join(", "))));
    }
    if offset > 64 {
        return Err(refuse(format!("elements of {offset} bits"), "up to 64 bits".to_owned()));
    }
    Ok(list)
}
