//! Horizontal bars from zero, each with its name before and its text behind it; a thin line from end to end of a value
//! that has some.

use super::canvas::{ChartError, WIDTH, canvas, cut, extent, fill, write};
use super::palette::Ink;
use crate::report::model::Bars;
use plotters::style::text_anchor::HPos;

/// Units from one bar to the next.
const PITCH: i32 = 28;

pub(super) fn draw(bars: &Bars) -> Result<String, ChartError> {
    let longest = |f: fn(&crate::report::model::Bar) -> &String| bars.bars.iter().map(|b| extent(f(b))).max();
    // Names and texts of wide letters are wider than the estimate.
    let left = longest(|b| &b.name).unwrap_or(0).min(164) + 18;
    let right = longest(|b| &b.text).unwrap_or(0).min(150) + 24;
    let room = WIDTH as i32 - left - right;
    let values = bars.bars.iter().flat_map(|b| [b.value, b.ends.map_or(0.0, |ends| ends.1)]);
    let most = values.filter(|v| v.is_finite()).fold(0.0, f64::max);
    let units = |value: f64| {
        let part = if most > 0.0 && value.is_finite() { (value / most).clamp(0.0, 1.0) } else { 0.0 };
        (f64::from(room) * part).round() as i32
    };
    canvas((24 + bars.bars.len() as i32 * PITCH + 4) as u32, |area| {
        write(area, &cut(&bars.x_label, WIDTH as i32), (0, 10), HPos::Left, Ink::Quiet)?;
        for (i, bar) in bars.bars.iter().enumerate() {
            let top = 24 + i as i32 * PITCH;
            let middle = top + PITCH / 2;
            write(area, &cut(&bar.name, left - 16), (left - 10, middle), HPos::Right, Ink::Text)?;
            // Something that is not zero is seen.
            let length = if bar.value > 0.0 { units(bar.value).max(1) } else { 0 };
            fill(area, (left, top + 5), (length, PITCH - 10), Ink::Series(0), 1.0)?;
            let mut end = length;
            if let Some((low, high)) = bar.ends {
                let (low, high) = (units(low), units(high));
                fill(area, (left + low, middle - 1), ((high - low).max(1), 2), Ink::Text, 1.0)?;
                for at in [low, high] {
                    fill(area, (left + at, middle - 5), (1, 10), Ink::Text, 1.0)?;
                }
                end = end.max(high + 2);
            }
            write(area, &cut(&bar.text, 150), (left + end + 6, middle), HPos::Left, Ink::Quiet)?;
        }
        Ok(())
    })
}
