//! `connect: Convolution(..)` and `SumPool(..)`: geometry, synapses and taps of a kernel over feature maps.
//!
//! Populations are feature maps, `[channels, rows, columns]` with the last index fastest, as PyTorch flattens them. A
//! synapse from (c, iy, ix) to (o, oy, ox) reads tap (o, c, ky, kx) where `iy = oy * stride + ky - padding`, and so for x.
//! Output rows are `(rows + 2 padding - kernel) / stride + 1`, rounded down. With `groups`, both sides' channels are cut
//! into so many runs; an output sees the inputs of the run of its own number, and `c` of a tap counts within it. A sum
//! pooling is a kernel of one group a channel whose taps are all the same and never learn.
//!
//! Promises: both populations have the sizes that the geometry says, or an error with the numbers; copies of a kernel
//! begin equal, unless an array has taps for each; a shared kernel and its expansion (`shared: false`) begin with the same
//! bits on every synapse; a tap of 0 is a synapse only where it learns.
//! Absent on purpose: dilation, a bias (an input that fires in every step is one); where bands lie (`place`).

use super::edges::{Edge, Edges};
use super::ends::Ends;
use super::fault::Fault;
use super::generate::Draws;
use super::weight_file::{self, Bounds};
use crate::files::network::file::{ConnectFile, ProjectionFile, WeightsFile};
use crate::files::text::check::Check;
use crate::network::{Kernel, Network, Synapses};
use synfire_core::synapse::WeightLanes;
use synfire_plasticity::widths::product_bits;
use synfire_plasticity::widths::{MAX_SUM_BITS, sum_bits};

/// Largest number of rows, columns or channels.
const MAX_SIDE: i64 = 1 << 16;
/// Most taps, those of all copies together.
const MAX_TAPS: u128 = 1 << 24;

/// A kernel over feature maps whose numbers are legal.
#[derive(Clone, Copy, Debug)]
pub(in crate::files) struct Convolution {
    /// Channels, rows and columns of the input.
    input: [u32; 3],
    stride: [u32; 2],
    padding: [u32; 2],
    groups: u32,
    kernel: Kernel,
    shared: bool,
    /// All taps are one weight.
    pools: bool,
    /// A tap of 0 is a synapse: it learns.
    keeps_zeros: bool,
}

/// What either form states.
struct Stated {
    form: &'static str,
    input: [i64; 3],
    channels: i64,
    kernel: [i64; 2],
    stride: [i64; 2],
    padding: [i64; 2],
    copies: i64,
    groups: i64,
    shared: bool,
}

fn stated(connect: &ConnectFile) -> Option<Stated> {
    let pair = |sides: (i64, i64)| [sides.0, sides.1];
    match *connect {
        ConnectFile::Convolution { input, channels, kernel, stride, padding, copies, groups, shared } => {
            let (kernel, stride, padding) = (pair(kernel), pair(stride), pair(padding));
            let input = input.into();
            let form = "Convolution";
            Some(Stated { form, input, channels, kernel, stride, padding, copies, groups, shared })
        }
        ConnectFile::SumPool { input, kernel, stride, padding } => Some(Stated {
            form: "SumPool",
            input: input.into(),
            channels: input.0,
            kernel: pair(kernel),
            stride: pair(stride.unwrap_or(kernel)),
            padding: pair(padding),
            copies: 1,
            groups: input.0,
            shared: true,
        }),
        _ => None,
    }
}

