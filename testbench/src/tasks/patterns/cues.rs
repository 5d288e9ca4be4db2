//! Comparing two cues: train 1 when they are equal, train 2 when they differ.
//!
//! A cue is a symbol, a symbol a latency for every neuron of a cue's input: `uniform(word, 0, latency_steps - 1)` with the
//! word of projection number 0 and presynaptic number = symbol; both sides share the symbols. Every pair of symbols is one
//! case. A frozen raster (projection number 1), the same in every case, tells the time. Each readout neuron has
//! `2 * targets` slots, `target_distance` apart from `first_target` on; a drawn half of them (projection number 2 +
//! output) is train 1, the rest train 2. So a readout that fires at both trains' times scores at most one half.
//!
//! Equal or different is the exclusive-or of the sides: no sum of the inputs' effects tells it, a hidden layer can.

use super::case::{Case, Draw};
use super::file::Cues;
use synfire_chip::files::Diagnostics;
use synfire_chip::run::program::StimulusSpike;
use synfire_core::dither::{Purpose, row_key, uniform, word};

/// One case a pair of symbols.
///
/// # Errors
/// When an input is not in the network, the sides differ in size, or slots or latencies do not fit.
pub fn cases(data: &Cues, draw: &Draw<'_>) -> Result<Vec<Case>, Diagnostics> {
    let left = draw.input("data[0].left", &data.left)?;
    let right = draw.input("data[0].right", &data.right)?;
    let clock = draw.input("data[0].clock", &data.clock)?;
    if left.1 != right.1 {
        let title = format!("inputs `{}` and `{}` differ in size", data.left, data.right);
        let (found, allowed) = (format!("{} neurons", right.1), format!("{}, as the other side", left.1));
        return Err(draw.place.refuse("data[0].right", &title, &found, &allowed));
    }
    let last = u64::from(data.first_target) + u64::from(data.target_distance) * u64::from(slots(data) - 1);
    if last >= u64::from(draw.steps) {
        let title = "the slots of the targets do not fit the presentation";
        let (found, allowed) = (format!("the last slot is step {last}"), format!("below {}", draw.steps));
        return Err(draw.place.refuse("data[0].targets", title, &found, &allowed));
    }
    let symbol = |symbol: u32, neurons: u32| -> Vec<u32> {
        let row = row_key(Purpose::Stimulus.seed(draw.seed), 0, 0, symbol);
        (0..neurons)
            .map(|neuron| uniform(word(row, neuron), 0, data.latency_steps as i32 - 1) as u32)
            .collect()
    };
    let trains: Vec<[Vec<u32>; 2]> = (0..draw.outputs).map(|output| trains(data, draw, output)).collect();
    let case = |pair: u32| {
        let sides = [pair / data.symbols, pair % data.symbols];
        let mut stimulus = draw.silence();
        for (side, (input, neurons)) in sides.into_iter().zip([left, right]) {
            for (neuron, step) in (0..).zip(symbol(side, neurons)) {
                stimulus[step as usize].spikes.push(StimulusSpike { input, neuron, count: 1 });
            }
        }
        draw.add_raster(&mut stimulus, clock, (1, 0), data.clock_ppm);
        let answer = usize::from(sides[0] != sides[1]);
        Case { stimulus, targets: trains.iter().map(|both| both[answer].clone()).collect() }
    };
    Ok((0..data.symbols * data.symbols).map(case).collect())
}

fn slots(data: &Cues) -> u32 {
    2 * data.targets
}

/// Both trains of one output.
fn trains(data: &Cues, draw: &Draw<'_>, output: u32) -> [Vec<u32>; 2] {
    let order = draw.order((2 + output, 0), slots(data));
    let (first, second) = order.split_at(data.targets as usize);
    [first, second].map(|half| {
        let mut steps: Vec<u32> =
            half.iter().map(|slot| data.first_target + slot * data.target_distance).collect();
        steps.sort_unstable();
        steps
    })
}
