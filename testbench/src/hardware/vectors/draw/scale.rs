//! What a case is drawn around.

/// What the numbers of one case are drawn around.
#[derive(Clone, Copy, Debug)]
pub struct Scale {
    /// Thresholds are near `2^theta`.
    pub theta: u8,
    /// Whether anything learns.
    pub learns: bool,
    /// Most neurons of a population.
    pub neurons: i64,
}