/// Resolves the geometry; `None` after a problem, or where `file` has no kernel. `path` is the projection's.
pub(in crate::files) fn resolve(
    check: &mut Check<'_>,
    path: &str,
    file: &ProjectionFile,
    ends: Ends,
) -> Option<Convolution> {
    let stated = stated(&file.connect)?;
    let count = check.count();
    let pools = matches!(file.connect, ConnectFile::SumPool { .. });
    if pools && file.learning.is_some() {
        let problem = check
            .at(&format!("{path}.learning"), "a sum pooling does not learn")
            .labelled("its taps are one weight")
            .noted("allowed", format!("a `Convolution` with `groups: {}`", stated.groups));
        check.push(problem);
    }
    let path = format!("{path}.connect.{}", stated.form);
    let mut size = |name: &str, found: i64, low: i64, high: i64| {
        check.integer(&format!("{path}.{name}"), found, low..=high) as u32
    };
    let input = stated.input.map(|side| size("input", side, 1, MAX_SIDE));
    let outputs = size("channels", stated.channels, 1, MAX_SIDE);
    let padded = |axis: usize| i64::from(input[axis + 1]) + 2 * stated.padding[axis].clamp(0, MAX_SIDE);
    let kernel = [0, 1].map(|axis| size("kernel", stated.kernel[axis], 1, padded(axis)));
    let stride = stated.stride.map(|step| size("stride", step, 1, MAX_SIDE));
    // A wider margin would have outputs that see nothing of the input.
    let padding = [0, 1].map(|axis| size("padding", stated.padding[axis], 0, i64::from(kernel[axis]) - 1));
    if check.count() > count {
        return None;
    }
    let groups = groups(check, &path, stated.groups, (input[0], outputs))?;
    let side = |axis: usize| (input[axis + 1] + 2 * padding[axis] - kernel[axis]) / stride[axis] + 1;
    let map = [side(0), side(1)];
    let shape = [outputs, input[0] / groups, kernel[0], kernel[1]];
    fits(check, &format!("{path}.input"), "input", input, (&file.from, ends.pres));
    let output = [outputs, map[0], map[1]];
    fits(check, &format!("{path}.channels"), "output", output, (&file.to, ends.posts));
    let copies = copies(check, &path, &stated, shape, map);
    (check.count() == count).then_some(Convolution {
        input,
        stride,
        padding,
        groups,
        kernel: Kernel { shape, map, copies },
        shared: stated.shared,
        pools,
        keeps_zeros: file.learning.is_some(),
    })
}

/// Groups that divide the channels of both sides.
fn groups(check: &mut Check<'_>, path: &str, found: i64, (inputs, outputs): (u32, u32)) -> Option<u32> {
    let divides = |groups: u32| inputs.is_multiple_of(groups) && outputs.is_multiple_of(groups);
    if let Some(groups) = u32::try_from(found).ok().filter(|groups| *groups > 0 && divides(*groups)) {
        return Some(groups);
    }
    let divisors: Vec<String> =
        (1..=inputs.min(outputs)).filter(|n| divides(*n)).map(|n| n.to_string()).collect();
    let problem = check
        .at(&format!("{path}.groups"), "groups do not divide the channels")
        .labelled(format!("found {found}"))
        .noted("allowed", format!("{} (divisors of {inputs} and {outputs} channels)", divisors.join(", ")));
    check.push(problem);
    None
}

