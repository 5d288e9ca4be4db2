//! The chips that come with the simulator.
//!
//! Promises: every preset loads (a test loads them all), and a preset's name is never taken for a path.
//! Absent on purpose: numbers; they and their sources stand in `presets/*.ron`.

/// Name and RON text of every preset.
const PRESETS: &[(&str, &str)] = &[
    ("loihi", include_str!("../../../presets/loihi.ron")),
    ("odin", include_str!("../../../presets/odin.ron")),
    ("paper", include_str!("../../../presets/paper.ron")),
    ("paper-events", include_str!("../../../presets/paper-events.ron")),
    ("reckon", include_str!("../../../presets/reckon.ron")),
    ("sanafe-loihi", include_str!("../../../presets/sanafe-loihi.ron")),
    ("small", include_str!("../../../presets/small.ron")),
    ("small-events", include_str!("../../../presets/small-events.ron")),
];

/// Name and RON text of every preset.
#[must_use]
pub fn presets() -> &'static [(&'static str, &'static str)] {
    PRESETS
}
