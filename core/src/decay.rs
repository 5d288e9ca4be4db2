//! Exponential decay of a register by a fixed-point factor, rounded toward zero.
//!
//! `decay(x) = sign(x) * floor(|x| * factor / 2^F)`, factor in `0..=2^F` (`2^F`: no decay).
//! Source: `docs/arithmetic.md`, D1; Eq. 4 and 5 of Neftci, Mostafa and Zenke (2019) with
//! `alpha, beta = factor / 2^F`.
//!
//! Promises: exact for every `i32`; |decay(x)| <= |x|, and a factor below `2^F` reaches zero
//! in finitely many steps, which is what lets an idle core be skipped.
//!
//! The product of a 32-bit register and a 17-bit factor needs 49 bits. With `|x| = h * 2^F + l` it is
//! `h * factor + (l * factor >> F)` exactly, and both terms fit 32 bits: lanes stay narrow.

/// The decayed register.
#[inline(always)]
#[must_use]
pub fn decay(x: i32, factor: u32, fraction_bits: u32) -> i32 {
    let magnitude = x.unsigned_abs();
    let high = magnitude >> fraction_bits;
    let low = magnitude & ((1 << fraction_bits) - 1);
    // low <= 2^F - 1 and factor <= 2^F <= 2^16, so the product fits u32.
    let decayed = (high.wrapping_mul(factor)).wrapping_add(low.wrapping_mul(factor) >> fraction_bits) as i32;
    let sign = x >> 31;
    // Of `i32::MIN` and a factor of one the magnitude is 2^31, which has a lane only with its sign.
    (decayed ^ sign).wrapping_sub(sign)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn equals_the_wide_product(x in prop_oneof![any::<i32>(), Just(i32::MIN), Just(i32::MAX)], bits in 4u32..=16, raw in 0u32..=65536) {
            let factor = raw.min(1 << bits);
            let wide = (i64::from(x).abs() * i64::from(factor)) >> bits;
            let want = if x < 0 { -wide } else { wide };
            prop_assert_eq!(i64::from(decay(x, factor, bits)), want);
        }
    }
}
