//! What operations cost on a chip: their times and their prices, as a chip file states them.
//!
//! Times are picoseconds, energies attojoules. The fields are those of the table in `operations`.
//!
//! Promises: pure data; no number of it can change a bit of a result. Absent on purpose: files (`files`), what is
//! made of the numbers (`time`, `energy`).

use crate::cost::barrier::Barrier;
use crate::cost::composition::Store;
use crate::cost::operations;
use crate::technology::{Figure, Kind, Technology};
use serde::{Deserialize, Serialize};

/// What an operation takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Time {
    /// Picoseconds.
    Picoseconds(u64),
    /// Included in the time of another operation.
    Included,
    /// Nobody published it: it is left out, and the times of a run with such an operation are least ones.
    Unpublished,
}

impl Time {
    /// What it adds to a step, picoseconds.
    #[must_use]
    pub fn ps(self) -> u64 {
        match self {
            Self::Picoseconds(ps) => ps,
            Self::Included | Self::Unpublished => 0,
        }
    }
}

macro_rules! timing {
    ($({ $ps:ident $cycles:ident $time_of:literal [$($unstated:ident)*] })*) => {
        /// What one operation takes, in picoseconds. Per core the parts of a step are added; cores run in parallel.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        pub struct Timing {
            /// Clock period of a synchronous chip; `None` for an asynchronous one.
            pub clock_ps: Option<u64>,
            /// Length of a network step, for the overrun report; `None`: no such bound.
            pub tick_ps: Option<u64>,
            /// Weights of a word of synapse memory.
            pub synapse_lanes: u32,
            /// Weight updates, or entries of a group's matrix, of a word.
            pub learning_lanes: u32,
            /// The barrier that ends a step.
            pub barrier: Barrier,
            /// What a packet holds a link between routers, where no network is described; unpublished, for no time.
            pub link_packet_ps: Time,
            /// What a packet holds the port between a router and a core; unpublished, for no time.
            pub port_packet_ps: Time,
            $(#[doc = $time_of] pub $ps: Time,)*
        }

        impl Timing {
            /// Field and time of every operation, in the order of the table.
            #[must_use]
            pub fn times(&self) -> Vec<(&'static str, Time)> {
                vec![$((stringify!($ps), self.$ps),)*]
            }

            /// The field of this name.
            fn field(&mut self, name: &str) -> Option<&mut Time> {
                match name {
                    $(stringify!($ps) => Some(&mut self.$ps),)*
                    _ => None,
                }
            }

            /// Gives the fields that a file left out (those that `stated` does not hold of) what holds then.
            pub(crate) fn fill(&mut self, stated: impl Fn(&str) -> bool) {
                for field in TIME_FIELDS.iter().filter(|field| !stated(field.name)) {
                    let time = match field.left_out {
                        LeftOut::Like(other) => self.field(other).map(|other| *other),
                        LeftOut::PartOf(_) => Some(Time::Included),
                        LeftOut::Refused | LeftOut::Unpublished => None,
                    };
                    if let (Some(time), Some(own)) = (time, self.field(field.name)) {
                        *own = time;
                    }
                }
            }
        }
    };
}
operations::times! { timing }

/// What an operation costs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Price {
    /// A number.
    Stated {
        /// Attojoules an operation.
        figure: Figure,
        /// Source: paper and table, or the reasoning.
        source: String,
    },
    /// Of a chip with a technology: the sum of its parts.
    Composed {
        /// Attojoules an operation.
        figure: Figure,
        /// Of the nominal ones, those that are assumed.
        assumed: u64,
        /// Its parts.
        source: String,
    },
    /// Included in the price of that operation, which has a number.
    PartOf(String),
    /// Nobody published it: it is left out, and the energy of a run with such an operation is a least one.
    Unpublished,
}

impl Price {
    /// Attojoules an operation adds to a bill; `None` where nobody published them.
    #[must_use]
    pub fn attojoules(&self) -> Option<u64> {
        match self {
            Self::Stated { figure, .. } | Self::Composed { figure, .. } => Some(figure.nominal),
            Self::PartOf(_) => Some(0),
            Self::Unpublished => None,
        }
    }

