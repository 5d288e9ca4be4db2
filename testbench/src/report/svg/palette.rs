//! The colours of charts, on white and on dark paper.
//!
//! Promises: each ink has a colour of its own, so that a style sheet can tell them apart.

use plotters::style::RGBColor;
use std::fmt::Write;

/// What a colour is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ink {
    /// Words and numbers to read.
    Text,
    /// Axis labels and what only supports.
    Quiet,
    /// Grid lines and empty cells.
    Grid,
    /// Line, band or bar number `n`; the colours repeat after six.
    Series(usize),
}

/// `(on white, on dark)` of text, quiet and grid, then of the series. All eighteen differ.
const COLORS: [(u32, u32); 9] = [
    (0x1F_2328, 0xE6_E9ED),
    (0x66_6F7A, 0x9A_A4AF),
    (0xE2_E5E9, 0x33_3A42),
    (0x2F_6DB5, 0x6A_A5EA),
    (0xC2_621B, 0xEE_9A57),
    (0x2E_8B6F, 0x5C_C3A2),
    (0x83_56AF, 0xBC_96E6),
    (0xB0_3A5B, 0xEE_7F9C),
    (0x7D_7415, 0xCF_C152),
];

/// How many series have a colour of their own.
pub const SERIES: usize = COLORS.len() - 3;

impl Ink {
    fn index(self) -> usize {
        match self {
            Self::Text => 0,
            Self::Quiet => 1,
            Self::Grid => 2,
            Self::Series(n) => 3 + n % SERIES,
        }
    }

    /// The colour on white paper.
    #[must_use]
    pub fn color(self) -> RGBColor {
        let [_, red, green, blue] = COLORS[self.index()].0.to_be_bytes();
        RGBColor(red, green, blue)
    }
}

/// Style rules that give the charts inside `selector` their colours on dark paper.
#[must_use]
pub fn dark_rules(selector: &str) -> String {
    let mut rules = String::new();
    for (light, dark) in COLORS {
        let _ = writeln!(rules, "{selector} [fill=\"#{light:06X}\"] {{ fill: #{dark:06X}; }}");
        let _ = writeln!(rules, "{selector} [stroke=\"#{light:06X}\"] {{ stroke: #{dark:06X}; }}");
    }
    rules
}
