//! The energy ledger: counts times prices, by operation, in integer attojoules.
//!
//! Promises: items sum to the total exactly (`u128`); every price carries its source; an operation without a published
//! price is listed and never taken for free: the total is then a least one. Static energy is power times time
//! (1 uW for 1 ps is 1 aJ), of the cores and by the clock that the chip states.

use crate::cost::amount::Amount;
use crate::cost::counters::{Activity, NodeCounts, OPERATIONS};
use crate::cost::prices::{Energy, PowerClock, Price, StaticPower, Time, Timing};
use crate::cost::stage::Drawn;
use crate::technology::{Figure, Kind};
use std::collections::BTreeMap;

/// Component and operation of static power.
pub const CORE_STATIC: &str = "core_static";

/// What one item is billed by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rate {
    /// Attojoules an operation.
    Attojoules(u64),
    /// Nothing: included in the price of that operation.
    PartOf(String),
    /// Microwatts a core, for so many picoseconds.
    Microwatts(u64, u128),
    /// Picowatts a core, for so many picoseconds.
    Picowatts(u64, u128),
    /// Nobody published it.
    Unpublished,
}

/// One line of the bill.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Its price field in the chip file. Operations may share one.
    pub component: &'static str,
    /// The operation's name in the table of operations; of static power [`CORE_STATIC`].
    pub operation: &'static str,
    /// How many operations (static power: cores).
    pub count: u128,
    /// What one is billed by.
    pub rate: Rate,
    /// Attojoules of this line; where nobody published a price, 0.
    pub attojoules: u128,
    /// Their lower and upper end; a price that states none has itself.
    pub ends: (u128, u128),
    /// Of the attojoules, those that are assumed: a price that does not say its kind is.
    pub assumed: u128,
    /// What kind of number the price is, where there is one.
    pub kind: Option<Kind>,
    /// Where the price is from.
    pub source: String,
}

/// Cores and times that static power needs to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Powered {
    /// Cores in use.
    pub used: usize,
    /// Cores of the chip.
    pub all: usize,
    /// How long, by stage: each stage is billed by itself, so that the stages of a run sum to it.
    pub drawn: [Drawn; 3],
}

/// An operation that took part in a run and has no published price or time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unknown {
    /// Its name in the table of operations.
    pub operation: &'static str,
    /// Field of the chip file.
    pub field: &'static str,
    /// How many of it.
    pub count: u128,
}

/// The bill of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bill {
    /// Its lines: operations with a price field in the order of their table, then static power.
    pub items: Vec<Item>,
}

impl Item {
    /// What it was spent for; static power, which is for nothing in particular, is [`CORE_STATIC`].
    fn activity(&self) -> &'static str {
        let row = OPERATIONS.iter().find(|operation| operation.name == self.operation);
        row.map_or(CORE_STATIC, |operation| operation.activity.name())
    }

    /// Whether it took part and has no published price.
    fn is_unknown(&self) -> bool {
        self.rate == Rate::Unpublished && self.count > 0
    }
}

impl Bill {
    /// The bill for `counts` on cores that were `powered`.
    #[must_use]
    pub fn of(energy: &Energy, counts: &NodeCounts, powered: &Powered) -> Self {
        let prices = energy.prices();
        let mut items = Vec::new();
        for operation in OPERATIONS {
            let price = prices.iter().find(|(name, _)| operation.price == Some(*name));
            let Some((component, price)) = price else { continue };
            let count = u128::from((operation.count)(counts));
            let (rate, source) = match price {
                Price::Stated { figure, source } | Price::Composed { figure, source, .. } => {
                    (Rate::Attojoules(figure.nominal), source.clone())
                }
                Price::PartOf(other) => (Rate::PartOf(other.clone()), format!("part of `{other}`")),
                Price::Unpublished => (Rate::Unpublished, "not published".to_owned()),
            };
            let Amount { nominal: attojoules, low, high, assumed } = Amount::of(price).times(count);
            let (operation, ends) = (operation.name, (low, high));
            let kind = price.figure().map(|figure| figure.kind);
            items.push(Item { component, operation, count, rate, attojoules, ends, assumed, kind, source });
        }
        items.push(static_power(&energy.core_static, powered));
        Self { items }
    }

    /// All items together; where some [`Bill::unknown`] took part, at least.
    #[must_use]
    pub fn total(&self) -> u128 {
        self.items.iter().map(|item| item.attojoules).sum()
    }

    /// Lower and upper end of the total: every line at its own, as if all prices erred the same way.
    #[must_use]
    pub fn ends(&self) -> (u128, u128) {
        self.items.iter().fold((0, 0), |(low, high), item| (low + item.ends.0, high + item.ends.1))
    }

