//! What a trace says of itself.

use std::fmt;
use std::ops::RangeInclusive;
use synfire_core::ARITH_SPEC;

/// Version of the format that is written, and the only one that is read.
pub const VERSION: u32 = 1;

/// The two forms of a trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TraceForm {
    /// A line a record.
    Text,
    /// A frame a step.
    Binary,
}

impl TraceForm {
    /// The form that a file of this name is written in: `.trace.bin`, or any other `.bin`, is binary.
    #[must_use]
    pub fn of_name(path: &std::path::Path) -> Self {
        if path.extension().is_some_and(|extension| extension == "bin") { Self::Binary } else { Self::Text }
    }
}

/// Version of the numeric contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contract {
    /// Another one is refused.
    pub major: u32,
    /// Options that were added.
    pub minor: u32,
}

impl Contract {
    /// The contract of this program, `ARITH_SPEC`.
    #[must_use]
    pub fn current() -> Self {
        Self::parse(ARITH_SPEC).expect("`ARITH_SPEC` is `major.minor`")
    }

    /// Reads `major.minor`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (major, minor) = text.split_once('.')?;
        Some(Self { major: number(major)?, minor: number(minor)? })
    }
}

impl fmt::Display for Contract {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

/// A number in the one way that a header writes it.
pub(super) fn number<T: std::str::FromStr + ToString>(text: &str) -> Option<T> {
    text.parse::<T>().ok().filter(|number| number.to_string() == text)
}

/// A register: its name, and its format as `docs/arithmetic.md` states formats.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TracedRegister {
    /// `U`, `I`, `S`: not empty, no blank, no colon.
    pub name: String,
    /// Bits in all, 1 to 64 (of unsigned ones 63).
    pub bits: u32,
    /// Bits of fraction.
    pub fraction: u32,
    /// Whether it is two's complement.
    pub signed: bool,
}

impl TracedRegister {
    /// A signed register.
    #[must_use]
    pub fn signed(name: impl Into<String>, bits: u32, fraction: u32) -> Self {
        Self { name: name.into(), bits, fraction, signed: true }
    }

    /// An unsigned register.
    #[must_use]
    pub fn unsigned(name: impl Into<String>, bits: u32, fraction: u32) -> Self {
        Self { name: name.into(), bits, fraction, signed: false }
    }

    /// Every code of its bits, the most negative one of a signed format included.
    #[must_use]
    pub fn range(&self) -> RangeInclusive<i64> {
        if self.signed {
            let last = i64::MAX >> (64 - self.bits);
            -last - 1..=last
        } else {
            0..=((1_u64 << self.bits) - 1) as i64
        }
    }

    /// Bytes of a value in a frame: the fewest of 1, 2, 4 and 8 that hold its bits.
    #[must_use]
    pub fn bytes(&self) -> usize {
        (self.bits.div_ceil(8) as usize).next_power_of_two()
    }

    /// The real value of a lane.
    #[must_use]
    pub fn real(&self, lane: i64) -> f64 {
        lane as f64 * (-f64::from(self.fraction)).exp2()
    }

    /// What is wrong with it.
    pub(super) fn check(&self) -> Result<(), (String, String)> {
        let (name, most) = (&self.name, if self.signed { 64 } else { 63 });
        if name.is_empty() || name.contains(|c: char| c.is_whitespace() || c.is_control() || c == ':') {
            return fault(format!("a register named `{name}`"), "a name without blanks and colons");
        }
        if !(1..=most).contains(&self.bits) || self.fraction > 1000 {
            let found = format!("register {name} of {}.{} bits", self.bits, self.fraction);
            return fault(found, &format!("1..={most} bits, a fraction of at most 1000"));
        }
        Ok(())
    }

    /// A lane in hexadecimal, two's complement in the register's width.
    #[must_use]
    pub fn hex(&self, lane: i64) -> String {
        let bits = lane as u64 & (u64::MAX >> (64 - self.bits));
        format!("0x{bits:0digits$x}", digits = self.bits.div_ceil(4) as usize)
    }
}

