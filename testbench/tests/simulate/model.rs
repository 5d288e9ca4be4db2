//! A population of integrate-and-fire neurons with the arithmetic of preset `loihi`, in plain loops.
//!
//! Shares nothing with the simulator. `I' = I * a / 4096 + 64 * sum`, `U' = U * b / 4096 + I' + bias`, both products
//! rounded toward zero; a neuron with `U' > threshold` fires and goes to 0. A spike of step n arrives in step
//! n + delay. Synapses of one source and exponent are a projection; a negative exponent shifts the projection's sum right,
//! rounding down.

use super::fixture::{Folder, Random, npy_bytes};
use std::fmt::Write;

/// One synapse.
#[derive(Clone, Copy)]
pub struct Synapse {
    /// From an input neuron, or from one of the population.
    pub from_input: bool,
    pub pre: u32,
    pub post: u32,
    pub weight: i32,
    pub delay: usize,
    pub exponent: i32,
}

/// A population and what happens to it.
pub struct Model {
    pub steps: usize,
    pub neurons: u32,
    pub inputs: u32,
    pub current_factor: i64,
    pub membrane_factor: i64,
    pub threshold: i64,
    pub bias: Vec<i32>,
    pub synapses: Vec<Synapse>,
    /// Events, step by step.
    pub raster: Vec<i32>,
    /// Injected into the sums, step by step.
    pub currents: Vec<i32>,
}

const EXPONENTS: [i32; 3] = [0, 2, -3];
const MAX_EVENTS: i32 = 3;

/// `value * factor / 4096`, rounded toward zero.
fn decay(value: i64, factor: i64) -> i64 {
    value * factor / 4096
}

impl Model {
    /// A model drawn from `seed`.
    pub fn random(seed: u64) -> Self {
        let mut random = Random(seed);
        let (neurons, inputs, steps) = (5 + random.below(60), 3 + random.below(40), 120);
        let mut synapses = Vec::new();
        for _ in 0..neurons * 12 {
            let from_input = random.below(2) == 0;
            synapses.push(Synapse {
                from_input,
                pre: random.below(if from_input { inputs } else { neurons }) as u32,
                post: random.below(neurons) as u32,
                weight: random.below(512) - 256,
                delay: 1 + random.below(20) as usize,
                exponent: EXPONENTS[random.below(3) as usize],
            });
        }
        let sparse = |random: &mut Random, low: i32, high: i32| {
            if random.below(6) == 0 { low + random.below(high - low) } else { 0 }
        };
        Self {
            steps,
            neurons: neurons as u32,
            inputs: inputs as u32,
            current_factor: i64::from(random.below(3001)),
            membrane_factor: i64::from(random.below(4097)),
            threshold: 64 * i64::from(100 + random.below(2000)),
            bias: (0..neurons).map(|_| random.below(4000) - 1000).collect(),
            synapses,
            raster: (0..steps as i32 * inputs).map(|_| sparse(&mut random, 0, MAX_EVENTS + 1)).collect(),
            currents: (0..steps as i32 * neurons).map(|_| sparse(&mut random, -700, 1300)).collect(),
        }
    }

    /// Writes `net.ron`, its edge lists, the stimuli and `exp.ron`.
    pub fn write(&self, folder: &Folder) {
        let mut projections = String::new();
        for (index, exponent) in EXPONENTS.into_iter().enumerate() {
            for (from_input, source) in [(true, "in"), (false, "l")] {
                let own =
                    self.synapses.iter().filter(|s| s.exponent == exponent && s.from_input == from_input);
                let rows: Vec<i32> =
                    own.flat_map(|s| [s.pre as i32, s.post as i32, s.weight, s.delay as i32]).collect();
                let name = format!("{source}{index}");
                folder.npy(&format!("{name}.npy"), &[rows.len() as u64 / 4, 4], &rows);
                writeln!(
                    projections,
                    r#"(name: "{name}", from: "{source}", to: "l", connect: Edges("{name}.npy"),
                        store: (bits: 9, fraction: 0, exponent: {exponent})),"#
                )
                .unwrap();
            }
        }
        let Self { neurons, inputs, current_factor, membrane_factor, threshold, steps, .. } = self;
        folder.npy("bias.npy", &[u64::from(*neurons)], &self.bias);
        folder.file(
            "net.ron",
            format!(
                r#"(format: "synfire-network/1",
                inputs: [(name: "in", neurons: {inputs}, max_events: {MAX_EVENTS})],
                populations: [(name: "l", neurons: {neurons}, max_per_core: 16, neuron: (
                    current_decay: Factor({current_factor}), membrane_decay: Factor({membrane_factor}),
                    threshold: Lanes({threshold}), bias: Npy("bias.npy"), reset: ToValue(0.0)))],
                projections: [{projections}])"#
            ),
        );
        // The raster as NumPy saves a transposed array: the first axis runs fastest.
        let turned = (0..*inputs as usize)
            .flat_map(|i| (0..*steps).map(move |step| self.raster[step * *inputs as usize + i] as u8));
        let shape = [*steps as u64, u64::from(*inputs)];
        folder.file("raster.npy", npy_bytes("|u1", true, &shape, &turned.collect::<Vec<u8>>()));
        folder.npy("currents.npy", &[*steps as u64, u64::from(*neurons)], &self.currents);
        folder.experiment(&format!(
            r#"steps: {steps},
            stimuli: [Raster(input: "in", file: "raster.npy"), Current(population: "l", file: "currents.npy")],
            probes: [(population: "l", record: [Spikes, Current, Membrane])]"#
        ));
    }

    /// Spikes, currents and membranes, step by step.
    pub fn run(&mut self) -> (Vec<i32>, Vec<i32>, Vec<i32>) {
        let (neurons, inputs) = (self.neurons as usize, self.inputs as usize);
        let (mut current, mut membrane) = (vec![0i64; neurons], vec![0i64; neurons]);
        let mut recorded: (Vec<i32>, Vec<i32>, Vec<i32>) = Default::default();
        for step in 0..self.steps {
            // By projection: three exponents from the inputs, three from the population itself.
            let mut sums = [[0i64; 6]].repeat(neurons);
            for synapse in &self.synapses {
                let Some(fired_at) = step.checked_sub(synapse.delay) else { continue };
                let events = if synapse.from_input {
                    self.raster[fired_at * inputs + synapse.pre as usize]
                } else {
                    recorded.0[fired_at * neurons + synapse.pre as usize]
                };
                let port = EXPONENTS.iter().position(|e| *e == synapse.exponent).unwrap();
                let projection = port + if synapse.from_input { 0 } else { 3 };
                sums[synapse.post as usize][projection] += i64::from(events) * i64::from(synapse.weight);
            }
            for neuron in 0..neurons {
                let own = sums[neuron];
                let shifted = own[0] + own[3] + ((own[1] + own[4]) << 2) + (own[2] >> 3) + (own[5] >> 3);
                let sum = shifted + i64::from(self.currents[step * neurons + neuron]);
                current[neuron] = decay(current[neuron], self.current_factor) + 64 * sum;
                let next = decay(membrane[neuron], self.membrane_factor)
                    + current[neuron]
                    + i64::from(self.bias[neuron]);
                assert!(current[neuron].abs() < 1 << 23, "the register would wrap");
                let next = next.clamp(1 - (1 << 23), (1 << 23) - 1);
                let fires = next > self.threshold;
                membrane[neuron] = if fires { 0 } else { next };
                recorded.0.push(i32::from(fires));
                recorded.1.push(current[neuron] as i32);
                recorded.2.push(membrane[neuron] as i32);
            }
        }
        recorded
    }
}
