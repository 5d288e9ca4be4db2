//! The technologies that come with the simulator.
//!
//! Promises: each loads (a test loads them all), and its name is never taken for a path. Absent on purpose: numbers; they
//! stand in `chip/technology`, with the script that computed them.

/// A technology and its tables, as texts.
#[derive(Debug)]
pub struct Carried {
    /// What a chip file calls it.
    pub name: &'static str,
    /// The header.
    pub text: &'static str,
    /// Names and texts of its tables.
    tables: &'static [(&'static str, &'static str)],
}

impl Carried {
    /// The text of a table.
    #[must_use]
    pub fn table(&self, name: &str) -> Option<&'static str> {
        self.tables.iter().find(|(table, _)| *table == name).map(|(_, text)| *text)
    }
}

const CARRIED: &[Carried] = &[Carried {
    name: "lstp",
    text: include_str!("../../../technology/lstp.ron"),
    tables: &[
        ("sram.csv", include_str!("../../../technology/sram.csv")),
        ("logic.csv", include_str!("../../../technology/logic.csv")),
    ],
}];

/// All of them.
#[must_use]
pub fn technologies() -> &'static [Carried] {
    CARRIED
}
