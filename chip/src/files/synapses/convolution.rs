//! `connect: Convolution(..)`: geometry, synapses and taps of a convolution.
//!
//! Populations are feature maps, `[channels, rows, columns]` with the last index fastest, as PyTorch flattens them. A
//! synapse from (c, iy, ix) to (o, oy, ox) reads tap (o, c, ky, kx) where `iy = oy * stride + ky - padding`, and so for x.
//! Output rows are `(rows + 2 padding - kernel) / stride + 1`, rounded down.
//!
//! Promises: both populations have the sizes that the geometry says, or an error with the numbers; copies of a kernel
//! begin equal; a shared kernel and its expansion (`shared: false`) begin with the same bits on every synapse.
//! Absent on purpose: dilation, groups of channels, a bias (an input that fires in every step is one); where bands lie
//! (`place`).

use super::edges::{Edge, Edges};
use super::generate::Draws;
use super::projection::Ends;
use super::weight_file::{self, Bounds, Fault};
use crate::files::network::file::ConnectFile;
use crate::files::text::check::Check;
use crate::network::{Kernel, Network, Synapses};
use std::path::Path;
use synfire_core::synapse::WeightLanes;
use synfire_plasticity::widths::product_bits;
use synfire_plasticity::widths::{MAX_SUM_BITS, sum_bits};

/// Largest number of rows, columns or channels.
const MAX_SIDE: i64 = 1 << 16;
/// Most taps, those of all copies together.
const MAX_TAPS: u128 = 1 << 24;

/// A convolution whose numbers are legal.
#[derive(Clone, Copy, Debug)]
pub(in crate::files) struct Convolution {
    /// Channels, rows and columns of the input.
    input: [u32; 3],
    stride: [u32; 2],
    padding: [u32; 2],
    kernel: Kernel,
    shared: bool,
}

/// Resolves the geometry; `None` after a problem, or where `file` is no convolution.
pub(in crate::files) fn resolve(
    check: &mut Check<'_>,
    connect: &str,
    file: &ConnectFile,
    ends: Ends,
    names: (&str, &str),
) -> Option<Convolution> {
    let ConnectFile::Convolution { input, channels, kernel, stride, padding, copies, shared } = file else {
        return None;
    };
    let count = check.count();
    let path = format!("{connect}.Convolution");
    let mut size = |name: &str, found: i64, low: i64, high: i64| {
        check.integer(&format!("{path}.{name}"), found, low..=high) as u32
    };
    let input = [input.0, input.1, input.2].map(|side| size("input", side, 1, MAX_SIDE));
    let outputs = size("channels", *channels, 1, MAX_SIDE);
    let padded = |side: u32, padding: i64| i64::from(side) + 2 * padding.clamp(0, MAX_SIDE);
    let kernel = [
        size("kernel", kernel.0, 1, padded(input[1], padding.0)),
        size("kernel", kernel.1, 1, padded(input[2], padding.1)),
    ];
    let stride = [stride.0, stride.1].map(|step| size("stride", step, 1, MAX_SIDE));
    // A wider margin would have outputs that see nothing of the input.
    let padding = [
        size("padding", padding.0, 0, i64::from(kernel[0]) - 1),
        size("padding", padding.1, 0, i64::from(kernel[1]) - 1),
    ];
    if check.count() > count {
        return None;
    }
    let side = |axis: usize| (input[axis + 1] + 2 * padding[axis] - kernel[axis]) / stride[axis] + 1;
    let map = [side(0), side(1)];
    let shape = [outputs, input[0], kernel[0], kernel[1]];
    fits(check, &format!("{path}.input"), "input", input, (names.0, ends.pres));
    fits(check, &format!("{path}.channels"), "output", [outputs, map[0], map[1]], (names.1, ends.posts));
    let found = *copies;
    let copies = u32::try_from(found).unwrap_or(0);
    let taps = shape.iter().fold(u128::from(copies), |taps, side| taps * u128::from(*side));
    if taps > MAX_TAPS {
        let problem = check
            .at(&format!("{path}.kernel"), "too many taps")
            .labelled(format!("found {taps} in all copies"))
            .noted("allowed", MAX_TAPS.to_string());
        check.push(problem);
    }
    if copies == 0 || map[0] % copies != 0 {
        let divisors: Vec<String> = (1..=map[0]).filter(|n| map[0] % n == 0).map(|n| n.to_string()).collect();
        let problem = check
            .at(&format!("{path}.copies"), "copies do not divide a feature map into equal bands")
            .labelled(format!("found {found}"))
            .noted("allowed", format!("{} (divisors of {} rows)", divisors.join(", "), map[0]));
        check.push(problem);
    }
    if !shared && copies != 1 {
        let problem = check
            .at(&format!("{path}.copies"), "`copies` of a kernel that is not shared")
            .labelled("leave this out: with `shared: false` every synapse has a weight of its own");
        check.push(problem);
    }
    (check.count() == count).then_some(Convolution {
        input,
        stride,
        padding,
        kernel: Kernel { shape, map, copies },
        shared: *shared,
    })
}

/// Checks that a population has the neurons of `[channels, rows, columns]`.
fn fits(check: &mut Check<'_>, path: &str, side: &str, maps: [u32; 3], (name, neurons): (&str, u32)) {
    let [channels, rows, columns] = maps;
    let wanted: u64 = maps.iter().map(|n| u64::from(*n)).product();
    if wanted != u64::from(neurons) {
        let problem = check
            .at(path, format!("`{name}` has another size than the {side} of the convolution"))
            .labelled(format!("`{name}` has {neurons} neurons"))
            .noted(
                "found",
                format!("{channels} channels x {rows} rows x {columns} columns = {wanted} neurons"),
            )
            .noted("allowed", format!("{wanted} neurons in `{name}`, or another geometry"));
        check.push(problem);
    }
}

