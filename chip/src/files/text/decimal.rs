//! Decimal numbers of a file to register lanes, without floats.
//!
//! A decimal is read into `I32F32` (nearest, at most 2^-33 away) and from there to the register's fraction:
//! nearest, ties away from zero. Prices are exact: a picojoule is 10^6 attojoules, and a price that is no whole
//! number of attojoules is refused.
//!
//! Promises: what does not fit is an error, never clamped.
//! Absent on purpose: places in a file (`check`), array files (`array`).

use fixed::types::I32F32;
use ron::value::RawValue;
use serde::ser::Error;
use serde::{Deserialize, Serialize, Serializer};

/// A value kept as the text of its token, so that no float stands between file and register.
///
/// Two are equal where their tokens are. As a value of its own it is read and written as RON, whatever its form.
#[derive(Clone, Debug, Deserialize)]
#[serde(transparent)]
pub struct Raw(Box<RawValue>);

impl Raw {
    /// The value of a RON text.
    ///
    /// # Errors
    /// When the text is no RON value.
    pub fn from_ron(text: &str) -> Result<Self, ron::error::SpannedError> {
        RawValue::from_ron(text).map(|value| Self(value.to_owned()))
    }

    /// What a value of the schema is written as.
    pub(in crate::files) fn of<T: Serialize>(value: &T) -> Self {
        let text = super::write::compact(value).unwrap_or_else(|error| unreachable!("{error}"));
        Self::from_ron(&text).unwrap_or_else(|error| unreachable!("{text}: {error}"))
    }

    /// The token, without comments around it.
    #[must_use]
    pub fn token(&self) -> &str {
        let text = self.0.get_ron();
        super::walk::value_at(text, 0).map_or(text, |range| &text[range])
    }

    /// Whether it is a number rather than a name or a structure.
    #[must_use]
    pub fn is_number(&self) -> bool {
        self.token().starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.'))
    }
}

impl From<f64> for Raw {
    fn from(value: f64) -> Self {
        Self::of(&value)
    }
}

impl From<i64> for Raw {
    fn from(value: i64) -> Self {
        Self::of(&value)
    }
}

impl PartialEq for Raw {
    fn eq(&self, other: &Self) -> bool {
        self.token() == other.token()
    }
}

impl Eq for Raw {}

/// A string, as the value's other written forms than RON have it.
#[cfg(feature = "schemars")]
impl schemars::JsonSchema for Raw {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Raw".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let text =
            "a value as RON text: a number, or one of the forms that docs/formats.md has for the field";
        schemars::json_schema!({ "type": "string", "description": text })
    }
}

impl Serialize for Raw {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // Comments around the token belong to the text that it was read from.
        RawValue::from_ron(self.token()).map_err(S::Error::custom)?.serialize(serializer)
    }
}

/// The value of a decimal token.
pub(in crate::files) fn fixed_point(token: &str) -> Option<I32F32> {
    token.replace('_', "").parse().ok()
}

/// The nearest lane of a register with `fraction` fraction bits, ties away from zero.
pub(crate) fn nearest_lane(value: I32F32, fraction: u8) -> i64 {
    let drop = 32u32.saturating_sub(u32::from(fraction));
    let half = if drop == 0 { 0 } else { 1u64 << (drop - 1) };
    let bits = value.to_bits();
    let magnitude = ((bits.unsigned_abs() + half) >> drop) as i64;
    if bits < 0 { -magnitude } else { magnitude }
}

/// The lane that is exactly `value`, if there is one.
pub(in crate::files) fn exact_lane(value: I32F32, fraction: u8) -> Option<i64> {
    let drop = 32u32.saturating_sub(u32::from(fraction));
    let bits = value.to_bits();
    let lane = bits >> drop;
    (lane << drop == bits).then_some(lane)
}

/// A lane as the decimal a reader would write, up to six places.
pub(crate) fn show(lane: i64, fraction: u8) -> String {
    let Some(bits) = lane.checked_mul(1i64 << (32 - u32::from(fraction.min(32)))) else {
        return format!("{lane} * 2^-{fraction}");
    };
    let text = format!("{:.6}", I32F32::from_bits(bits));
    let short = text.trim_end_matches('0').trim_end_matches('.');
    if short.is_empty() || short == "-" { "0".to_owned() } else { short.to_owned() }
}

/// `token * 10^6` where that is a whole number: picojoules to attojoules.
pub(in crate::files) fn micro_units(token: &str) -> Option<u64> {
    let token = token.replace('_', "");
    let (whole, fraction) = token.split_once('.').unwrap_or((&token, ""));
    let fraction = fraction.trim_end_matches('0');
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if fraction.len() > 6 || !digits(whole) || !digits(fraction) || token == "." || token.is_empty() {
        return None;
    }
    let whole: u64 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let padded: u64 = format!("{fraction:0<6}").parse().ok()?;
    whole.checked_mul(1_000_000)?.checked_add(padded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_ties_away_from_zero() {
        let lane = |text: &str| nearest_lane(fixed_point(text).expect("a number"), 1);
        assert_eq!([lane("0.25"), lane("-0.25"), lane("0.24"), lane("-0.24")], [1, -1, 0, 0]);
        assert_eq!([lane("0.75"), lane("-0.75"), lane("1"), lane("-1.5")], [2, -2, 2, -3]);
        assert_eq!(lane("-2147483648"), -(1 << 32));
    }

    /// Halves of the last of 32 fraction bits go to the even one, whatever the register does after it.
    #[test]
    fn a_decimal_is_read_to_the_even_one_of_32_bits() {
        let bits = |text: &str| fixed_point(text).expect("a number").to_bits();
        // 2^-33, 3 * 2^-33, 5 * 2^-33; and a digit more than 2^-33.
        let (half, three, five) = (
            "0.000000000116415321826934814453125",
            "0.000000000349245965480804443359375",
            "0.000000000582076609134674072265625",
        );
        assert_eq!([bits(half), bits(three), bits(five)], [0, 2, 2]);
        assert_eq!([half, three, five].map(|text| bits(&format!("-{text}"))), [0, -2, -2]);
        assert_eq!(bits("0.0000000001164153218269348144531251"), 1);
        assert_eq!(
            nearest_lane(fixed_point(three).expect("a number"), 32),
            2,
            "no further rounding at 32 bits"
        );
    }

    #[test]
    fn prices_are_exact() {
        assert_eq!(micro_units("5.1"), Some(5_100_000));
        assert_eq!(micro_units("0.000001"), Some(1));
        assert_eq!(micro_units("0.0000001"), None);
        assert_eq!(micro_units(".5"), Some(500_000));
        for bad in ["-1", "1e3", ".", "", "1.-5", "99999999999999999999"] {
            assert_eq!(micro_units(bad), None, "{bad}");
        }
    }

    #[test]
    fn lanes_are_shown_short() {
        assert_eq!(show(1 << 15, 15), "1");
        assert_eq!(show(-3, 1), "-1.5");
        assert_eq!(show(0, 15), "0");
        assert_eq!(show(8_388_607, 15), "255.999969");
    }
}
