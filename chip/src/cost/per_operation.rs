//! A core made of building blocks, and the prices that follow: the per-operation table of a chip with a technology.
//!
//! The memories of a core have the sizes of the chip file's limits and the words of the network ([`Widths`]): a word of
//! synapse memory is `synapse_lanes` synapses, one of learning memory `learning_lanes` items of an eligibility or a pair
//! of traces. From their energies and those of arithmetic, `composition` makes a price of every operation. The area and
//! the leakage of a core are those of its memories, of the arithmetic of every row, and of its share of the router.
//!
//! Promises: every price is rounded once; no operation of a chip with a technology is free, and one that it has no units
//! for has no price. What learning and the state
//! registers need is there whether or not the network uses it. Absent on purpose: control logic, clock tree, pads,
//! test, wires between blocks of a core; an area is that of blocks side by side.

use crate::chip::Chip;
use crate::cost::composition::{COMPOSITIONS, Composition, Lanes, Part, Store, Times, What, Width};
use crate::cost::energy::CORE_STATIC;
use crate::cost::prices::{Energy, PerOperation, Price, StaticPower, Timing};
use crate::cost::widths::Widths;
use crate::structures;
use crate::technology::logic::Block;
use crate::technology::memory::Memory;
use crate::technology::{Bounds, Corner, Figure, Kind, Organisation, Refusal, Unit};
use serde::Serialize;
use std::borrow::Cow;
use synfire_core::arrival;
use synfire_router::packet::PACKET_BITS;

/// Bits of a dither word.
const DITHER_BITS: u32 = 32;

/// Prices of what routers and links do: their arithmetic is no core's.
const OF_ROUTERS: [&str; 4] = ["packet", "hop_x", "hop_y", "router_lookup"];

/// Registers of packets of a tile's router: in and out of four neighbours and the tile.
const ROUTER_PACKETS: f64 = 10.0;

/// Picowatts of a microwatt, which is an attojoule a picosecond.
const PICOWATTS: u64 = 1_000_000;

/// A structure of a core, for reports.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Structure {
    /// A memory's name, or `arithmetic`, `router`.
    pub name: &'static str,
    /// Bits of a word; 0 where it is no memory.
    pub word_bits: u64,
    /// Items packed in a word.
    pub items: u64,
    /// Words.
    pub words: u64,
    /// Banks.
    pub banks: u32,
    /// Ports.
    pub ports: u32,
    /// Whether a memory is flip-flops.
    pub registers: bool,
    /// Square nanometres.
    pub area: Figure,
    /// Picowatts.
    pub leakage: Figure,
    /// Access time of a memory, femtoseconds.
    pub access: Figure,
}

/// A core of a chip, priced.
#[derive(Clone, Debug)]
pub struct PricedCore {
    /// Prices.
    pub energy: Energy,
    /// What it is made of.
    pub structures: Vec<Structure>,
    /// Area of all, square nanometres.
    pub area: Figure,
    /// Leakage of all, picowatts.
    pub leakage: Figure,
    /// What each operation does once, and its energy in attojoules before any fit.
    pub parts: Vec<PricedPart>,
}

/// A part of an operation, priced.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PricedPart {
    /// The operation's price field.
    pub price: &'static str,
    /// What is done.
    pub what: What,
    /// How often in one operation.
    pub times: u32,
    /// The energy of all of them.
    pub energy: Bounds,
}

impl Chip {
    /// A core of this chip for a network of these widths; `None` where the chip states prices of events.
    #[must_use]
    pub fn priced_core(&self, widths: &Widths) -> Option<PricedCore> {
        let technology = self.technology.as_ref()?;
        core(self, technology, widths).ok()
    }

    /// The prices of a run of a network of these widths: those of events, or those that its technology makes of its
    /// operations. Where the technology has no number, nothing has: what loading a chip checked, has one.
    #[must_use]
    pub fn prices(&self, widths: &Widths) -> Cow<'_, Energy> {
        match self.priced_core(widths) {
            Some(core) => Cow::Owned(core.energy),
            None => Cow::Borrowed(&self.energy),
        }
    }
}

/// How a memory of a chip is built for a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Built {
    /// Items packed in a word.
    pub items: u64,
    /// The memory.
    pub organisation: Organisation,
}

