//! Run-time choice between portable code and the same code compiled for AVX2.
//!
//! Baseline x86-64 has no signed 32 x 32 multiply for vectors, so the hot loops are compiled twice from one
//! `#[inline(always)]` body: as is, and inside a function with `#[target_feature(enable = "avx2")]`. There
//! is no intrinsic anywhere; the portable compilation is the safe twin, and every test runs under both
//! (`SYNFIRE_SIMD=scalar` forces the portable one).
//!
//! Promises: both give the same bits (they are the same integer arithmetic). This module holds the only
//! `unsafe` of the simulator: calling the AVX2 compilation after the processor was seen to have AVX2.

use std::sync::OnceLock;

/// Which compilation of the hot loops runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Whatever the target's baseline offers.
    Portable,
    /// 256-bit integer vectors.
    Avx2,
}

/// The level in use, decided once per process: AVX2 where the processor has it, unless the environment
/// variable `SYNFIRE_SIMD` is `scalar`.
#[must_use]
pub fn level() -> Level {
    static LEVEL: OnceLock<Level> = OnceLock::new();
    *LEVEL.get_or_init(|| {
        if std::env::var_os("SYNFIRE_SIMD").is_some_and(|v| v == "scalar") {
            return Level::Portable;
        }
        #[cfg(target_arch = "x86_64")]
        if std::arch::is_x86_feature_detected!("avx2") {
            return Level::Avx2;
        }
        Level::Portable
    })
}

/// Defines a function compiled twice from one `#[inline(always)]` body and dispatched by [`level`].
#[macro_export]
macro_rules! vectorised {
    ($(#[$meta:meta])* $vis:vis fn $name:ident $([$($gen:tt)*])? ($($arg:ident: $ty:ty),* $(,)?) $(-> $ret:ty)? => $body:expr) => {
        $(#[$meta])*
        #[allow(clippy::too_many_arguments)]
        $vis fn $name $(<$($gen)*>)? ($($arg: $ty),*) $(-> $ret)? {
            #[cfg(target_arch = "x86_64")]
            {
                #[target_feature(enable = "avx2")]
                #[allow(clippy::too_many_arguments)]
                fn avx2 $(<$($gen)*>)? ($($arg: $ty),*) $(-> $ret)? {
                    $body($($arg),*)
                }
                if $crate::simd::level() == $crate::simd::Level::Avx2 {
                    // SAFETY: `level` answers Avx2 only after the processor was seen to have AVX2, which is
                    // the one requirement of `avx2`; its body is safe code.
                    return unsafe { avx2($($arg),*) };
                }
            }
            $body($($arg),*)
        }
    };
}
