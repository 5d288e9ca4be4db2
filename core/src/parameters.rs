//! Where the neuron update takes a lane's parameters from: one set for all lanes, or one a lane.
//!
//! Promises: the loop of [`crate::lif`] is compiled for each, so that uniform parameters stay in registers.
//! Absent on purpose: what a parameter means (`neuron`).

/// Where the parameters of a lane come from.
pub trait Parameters: Copy {
    /// The parameters of a run of lanes.
    #[must_use]
    fn part(self, lanes: core::ops::Range<usize>) -> Self;
    /// Factor of the current's decay.
    fn current_decay(self, lane: usize) -> u32;
    /// Factor of the membrane's decay.
    fn membrane_decay(self, lane: usize) -> u32;
    /// Threshold: what a reset by subtraction takes away.
    fn threshold(self, lane: usize) -> i32;
    /// What the membrane is compared with in this step.
    fn compared_threshold(self, lane: usize) -> i32;
    /// Bias.
    fn bias(self, lane: usize) -> i32;
}

/// The same parameters for all lanes.
#[derive(Clone, Copy, Debug)]
pub struct Uniform {
    /// Factor of the current's decay.
    pub current_decay: u32,
    /// Factor of the membrane's decay.
    pub membrane_decay: u32,
    /// Threshold.
    pub threshold: i32,
    /// Bias.
    pub bias: i32,
}

/// One set of parameters a lane.
#[derive(Clone, Copy, Debug)]
pub struct PerLane<'a> {
    /// Factors of the current's decay.
    pub current_decay: &'a [i32],
    /// Factors of the membrane's decay.
    pub membrane_decay: &'a [i32],
    /// Thresholds.
    pub threshold: &'a [i32],
    /// What membranes are compared with: the thresholds, where they do not move.
    pub compared_threshold: &'a [i32],
    /// Biases.
    pub bias: &'a [i32],
}

impl Parameters for Uniform {
    #[inline(always)]
    fn part(self, _: core::ops::Range<usize>) -> Self {
        self
    }
    #[inline(always)]
    fn current_decay(self, _: usize) -> u32 {
        self.current_decay
    }
    #[inline(always)]
    fn membrane_decay(self, _: usize) -> u32 {
        self.membrane_decay
    }
    #[inline(always)]
    fn threshold(self, _: usize) -> i32 {
        self.threshold
    }
    #[inline(always)]
    fn compared_threshold(self, _: usize) -> i32 {
        self.threshold
    }
    #[inline(always)]
    fn bias(self, _: usize) -> i32 {
        self.bias
    }
}

impl Parameters for PerLane<'_> {
    #[inline(always)]
    fn part(self, lanes: core::ops::Range<usize>) -> Self {
        Self {
            current_decay: &self.current_decay[lanes.clone()],
            membrane_decay: &self.membrane_decay[lanes.clone()],
            threshold: &self.threshold[lanes.clone()],
            compared_threshold: &self.compared_threshold[lanes.clone()],
            bias: &self.bias[lanes],
        }
    }
    #[inline(always)]
    fn current_decay(self, lane: usize) -> u32 {
        self.current_decay[lane] as u32
    }
    #[inline(always)]
    fn membrane_decay(self, lane: usize) -> u32 {
        self.membrane_decay[lane] as u32
    }
    #[inline(always)]
    fn threshold(self, lane: usize) -> i32 {
        self.threshold[lane]
    }
    #[inline(always)]
    fn compared_threshold(self, lane: usize) -> i32 {
        self.compared_threshold[lane]
    }
    #[inline(always)]
    fn bias(self, lane: usize) -> i32 {
        self.bias[lane]
    }
}
