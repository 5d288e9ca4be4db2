//! Which places axons and synapses have in the memories of an exported folder.
//!
//! Promises: they are those of the machine that the folder's images are read into; a folder that is no such machine gives
//! none. Absent on purpose: paths (`placement`), elements of taps of a shared kernel, which no register of a synapse belongs to.

use super::images::cores;
use super::import::{Imported, import};
use super::layout::Organisation;
use std::path::Path;
use synfire_chip::memories::{BlockMemories, CoreMemories, Memories};
use synfire_chip::network::Network;
use synfire_core::synapse::{RowLayout, TapName};

/// Where an axon or a synapse is in a core.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// Block of the core.
    pub block: usize,
    /// Axon: of the block, or of the core where that has one memory of all.
    pub axon: usize,
    /// Of a synapse: its element of the memory of weights.
    pub entry: usize,
}

/// The memories of a folder.
pub struct Places {
    network: Network,
    memories: Memories,
    /// Neurons of a row of a core's one memory of weights; `None` where each block has its own.
    row: Option<usize>,
}

impl Places {
    /// Those of a folder, edited or not; `None` where it is not whole.
    #[must_use]
    pub fn open(folder: &Path) -> Option<Self> {
        let Imported { manifest, network, machine, .. } = import(folder, true).ok()?;
        let neurons = || manifest.parameters.get("NEURONS").map_or(0, |neurons| (*neurons).max(0) as usize);
        let row = (manifest.layout.organisation == Organisation::Cores).then(neurons);
        Some(Self { memories: machine.memories(), network, row })
    }

    /// The axon of a projection from `pre` in a core, once for each slice that it reaches.
    #[must_use]
    pub fn axons(&self, core: u32, projection: u32, [pre, delay]: [u32; 2]) -> Vec<Place> {
        let own = self.blocks(core, projection);
        let places = own.filter_map(|(_, block, memories)| {
            let of = axon(memories, [pre, delay])?;
            Some(Place { block: block.number, axon: block.first + of, entry: 0 })
        });
        places.collect()
    }

    /// The synapse of a projection from `pre` onto `post` in a core.
    #[must_use]
    pub fn synapse(&self, core: u32, projection: u32, [pre, post, delay]: [u32; 3]) -> Option<Place> {
        self.blocks(core, projection).find_map(|(core, block, memories)| {
            let slice = core.slices.get(memories.slice)?;
            let post = post.checked_sub(slice.first).filter(|post| *post < slice.len)? as usize;
            let of = axon(memories, [pre, delay])?;
            let rows = &memories.rows;
            if matches!(rows.layout, RowLayout::Shared { .. }) {
                return None;
            }
            let entry = rows.row(of).find(|entry| rows.post(of, *entry) == post)?;
            let axon = block.first + of;
            Some(Place { block: block.number, axon, entry: self.row.map_or(entry, |row| axon * row + post) })
        })
    }

    /// The blocks of a projection in a core that hold a tap of a copy of its kernel.
    #[must_use]
    pub fn tap(&self, core: u32, projection: u32, [copy, tap]: [u32; 2]) -> Vec<usize> {
        let holds = |memories: &BlockMemories| match &memories.rows.layout {
            RowLayout::Shared { names, .. } => names.contains(&TapName { tap, copy }),
            _ => false,
        };
        let own = self.blocks(core, projection).filter(|(_, _, memories)| holds(memories));
        own.map(|(_, block, _)| block.number).collect()
    }

    /// The blocks of a projection in a core.
    fn blocks(
        &self,
        core: u32,
        projection: u32,
    ) -> impl Iterator<Item = (&CoreMemories, Numbered, &BlockMemories)> {
        let cores = self.memories.cores.iter().filter(move |own| u32::from(own.core.0) == core);
        cores.flat_map(move |core| {
            let firsts = self.row.map(|_| cores::bases(core, &self.network));
            let all = core.blocks.iter().enumerate().filter(move |(_, own)| own.projection == projection);
            all.map(move |(number, own)| {
                let first = firsts.as_ref().map_or(0, |firsts| firsts[number]);
                (core, Numbered { number, first }, own)
            })
        })
    }
}

/// A block of a core.
struct Numbered {
    number: usize,
    /// The place of its first axon.
    first: usize,
}

fn axon(block: &BlockMemories, [pre, delay]: [u32; 2]) -> Option<usize> {
    let mut pairs = block.presynaptic.iter().zip(&block.delays);
    pairs.position(|(own, late)| (*own, u32::from(*late)) == (pre, delay))
}