    /// Of the total, what is assumed: a price that does not say its kind is.
    #[must_use]
    pub fn assumed(&self) -> u128 {
        self.items.iter().map(|item| item.assumed).sum()
    }

    /// Attojoules by what they were spent for; static power, which is for nothing in particular, is [`CORE_STATIC`].
    #[must_use]
    pub fn by_activity(&self) -> BTreeMap<&'static str, u128> {
        let mut sums: BTreeMap<&'static str, u128> =
            Activity::ALL.iter().map(|activity| (activity.name(), 0)).collect();
        for item in &self.items {
            *sums.entry(item.activity()).or_default() += item.attojoules;
        }
        sums
    }

    /// Whether something took part in `activity` that has no published price: its sum is then a least.
    #[must_use]
    pub fn is_least(&self, activity: &str) -> bool {
        let mut items = self.items.iter().filter(|item| item.is_unknown());
        items.any(|item| item.activity() == activity)
    }

    /// Attojoules by price field; static power is [`CORE_STATIC`].
    #[must_use]
    pub fn by_component(&self) -> BTreeMap<&'static str, u128> {
        let mut sums = BTreeMap::new();
        for item in &self.items {
            *sums.entry(item.component).or_default() += item.attojoules;
        }
        sums
    }

    /// Operations that took part and have no published price.
    pub fn unknown(&self) -> impl Iterator<Item = Unknown> + '_ {
        let items = self.items.iter().filter(|item| item.is_unknown());
        items.map(|item| Unknown { operation: item.operation, field: item.component, count: item.count })
    }
}

/// Power as microwatts (an attojoule a picosecond) times a scale, with that scale; `None` where nobody published it.
fn scaled(power: &StaticPower) -> Option<(Figure, u128)> {
    match power {
        StaticPower::Stated { microwatts, .. } => Some((*microwatts, 1)),
        StaticPower::Leakage { picowatts, .. } => Some((*picowatts, 1_000_000)),
        StaticPower::Unpublished => None,
    }
}

/// What `power` takes of a core in so many picoseconds, or of as many cores in one: attojoules.
pub(super) fn drawn_energy(power: &StaticPower, core_ps: u128) -> Amount {
    let Some((Figure { low, nominal, high, kind }, scale)) = scaled(power) else { return Amount::default() };
    let of = |power: u64| u128::from(power) * core_ps / scale;
    let nominal = of(nominal);
    let assumed = if kind == Kind::Assumed { nominal } else { 0 };
    Amount { nominal, low: of(low), high: of(high), assumed }
}

/// How many cores draw `power`, and how long in each stage, picoseconds.
pub(super) fn drawing(power: &StaticPower, powered: &Powered) -> (u128, [u128; 3]) {
    power.drawn().map_or((powered.used as u128, [0; 3]), |(clock, unused_gated)| {
        let cores = if unused_gated { powered.used } else { powered.all } as u128;
        let ps = |drawn: Drawn| match clock {
            PowerClock::Wall => drawn.wall_ps,
            PowerClock::Busy => drawn.busy_ps,
        };
        (cores, powered.drawn.map(ps))
    })
}

fn static_power(power: &StaticPower, powered: &Powered) -> Item {
    let (component, operation) = (CORE_STATIC, CORE_STATIC);
    let (count, stages) = drawing(power, powered);
    let ps = stages.iter().sum();
    let energies = stages.map(|ps| drawn_energy(power, ps * count));
    let Amount { nominal: attojoules, low, high, assumed } = energies.into_iter().sum();
    let (rate, source) = match power {
        StaticPower::Stated { microwatts, source, .. } => {
            (Rate::Microwatts(microwatts.nominal, ps), source.as_str())
        }
        StaticPower::Leakage { picowatts, source, .. } => {
            (Rate::Picowatts(picowatts.nominal, ps), source.as_str())
        }
        StaticPower::Unpublished => (Rate::Unpublished, "not published"),
    };
    let (source, kind) = (source.to_owned(), scaled(power).map(|(figure, _)| figure.kind));
    Item { component, operation, count, rate, attojoules, ends: (low, high), assumed, kind, source }
}

/// Operations of `counts` that have no published time.
#[must_use]
pub fn untimed(timing: &Timing, counts: &NodeCounts) -> Vec<Unknown> {
    let times = timing.times();
    let unknown = |field: &str| times.iter().any(|(name, time)| *name == field && *time == Time::Unpublished);
    let rows = OPERATIONS.iter().filter_map(|operation| {
        let (field, count) = (operation.time?, (operation.count)(counts));
        (count > 0 && unknown(field)).then_some(Unknown {
            operation: operation.name,
            field,
            count: u128::from(count),
        })
    });
    rows.collect()
}
