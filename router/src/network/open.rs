//! Packets drawn by chance, at a load, to destinations by a pattern: the traffic under which networks are compared.
//!
//! Each endpoint that sends makes a trial a cycle; a trial succeeds with probability load / flits, so the load is flits
//! an endpoint and cycle. The gap to the next success is drawn at once. Every endpoint has a stream of random numbers of
//! its own, of which the seed and its number are the start, so what it sends depends on nothing else.
//!
//! Promises: integers only; probabilities are exact to 2^-56. Absent on purpose: warm-up, samples, rates.

use crate::network::arbiter::mix;
use crate::network::check::{ConfigError, refuse};
use crate::network::plan::Plan;
use crate::network::traffic::{Next, Offer, Source, To};

/// Where the packets of an endpoint go. Nodes are the cores, in the order of their numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pattern {
    /// To any core, itself included.
    Uniform,
    /// To any other core.
    UniformOthers,
    /// From column x and row y to column y and row x of a square; itself on the diagonal.
    Transpose,
    /// To the next column and the next row, round at the edges; to the next core where there is no grid.
    Neighbour,
    /// To the core whose number has every bit changed: the last for the first.
    BitComplement,
    /// `part` of `whole` packets to one core, the others to any.
    HotSpot {
        /// The core.
        node: u32,
        /// How many of `whole`.
        part: u32,
        /// Of how many.
        whole: u32,
    },
    /// To the core that the list names at the sender's place.
    Table(Vec<u32>),
}

impl Pattern {
    /// The one core that `core` of `cores` sends to, where chance has no say; `grid` is columns, rows and cores of a
    /// router.
    #[must_use]
    #[inline]
    pub fn fixed(&self, core: u32, cores: u32, grid: Option<(u32, u32, u32)>) -> Option<u32> {
        let moved = |to: fn(u32, u32, u32, u32) -> (u32, u32)| {
            let Some((columns, rows, each)) = grid else { return (core + 1) % cores };
            let router = core / each;
            let (x, y) = to(router % columns, router / columns, columns, rows);
            (y * columns + x) * each + core % each
        };
        match self {
            Self::Uniform | Self::UniformOthers | Self::HotSpot { .. } => None,
            Self::BitComplement => Some(cores - 1 - core),
            Self::Table(list) => Some(list[core as usize]),
            Self::Transpose => Some(moved(|x, y, _, _| (y, x))),
            Self::Neighbour => Some(moved(|x, y, columns, rows| ((x + 1) % columns, (y + 1) % rows))),
        }
    }
}

/// Traffic of all cores of a network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Traffic {
    /// Where packets go.
    pub pattern: Pattern,
    /// Flits a core and cycle, as a fraction: at most 1.
    pub load: (u64, u64),
    /// Flits of a packet.
    pub flits: u32,
    /// Class of the packets.
    pub class: u8,
    /// Start of all streams.
    pub seed: u64,
}

/// A source of such traffic, without end.
#[derive(Clone, Debug)]
pub struct Open {
    streams: Vec<Stream>,
    gaps: Gaps,
    pattern: Pattern,
    grid: Option<(u32, u32, u32)>,
    flits: u32,
    class: u8,
}

#[derive(Clone, Copy, Debug)]
struct Stream {
    state: u64,
    /// Cycle of the oldest packet that was not made yet.
    next: u64,
    /// Packets made.
    made: u64,
}

impl Stream {
    fn draw(&mut self) -> u64 {
        self.state = self.state.wrapping_add(1);
        mix(self.state)
    }

    /// A number below `count`, of 32 bits.
    fn below(&mut self, count: u32) -> u32 {
        (((self.draw() >> 32) * u64::from(count)) >> 32) as u32
    }
}

impl Open {
    /// The traffic, from cycle `from` on.
    ///
    /// # Errors
    /// A load of 0 or over 1, a packet without flits, a core or class that does not exist, a transpose of no square.
    pub fn new(plan: &Plan, traffic: &Traffic, from: u64) -> Result<Self, ConfigError> {
        let config = &plan.config;
        let cores = config.shape.leaves() * config.cores_per_router;
        let (part, whole) = traffic.load;
        if part == 0 || part > whole {
            return Err(refuse("load", format!("{part}/{whole}"), "above 0, at most 1", None));
        }
        let offer = Offer { at: 0, to: To::Endpoint(0), class: traffic.class, flits: traffic.flits, tag: 0 };
        plan.check_offer(0, &offer)?;
        check_pattern(&traffic.pattern, cores, config.shape.grid())?;
        let chance = (u128::from(part) << 64) / (u128::from(whole) * u128::from(traffic.flits));
        let gaps = Gaps::new(u64::try_from(chance).unwrap_or(u64::MAX));
        let stream = |core| {
            let mut stream = Stream { state: mix(mix(traffic.seed) ^ u64::from(core)), next: 0, made: 0 };
            stream.next = from + gaps.draw(|| stream.draw()) - 1;
            stream
        };
        Ok(Self {
            streams: (0..cores).map(stream).collect(),
            pattern: traffic.pattern.clone(),
            grid: config.shape.grid().map(|(columns, rows)| (columns, rows, config.cores_per_router)),
            flits: traffic.flits,
            class: traffic.class,
            gaps,
        })
    }