    /// Its number with ends and kind, where it has one.
    #[must_use]
    pub const fn figure(&self) -> Option<Figure> {
        match self {
            Self::Stated { figure, .. } | Self::Composed { figure, .. } => Some(*figure),
            Self::PartOf(_) | Self::Unpublished => None,
        }
    }

    /// Of the nominal attojoules, those that are assumed.
    #[must_use]
    pub fn assumed(&self) -> u64 {
        match self {
            Self::Stated { figure, .. } if figure.kind == Kind::Assumed => figure.nominal,
            Self::Composed { assumed, .. } => *assumed,
            _ => 0,
        }
    }
}

/// Process and supply that prices of events hold at, and where the ends of those are from that state none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conditions {
    /// Node, nanometres.
    pub nm: Option<u16>,
    /// Supply, microvolts.
    pub voltage: Option<u64>,
    /// Where the common ends are from.
    pub ends_source: Option<String>,
}

/// Static power of a core.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum StaticPower {
    /// A number.
    Stated {
        /// Microwatts a core: 1 uW for 1 ps is 1 aJ.
        microwatts: Figure,
        /// Source: paper and table, or the reasoning.
        source: String,
        /// How long it is drawn.
        clock: PowerClock,
        /// Whether cores without a neuron draw none.
        unused_gated: bool,
    },
    /// Of a chip with a technology: what the blocks of a core leak.
    Leakage {
        /// Picowatts a core: 10^6 pW for 1 ps are 1 aJ.
        picowatts: Figure,
        /// Where they are from.
        source: String,
        /// How long it is drawn.
        clock: PowerClock,
        /// Whether cores without a neuron draw none.
        unused_gated: bool,
    },
    /// Nobody published it.
    Unpublished,
}

impl StaticPower {
    /// How long it is drawn, and whether cores without a neuron draw none; `None` where there is no number.
    #[must_use]
    pub const fn drawn(&self) -> Option<(PowerClock, bool)> {
        match self {
            Self::Stated { clock, unused_gated, .. } | Self::Leakage { clock, unused_gated, .. } => {
                Some((*clock, *unused_gated))
            }
            Self::Unpublished => None,
        }
    }
}

/// A technology in place of prices: what the prices of operations are composed from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PerOperation {
    /// Tables and laws.
    pub technology: Technology,
    /// Node, nanometres.
    pub nm: u16,
    /// Supply, microvolts.
    pub voltage: u64,
    /// How each memory of a core is built, in the order of [`Store::ALL`].
    pub memories: [Build; Store::ALL.len()],
    /// How long leakage is drawn.
    pub clock: PowerClock,
    /// Whether cores without a neuron draw none.
    pub unused_gated: bool,
    /// Price fields of operations that the chip has no units for.
    pub without: Vec<String>,
    /// Ratios that prices were fitted by.
    pub fitted: Vec<Fitted>,
}

/// A ratio of prices to what they are composed of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fitted {
    /// Price fields.
    pub prices: Vec<String>,
    /// Millionths.
    pub ratio: u64,
    /// What it was fitted to.
    pub source: String,
}

impl PerOperation {
    /// Whether the chip has no units for the operation of this price field.
    #[must_use]
    pub fn lacks(&self, price: &str) -> bool {
        self.without.iter().any(|name| name == price)
    }

    /// A composed number of the price field `name`, with its source, after the ratios that were fitted to it.
    pub(crate) fn after_fits(&self, name: &str, figure: Figure, source: String) -> (Figure, String) {
        let own = self.fitted.iter().filter(|fit| fit.prices.iter().any(|price| price == name));
        own.fold((figure, source), |(figure, source), fit| {
            let by = |value: u64| ((u128::from(value) * u128::from(fit.ratio) + 500_000) / 1_000_000) as u64;
            let Figure { low, nominal, high, .. } = figure;
            let figure = Figure { low: by(low), nominal: by(nominal), high: by(high), kind: Kind::Fitted };
            (figure, format!("{:.3} x ({source}); {}", fit.ratio as f64 / 1e6, fit.source))
        })
    }
}

/// How a memory is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Build {
    /// Items packed in a word; `None`: as many as its lanes.
    pub items: Option<u32>,
    /// Banks; `None`: as few as hold it.
    pub banks: Option<u32>,
    /// Read-write ports.
    pub ports: u32,
    /// Bits of an item, at least.
    pub item_bits: u32,
    /// Whether there is no such memory.
    pub absent: bool,
}

