//! Random layouts, as texts: what a team may state.

use synfire::hardware::layout::Layout;

/// A source of choices.
pub struct Draw(pub u64);

impl Draw {
    /// A number below `count`.
    pub fn below(&mut self, count: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % count
    }

    fn pick<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[self.below(list.len() as u64) as usize]
    }
}

fn stated(draw: &mut Draw) -> String {
    let lanes = 1 + draw.below(9);
    let banks = 1 + draw.below(4);
    let first = draw.pick(&["Low", "High"]);
    let rows = draw.pick(&["Packed", "Aligned"]);
    let order = draw.pick(&["LastFastest", "FirstFastest"]);
    let bank_by = draw.pick(&["LowBits", "HighBits"]);
    format!(
        "lanes: {lanes}, banks: {banks}, first: {first}, rows: {rows}, order: {order}, bank_by: {bank_by}"
    )
}

/// A layout that every network fits.
pub fn random(draw: &mut Draw) -> Layout {
    let all = stated(draw);
    let weights = stated(draw);
    let (sign, own) = (draw.pick(&["TwosComplement", "Offset"]), draw.pick(&["SignMagnitude", "Offset"]));
    let text = format!(
        "(format: \"synfire-layout/1\", name: \"drawn\", all: ({all}, sign: {sign}), memories: {{
            \"weights\": ({weights}, sign: {own}, fields: [(\"weight\", {})]),
            \"axons\": (fields: [(\"delay\", 8), (\"pre\", 20)]),
        }})",
        17 + draw.below(20)
    );
    Layout::parse("drawn", &text).unwrap_or_else(|problems| panic!("{problems}\n{text}"))
}
