//! `latency.csv`, and its picture: how long packets were on their way through a simulated network.
//!
//! A latency is from the cycle in which a packet is in its core's output queue to that in which its tail is taken by the core
//! that it goes to; each copy counts by itself. Classes are those of `router::network::statistics`: exact up to 64 cycles,
//! then 32 an octave.
//!
//! Promises: the largest class of a stage ends with its largest latency. Absent on purpose: packets on ideal ways.

use super::told::{Told, words};
use crate::formats::table::{Kind, Table, typed};
use crate::report::model::{Histogram, Mark};
use crate::report::quantity;
use synfire_chip::cost::stage::Stage;
use synfire_router::network::statistics::Histogram as Latencies;

/// Most bars of the picture: the width of a class of latencies is a 32nd of its start or less, and so is no wider than a bar.
const BARS: u64 = 32;

const COLUMNS: [(&str, Kind); 4] = [
    ("stage", Kind::Text),
    ("least_cycles", Kind::Count),
    ("most_cycles", Kind::Count),
    ("packets", Kind::Count),
];

/// The table; `None` where no network was simulated.
#[must_use]
pub fn table(told: &Told<'_>) -> Option<Table> {
    let latency = told.detail.latency.as_ref()?;
    let mut table = Table::new(typed(&COLUMNS));
    for stage in Stage::ALL {
        let of = latency.of(stage);
        table.rows.extend(of.classes().map(|(least, end, packets)| {
            let numbers = [least, (end - 1).min(of.largest), packets];
            [words(&[stage.name()]), numbers.map(|number| number.to_string()).to_vec()].concat()
        }));
    }
    Some(table)
}

/// The picture, all stages together; `None` where no packet arrived.
#[must_use]
pub fn histogram(told: &Told<'_>) -> Option<Histogram> {
    let mut all = Latencies::default();
    Stage::ALL.iter().for_each(|stage| {
        told.detail.latency.iter().for_each(|latency| all.join(latency.of(*stage)));
    });
    let (least, ..) = all.classes().next()?;
    // Powers of two: a class lies in one bar.
    let mut width = 1;
    while all.largest / width - least / width >= BARS || all.largest / width >= 2 * BARS {
        width *= 2;
    }
    let first = least / width * width;
    let mut counts = vec![0; ((all.largest - first) / width + 1) as usize];
    all.classes().for_each(|(start, _, packets)| counts[((start - first) / width) as usize] += packets);
    let mark = |name: &str, value: u64| {
        let cycles = if value == 1 { "cycle" } else { "cycles" };
        Mark { name: format!("{name} within {} {cycles}", quantity::count(value.into())), value }
    };
    let cycles = if width == 1 { "a cycle".to_owned() } else { format!("{width} cycles") };
    Some(Histogram {
        title: "Latencies of packets".to_owned(),
        x_label: "cycles of the network".to_owned(),
        y_label: format!("packets, by cycles from made to arrived; a bar: {cycles}"),
        first,
        width,
        counts,
        marks: vec![
            mark("50 %", all.quantile(1, 2)),
            mark("99 %", all.quantile(99, 100)),
            mark("all", all.largest),
        ],
    })
}