/// A synapse: its ends and the tap that it reads, and in which copy.
struct Reader {
    pre: u32,
    post: u32,
    tap: u32,
    copy: u32,
}

impl Convolution {
    /// Whether synapses share taps.
    pub fn is_shared(&self) -> bool {
        self.shared
    }

    /// Shape of an array of taps.
    pub fn shape(&self) -> [u64; 4] {
        self.kernel.shape.map(u64::from)
    }

    /// How many synapses there are.
    pub fn synapses(&self) -> u64 {
        let along = |axis: usize| -> u64 {
            let lines = 0..self.input[axis + 1];
            lines
                .map(|line| u64::from(self.outputs(axis, line).map_or(0, |(first, last)| last + 1 - first)))
                .sum()
        };
        let [outputs, inputs, ..] = self.kernel.shape.map(u64::from);
        outputs * inputs * along(0) * along(1)
    }

    /// First and last output line along an axis that an input line reaches.
    fn outputs(&self, axis: usize, line: u32) -> Option<(u32, u32)> {
        let (kernel, stride) = (self.kernel.shape[axis + 2], self.stride[axis]);
        let at = line + self.padding[axis];
        let first = (at + 1).saturating_sub(kernel).div_ceil(stride);
        let last = (at / stride).min(self.kernel.map[axis] - 1);
        (first <= last).then_some((first, last))
    }

    /// Every synapse, by presynaptic neuron, then by postsynaptic neuron.
    fn each(&self, mut visit: impl FnMut(Reader)) {
        let [outputs, inputs, tap_rows, tap_columns] = self.kernel.shape;
        let [rows, columns] = self.kernel.map;
        let band = rows / self.kernel.copies;
        for pre in 0..self.input.iter().product() {
            let (iy, ix) = (pre / self.input[2] % self.input[1], pre % self.input[2]);
            let channel = pre / (self.input[1] * self.input[2]);
            let (Some(ys), Some(xs)) = (self.outputs(0, iy), self.outputs(1, ix)) else { continue };
            for output in 0..outputs {
                for oy in ys.0..=ys.1 {
                    let ky = iy + self.padding[0] - oy * self.stride[0];
                    for ox in xs.0..=xs.1 {
                        let kx = ix + self.padding[1] - ox * self.stride[1];
                        let tap = ((output * inputs + channel) * tap_rows + ky) * tap_columns + kx;
                        let post = (output * rows + oy) * columns + ox;
                        visit(Reader { pre, post, tap, copy: oy / band });
                    }
                }
            }
        }
    }

    /// The taps of one copy.
    pub fn taps(&self, draws: &Draws, bounds: &Bounds, file: Option<&Path>) -> Result<WeightLanes, Fault> {
        match file {
            Some(path) => weight_file::read_taps(path, bounds, self.shape()),
            None => Ok(draws.taps(self.kernel.taps(), bounds.store_bits)),
        }
    }

    /// The synapses, all copies of `taps` equal.
    pub fn shared(&self, taps: &WeightLanes, store_bits: u8) -> Synapses {
        let of_copy = self.kernel.taps();
        let mut weights = WeightLanes::zeros(store_bits, taps.len() * self.kernel.copies as usize);
        (0..weights.len()).for_each(|at| weights.set(at, taps.get(at % taps.len())));
        let (mut presynaptic, mut starts): (Vec<u32>, Vec<u32>) = (Vec::new(), Vec::new());
        let (mut posts, mut reads) = (Vec::new(), Vec::new());
        self.each(|reader| {
            if presynaptic.last() != Some(&reader.pre) {
                presynaptic.push(reader.pre);
                starts.push(posts.len() as u32);
            }
            posts.push(reader.post);
            reads.push(reader.copy * of_copy + reader.tap);
        });
        starts.push(posts.len() as u32);
        Synapses::Shared { presynaptic, starts, posts, reads, weights, kernel: self.kernel }
    }

    /// The synapses, each with a weight of its own that begins as its tap.
    pub fn expanded(&self, taps: &WeightLanes, synapses: usize) -> Edges {
        let mut edges = Edges::with_capacity(synapses, false);
        self.each(|Reader { pre, post, tap, .. }| {
            edges.push(Edge { pre, post, weight: taps.get(tap as usize) as i16, delay: 0 });
        });
        edges
    }
}

/// Proves that sums of products fit their accumulators, for every shared kernel that learns.
pub(in crate::files) fn prove(check: &mut Check<'_>, network: &Network) {
    for (index, projection) in network.projections.iter().enumerate() {
        let (Some(rule), Some(_)) = (projection.learning, projection.synapses.kernel()) else { continue };
        let surrogate =
            network.populations[projection.target].learning.is_some_and(|l| l.surrogate.is_some());
        let product = product_bits(&network.learning, &rule, surrogate);
        let readers = projection.synapses.most_readers();
        let bits = sum_bits(product, readers);
        if bits > MAX_SUM_BITS {
            let problem = check
                .at(&format!("projections[{index}].learning"), "sums of a tap's products can overflow")
                .labelled(format!("{product} bits a product, up to {readers} synapses a tap: {bits} bits"))
                .noted("allowed", format!("{MAX_SUM_BITS} bits: more `copies`, or narrower registers"));
            check.push(problem);
        }
    }
}
