//! The experiment and network files that the program carries, so that it runs from any folder.

/// Name and text of every file in `testbench/experiments/`.
pub const FILES: &[(&str, &str)] = &[
    ("superspike.ron", include_str!("../../experiments/superspike.ron")),
    ("superspike.network.ron", include_str!("../../experiments/superspike.network.ron")),
    ("superspike.chip.ron", include_str!("../../experiments/superspike.chip.ron")),
    ("superspike-ten.ron", include_str!("../../experiments/superspike-ten.ron")),
    ("superspike-ten.network.ron", include_str!("../../experiments/superspike-ten.network.ron")),
    ("cues.ron", include_str!("../../experiments/cues.ron")),
    ("cues-select.ron", include_str!("../../experiments/cues-select.ron")),
    ("cues-direct.network.ron", include_str!("../../experiments/cues-direct.network.ron")),
    ("cues-32.network.ron", include_str!("../../experiments/cues-32.network.ron")),
    ("cues-64.network.ron", include_str!("../../experiments/cues-64.network.ron")),
    ("cues-32-uniform.network.ron", include_str!("../../experiments/cues-32-uniform.network.ron")),
    ("cues-32-mirror.network.ron", include_str!("../../experiments/cues-32-mirror.network.ron")),
    ("cues-32-symmetric.network.ron", include_str!("../../experiments/cues-32-symmetric.network.ron")),
    ("spike-time.ron", include_str!("../../experiments/spike-time.ron")),
    ("rate-network.ron", include_str!("../../experiments/rate-network.ron")),
    ("rate-network-select.ron", include_str!("../../experiments/rate-network-select.ron")),
    ("digits.ron", include_str!("../../experiments/digits.ron")),
    ("digits-noise.ron", include_str!("../../experiments/digits-noise.ron")),
    ("digits-select.ron", include_str!("../../experiments/digits-select.ron")),
    ("digits-rules.ron", include_str!("../../experiments/digits-rules.ron")),
    ("digits-rules-select.ron", include_str!("../../experiments/digits-rules-select.ron")),
    ("digits-rules-stores.ron", include_str!("../../experiments/digits-rules-stores.ron")),
    ("digits-symmetric.network.ron", include_str!("../../experiments/digits-symmetric.network.ron")),
    ("digits-mirror.network.ron", include_str!("../../experiments/digits-mirror.network.ron")),
    ("digits-alignment.network.ron", include_str!("../../experiments/digits-alignment.network.ron")),
    ("digits-erbp.network.ron", include_str!("../../experiments/digits-erbp.network.ron")),
    ("digits-superspike.network.ron", include_str!("../../experiments/digits-superspike.network.ron")),
    ("digits-dcll-deep.network.ron", include_str!("../../experiments/digits-dcll-deep.network.ron")),
    ("gradient.ron", include_str!("../../experiments/gradient.ron")),
    ("gradient-trains.ron", include_str!("../../experiments/gradient-trains.ron")),
    ("cues-32-gradient.network.ron", include_str!("../../experiments/cues-32-gradient.network.ron")),
    ("gradient-select.ron", include_str!("../../experiments/gradient-select.ron")),
    ("digits-adapting.network.ron", include_str!("../../experiments/digits-adapting.network.ron")),
    ("digits-recurrent.network.ron", include_str!("../../experiments/digits-recurrent.network.ron")),
    ("claim-surrogates.ron", include_str!("../../experiments/claim-surrogates.ron")),
    ("claim-surrogates-select.ron", include_str!("../../experiments/claim-surrogates-select.ron")),
    ("digits-dcll.network.ron", include_str!("../../experiments/digits-dcll.network.ron")),
    ("digits-feedback.network.ron", include_str!("../../experiments/digits-feedback.network.ron")),
    ("digits-convolution.ron", include_str!("../../experiments/digits-convolution.ron")),
    ("digits-convolution-select.ron", include_str!("../../experiments/digits-convolution-select.ron")),
    ("digits-convolution.network.ron", include_str!("../../experiments/digits-convolution.network.ron")),
    ("evidence.ron", include_str!("../../experiments/evidence.ron")),
    ("fine-traces.chip.ron", include_str!("../../experiments/fine-traces.chip.ron")),
    ("evidence.network.ron", include_str!("../../experiments/evidence.network.ron")),
    ("adaptive-evidence.ron", include_str!("../../experiments/adaptive-evidence.ron")),
    ("adaptive-evidence-200.ron", include_str!("../../experiments/adaptive-evidence-200.ron")),
    ("adaptive.chip.ron", include_str!("../../experiments/adaptive.chip.ron")),
    ("adaptive-evidence.network.ron", include_str!("../../experiments/adaptive-evidence.network.ron")),
    (
        "adaptive-evidence-traces.network.ron",
        include_str!("../../experiments/adaptive-evidence-traces.network.ron"),
    ),
    (
        "adaptive-evidence-200.network.ron",
        include_str!("../../experiments/adaptive-evidence-200.network.ron"),
    ),
    (
        "adaptive-evidence-200-traces.network.ron",
        include_str!("../../experiments/adaptive-evidence-200-traces.network.ron"),
    ),
    ("temporal-xor.ron", include_str!("../../experiments/temporal-xor.ron")),
    ("temporal-xor.network.ron", include_str!("../../experiments/temporal-xor.network.ron")),
    ("yin-yang.ron", include_str!("../../experiments/yin-yang.ron")),
    ("yin-yang-select.ron", include_str!("../../experiments/yin-yang-select.ron")),
    ("yin-yang-30.ron", include_str!("../../experiments/yin-yang-30.ron")),
    ("yin-yang.network.ron", include_str!("../../experiments/yin-yang.network.ron")),
    ("yin-yang-30.network.ron", include_str!("../../experiments/yin-yang-30.network.ron")),
    ("yin-yang-direct.network.ron", include_str!("../../experiments/yin-yang-direct.network.ron")),
    ("nmnist.ron", include_str!("../../experiments/nmnist.ron")),
    ("nmnist-dcll.network.ron", include_str!("../../experiments/nmnist-dcll.network.ron")),
    ("nmnist.network.ron", include_str!("../../experiments/nmnist.network.ron")),
    ("randman.ron", include_str!("../../experiments/randman.ron")),
    ("randman.network.ron", include_str!("../../experiments/randman.network.ron")),
    ("randman-gradient.network.ron", include_str!("../../experiments/randman-gradient.network.ron")),
    ("randman-select.ron", include_str!("../../experiments/randman-select.ron")),
    ("stream.ron", include_str!("../../experiments/stream.ron")),
    ("stream.network.ron", include_str!("../../experiments/stream.network.ron")),
    ("stream-select.ron", include_str!("../../experiments/stream-select.ron")),
    ("digits-stores-select.ron", include_str!("../../experiments/digits-stores-select.ron")),
    ("digits-stores.network.ron", include_str!("../../experiments/digits-stores.network.ron")),
    ("digits-stores.ron", include_str!("../../experiments/digits-stores.ron")),
    ("evidence-select.ron", include_str!("../../experiments/evidence-select.ron")),
    (
        "temporal-xor-gradient.network.ron",
        include_str!("../../experiments/temporal-xor-gradient.network.ron"),
    ),
    ("temporal-xor-mirror.network.ron", include_str!("../../experiments/temporal-xor-mirror.network.ron")),
    ("yin-yang-30-gradient.network.ron", include_str!("../../experiments/yin-yang-30-gradient.network.ron")),
    (
        "yin-yang-30-eligibility.network.ron",
        include_str!("../../experiments/yin-yang-30-eligibility.network.ron"),
    ),
    ("yin-yang-30-frozen.network.ron", include_str!("../../experiments/yin-yang-30-frozen.network.ron")),
    ("yin-yang-30-mirror.network.ron", include_str!("../../experiments/yin-yang-30-mirror.network.ron")),
    ("yin-yang-gradient.network.ron", include_str!("../../experiments/yin-yang-gradient.network.ron")),
    ("yin-yang-mirror.network.ron", include_str!("../../experiments/yin-yang-mirror.network.ron")),
    ("temporal-xor-select.ron", include_str!("../../experiments/temporal-xor-select.ron")),
    ("yin-yang-30-select.ron", include_str!("../../experiments/yin-yang-30-select.ron")),
    ("yin-yang-200.ron", include_str!("../../experiments/yin-yang-200.ron")),
    ("yin-yang-200-select.ron", include_str!("../../experiments/yin-yang-200-select.ron")),
    (
        "yin-yang-200-gradient.network.ron",
        include_str!("../../experiments/yin-yang-200-gradient.network.ron"),
    ),
    ("yin-yang-200-frozen.network.ron", include_str!("../../experiments/yin-yang-200-frozen.network.ron")),
    ("nmnist.chip.ron", include_str!("../../experiments/nmnist.chip.ron")),
    ("nmnist-direct.network.ron", include_str!("../../experiments/nmnist-direct.network.ron")),
    ("nmnist-select.ron", include_str!("../../experiments/nmnist-select.ron")),
];

/// The text of a carried file, by its name with or without `.ron`.
#[must_use]
pub fn find(name: &str) -> Option<(&'static str, &'static str)> {
    FILES.iter().copied().find(|(file, _)| *file == name || file.strip_suffix(".ron") == Some(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::file::{ExperimentFile, FORMAT};
    use synfire_chip::files;

    /// The name of a field or an encoder that no longer exists is found before anybody runs the file.
    #[test]
    fn every_carried_experiment_parses() {
        let mut experiments = 0;
        for (name, text) in FILES.iter().filter(|(_, text)| text.contains(FORMAT)) {
            files::parse::<ExperimentFile>(name, text).unwrap_or_else(|problems| panic!("{problems}"));
            experiments += 1;
        }
        assert!(experiments >= 25, "{experiments} experiments");
    }
}