/// A population whose registers are traced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TracedPopulation {
    /// Its place in the network file.
    pub index: u32,
    /// Its name.
    pub name: String,
    /// Its neurons.
    pub neurons: u32,
    /// Registers of each of them, in the order of a record.
    pub registers: Vec<TracedRegister>,
}

/// What the synapses of a projection are named by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SynapsePlaces {
    /// Presynaptic neuron, postsynaptic neuron, delay.
    Pairs {
        /// How many are traced.
        count: u32,
    },
    /// Copy and tap of a shared kernel.
    Taps {
        /// Copies of the kernel.
        copies: u32,
        /// Taps of a copy.
        taps: u32,
    },
}

impl SynapsePlaces {
    /// How many there are.
    #[must_use]
    pub fn count(self) -> u64 {
        match self {
            Self::Pairs { count } => u64::from(count),
            Self::Taps { copies, taps } => u64::from(copies) * u64::from(taps),
        }
    }

    /// The synapse at a place of its table, and how many numbers name it in text.
    pub(super) fn synapse(self, table: &[Synapse], place: u32) -> (Synapse, usize) {
        match self {
            Self::Pairs { .. } => (table[place as usize], 3),
            Self::Taps { taps, .. } => ([place / taps, place % taps, 0], 2),
        }
    }
}

/// A projection of which something is traced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TracedProjection {
    /// Its place in the network file.
    pub index: u32,
    /// Its name.
    pub name: String,
    /// Its axons; 0 where no trace of theirs is listed.
    pub axons: u32,
    /// Registers of each axon, in the order of a record.
    pub traces: Vec<TracedRegister>,
    /// What names a synapse.
    pub places: SynapsePlaces,
    /// Registers of each synapse, which have a record where they changed. None where no synapse is traced.
    pub synapses: Vec<TracedRegister>,
}

/// What a trace says of itself: its text form is the same in both forms of a trace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceHeader {
    /// The contract by which the values were computed.
    pub contract: Contract,
    /// Populations, by their places, ascending.
    pub populations: Vec<TracedPopulation>,
    /// Projections, by their places, ascending.
    pub projections: Vec<TracedProjection>,
    /// The first step.
    pub first: u64,
    /// One past the last step that may come.
    pub until: u64,
}

/// An axon of a projection: presynaptic neuron and delay.
pub type Axon = [u32; 2];
/// A synapse: presynaptic neuron, postsynaptic neuron and delay; or copy, tap and 0.
pub type Synapse = [u32; 3];

/// Which axons and synapses a trace is of: a list for each projection of its header, ascending. Text states them in
/// its records; the binary form has the tables once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TraceTables {
    /// Axons of each projection of the header; empty where none is traced.
    pub axons: Vec<Vec<Axon>>,
    /// Synapses of each projection of the header; empty where none is traced, and for a shared kernel.
    pub synapses: Vec<Vec<Synapse>>,
}

impl TraceHeader {
    /// Columns of neurons, in order: population and register.
    pub fn neuron_columns(&self) -> impl Iterator<Item = (&TracedPopulation, &TracedRegister)> {
        self.populations.iter().flat_map(|of| of.registers.iter().map(move |register| (of, register)))
    }

    /// Columns of axons, in order: projection and register.
    pub fn axon_columns(&self) -> impl Iterator<Item = (&TracedProjection, &TracedRegister)> {
        self.projections.iter().flat_map(|of| of.traces.iter().map(move |register| (of, register)))
    }

    /// Lists of changed synapses, in order: projection, its place in the header, and register.
    pub fn synapse_lists(&self) -> impl Iterator<Item = (usize, &TracedProjection, &TracedRegister)> {
        let projections = self.projections.iter().enumerate();
        projections.flat_map(|(at, of)| of.synapses.iter().map(move |register| (at, of, register)))
    }

