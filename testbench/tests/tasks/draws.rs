//! Draws of the tests' own, by no generator of the simulator's.

/// Numbers below a limit, uniform; the same in every run.
pub fn draws() -> impl FnMut(u64) -> u8 {
    let mut state = 0x1234_5678_9abc_def1_u64;
    move |limit| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        ((state >> 32) % limit) as u8
    }
}
