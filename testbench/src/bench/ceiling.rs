//! The ceilings: bare loops over the same arrays, sizes and order as the simulator's hot paths.

use synfire_core::decay::decay;
use synfire_core::dither;
use synfire_core::vectorised;

#[inline(always)]
fn add_rows_body(acc: &mut [i32], weights: &[i8], axons: &[u32]) {
    let posts = acc.len();
    for &axon in axons {
        let row = &weights[axon as usize * posts..(axon as usize + 1) * posts];
        for (a, &w) in acc.iter_mut().zip(row) {
            *a += i32::from(w);
        }
    }
}

vectorised! {
    /// The same int8 rows into the same i32 accumulators.
    pub fn add_rows(acc: &mut [i32], weights: &[i8], axons: &[u32]) => add_rows_body
}

#[inline(always)]
fn lif_body(
    current: &mut [i32],
    membrane: &mut [i32],
    fired: &mut [u8],
    sum: &mut [i32],
    factors: (u32, u32, i32),
) {
    let n = current.len();
    let (membrane, fired, sum) = (&mut membrane[..n], &mut fired[..n], &mut sum[..n]);
    let limit = (1 << 23) - 1;
    for lane in 0..n {
        let (i, u) = (current[lane], membrane[lane]);
        let back = factors.2 & -i32::from(fired[lane]);
        let u_new = (decay(u, factors.1, 12) + i - back).clamp(-limit, limit);
        current[lane] = (decay(i, factors.0, 12) + sum[lane]).clamp(-limit, limit);
        membrane[lane] = u_new;
        fired[lane] = u8::from(u_new >= factors.2);
        sum[lane] = 0;
    }
}

vectorised! {
    /// A bare leaky integrate-and-fire loop over the same registers: current decay, membrane decay, threshold.
    pub fn lif(
        current: &mut [i32], membrane: &mut [i32], fired: &mut [u8], sum: &mut [i32], factors: (u32, u32, i32),
    ) => lif_body
}

#[inline(always)]
fn outer_product_body(weights: &mut [i16], modulation: &[i32], p: &[i32], key: (u32, u64, u32, u32)) {
    let (seed, step, projection, shift) = key;
    let posts = modulation.len();
    for (pre, (row, &p)) in weights.chunks_exact_mut(posts).zip(p).enumerate() {
        let row_key = dither::row_key(seed, step, projection, pre as u32);
        for (post, (w, &m)) in row.iter_mut().zip(modulation).enumerate() {
            let r = dither::dither(dither::word(row_key, post as u32), shift) as i32;
            *w = (i32::from(*w) + ((m * p + r) >> shift)).clamp(-32767, 32767) as i16;
        }
    }
}

vectorised! {
    /// The same outer product with the same dither; `key` is seed, step, projection, shift.
    pub fn outer_product(weights: &mut [i16], modulation: &[i32], p: &[i32], key: (u32, u64, u32, u32))
        => outer_product_body
}
