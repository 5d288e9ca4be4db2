//! Neurons that one core must hold together: whether those that learning asks for leave a core room.
//!
//! A group of DCLL reads its neurons out where they are, and a copy of a shared kernel is written where it is stored: neither
//! may be divided. Groups and bands whose sizes do not divide each other straddle, and only their common multiple can be
//! kept together.
//!
//! Promises: what is refused here could lie in no core, though each of its groups and bands could; the message says which
//! sizes would fit. Absent on purpose: one group or band that is too large by itself, and memories (`learning`, the mapping).

use crate::chip::Chip;
use crate::files::text::check::Check;
use crate::network::{Kernel, Network, common_multiple};
use synfire_plasticity::config::ThirdFactor;

/// How many sizes a message lists at most.
const LISTED: usize = 8;

/// What learning keeps together in one population.
struct Together {
    neurons: u32,
    /// Most neurons of a core.
    most: u32,
    /// Neurons of a learning group, where there are such.
    group: Option<u32>,
    /// Projections with a shared kernel that learns, and the kernel.
    kernels: Vec<(usize, Kernel)>,
}

/// Records a problem for each population whose groups and bands fit cores one by one, but not where they straddle.
pub(in crate::files) fn prove(check: &mut Check<'_>, network: &Network, chip: &Chip) {
    for (index, population) in network.populations.iter().enumerate() {
        // A readout that competes is one group of its own.
        if population.readout.is_some_and(|readout| readout.competition.is_some()) {
            continue;
        }
        let group = match population.learning.map(|learning| learning.third_factor) {
            Some(ThirdFactor::Group { readout, .. }) => Some(readout.neurons),
            _ => None,
        };
        let kernels = network.learned_kernels(index).collect();
        let together = Together { neurons: population.neurons, most: chip.limits.neurons, group, kernels };
        if together.straddles() {
            refuse(check, network, chip, index, &together);
        }
    }
}

impl Together {
    /// Neurons that cannot be divided.
    fn unit(&self) -> u32 {
        let bands = self.kernels.iter().map(|(_, kernel)| kernel.group());
        self.group
            .into_iter()
            .chain(bands)
            .fold(1, |unit, size| common_multiple(unit, size).min(self.neurons))
    }

    fn fits(&self) -> bool {
        self.unit() <= self.most
    }

    /// Whether each group and band fits a core, and what straddles does not.
    fn straddles(&self) -> bool {
        let bands = self.kernels.iter().map(|(_, kernel)| kernel.group());
        let largest = self.group.into_iter().chain(bands).map(|size| size.min(self.neurons)).max();
        largest.is_some_and(|largest| largest <= self.most) && !self.fits()
    }

    /// Sizes of a group that would fit, the nearest to what was asked for.
    fn groups(&self) -> Vec<u32> {
        let Some(asked) = self.group else { return Vec::new() };
        let fits = |size: &u32| Self { group: Some(*size), kernels: self.kernels.clone(), ..*self }.fits();
        let mut sizes: Vec<u32> = (1..=self.most.min(self.neurons)).filter(fits).collect();
        sizes.sort_by_key(|size| size.abs_diff(asked));
        sizes.truncate(LISTED);
        sizes.sort_unstable();
        sizes
    }

    /// Copies of kernel `at` that would fit.
    fn copies(&self, at: usize) -> Vec<u32> {
        let rows = self.kernels[at].1.map[0];
        let fits = |copies: &u32| {
            let mut kernels = self.kernels.clone();
            kernels[at].1.copies = *copies;
            rows.is_multiple_of(*copies) && Self { kernels, ..*self }.fits()
        };
        (1..=rows).filter(fits).take(LISTED).collect()
    }
}

fn refuse(check: &mut Check<'_>, network: &Network, chip: &Chip, index: usize, together: &Together) {
    let name = |number: usize| &network.projections[number].name;
    let population = &network.populations[index].name;
    let mut runs: Vec<String> =
        together.group.iter().map(|size| format!("groups of {size} neurons")).collect();
    runs.extend(
        together
            .kernels
            .iter()
            .map(|(number, kernel)| format!("bands of {} of `{}`", kernel.group(), name(*number))),
    );
    let mut allowed = Vec::new();
    if together.group.is_some() {
        allowed.push(match &together.groups()[..] {
            [] => "no size of a group fits".to_owned(),
            sizes => format!("groups of {} neurons", alternatives(sizes)),
        });
    }
    for (at, (number, _)) in together.kernels.iter().enumerate() {
        allowed.push(match &together.copies(at)[..] {
            [] => format!("no `copies` of `{}` fit by themselves", name(*number)),
            copies => format!("`copies: {}` of `{}`", alternatives(copies), name(*number)),
        });
    }
    let (path, title) = match (together.group, together.kernels.last()) {
        (None, Some((number, _))) => (
            format!("projections[{number}].connect.Convolution"),
            format!("bands of shared kernels straddle each other in `{population}`"),
        ),
        _ => (
            format!("populations[{index}].learning.third_factor.Group.neurons"),
            format!("learning groups of `{population}` straddle the bands of a shared kernel"),
        ),
    };
    let problem = check
        .at(&path, title)
        .labelled(runs.join(", "))
        .noted(
            "found",
            format!(
                "{} neurons that lie in one core, for a cut through fewer would divide a group or a band; a core of chip \
                 `{}` holds {}",
                together.unit(),
                chip.name,
                together.most
            ),
        )
        .noted("allowed", allowed.join("; "));
    check.push(problem);
}

/// `1, 3 or 6`.
fn alternatives(numbers: &[u32]) -> String {
    let texts: Vec<String> = numbers.iter().map(u32::to_string).collect();
    match &texts[..] {
        [] => String::new(),
        [one] => one.clone(),
        [others @ .., last] => format!("{} or {last}", others.join(", ")),
    }
}
