//! Tables of section 9.7: shared taps.

use crate::document::{Document, Table};
use crate::operations::each;
use crate::synapses::{Draw, drawn};
use crate::{Executor, results};
use synfire_core::dither;
use synfire_core::synapse::{TapName, WeightLanes};
use synfire_plasticity::config::SynapseLearning;
use synfire_plasticity::rule::UpdateRule;
use synfire_plasticity::rules::TraceProduct;
use synfire_plasticity::shared::{TapSums, TapUpdate};
use synfire_plasticity::update::WeightUpdate;
use synfire_plasticity::variables::Unmetered;
use synfire_plasticity::views::{SynapseState, SynapseView};
use synfire_plasticity::widths::{MAX_SUM_BITS, sum_bits};

/// Executors of this file.
pub const EXECUTORS: &[Executor] = &[
    Executor {
        name: "tap-sum-bits",
        heading: "product bits | synapses | sum bits | fits",
        inputs: 2,
        run: |_, table| {
            each(table, |row| {
                let bits = sum_bits(row.get(0), row.get(1));
                results![bits, if bits <= MAX_SUM_BITS { "yes" } else { "no" }]
            })
        },
    },
    Executor {
        name: "tap-update",
        heading: "b | mode | k | d | L/surrogate/P of each synapse | seed/step/projection/tap/copy | w | T | r | w'",
        inputs: 7,
        run: run_tap_update,
    },
];

fn run_tap_update(_: &Document, table: &Table) -> Vec<Vec<String>> {
    each(table, |row| {
        let shift: u32 = row.get(2);
        let Draw { rounding, names: [seed, step, projection, tap, copy], word, .. } = drawn(row, 5, shift);
        let products: Vec<i64> = row
            .text(4)
            .split_whitespace()
            .map(|synapse| {
                let factors: Vec<i32> = synapse.split('/').filter_map(|n| n.parse().ok()).collect();
                let [third_factor, surrogate, trace_p] = factors[..] else { return row.bad(4) };
                let modulation = third_factor * surrogate;
                let state = SynapseState { trace_p, modulation, ..SynapseState::default() };
                TraceProduct.product(&SynapseView::new(state, &Unmetered))
            })
            .collect();
        let weight_decay = (row.text(3) != "-").then(|| row.get(3));
        let rule = SynapseLearning { rounding, weight_decay, ..SynapseLearning::new(shift as u8) };
        let update = TapUpdate {
            seed: dither::Purpose::Dither.seed(seed),
            step: u64::from(step),
            projection,
            how: WeightUpdate::new(&rule, 0, row.get(0)),
        };
        let weight: i32 = row.get(6);
        let write = |products: &mut dyn Iterator<Item = &i64>| {
            let mut sums = TapSums::new(2, 62);
            products.for_each(|product| sums.add(1, *product, &Unmetered));
            let sum = sums.sum(1);
            let mut weights = WeightLanes::I16(vec![77, weight as i16]);
            let names = [TapName { tap: 99, copy: 0 }, TapName { tap, copy }];
            let writes = sums.write(&mut weights, &names, update, &Unmetered);
            assert_eq!(writes, u64::from(weights.get(1) != weight), "line {}: writes", row.line);
            assert_eq!((weights.get(0), sums.sum(1)), (77, 0), "line {}: other taps, and rest", row.line);
            (sum, weights.get(1))
        };
        let (sum, next) = write(&mut products.iter());
        assert_eq!(write(&mut products.iter().rev()), (sum, next), "line {}: order", row.line);
        results![sum, word, next]
    })
}