/// Copies that cut a feature map into equal bands, of a kernel with no more taps than there may be.
fn copies(check: &mut Check<'_>, path: &str, stated: &Stated, shape: [u32; 4], map: [u32; 2]) -> u32 {
    let found = stated.copies;
    let copies = u32::try_from(found).unwrap_or(0);
    let taps = shape.iter().fold(u128::from(copies), |taps, side| taps * u128::from(*side));
    if taps > MAX_TAPS {
        let problem = check
            .at(&format!("{path}.kernel"), "too many taps")
            .labelled(format!("found {taps} in all copies"))
            .noted("allowed", MAX_TAPS.to_string());
        check.push(problem);
    }
    if copies == 0 || !map[0].is_multiple_of(copies) {
        let divisors: Vec<String> =
            (1..=map[0]).filter(|n| map[0].is_multiple_of(*n)).map(|n| n.to_string()).collect();
        let problem = check
            .at(&format!("{path}.copies"), "copies do not divide a feature map into equal bands")
            .labelled(format!("found {found}"))
            .noted("allowed", format!("{} (divisors of {} rows)", divisors.join(", "), map[0]));
        check.push(problem);
    }
    if !stated.shared && copies != 1 {
        let problem = check
            .at(&format!("{path}.copies"), "`copies` of a kernel that is not shared")
            .labelled("leave this out: with `shared: false` every synapse has a weight of its own");
        check.push(problem);
    }
    copies
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

/// A synapse: its ends and the weight that it reads, of all copies' taps.
struct Reader {
    pre: u32,
    post: u32,
    weight: u32,
}

impl Convolution {
    /// Whether synapses share taps.
    pub fn is_shared(&self) -> bool {
        self.shared
    }

    /// The taps of every copy, where the chip could hold and learn the synapses that read them.
    pub fn taps(
        &self,
        check: &mut Check<'_>,
        path: &str,
        file: &ProjectionFile,
        bounds: &Bounds,
        draws: &Draws,
    ) -> Option<WeightLanes> {
        if self.shared && file.learning.as_ref().is_some_and(|learning| learning.eligibility.is_some()) {
            let problem = check
                .at(&format!("{path}.learning.eligibility"), "an eligibility of a shared tap")
                .labelled("the state is a synapse's, the tap many synapses'")
                .noted("allowed", "no `eligibility`, or `shared: false`: a weight a synapse");
            check.push(problem);
            return None;
        }
        let (taps, copies) = (self.kernel.taps(), self.kernel.copies);
        let taps = match &file.weights {
            Some(WeightsFile::Npy(name)) => {
                let field = format!("{path}.weights");
                let data = check.data_path(&field, name);
                let shape = self.kernel.shape.map(u64::from);
                let read = weight_file::read_taps(&data, bounds, shape, u64::from(copies));
                let taps = read.map_err(|fault| fault.report(check, &field, name, &data)).ok()?;
                self.one_weight(check, &field, name, &taps)?;
                taps
            }
            _ => draws.taps(taps, copies, bounds.store_bits),
        };
        // A synapse of a shared kernel takes an index of a neuron and one of a tap, a bit each at least.
        let capacity =
            if self.shared { bounds.capacity * u64::from(bounds.store_bits) / 2 } else { bounds.capacity };
        let most = capacity.min(u64::from(u32::MAX));
        let counted = (Bounds { capacity, ..bounds.clone() })
            .count(self.synapses(&taps))
            .map_err(|fault| Fault { allowed: format!("{most} synapses in all cores of the chip"), ..fault });
        let refused = check.count() > 0;
        let drawn = counted.and_then(|count| if refused { Ok(()) } else { bounds.drawn(count, false) });
        if let Err(fault) = drawn {
            let problem = check
                .at(&format!("{path}.connect"), fault.title)
                .labelled(format!("found {}", fault.found))
                .noted("allowed", fault.allowed);
            check.push(problem);
            return None;
        }
        // What is drawn for a network that is refused already would be thrown away.
        (!refused).then_some(taps)
    }

    /// Refuses an array of a sum pooling whose taps differ.
    fn one_weight(&self, check: &mut Check<'_>, field: &str, name: &str, taps: &WeightLanes) -> Option<()> {
        let first = taps.get(0);
        let other = (0..taps.len()).map(|at| taps.get(at)).find(|tap| *tap != first);
        let Some(other) = other.filter(|_| self.pools) else { return Some(()) };
        let problem = check
            .at(field, format!("`{name}`: a sum pooling has one weight"))
            .labelled(format!("found taps of {first} and of {other} lanes"))
            .noted("allowed", format!("equal taps, or a `Convolution` with `groups: {}`", self.groups));
        check.push(problem);
        None
    }

    fn is_synapse(&self, tap: i32) -> bool {
        self.keeps_zeros || tap != 0
    }

    /// How many synapses read `taps`.
    fn synapses(&self, taps: &WeightLanes) -> u64 {
        let [_, _, rows, columns] = self.kernel.shape;
        let bands = self.kernel.map[0] / self.kernel.copies;
        // Of each copy: outputs along an axis that see the input through a line of the kernel.
        let along = |axis: usize, lines: std::ops::Range<u32>, tap: u32| {
            let (stride, padding) = (self.stride[axis], self.padding[axis]);
            let seen = |line: &u32| {
                (line * stride + tap).checked_sub(padding).is_some_and(|at| at < self.input[axis + 1])
            };
            lines.filter(seen).count() as u64
        };
        let of_band = |copy: u32| copy * bands..(copy + 1) * bands;
        let ys: Vec<u64> = (0..self.kernel.copies)
            .flat_map(|copy| (0..rows).map(move |tap| (copy, tap)))
            .map(|(copy, tap)| along(0, of_band(copy), tap))
            .collect();
        let xs: Vec<u64> = (0..columns).map(|tap| along(1, 0..self.kernel.map[1], tap)).collect();
        let readers = |at: usize| {
            let copy = at / self.kernel.taps() as usize;
            let row = at / xs.len() % rows as usize;
            ys[copy * rows as usize + row] * xs[at % xs.len()]
        };
        (0..taps.len()).filter(|at| self.is_synapse(taps.get(*at))).map(readers).sum()
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
    fn each(&self, taps: &WeightLanes, mut visit: impl FnMut(Reader)) {
        let [outputs, inputs, tap_rows, tap_columns] = self.kernel.shape;
        let [rows, columns] = self.kernel.map;
        let (band, of_group) = (rows / self.kernel.copies, outputs / self.groups);
        for pre in 0..self.input.iter().product() {
            let (iy, ix) = (pre / self.input[2] % self.input[1], pre % self.input[2]);
            let channel = pre / (self.input[1] * self.input[2]);
            let (group, channel) = (channel / inputs, channel % inputs);
            let (Some(ys), Some(xs)) = (self.outputs(0, iy), self.outputs(1, ix)) else { continue };
            for output in group * of_group..(group + 1) * of_group {
                for oy in ys.0..=ys.1 {
                    let ky = iy + self.padding[0] - oy * self.stride[0];
                    for ox in xs.0..=xs.1 {
                        let kx = ix + self.padding[1] - ox * self.stride[1];
                        let tap = ((output * inputs + channel) * tap_rows + ky) * tap_columns + kx;
                        let weight = oy / band * self.kernel.taps() + tap;
                        if self.is_synapse(taps.get(weight as usize)) {
                            visit(Reader { pre, post: (output * rows + oy) * columns + ox, weight });
                        }
                    }
                }
            }
        }
    }

    /// The synapses that read `taps`, those of every copy.
    pub fn shared(&self, taps: WeightLanes) -> Synapses {
        let (mut presynaptic, mut starts): (Vec<u32>, Vec<u32>) = (Vec::new(), Vec::new());
        let (mut posts, mut reads) = (Vec::new(), Vec::new());
        self.each(&taps, |reader| {
            if presynaptic.last() != Some(&reader.pre) {
                presynaptic.push(reader.pre);
                starts.push(posts.len() as u32);
            }
            posts.push(reader.post);
            reads.push(reader.weight);
        });
        starts.push(posts.len() as u32);
        Synapses::Shared { presynaptic, starts, posts, reads, weights: taps, kernel: self.kernel }
    }

    /// The synapses, each with a weight of its own that begins as its tap.
    pub fn expanded(&self, taps: &WeightLanes) -> Edges {
        let mut edges = Edges::with_capacity(self.synapses(taps) as usize, false);
        self.each(taps, |Reader { pre, post, weight }| {
            edges.push(Edge { pre, post, weight: taps.get(weight as usize) as i16, delay: 0 });
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
