use proptest::prelude::*;
use std::time::Duration;
use synfire::report::quantity::*;

#[test]
fn energies_have_three_digits() {
    let cases = [
        (0, "0 aJ"),
        (7, "7 aJ"),
        (999, "999 aJ"),
        (1_000, "1.00 fJ"),
        (1_005, "1.01 fJ"),
        (999_499, "999 fJ"),
        (999_500, "1.00 pJ"),
        (12_449_999_999_999, "12.4 uJ"),
        (35_500_000, "35.5 pJ"),
        (2_500_000_000_000_000_000, "2.50 J"),
        (1_234_567_000_000_000_000_000_000, "1,234,567 J"),
    ];
    for (attojoules, text) in cases {
        assert_eq!(energy(attojoules), text);
    }
    assert_eq!(energy(u128::MAX), "340,282,366,920,938,463,463 J");
}

#[test]
fn durations_rates_and_counts() {
    assert_eq!(duration(3_100_000_000), "3.10 ms");
    assert_eq!(duration(86_400_000_000_000_000), "86,400 s");
    assert_eq!(short(1_234_567, ""), "1.23 M");
    assert_eq!(short(999, ""), "999");
    assert_eq!(per_second(824, Duration::from_micros(2)), "412 M/s");
    assert_eq!(per_second(824, Duration::ZERO), "824 G/s");
    assert_eq!(count(0), "0");
    assert_eq!(count(123), "123");
    assert_eq!(count(1_234_567), "1,234,567");
}

#[test]
fn memory_is_bits_then_bytes() {
    assert_eq!(memory(96), "96 bit");
    assert_eq!(memory(8 * 1024), "1.0 KiB");
    assert_eq!(memory(8 * 1024 * 25 / 2), "12.5 KiB");
    assert_eq!(memory(8 * 1024 * 1024 * 3), "3.0 MiB");
    assert_eq!(memory(u64::MAX), "2,048.0 PiB");
}

#[test]
fn seeds_are_named_once() {
    assert_eq!(seeds([7, 7]), "Seed 7.");
    assert_eq!(seeds([12, 11, 13, 11]), "Seeds 11 to 13.");
    assert_eq!(seeds([9, 1, 2]), "Seeds 1, 2, 9.");
    assert_eq!(seeds([1, 2]), "Seeds 1, 2.");
    assert_eq!(seeds([0, u32::MAX]), "Seeds 0, 4294967295.");
}

#[test]
fn slow_rates_are_not_none() {
    assert_eq!([0.04, 0.4, 9.94, 10.0, 412e6].map(rate), ["0.0", "0.4", "9.9", "10", "412 M"]);
}

#[test]
fn spreads() {
    let s = Spread::of(&[0.98, 0.99, 0.97]).unwrap();
    assert_eq!(s.percent(), "98.0 +- 0.6 % (worst 97.0 %)");
    assert_eq!(Spread::of(&[0.975]).unwrap().percent(), "97.5 % (worst 97.5 %)");
    assert_eq!(Spread::of(&[]), None);
    assert_eq!((percent(0.9751), share(1, 8), share(1, 0)), ("97.5 %".into(), "12.5 %".into(), "-".into()));
}

proptest! {
    /// Read back, a text is within half of its third digit, whatever the value.
    #[test]
    fn texts_are_close(value in 1_u128..1_000_000_000_000_000_000_000) {
        let text = energy(value);
        let (number, unit) = text.split_once(' ').unwrap();
        let power = SMALL.iter().position(|p| format!("{p}J") == unit).unwrap() as i32;
        let read: f64 = number.replace(',', "").parse::<f64>().unwrap() * 1000_f64.powi(power);
        prop_assert!((read / value as f64 - 1.0).abs() <= 0.005, "{} for {}", text, value);
        prop_assert!(number.len() <= 4 || unit == "J");
    }

    /// Separators only separate.
    #[test]
    fn counts_keep_their_digits(value: u128) {
        prop_assert_eq!(count(value).replace(',', "").parse::<u128>().unwrap(), value);
    }
}
