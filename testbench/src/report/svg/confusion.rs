//! A confusion matrix: right answers in one colour, mistakes in another, so that mistakes are seen first.

use super::canvas::{Area, ChartError, WIDTH, canvas, cut, extent, fill, write};
use super::palette::Ink;
use crate::report::model::Confusion;
use crate::report::quantity;
use plotters::style::text_anchor::HPos;

/// Cells narrower than this have no number.
const READABLE: i32 = 20;
/// Units for the part right of each row.
const RIGHT: i32 = 58;
/// Units above the first row.
const TOP: i32 = 46;

pub(super) fn draw(confusion: &Confusion) -> Result<String, ChartError> {
    let classes = confusion.classes.len().max(1) as i32;
    let longest = confusion.classes.iter().map(|c| extent(c)).max().unwrap_or(0);
    let left = longest.clamp(44, 110) + 10;
    let across = ((WIDTH as i32 - left - RIGHT) / classes).max(1);
    let down = across.clamp(1, 34);
    canvas((TOP + classes * down + 26) as u32, |area| {
        write(area, "label", (0, 30), HPos::Left, Ink::Quiet)?;
        write(area, "answer", (left + classes * across / 2, 10), HPos::Center, Ink::Quiet)?;
        write(area, "right", (WIDTH as i32, 30), HPos::Right, Ink::Quiet)?;
        let (right, all) = confusion.correct_of_all();
        let share = quantity::share(u128::from(right), u128::from(all));
        let whole = format!("{right} of {all} right ({share})");
        write(area, &whole, (0, TOP + classes * down + 14), HPos::Left, Ink::Text)?;
        cells(confusion, area, left, (across, down))
    })
}

fn cells(confusion: &Confusion, area: &Area<'_>, left: i32, size: (i32, i32)) -> Result<(), ChartError> {
    let mistakes = |(i, row): (usize, &Vec<u64>)| {
        row.iter().enumerate().filter(|(j, _)| *j != i).map(|(_, &n)| n).max().unwrap_or(0)
    };
    let most_mistakes = confusion.counts.iter().enumerate().map(mistakes).max().unwrap_or(0).max(1);
    let readable = size.0 >= READABLE && size.1 >= READABLE - 4;
    for (i, (name, row)) in confusion.classes.iter().zip(&confusion.counts).enumerate() {
        let y = TOP + i as i32 * size.1;
        let x = |j: usize| left + j as i32 * size.0;
        if readable {
            write(area, &cut(name, size.0), (x(i) + size.0 / 2, 30), HPos::Center, Ink::Text)?;
            write(area, &cut(name, left - 12), (left - 10, y + size.1 / 2), HPos::Right, Ink::Text)?;
        }
        let all: u64 = row.iter().sum();
        for (j, &n) in row.iter().enumerate().take(confusion.classes.len()) {
            let (ink, opacity) = match (n, i == j) {
                (0, _) => (Ink::Grid, 0.35),
                (n, true) => (Ink::Series(0), 0.1 + 0.4 * n as f64 / all.max(1) as f64),
                (n, false) => (Ink::Series(1), 0.2 + 0.55 * n as f64 / most_mistakes as f64),
            };
            let gap = i32::from(readable);
            fill(area, (x(j), y), (size.0 - gap, size.1 - gap), ink, opacity)?;
            if n > 0 && readable {
                let at = (x(j) + size.0 / 2, y + size.1 / 2);
                write(area, &cut(&n.to_string(), size.0), at, HPos::Center, Ink::Text)?;
            }
        }
        if readable {
            let right = row.get(i).copied().unwrap_or(0);
            let share = quantity::share(u128::from(right), u128::from(all));
            write(area, &share, (WIDTH as i32, y + size.1 / 2), HPos::Right, Ink::Quiet)?;
        }
    }
    Ok(())
}