/// The memory `store` of a core.
#[must_use]
pub fn built(chip: &Chip, of: &PerOperation, widths: &Widths, store: Store) -> Built {
    let (limits, learning) = (&chip.limits, &chip.learning);
    let (neurons, axons) = (u64::from(limits.neurons), u64::from(limits.axons));
    let slots = arrival::slots(limits.delay_steps) as u64;
    let (synapse_lanes, learning_lanes) =
        (u64::from(chip.timing.synapse_lanes), u64::from(chip.timing.learning_lanes));
    let pair = u64::from(2 * u32::from(learning.trace_bits));
    let states = u64::from(widths.eligibility_states * u32::from(learning.eligibility_bits));
    let all = |bits: u64, item: u64| bits.div_ceil(item.max(1));
    let build = of.memories[store as usize];
    let wide = |bits: u64| if build.absent { 0 } else { bits.max(u64::from(build.item_bits)) };
    // Items of a word, bits of an item, items in all.
    let (lanes, item, count) = match store {
        Store::Synapses => {
            let item = wide(u64::from(widths.synapse));
            (synapse_lanes, item, all(limits.synapse_memory_bits, item))
        }
        Store::Neurons => (1, wide(u64::from(widths.neuron)), neurons),
        Store::Parameters => (1, wide(u64::from(widths.parameters)), neurons),
        Store::Axons => (1, wide(structures::axon_entry_bits(axons)), axons),
        Store::Arrivals => (32, wide(u64::from(widths.arrival)), axons * slots),
        Store::Routes => (1, wide(structures::route_bits(chip)), neurons),
        // At most one source an axon.
        Store::Keys if chip.mesh.has_keys_in_cores() => (1, wide(structures::key_bits(chip)), axons),
        Store::Keys => (1, 0, 0),
        Store::RouterKeys => match chip.mesh.router_entries() {
            Some(entries) => (1, wide(structures::router_key_bits(chip)), u64::from(entries)),
            None => (1, 0, 0),
        },
        Store::Learning => {
            let item = wide(pair.max(states));
            (learning_lanes, item, all(limits.learning_memory_bits, item))
        }
        Store::Broadcast => {
            let target = u64::from(chip.datapath.state_width);
            let slots = arrival::slots(learning.error_delay) as u64;
            let item = wide(target.max(u64::from(learning.error.width)));
            (1, item, u64::from(widths.channels) * (1 + slots))
        }
    };
    let items = build.items.map_or(lanes, u64::from);
    let words = if item == 0 { 0 } else { count.div_ceil(items) };
    let least = words.div_ceil(of.technology.deepest_bank()).max(1) as u32;
    let banks = match store {
        // How long the broadcast is, no limit of the chip says: it has as many banks as it needs.
        Store::Broadcast => build.banks.unwrap_or(least).max(least),
        _ => build.banks.unwrap_or(least),
    };
    let organisation = Organisation { bits: items * item, words, banks, ports: build.ports };
    Built { items, organisation }
}

/// A memory of a core. A word wider than the technology's widest is built of several memories side by side, of equal
/// width, that are accessed together.
///
/// # Errors
/// As [`Corner::memory`].
pub fn memory(corner: &Corner<'_>, of: Organisation) -> Result<Memory, Refusal> {
    let sides = of.bits.div_ceil(corner.widest_word()).max(1);
    if sides == 1 {
        return corner.memory(of);
    }
    let one = corner.memory(Organisation { bits: of.bits.div_ceil(sides), ..of })?;
    let all = |bounds: Bounds| bounds.times(sides as f64).at_best(Kind::Derived);
    Ok(Memory {
        read: all(one.read),
        write: all(one.write),
        area: all(one.area),
        leakage: all(one.leakage),
        ..one
    })
}

