//! The experiment and network files that the program carries, so that it runs from any folder.

/// Name and text of every file in `testbench/experiments/`.
pub const FILES: &[(&str, &str)] = &[
    ("digits.ron", include_str!("../../experiments/digits.ron")),
    ("digits-feedback.network.ron", include_str!("../../experiments/digits-feedback.network.ron")),
];

/// The text of a carried file, by its name with or without `.ron`.
#[must_use]
pub fn find(name: &str) -> Option<(&'static str, &'static str)> {
    FILES.iter().copied().find(|(file, _)| *file == name || file.strip_suffix(".ron") == Some(name))
}
