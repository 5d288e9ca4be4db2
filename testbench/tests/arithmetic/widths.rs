//! The table of section 2.5: how large the values between two registers become.
//!
//! The document states a formula; here the operation itself is evaluated in 128 bits wherever its operands are at their
//! ends, and the largest magnitude is the result. So a formula that forgets a term, or counts one twice, differs.

use crate::case::Options;
use crate::document::{Document, Table};
use crate::operations::each;
use crate::{Executor, results};

/// Executors of this file.
pub const EXECUTORS: &[Executor] =
    &[Executor { name: "widths", heading: "value | parameters | M | bits", inputs: 2, run: run_widths }];

/// Least and greatest value of an operand.
type Ends = (i128, i128);

/// The largest magnitude of `value` with each operand at one of its ends.
fn largest<const N: usize>(operands: [Ends; N], value: impl Fn([i128; N]) -> i128) -> i128 {
    let corner = |bits: u32| {
        let mut at = [0; N];
        for (index, (low, high)) in operands.into_iter().enumerate() {
            at[index] = if bits >> index & 1 == 0 { low } else { high };
        }
        value(at).abs()
    };
    (0..1 << N).map(corner).max().unwrap_or(0)
}

fn run_widths(_: &Document, table: &Table) -> Vec<Vec<String>> {
    each(table, |row| {
        let options = Options::of(row, 1);
        let of = |key: &str| i128::from(options.int::<i64>(key, -1));
        let signed = |key: &str| {
            let most = (1i128 << (of(key) - 1)) - 1;
            (-most, most)
        };
        let unsigned = |key: &str| (0, (1i128 << of(key)) - 1);
        let reach = |key: &str| (-of(key), of(key));
        let one = |key: &str| (0, 1i128 << of(key));
        let m = match row.text(0) {
            "current sum" => {
                let half = 1i128 << (of("sum") - 1);
                largest([reach("I"), (-half, half - 1)], |[i, s]| i + (s << of("shift")))
            }
            "membrane sum" => {
                let half = (1i128 << of("A")) / 2;
                let noise = if half > 0 { (-half, half - 1) } else { (0, 0) };
                largest([reach("U"), reach("I"), reach("bias"), noise], |[u, i, bias, xi]| u + i + bias + xi)
            }
            "decay product" => largest([reach("x"), one("F")], |[x, factor]| x * factor),
            "noisy threshold" => {
                let half = 1i128 << (of("A") - 1);
                largest([(0, signed("w").1), (-half, half - 1)], |[theta, xi]| theta + xi)
            }
            "distance" => largest([reach("U"), (0, signed("w").1)], |[u, theta]| u - theta),
            "error difference" => {
                largest([signed("w"), reach("U")], |[target, u]| (target - u) << of("left"))
            }
            "margin" => largest([signed("w"), reach("U"), reach("U")], |[margin, right, wrong]| {
                (margin - (right - wrong)).max(0) << of("left")
            }),
            "error trace" => {
                let increment = of("increment");
                largest([signed("t"), (-increment, increment)], |[e, spike]| e + spike)
                    .max(largest([signed("t"), signed("t")], |[second, first]| second + first))
            }
            "trace Q" => {
                largest([unsigned("t"), (0, of("limit"))], |[q, events]| q + of("increment") * events)
            }
            "trace P" => largest([unsigned("t"), unsigned("t")], |[p, q]| p + q),
            "group sum" => largest([signed("y"), reach("g")], |[y, g]| y + ((of("n") * g) << of("scale"))),
            "group difference" => largest([signed("w"), signed("y")], |[target, y]| target - y),
            "projected error" => largest([reach("g"), signed("e")], |[g, e]| of("K") * g * e),
            "limited third factor" => {
                let projected = (-of("x"), of("x"));
                largest([projected, (0, signed("l").1)], |[x, amount]| (x >> of("shift")) - amount)
            }
            "compartment" => largest([signed("l"), reach("x")], |[t, x]| t + (x >> of("shift"))),
            "modulation" => largest([signed("l"), one("f")], |[l, s]| l * s),
            "E1" => largest([unsigned("eb"), one("f"), unsigned("t")], |[e, s, p]| e + ((s * p) >> of("s"))),
            "E2" => largest([unsigned("eb"), unsigned("eb")], |[second, first]| second + first),
            "X difference" => largest([unsigned("t"), signed("eb")], |[p, x]| (p << of("x")) - x),
            "X product" => {
                largest([unsigned("t"), signed("eb"), one("f")], |[p, x, s]| s * ((p << of("x")) - x))
            }
            "X" => largest([signed("eb"), signed("eb")], |[x, e]| x + e),
            "written weight" => {
                let half = 1i128 << (of("p") - 1);
                let word = (0, (1i128 << of("k")) - 1);
                largest([signed("b"), (-half, half - 1), word], |[w, product, r]| {
                    w + ((product + r) >> of("k"))
                })
            }
            _ => row.bad(0),
        };
        options.all_read();
        results![m, i128::BITS - m.leading_zeros() + 1]
    })
}
