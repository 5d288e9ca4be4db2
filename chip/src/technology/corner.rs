//! A node and a voltage of a technology, and what the voltage does.
//!
//! Laws, each of a value at voltage V against its table's nominal voltage Vn:
//! - Energy of an operation: `(V / Vn)^2`, the charge of a capacitance.
//! - Leakage power: `V / Vn`. That is a current that does not depend on the voltage: it leaves out what a lower drain
//!   voltage saves beside (barrier lowering), so that leakage below Vn is an upper bound and above Vn a lower one.
//! - Delay: `V / (V - Vt)^alpha` against the same at Vn, the alpha-power law (Sakurai and Newton, IEEE Journal of
//!   Solid-State Circuits 25, 1990), with the file's threshold and exponent. Near the threshold it gives delays that
//!   are too long; a file may allow such voltages, with ends of their own, and times are then assumed.
//!
//! Promises: at the nominal voltage every factor is 1; a voltage outside of the stated range is refused.

use super::nodes::NodeError;
use super::refusal::Refusal;
use super::tables::{Ends, LogicNode, MILLIONTH, SramNode, Technology};
use super::value::Bounds;
use std::borrow::Cow;

/// A node and a voltage.
#[derive(Clone, Debug)]
pub struct Corner<'t> {
    /// The tables.
    pub technology: &'t Technology,
    /// Memories of the node.
    pub sram: Cow<'t, SramNode>,
    /// Arithmetic of the node.
    pub logic: Cow<'t, LogicNode>,
    /// How far its numbers err, where it is between two nodes of the tables.
    pub error: NodeError,
    /// Whether it is.
    pub between: bool,
    /// Microvolts.
    pub voltage: u64,
    /// What the voltage does to memories.
    pub of_sram: Factors,
    /// What it does to arithmetic.
    pub of_logic: Factors,
}

/// What a voltage does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Factors {
    /// To energies.
    pub energy: f64,
    /// To leakages.
    pub leakage: f64,
    /// To times.
    pub time: f64,
    /// Where the law of times is not trusted, so near to the threshold, the factors of their ends.
    pub near: Option<Ends>,
}

impl Corner<'_> {
    /// A bit over `millimetres` of wire, attojoules: `C V^2`, of the switching that the file's capacitance has in it.
    #[must_use]
    pub fn wire(&self, millimetres: f64) -> Bounds {
        let wire = &self.technology.wire;
        let volts = self.voltage as f64 * MILLIONTH;
        // An attofarad at a volt is an attojoule.
        let [low, nominal, high] =
            wire.capacitance.map(|capacitance| capacitance as f64 * volts * volts * millimetres);
        Bounds { low, nominal, high, kind: wire.kind }
    }
}

impl Technology {
    /// Most words of a bank.
    #[must_use]
    pub fn deepest_bank(&self) -> u64 {
        self.sram.words.last().map_or(1, |words| u64::from(*words))
    }

    /// Nodes that have tables, nanometres.
    pub fn nodes(&self) -> impl Iterator<Item = u16> + '_ {
        self.sram.nodes.iter().map(|node| node.nm)
    }

    /// Voltages of a node, microvolts: the lowest of all, the lowest at which times are trusted, the highest.
    #[must_use]
    pub fn voltages(&self, nm: u16) -> Option<[u64; 3]> {
        let nominal = self.node(nm)?.sram.nominal;
        let of = |millionths: u64| (u128::from(nominal) * u128::from(millionths) / 1_000_000) as u64;
        let (low, high) = (self.delay.range.low, self.delay.range.high);
        let lowest = self.delay.near.as_ref().map_or(low, |near| near.from);
        Some([of(lowest), of(low), of(high)])
    }

    /// The building blocks of a node at a voltage (microvolts); without one at the nominal voltage of its memories.
    ///
    /// # Errors
    /// For a node beyond the tables, or a voltage outside of the stated range.
    pub fn at(&self, nm: u16, voltage: Option<u64>) -> Result<Corner<'_>, Refusal> {
        let Some(node) = self.node(nm) else {
            let nodes: Vec<String> = self.nodes().map(|node| node.to_string()).collect();
            let between = if nodes.len() < 3 { "" } else { ", or between two of them" };
            return Err(Refusal {
                title: format!("technology `{}` has no tables of this node", self.name),
                found: format!("{nm} nm"),
                allowed: format!("{} nm{between}", nodes.join(", ")),
                remedy: "state one of them, or a table of your own".to_owned(),
            });
        };
        let nominal = node.sram.nominal;
        let voltage = voltage.unwrap_or(nominal);
        let [lowest, trusted, highest] = self.voltages(nm).unwrap_or_default();
        if !(lowest..=highest).contains(&voltage) {
            let volts = |microvolts: u64| format!("{:.3}", microvolts as f64 * MILLIONTH);
            return Err(Refusal {
                title: format!("technology `{}` has no law for this voltage at {nm} nm", self.name),
                found: format!("{} V", volts(voltage)),
                allowed: format!("{} to {} V (nominal {} V)", volts(lowest), volts(highest), volts(nominal)),
                remedy: "nearer to the threshold, or far above the nominal voltage, the laws do not hold"
                    .to_owned(),
            });
        }
        let alpha = self.delay.alpha as f64 * MILLIONTH;
        let near = self.delay.near.as_ref().filter(|_| voltage < trusted).map(|near| near.time);
        let factors = |nominal: u64| {
            let (v, n, t) = (voltage as f64, nominal as f64, node.threshold as f64);
            let delay = |v: f64| v / libm::pow((v - t) * MILLIONTH, alpha);
            let ratio = v / n;
            Factors { energy: ratio * ratio, leakage: ratio, time: delay(v) / delay(n), near }
        };
        let (of_sram, of_logic) = (factors(nominal), factors(node.logic.nominal));
        let (sram, logic, error, between) = (node.sram, node.logic, node.error, node.between);
        Ok(Corner { technology: self, sram, logic, error, between, voltage, of_sram, of_logic })
    }
}