/// A core of `chip` for a network of these widths.
///
/// # Errors
/// When the technology has no number for one of its blocks.
pub fn core(chip: &Chip, of: &PerOperation, widths: &Widths) -> Result<PricedCore, Refusal> {
    let corner = of.technology.at(of.nm, Some(of.voltage))?;
    let mut bench = Bench { chip, corner, widths, memories: Vec::new(), hop: Bounds::ZERO };
    let mut structures = Vec::new();
    for store in Store::ALL {
        let Built { items, organisation } = built(chip, of, widths, store);
        let mut memory = memory(&bench.corner, organisation)?;
        if store == Store::RouterKeys {
            // The cores of a tile share its router.
            let share = 1.0 / f64::from(chip.mesh.cores_per_tile);
            (memory.area, memory.leakage) = (memory.area.times(share), memory.leakage.times(share));
        }
        bench.memories.push((memory, items as f64));
        if organisation.words > 0 {
            structures.push(of_memory(store.name(), items, organisation, &memory));
        }
    }
    let mut parts = vec![bench.arithmetic(of)?];
    if !of.lacks("packet") {
        parts.push(bench.router()?);
    }
    let (mut area, mut leakage) = (Bounds::ZERO, Bounds::ZERO);
    for (memory, _) in &bench.memories {
        (area, leakage) = (area.plus(memory.area), leakage.plus(memory.leakage));
    }
    for (name, block) in parts.drain(..) {
        (area, leakage) = (area.plus(block.area), leakage.plus(block.leakage));
        structures.push(of_logic(name, &block));
    }
    // A tile is a square of its cores: nanometres to millimetres.
    let side = libm::sqrt(area.nominal * f64::from(chip.mesh.cores_per_tile)) * 1e-6;
    bench.hop = bench.corner.wire(side).times(f64::from(PACKET_BITS));
    let (mut energy, mut all) = (Energy::unpublished(), Vec::new());
    for composition in COMPOSITIONS.iter().filter(|composition| !of.lacks(composition.price)) {
        let own = bench.parts(composition)?;
        let price = match price(composition, &own) {
            Price::Composed { figure, assumed, source } => {
                let (figure, source) = of.after_fits(composition.price, figure, source);
                let assumed = if figure.kind == Kind::Fitted { 0 } else { assumed };
                Price::Composed { figure, assumed, source }
            }
            other => other,
        };
        energy.set(composition.price, price);
        all.extend(own);
    }
    energy.fill(|name| COMPOSITIONS.iter().any(|composition| composition.price == name));
    let (area, leakage) = (area.round(), leakage.round());
    let source = format!(
        "{}; {}; {}",
        of.technology.sram.source, of.technology.logic.source, of.technology.logic.register_source
    );
    let (picowatts, source) = of.after_fits(CORE_STATIC, leakage, source);
    energy.core_static = StaticPower::Leakage {
        picowatts: whole(picowatts, &chip.timing),
        source,
        clock: of.clock,
        unused_gated: of.unused_gated,
    };
    Ok(PricedCore { energy, structures, area, leakage, parts: all })
}

/// A leakage that is a whole number of attojoules in every time that a run can take, so that the bills of stages sum to
/// the run's: times are whole periods of the clock, and ticks.
fn whole(leakage: Figure, timing: &Timing) -> Figure {
    // Of an asynchronous chip a time is any number of picoseconds.
    let clock = timing.clock_ps.unwrap_or(1);
    let (mut period, mut rest) = (PICOWATTS, [clock, timing.tick_ps.unwrap_or(clock)]);
    for other in &mut rest {
        while *other != 0 {
            (period, *other) = (*other, period % *other);
        }
    }
    let step = PICOWATTS / period;
    let round = |picowatts: u64| (picowatts + step / 2) / step * step;
    Figure { low: round(leakage.low), nominal: round(leakage.nominal), high: round(leakage.high), ..leakage }
}

fn of_memory(name: &'static str, items: u64, of: Organisation, memory: &Memory) -> Structure {
    Structure {
        name,
        word_bits: of.bits,
        items,
        words: of.words,
        banks: of.banks,
        ports: of.ports,
        registers: memory.registers,
        area: memory.area.round(),
        leakage: memory.leakage.round(),
        access: memory.time.round(),
    }
}

fn of_logic(name: &'static str, block: &Block) -> Structure {
    let (area, leakage) = (block.area.round(), block.leakage.round());
    let access = Figure::exact(0, Kind::Derived);
    Structure {
        name,
        word_bits: 0,
        items: 0,
        words: 0,
        banks: 0,
        ports: 0,
        registers: false,
        area,
        leakage,
        access,
    }
}

/// Bits of a width of `chip` for a network of these widths.
pub(super) fn width(chip: &Chip, widths: &Widths, of: Width) -> u32 {
    let learning = &chip.learning;
    match of {
        Width::Accumulator => widths.accumulator.max(1),
        Width::State => u32::from(chip.datapath.state_width),
        Width::Decay => u32::from(chip.datapath.decay_fraction) + 1,
        Width::Trace => u32::from(learning.trace_bits),
        Width::Eligibility => u32::from(learning.eligibility_bits),
        Width::ThirdFactor => u32::from(learning.third_factor.width),
        Width::Surrogate => u32::from(learning.surrogate.width),
        Width::Error => u32::from(learning.error.width),
        Width::ErrorTrace => u32::from(learning.error_trace_bits),
        Width::GroupReadout => 32,
        Width::Packet => PACKET_BITS,
        Width::Dither => DITHER_BITS,
    }
}

