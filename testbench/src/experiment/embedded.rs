//! The experiment and network files that the program carries, so that it runs from any folder.

/// Name and text of every file in `testbench/experiments/`.
pub const FILES: &[(&str, &str)] = &[
    ("superspike.ron", include_str!("../../experiments/superspike.ron")),
    ("superspike.network.ron", include_str!("../../experiments/superspike.network.ron")),
    ("superspike.chip.ron", include_str!("../../experiments/superspike.chip.ron")),
    ("spike-time.ron", include_str!("../../experiments/spike-time.ron")),
    ("digits.ron", include_str!("../../experiments/digits.ron")),
    ("digits-select.ron", include_str!("../../experiments/digits-select.ron")),
    ("digits-dcll.network.ron", include_str!("../../experiments/digits-dcll.network.ron")),
    ("digits-feedback.network.ron", include_str!("../../experiments/digits-feedback.network.ron")),
];

/// The text of a carried file, by its name with or without `.ron`.
#[must_use]
pub fn find(name: &str) -> Option<(&'static str, &'static str)> {
    FILES.iter().copied().find(|(file, _)| *file == name || file.strip_suffix(".ron") == Some(name))
}
