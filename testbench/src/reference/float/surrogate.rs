//! Surrogate derivatives in real units, and the soft spikes whose derivatives they are.
//!
//! The shapes of `docs/arithmetic.md`, section 8, without their rounding: a table's entries become the function that
//! they sample; the exponential stays linear between its powers of two, as the contract defines it.
//!
//! Promises: every shape of the contract is known here or does not compile. Absent on purpose: scaling to unit area.

use super::units::power;
use synfire_plasticity::config::{Surrogate, SurrogateShape};

/// A surrogate derivative in real units.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RealSurrogate {
    /// Its shape.
    pub shape: SurrogateShape,
    /// Half-width `h`.
    pub half_width: f64,
}

/// Half-widths after which the exponential is zero.
const HALVINGS: f64 = 31.0;

impl RealSurrogate {
    /// The surrogate of a network's population.
    #[must_use]
    pub fn new(of: Surrogate, state_fraction: u8) -> Self {
        let Surrogate { shape, half_width_log2 } = of;
        Self { shape, half_width: power(i32::from(half_width_log2) - i32::from(state_fraction)) }
    }

    /// The derivative of a membrane `above` its threshold (below it where negative).
    #[inline(always)]
    #[must_use]
    pub fn at(self, above: f64) -> f64 {
        let x = above.abs() / self.half_width;
        match self.shape {
            SurrogateShape::Triangle => (1.0 - x).max(0.0),
            SurrogateShape::Boxcar => f64::from(u8::from(x < 1.0)),
            SurrogateShape::FastSigmoid if x < 4.0 => 1.0 / ((1.0 + x) * (1.0 + x)),
            SurrogateShape::FastSigmoid => 0.0,
            SurrogateShape::Exponential if x < HALVINGS => (2.0 - x.fract()) * power(-1 - x as i32),
            SurrogateShape::Exponential => 0.0,
            SurrogateShape::Ramp if x < 1.0 => 0.5 * (1.0 + above / self.half_width),
            SurrogateShape::Ramp => 0.0,
        }
    }

    /// The antiderivative of [`Self::at`], from minus infinity: a soft spike whose derivative the surrogate is.
    #[must_use]
    pub fn soft_spike(self, above: f64) -> f64 {
        let h = self.half_width;
        let x = above.abs() / h;
        // The area up to the threshold, and from there to `x`, in half-widths.
        let (below, reached) = match self.shape {
            SurrogateShape::Triangle => (0.5, x.min(1.0) * (1.0 - x.min(1.0) / 2.0)),
            SurrogateShape::Boxcar => (1.0, x.min(1.0)),
            SurrogateShape::FastSigmoid => (0.8, x.min(4.0) / (1.0 + x.min(4.0))),
            SurrogateShape::Exponential => {
                let area = |x: f64| {
                    let (whole, rest) = (x as i32, x.fract());
                    1.5 * (1.0 - power(-whole)) + (2.0 - rest / 2.0) * rest * power(-1 - whole)
                };
                (area(HALVINGS), area(x.min(HALVINGS)))
            }
            SurrogateShape::Ramp => {
                let rise = 1.0 + (above / h).clamp(-1.0, 1.0);
                return h * rise * rise / 4.0;
            }
        };
        h * if above < 0.0 { below - reached } else { below + reached }
    }
}
