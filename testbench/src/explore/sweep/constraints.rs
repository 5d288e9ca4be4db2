//! Constraints between axes: a product of values beside another.
//!
//! Promises: a factor is a number, an axis that moves one path, or a path that is moved; everything else is refused where
//! it stands. Absent on purpose: sums, functions, and whatever else needs a language.

use super::axes::{Moves, Stated};
use super::draws::Number;
use super::file::{Constraint, Relation, SweepFile};
use synfire_chip::files::schema::Raw;
use synfire_chip::files::{Diagnostic, nearest};

/// A factor of a product.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Factor {
    Number(f64),
    /// Axis, and which of its paths.
    Of(usize, usize),
}

/// A constraint whose names are resolved.
#[derive(Clone, Debug, PartialEq)]
pub struct Resolved {
    left: Vec<Factor>,
    is: Relation,
    right: Vec<Factor>,
}

/// The constraints of a file on `axes`.
///
/// # Errors
/// With the first that names nothing, or a value that is no number.
pub fn resolve(file: &SweepFile, axes: &[Moves], stated: Stated<'_>) -> Result<Vec<Resolved>, Diagnostic> {
    let one = |(index, of): (usize, &Constraint)| {
        let side = |name: &str, factors: &[Raw]| {
            let factor = |(at, raw): (usize, &Raw)| {
                factor(raw, axes, &format!("constraints[{index}].{name}[{at}]"), stated)
            };
            factors.iter().enumerate().map(factor).collect::<Result<Vec<_>, _>>()
        };
        Ok(Resolved { left: side("left", &of.left)?, is: of.is, right: side("right", &of.right)? })
    };
    file.constraints.iter().enumerate().map(one).collect()
}

fn factor(raw: &Raw, axes: &[Moves], at: &str, stated: Stated<'_>) -> Result<Factor, Diagnostic> {
    let token = raw.token();
    if let Some(number) = Number::of(token) {
        return Ok(Factor::Number(number.value));
    }
    let name = token.trim_matches('"');
    let by_name =
        axes.iter().position(|axis| axis.name == name && axis.paths.len() == 1).map(|axis| (axis, 0));
    let by_path = || {
        let of = |(at, axis): (usize, &Moves)| Some((at, axis.paths.iter().position(|path| path == name)?));
        axes.iter().enumerate().find_map(of)
    };
    let Some((axis, path)) = by_name.or_else(by_path) else {
        let single = axes.iter().filter(|axis| axis.paths.len() == 1).map(|axis| axis.name.as_str());
        let names: Vec<&str> =
            single.chain(axes.iter().flat_map(|axis| axis.paths.iter().map(String::as_str))).collect();
        let near = nearest(name, names.iter().copied());
        let label = near.map_or_else(String::new, |near| format!("did you mean `{near}`?"));
        let problem = match axes.iter().find(|axis| axis.name == name) {
            Some(several) => stated.at(at, format!("axis `{name}` moves {} paths", several.paths.len())),
            None => stated.at(at, format!("no axis `{name}`")).labelled(label),
        };
        return Err(problem.noted("allowed", format!("a number, or one of {}", names.join(", "))));
    };
    if let Some(value) = axes[axis].moves.iter().map(|of| &of[path]).find(|value| Number::of(value).is_none())
    {
        let problem = stated.at(at, format!("`{name}` is no number at every point"));
        return Err(problem.labelled(format!("a value is {value}")));
    }
    Ok(Factor::Of(axis, path))
}

impl Resolved {
    /// Whether a point holds it; `moves` are its moves, axis by axis.
    #[must_use]
    pub fn holds(&self, moves: &[&[String]]) -> bool {
        let value = |factor: &Factor| match factor {
            Factor::Number(value) => *value,
            // Resolved ones are numbers.
            Factor::Of(axis, path) => {
                Number::of(&moves[*axis][*path]).map_or(f64::NAN, |number| number.value)
            }
        };
        let left: f64 = self.left.iter().map(value).product();
        let right: f64 = self.right.iter().map(value).product();
        match self.is {
            Relation::AtMost => left <= right,
            Relation::AtLeast => left >= right,
            Relation::Below => left < right,
            Relation::Above => left > right,
            Relation::Equal => left == right,
            Relation::Unequal => left != right,
        }
    }
}
