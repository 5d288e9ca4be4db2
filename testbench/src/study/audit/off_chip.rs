//! Memory of the methods that run off the chip: back-propagation through time and the full forward method.
//!
//! Measured in the state that the float references hold for a recurrent layer with a single readout. Source of the exponents:
//! III-B of Neftci, Mostafa and Zenke (2019): BPTT keeps O(N T), the forward method O(N^3). Neither is local: BPTT
//! needs the future, the forward method needs, at every synapse, how every other neuron depends on it.

use super::memory::{self, SIZES};
use super::{count, rules};
use crate::reference::float::bptt::{Bptt, ResetTerm};
use crate::reference::float::forward::Forward;
use crate::reference::float::unrolled::Unrolled;
use crate::report::model::{Table, TableCell};
use synfire_chip::chip::Chip;
use synfire_chip::files::{Diagnostic, Diagnostics};

/// Steps of a presentation where the neurons grow.
const STEPS: u32 = 100;
/// Neurons of a layer where the steps grow.
const NEURONS: u32 = 64;
/// How far an exponent may be from the paper's.
const TOLERANCE: f64 = 0.1;

/// What grows with what.
struct Growth {
    what: &'static str,
    with: &'static str,
    carries: &'static str,
    bits: Vec<u64>,
    exponent: f64,
    paper: f64,
}

impl Growth {
    fn of(
        (what, with, carries): (&'static str, &'static str, &'static str),
        paper: f64,
        measure: impl Fn(u32) -> Result<u64, Diagnostics>,
    ) -> Result<Self, Diagnostics> {
        let bits = SIZES.iter().map(|size| measure(*size)).collect::<Result<Vec<u64>, Diagnostics>>()?;
        let values: Vec<f64> = bits.iter().map(|bits| *bits as f64).collect();
        let exponent = memory::exponent(&SIZES.map(f64::from), &values);
        Ok(Self { what, with, carries, bits, exponent, paper })
    }

    fn holds(&self) -> bool {
        (self.exponent - self.paper).abs() <= TOLERANCE
    }
}

fn unrolled(neurons: u32, chip: &Chip) -> Result<Unrolled, Diagnostics> {
    let network = count::load("<audit off the chip>", &rules::recurrent(neurons), chip)?;
    Unrolled::new(&network).map_err(|error| Diagnostic::new(error.to_string()).into())
}

/// The table, and whether every exponent is the paper's.
///
/// # Errors
/// When the network does not load.
pub fn table(chip: &Chip) -> Result<(Table, bool), Diagnostics> {
    let bptt = |neurons, steps: u32| -> Result<u64, Diagnostics> {
        Ok(Bptt::new(&unrolled(neurons, chip)?, steps as usize, ResetTerm::Kept).state_bits())
    };
    let past = "every membrane of every step, backward";
    let growths = [
        Growth::of(("back-propagation through time", "neurons", past), 1.0, |n| bptt(n, STEPS))?,
        Growth::of(("back-propagation through time", "steps", past), 1.0, |steps| bptt(NEURONS, steps))?,
        Growth::of(
            (
                "full forward method",
                "neurons",
                "how every neuron depends on every synapse, between all cores",
            ),
            3.0,
            |n| Ok(Forward::new(&unrolled(n, chip)?, ResetTerm::Kept).state_bits()),
        )?,
    ];
    let row = |growth: &Growth| {
        vec![
            TableCell::text(growth.what),
            TableCell::text(growth.with),
            TableCell::count(u128::from(growth.bits[0])),
            TableCell::count(u128::from(growth.bits[SIZES.len() - 1])),
            TableCell::number(growth.exponent, format!("{:.2}", growth.exponent)),
            TableCell::number(growth.paper, format!("{:.0}", growth.paper)),
            TableCell::text(growth.carries),
        ]
    };
    let columns =
        ["method, off the chip", "grows with", "bits at 32", "at 512", "exponent", "paper", "it would carry"];
    let table = Table {
        title: "Not local: the references in double precision".to_owned(),
        columns: columns.map(str::to_owned).to_vec(),
        rows: growths.iter().map(row).collect(),
        notes: vec![format!("{STEPS} steps where neurons grow, {NEURONS} neurons a layer where steps grow")],
    };
    Ok((table, growths.iter().all(Growth::holds)))
}
