//! Horizontal bars from zero, each with its name before and its text behind it.

use super::canvas::{ChartError, WIDTH, canvas, cut, extent, fill, write};
use super::palette::Ink;
use crate::report::model::Bars;
use plotters::style::text_anchor::HPos;

/// Units from one bar to the next.
const PITCH: i32 = 28;

pub(super) fn draw(bars: &Bars) -> Result<String, ChartError> {
    let longest = |f: fn(&crate::report::model::Bar) -> &String| bars.bars.iter().map(|b| extent(f(b))).max();
    let left = longest(|b| &b.name).unwrap_or(0).min(170) + 10;
    let right = longest(|b| &b.text).unwrap_or(0).min(150) + 8;
    let room = WIDTH as i32 - left - right;
    let most = bars.bars.iter().map(|b| b.value).filter(|v| v.is_finite()).fold(0.0, f64::max);
    canvas((24 + bars.bars.len() as i32 * PITCH + 4) as u32, |area| {
        write(area, &cut(&bars.x_label, WIDTH as i32), (0, 10), HPos::Left, Ink::Quiet)?;
        for (i, bar) in bars.bars.iter().enumerate() {
            let top = 24 + i as i32 * PITCH;
            let middle = top + PITCH / 2;
            let part =
                if most > 0.0 && bar.value.is_finite() { (bar.value / most).clamp(0.0, 1.0) } else { 0.0 };
            let length = (f64::from(room) * part).round() as i32;
            write(area, &cut(&bar.name, left - 8), (left - 10, middle), HPos::Right, Ink::Text)?;
            // Something that is not zero is seen.
            let length = if part > 0.0 { length.max(1) } else { 0 };
            fill(area, (left, top + 5), (length, PITCH - 10), Ink::Series(0), 1.0)?;
            write(area, &cut(&bar.text, 150), (left + length + 6, middle), HPos::Left, Ink::Quiet)?;
        }
        Ok(())
    })
}