/// How long static power is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub enum PowerClock {
    /// Wall time: of every step the longer of step and tick.
    Wall,
    /// The time of the steps alone: between them the chip is off.
    Busy,
}

/// A field of a chip file that states a price or a time.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Its name; a time's is that in picoseconds.
    pub name: &'static str,
    /// What it is the price or the time of.
    pub of: &'static str,
    /// What holds when a chip file leaves it out.
    pub left_out: LeftOut,
}

/// What holds when a chip file leaves a field out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeftOut {
    /// It must not.
    Refused,
    /// Nobody published it.
    Unpublished,
    /// What the other field states.
    Like(&'static str),
    /// It is included in the other field.
    PartOf(&'static str),
}

impl LeftOut {
    /// Of the words after `or` in the table of operations.
    const fn of(words: &[&'static str]) -> Self {
        match words {
            [] => Self::Refused,
            [_] => Self::Unpublished,
            // `like`, `part_of`.
            [how, other, ..] => match how.as_bytes()[0] {
                b'l' => Self::Like(other),
                _ => Self::PartOf(other),
            },
        }
    }

    /// Whether a file may leave it out.
    #[must_use]
    pub const fn is_allowed(self) -> bool {
        !matches!(self, Self::Refused)
    }
}

macro_rules! time_fields {
    ($({ $ps:ident $cycles:ident $time_of:literal [$($unstated:ident)*] })*) => {
        /// Every time of an operation.
        pub const TIME_FIELDS: &[Field] = &[$(
            Field { name: stringify!($ps), of: $time_of, left_out: LeftOut::of(&[$(stringify!($unstated)),*]) },
        )*];
    };
}
operations::times! { time_fields }

macro_rules! price_fields {
    ($({ $price:ident $price_of:literal [$($unstated:ident)*] })*) => {
        /// Every price of an operation.
        pub const PRICE_FIELDS: &[Field] = &[$(
            Field { name: stringify!($price), of: $price_of, left_out: LeftOut::of(&[$(stringify!($unstated)),*]) },
        )*];
    };
}
operations::prices! { price_fields }

macro_rules! energy {
    ($({ $price:ident $price_of:literal [$($unstated:ident)*] })*) => {
        /// Prices of the countable operations.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        pub struct Energy {
            $(#[doc = $price_of] pub $price: Price,)*
            /// Static power of a core.
            pub core_static: StaticPower,
            /// What the numbers hold at, where the chip file says it.
            pub conditions: Conditions,
        }

        impl Energy {
            /// No price at all.
            #[must_use]
            pub const fn unpublished() -> Self {
                Self {
                    $($price: Price::Unpublished,)*
                    core_static: StaticPower::Unpublished,
                    conditions: Conditions { nm: None, voltage: None, ends_source: None },
                }
            }

            /// Sets the price of this name; another name sets nothing.
            pub(crate) fn set(&mut self, name: &str, price: Price) {
                match name {
                    $(stringify!($price) => self.$price = price,)*
                    _ => {}
                }
            }

            /// Gives the fields that nobody stated (those that `stated` does not hold of) what holds then.
            pub(crate) fn fill(&mut self, stated: impl Fn(&str) -> bool) {
                for field in PRICE_FIELDS.iter().filter(|field| !stated(field.name)) {
                    let (LeftOut::Like(other) | LeftOut::PartOf(other)) = field.left_out else { continue };
                    let prices = self.prices();
                    let Some(of) = prices.iter().find(|(name, _)| *name == other) else { continue };
                    let price = match (field.left_out, of.1) {
                        (LeftOut::PartOf(_), Price::Stated { .. } | Price::Composed { .. }) => {
                            Price::PartOf(other.to_owned())
                        }
                        (_, price) => price.clone(),
                    };
                    self.set(field.name, price);
                }
            }

            /// Name and price of every operation, in the order of the table.
            #[must_use]
            pub fn prices(&self) -> Vec<(&'static str, &Price)> {
                vec![$((stringify!($price), &self.$price),)*]
            }
        }
    };
}
operations::prices! { energy }
