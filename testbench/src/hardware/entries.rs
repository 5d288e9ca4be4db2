//! What a manifest says of an image: its file, its path in the RTL, its indices, fields and words.
//!
//! Promises: an entry follows from layout, network and placement alone, so that who reads a manifest can hold it to them.
//! Absent on purpose: the words.

use super::images::array::{Name, Part, Shape};
use super::images::blocks::Placed;
use super::images::pack::Geometry;
use super::layout::{Layout, Packing};
use super::manifest::{Image, ImageField, Listed};
use synfire_chip::network::Network;

/// What entries follow from.
#[derive(Clone, Copy)]
pub struct Entries<'a> {
    /// How words lie.
    pub layout: &'a Layout,
    /// Whose memories they are.
    pub network: &'a Network,
    /// What the cores in use hold.
    pub placed: &'a [Placed],
}

impl Entries<'_> {
    /// A pattern with its names filled in.
    #[must_use]
    pub fn named(&self, pattern: &str, name: Name, bank: usize) -> String {
        let part = match name.part {
            Part::Whole => String::new(),
            Part::Slice(at) => format!("_slice{at}"),
            Part::Block(at) => format!("_block{at}"),
            Part::Input(at) => format!("_input{at}"),
        };
        let core = name.core.map_or_else(|| "host".to_owned(), |core| core.to_string());
        let place = name.core.map_or_else(|| "host".to_owned(), |core| format!("core{core}"));
        let at = self.placed.iter().position(|placed| Some(placed.core) == name.core).unwrap_or(0);
        let node = self.layout.nodes.get(at).or(self.layout.nodes.last()).cloned().unwrap_or_default();
        let filled =
            pattern.replace("{memory}", name.memory).replace("{core}", &core).replace("{place}", &place);
        filled.replace("{part}", &part).replace("{bank}", &bank.to_string()).replace("{node}", &node)
    }

    /// The entry of a bank of a memory, whose file is `listed`.
    #[must_use]
    pub fn image(
        &self,
        shape: &Shape,
        (geometry, packing): (&Geometry, &Packing),
        bank: usize,
        listed: Listed,
    ) -> Image {
        let Name { core, part, memory } = shape.name;
        let at = |wanted: fn(Part) -> Option<usize>| wanted(part);
        Image {
            listed,
            memory: memory.to_owned(),
            core,
            slice: at(|part| if let Part::Slice(at) = part { Some(at) } else { None }),
            block: at(|part| if let Part::Block(at) = part { Some(at) } else { None }),
            input: at(|part| if let Part::Input(at) = part { Some(at) } else { None }),
            of: self.owner(shape.name),
            index: shape.index.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect(),
            fields: geometry
                .fields()
                .map(|(field, offset, bits)| {
                    let field = &shape.fields[field];
                    let (name, format) = (field.name.to_owned(), field.format);
                    ImageField { name, format: format.to_string(), offset, bits, signed: format.signed }
                })
                .collect(),
            word_bits: geometry.word_bits(),
            words: geometry.words_of(bank),
            bank: (bank, packing.banks),
            rtl: packing.rtl.as_ref().map(|path| self.named(path, shape.name, bank)),
        }
    }

    /// Name of the population, projection or input that a memory is of.
    fn owner(&self, name: Name) -> Option<String> {
        let core = self.placed.iter().find(|placed| Some(placed.core) == name.core);
        match name.part {
            Part::Whole => None,
            Part::Input(at) => self.network.inputs.get(at).map(|input| input.name.clone()),
            Part::Slice(at) => core.and_then(|core| core.slices.get(at)).map(|slice| slice.name.clone()),
            Part::Block(at) => core.and_then(|core| core.blocks.get(at)).map(|block| block.name.clone()),
        }
    }
}
