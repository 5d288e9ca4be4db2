//! A sweep that is killed at any moment, and goes on by the same command to the same bytes but wall times.

use super::sweeps::{folder, told};
use std::time::{Duration, Instant};

/// How often it is killed: 3 times, or what the variable says.
fn kills() -> u64 {
    std::env::var("SYNFIRE_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(3)
}

#[test]
fn kills_at_any_moment_leave_the_same_bytes() {
    let folder = folder();
    let sweep = ["sweep", "s.ron", "--threads", "2", "--out"];
    let begun = Instant::now();
    folder.succeeds(&[&sweep[..], &["whole"]].concat());
    let whole = begun.elapsed();
    let expected = told(&folder, "whole");
    let mut word = 88_172_645_463_325_252_u64;
    for kill in 0..kills() {
        let out = format!("killed-{kill}");
        let mut ended = false;
        // Twice each: what goes on is killed too.
        for _ in 0..2 {
            let mut command = folder.command(&[&sweep[..], &[&out]].concat());
            let mut child = command.env("SYNFIRE_SAVE_EVERY_MS", "5").spawn().expect("the command");
            word ^= word << 13;
            word ^= word >> 7;
            word ^= word << 17;
            std::thread::sleep(Duration::from_secs_f64(whole.as_secs_f64() * (word % 1000) as f64 / 1000.0));
            child.kill().expect("SIGKILL");
            ended |= child.wait().expect("its end").success();
        }
        folder.succeeds(&[&sweep[..], &[&out]].concat());
        assert_eq!(told(&folder, &out), expected, "killed {kill}, ended before: {ended}");
        let left: Vec<String> = std::fs::read_dir(folder.path(&out))
            .expect("a folder")
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .filter(|name| name.contains("partial") || name == "work")
            .collect();
        assert!(left.is_empty(), "{left:?}");
    }
}
