//! Nodes between those of the tables: every number of theirs in logarithms of the node, derived.
//!
//! How far that errs is asked of the tables themselves: each inner node is left out in turn and formed from its two
//! neighbours. The largest error of a quantity widens the ends of every number of a node between.
//!
//! Promises: at a node of the tables its own numbers, without an error; beyond the outermost nodes, and where there are
//! too few nodes to know an error, nothing. Absent on purpose: voltages (`corner`).

use super::grid::QUANTITIES;
use super::tables::{LogicNode, LogicPoint, SramNode, SramPoint, Technology};
use std::borrow::Cow;

/// What is read of a logic point.
type OfLogic = fn(&LogicPoint) -> u64;

/// Three quantities of a unit.
const LOGIC: [OfLogic; 3] = [|point| point.energy, |point| point.area, |point| point.leakage];

/// How far numbers between nodes err, as fractions; 0 at a node of the tables.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct NodeError {
    /// Of memories, in the order of [`QUANTITIES`].
    pub sram: [f64; QUANTITIES.len()],
    /// Of units: energy, area, leakage.
    pub logic: [f64; 3],
}

/// A node.
#[derive(Clone, Debug)]
pub struct Node<'t> {
    /// Memories.
    pub sram: Cow<'t, SramNode>,
    /// Arithmetic.
    pub logic: Cow<'t, LogicNode>,
    /// Threshold, microvolts.
    pub threshold: u64,
    /// How far its numbers err.
    pub error: NodeError,
    /// Whether it is between two of the tables.
    pub between: bool,
}

impl Technology {
    /// A node of the tables.
    fn own(&self, nm: u16) -> Option<(&SramNode, &LogicNode, u64)> {
        let sram = self.sram.nodes.iter().find(|node| node.nm == nm)?;
        let logic = self.logic.nodes.iter().find(|node| node.nm == nm)?;
        let (_, threshold) = self.delay.thresholds.iter().find(|(node, _)| *node == nm)?;
        Some((sram, logic, *threshold))
    }

    /// A node of the tables, or one between two of them; `None` beyond.
    #[must_use]
    pub fn node(&self, nm: u16) -> Option<Node<'_>> {
        if let Some((sram, logic, threshold)) = self.own(nm) {
            let (sram, logic) = (Cow::Borrowed(sram), Cow::Borrowed(logic));
            return Some(Node { sram, logic, threshold, error: NodeError::default(), between: false });
        }
        let mut nodes: Vec<u16> = self.nodes().collect();
        nodes.sort_unstable();
        let above = nodes.iter().position(|node| *node > nm)?;
        let below = above.checked_sub(1)?;
        // Of two nodes nobody knows how far a number between them errs.
        if nodes.len() < 3 {
            return None;
        }
        let (sram, logic, threshold) = self.formed(nm, [nodes[below], nodes[above]])?;
        let mut error = NodeError::default();
        for inner in nodes.windows(3) {
            error = error.worst(self.held_out_node([inner[0], inner[1], inner[2]])?);
        }
        let (sram, logic) = (Cow::Owned(sram), Cow::Owned(logic));
        Some(Node { sram, logic, threshold, error, between: true })
    }

    /// A node formed of two others.
    fn formed(&self, nm: u16, [first, last]: [u16; 2]) -> Option<(SramNode, LogicNode, u64)> {
        let ((sram_a, logic_a, threshold_a), (sram_b, logic_b, threshold_b)) =
            (self.own(first)?, self.own(last)?);
        let part = ratio_log(nm, first) / ratio_log(last, first);
        let mix = |a: u64, b: u64| between(a, b, part);
        let points = sram_a.points.iter().zip(&sram_b.points).map(|(a, b)| SramPoint {
            read: mix(a.read, b.read),
            write: mix(a.write, b.write),
            area: mix(a.area, b.area),
            leakage: mix(a.leakage, b.leakage),
            time: mix(a.time, b.time),
        });
        let sram = SramNode { nm, nominal: mix(sram_a.nominal, sram_b.nominal), points: points.collect() };
        let unit = |unit: usize| -> Vec<LogicPoint> {
            let pairs = logic_a.points[unit].iter().zip(&logic_b.points[unit]);
            let point = |(a, b): (&LogicPoint, &LogicPoint)| LogicPoint {
                energy: mix(a.energy, b.energy),
                area: mix(a.area, b.area),
                leakage: mix(a.leakage, b.leakage),
            };
            pairs.map(point).collect()
        };
        let (a, b) = (logic_a.register_leakage, logic_b.register_leakage);
        let logic = LogicNode {
            nm,
            nominal: mix(logic_a.nominal, logic_b.nominal),
            register_leakage: [mix(a[0], b[0]), mix(a[1], b[1]), mix(a[2], b[2])],
            points: std::array::from_fn(unit),
        };
        Some((sram, logic, mix(threshold_a, threshold_b)))
    }

    /// How far the middle one of three nodes is from what the outer two say of it.
    fn held_out_node(&self, [first, at, last]: [u16; 3]) -> Option<NodeError> {
        let (formed, formed_logic, _) = self.formed(at, [first, last])?;
        let (sram, logic, _) = self.own(at)?;
        let mut error = NodeError::default();
        for (worst, (_, get)) in error.sram.iter_mut().zip(QUANTITIES) {
            for (guess, truth) in formed.points.iter().zip(&sram.points) {
                *worst = worst.max(off(get(guess), get(truth)));
            }
        }
        for (worst, get) in error.logic.iter_mut().zip(LOGIC) {
            for (guess, truth) in formed_logic.points.iter().flatten().zip(logic.points.iter().flatten()) {
                *worst = worst.max(off(get(guess), get(truth)));
            }
        }
        Some(error)
    }
}

impl NodeError {
    fn worst(self, other: Self) -> Self {
        Self {
            sram: std::array::from_fn(|at| self.sram[at].max(other.sram[at])),
            logic: std::array::from_fn(|at| self.logic[at].max(other.logic[at])),
        }
    }
}

/// The logarithm of a ratio of nodes.
fn ratio_log(node: u16, to: u16) -> f64 {
    libm::log(f64::from(node) / f64::from(to))
}

/// A number between two, in the logarithm; what is 0 at an end is no number.
fn between(a: u64, b: u64, part: f64) -> u64 {
    if a == 0 || b == 0 {
        return 0;
    }
    libm::round(libm::exp((1.0 - part) * libm::log(a as f64) + part * libm::log(b as f64))) as u64
}

/// By which fraction a guess is off; of what is no number, by none.
fn off(guess: u64, truth: u64) -> f64 {
    if guess == 0 || truth == 0 {
        return 0.0;
    }
    let (guess, truth) = (guess as f64, truth as f64);
    (guess / truth).max(truth / guess) - 1.0
}