    /// Cores that send.
    #[must_use]
    pub fn cores(&self) -> u32 {
        self.streams.len() as u32
    }

    fn destination(&mut self, core: u32) -> u32 {
        let cores = self.cores();
        if let Some(to) = self.pattern.fixed(core, cores, self.grid) {
            return to;
        }
        let stream = &mut self.streams[core as usize];
        match self.pattern {
            Pattern::UniformOthers => (core + 1 + stream.below(cores - 1)) % cores,
            Pattern::HotSpot { node, part, whole } if stream.below(whole) < part => node,
            _ => stream.below(cores),
        }
    }
}

fn check_pattern(pattern: &Pattern, cores: u32, grid: Option<(u32, u32)>) -> Result<(), ConfigError> {
    let core = |field: &str, found: u32| {
        if found < cores { Ok(()) } else { Err(refuse(field, found, format!("0..={}", cores - 1), None)) }
    };
    match pattern {
        Pattern::Transpose if grid.is_none_or(|(columns, rows)| columns != rows) => {
            let found =
                grid.map_or("no grid".to_owned(), |(columns, rows)| format!("{columns}x{rows} routers"));
            Err(refuse("pattern", found, "a square for a transpose", None))
        }
        Pattern::UniformOthers if cores < 2 => Err(refuse("pattern", "one core", "at least 2", None)),
        Pattern::HotSpot { node, part, whole } => {
            if *whole == 0 || part > whole {
                return Err(refuse("pattern.part", format!("{part}/{whole}"), "at most 1", None));
            }
            core("pattern.node", *node)
        }
        Pattern::Table(list) if list.len() != cores as usize => {
            Err(refuse("pattern", format!("{} destinations", list.len()), format!("{cores}"), None))
        }
        Pattern::Table(list) => list.iter().try_for_each(|to| core("pattern", *to)),
        _ => Ok(()),
    }
}

impl Open {
    /// The next packet of `endpoint`; none of one that is no core.
    pub fn draw(&mut self, endpoint: u32) -> Option<Offer> {
        let stream = self.streams.get_mut(endpoint as usize)?;
        let at = stream.next;
        let gap = self.gaps.draw(|| stream.draw());
        stream.next = at + gap;
        stream.made += 1;
        let tag = u64::from(endpoint) << 40 | stream.made;
        let to = To::Endpoint(self.destination(endpoint));
        Some(Offer { at, to, class: self.class, flits: self.flits, tag })
    }
}

impl Source for Open {
    fn next(&mut self, endpoint: u32, _now: u64) -> Next {
        self.draw(endpoint).into()
    }
}

/// Gaps between successes of one trial a cycle.
#[derive(Clone, Debug)]
struct Gaps {
    /// Chance that `k` trials fail, in units of 2^-64, for `k` from 1 on; falling.
    fail: Vec<u64>,
    /// How many of these are above every number that begins with a byte.
    above: [u16; 256],
    always: bool,
}

/// Trials that are drawn at once.
const TRIALS: usize = 256;

impl Gaps {
    /// With a chance of success in units of 2^-64; the largest is always.
    fn new(chance: u64) -> Self {
        let mut fail = Vec::with_capacity(TRIALS);
        let mut left = u64::MAX;
        for _ in 0..TRIALS {
            left -= ((u128::from(left) * u128::from(chance)) >> 64) as u64;
            fail.push(left);
        }
        let last = |byte: u64| byte << 56 | u64::MAX >> 8;
        let above = std::array::from_fn(|byte| fail.partition_point(|fail| *fail > last(byte as u64)) as u16);
        Self { fail, above, always: chance == u64::MAX }
    }

    /// Trials up to and with the next success.
    fn draw(&self, mut number: impl FnMut() -> u64) -> u64 {
        if self.always {
            return 1;
        }
        let mut gap = 1;
        loop {
            // As many trials failed as there are chances above the number drawn.
            let drawn = number();
            let sure = usize::from(self.above[(drawn >> 56) as usize]);
            let failed = sure + self.fail[sure..].iter().take_while(|fail| **fail > drawn).count();
            gap += failed as u64;
            if failed < TRIALS {
                return gap;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Against trials made one by one: the number of successes in many cycles is within five deviations of its mean.
    #[test]
    fn gaps_are_those_of_trials() {
        for (part, whole) in [(1u64, 1u64), (1, 2), (1, 10), (1, 1000), (999, 1000)] {
            let chance = u64::try_from((u128::from(part) << 64) / u128::from(whole)).unwrap_or(u64::MAX);
            let gaps = Gaps::new(chance);
            let mut stream = Stream { state: 7, next: 0, made: 0 };
            let (mut at, mut count, cycles) = (0, 0u64, 4_000_000);
            while at < cycles {
                at += gaps.draw(|| stream.draw());
                count += 1;
            }
            let mean = cycles * part / whole;
            let variance = mean * (whole - part) / whole;
            assert!(count.abs_diff(mean).pow(2) <= 25 * variance + 1, "{part}/{whole}: {count}, not {mean}");
        }
    }
}