/// What prices are put together on.
struct Bench<'a> {
    chip: &'a Chip,
    corner: Corner<'a>,
    widths: &'a Widths,
    /// Each memory, and how many items are in a word.
    memories: Vec<(Memory, f64)>,
    /// A packet over the side of a tile.
    hop: Bounds,
}

const NO_BLOCK: Block = Block { energy: Bounds::ZERO, area: Bounds::ZERO, leakage: Bounds::ZERO };

impl Bench<'_> {
    fn width(&self, of: Width) -> u32 {
        width(self.chip, self.widths, of)
    }

    /// The unit of a part; `None` where it is no unit.
    fn block(&self, what: What) -> Result<Option<Block>, Refusal> {
        Ok(Some(match what {
            What::Add(width) => self.corner.logic(Unit::Adder, self.width(width))?,
            What::Compare(width) => self.corner.logic(Unit::Comparator, self.width(width))?,
            What::Register(width) => self.corner.logic(Unit::Register, self.width(width))?,
            What::Multiply(first, second) => self.corner.multiplier(self.width(first), self.width(second))?,
            _ => return Ok(None),
        }))
    }

    /// The energy of a part, done once.
    fn once(&self, what: What) -> Result<Bounds, Refusal> {
        let memory = |store: Store| self.memories[store as usize];
        Ok(match what {
            What::ReadItem(store) => memory(store).0.read.times(1.0 / memory(store).1),
            What::WriteItem(store) => memory(store).0.write.times(1.0 / memory(store).1),
            What::ReadWord(store) => memory(store).0.read,
            What::WriteWord(store) => memory(store).0.write,
            What::Wire => self.hop,
            _ => self.block(what)?.map_or(Bounds::ZERO, |block| block.energy),
        })
    }

    /// What an operation is made of, priced.
    fn parts(&self, of: &Composition) -> Result<Vec<PricedPart>, Refusal> {
        let part = |Part { what, times }: &Part| {
            let times = match times {
                Times::Count(count) => *count,
                Times::Channels => self.widths.channels,
                Times::EligibilityStates => self.widths.eligibility_states,
            };
            let energy = self.once(*what)?.times(f64::from(times));
            Ok(PricedPart { price: of.price, what: *what, times, energy })
        };
        of.parts.iter().map(part).collect()
    }

    /// Units of every row, side by side, as many sets as the row has lanes.
    fn arithmetic(&self, chip: &PerOperation) -> Result<(&'static str, Block), Refusal> {
        let timing = &self.chip.timing;
        let mut sum = NO_BLOCK;
        let of_core = |of: &&Composition| !OF_ROUTERS.contains(&of.price) && !chip.lacks(of.price);
        for of in COMPOSITIONS.iter().filter(of_core) {
            let lanes = match of.lanes {
                Lanes::One => 1,
                Lanes::Synapse => timing.synapse_lanes,
                Lanes::Learning => timing.learning_lanes,
            };
            for Part { what, times } in of.parts {
                // What is done once a channel is done by one unit.
                let units = if let Times::Count(count) = times { *count } else { 1 };
                if let Some(block) = self.block(*what)? {
                    sum = together(sum, block.times(f64::from(units * lanes)));
                }
            }
        }
        Ok(("arithmetic", sum))
    }

    /// A core's share of its tile's router.
    fn router(&self) -> Result<(&'static str, Block), Refusal> {
        let mut sum = self.corner.logic(Unit::Register, PACKET_BITS)?.times(ROUTER_PACKETS);
        if self.chip.mesh.router_entries().is_some() {
            sum = together(sum, self.corner.logic(Unit::Comparator, PACKET_BITS)?.times(2.0));
        }
        Ok(("router", sum.times(1.0 / f64::from(self.chip.mesh.cores_per_tile))))
    }
}

/// The price of an operation that is made of `parts`.
fn price(of: &Composition, parts: &[PricedPart]) -> Price {
    let (mut sum, mut assumed) = (Bounds::ZERO, 0.0);
    for part in parts.iter().map(|part| part.energy) {
        sum = sum.plus(part);
        if part.kind.max(of.kind) == Kind::Assumed {
            assumed += part.nominal;
        }
    }
    let figure = sum.at_best(of.kind).round();
    let assumed = (libm::round(assumed) as u64).min(figure.nominal);
    let source = format!("{} ({})", of.source, figure.kind.name());
    Price::Composed { figure, assumed, source }
}

fn together(a: Block, b: Block) -> Block {
    Block { energy: a.energy.plus(b.energy), area: a.area.plus(b.area), leakage: a.leakage.plus(b.leakage) }
}