    /// The steps from `next` on, as messages say what is allowed.
    pub(super) fn steps_from(&self, next: u64) -> String {
        match self.until.checked_sub(1).filter(|last| next <= *last) {
            Some(last) => format!("{next}..={last}"),
            None => "no further step".to_owned(),
        }
    }

    /// What is wrong with it, or with the tables beside it.
    ///
    /// # Errors
    /// With what was found, and what is allowed.
    pub fn check(&self, tables: Option<&TraceTables>) -> Result<(), (String, String)> {
        let registers = self.neuron_columns().map(|(_, register)| register);
        let registers = registers.chain(self.axon_columns().map(|(_, register)| register));
        let mut registers = registers.chain(self.synapse_lists().map(|(_, _, register)| register));
        registers.try_for_each(TracedRegister::check)?;
        let populations = self.populations.iter().map(|of| of.index);
        let projections = self.projections.iter().map(|of| of.index);
        if !ascends(populations) || !ascends(projections) {
            return fault("populations or projections out of order".into(), "each once, by its index");
        }
        if self.first > self.until {
            return fault(
                format!("steps {} to {}", self.first, self.until),
                "a first step that is not past the last",
            );
        }
        if let Some(of) = self.populations.iter().find(|of| of.registers.is_empty()) {
            return fault(
                format!("population `{}` without a register", of.name),
                "a register, or no population",
            );
        }
        self.projections.iter().try_for_each(check_projection)?;
        tables.map_or(Ok(()), |tables| self.check_tables(tables))
    }

    fn check_tables(&self, tables: &TraceTables) -> Result<(), (String, String)> {
        let projections = self.projections.len();
        if tables.axons.len() != projections || tables.synapses.len() != projections {
            return fault(format!("tables of {} projections", tables.axons.len()), &projections.to_string());
        }
        for (of, (axons, synapses)) in self.projections.iter().zip(tables.axons.iter().zip(&tables.synapses))
        {
            let name = &of.name;
            if axons.len() as u64 != u64::from(of.axons) || !ascends(axons.iter()) {
                let found = format!("{} axons of projection `{name}`", axons.len());
                return fault(found, &format!("{}, ascending by pre and delay", of.axons));
            }
            let listed = match of.places {
                SynapsePlaces::Pairs { count } => u64::from(count),
                SynapsePlaces::Taps { .. } => 0,
            };
            if synapses.len() as u64 != listed || !ascends(synapses.iter()) {
                let found = format!("{} synapses of projection `{name}`", synapses.len());
                return fault(found, &format!("{listed}, ascending by pre, post and delay"));
            }
        }
        Ok(())
    }
}

fn fault<T>(found: String, allowed: &str) -> Result<T, (String, String)> {
    Err((found, allowed.to_owned()))
}

pub(super) fn check_projection(of: &TracedProjection) -> Result<(), (String, String)> {
    let name = &of.name;
    if of.traces.is_empty() && of.synapses.is_empty() {
        return fault(format!("projection `{name}` without a register"), "a register, or no projection");
    }
    if of.traces.is_empty() && of.axons > 0 {
        return fault(format!("axons of projection `{name}` without a register"), "a register, or no axon");
    }
    if of.synapses.is_empty() && of.places.count() > 0 {
        return fault(
            format!("synapses of projection `{name}` without a register"),
            "a register, or no synapse",
        );
    }
    if of.places.count() > u64::from(u32::MAX) {
        return fault(format!("{} taps of projection `{name}`", of.places.count()), "less than 2^32");
    }
    Ok(())
}

/// Whether each is more than the one before.
fn ascends<T: PartialOrd>(mut values: impl Iterator<Item = T>) -> bool {
    let Some(mut before) = values.next() else { return true };
    values.all(|value| {
        let more = before < value;
        before = value;
        more
    })
}
