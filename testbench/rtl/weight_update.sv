// One rounded, saturated update of a weight: 9.2 (rule "trace"), 9.3 and 9.6 of docs/arithmetic.md.
//
// Models: `w = clamp(w + ((product + r) >> k))`, product = modulation * P, modulation = L * surrogate; weight decay
// takes `w << (k - d)` from a product that is not zero; r is the dither of section 10, half a unit, or nothing.
// Promises: combinational; the product is exact and rounded once; the limits are those of the projection's store.
// Absent on purpose: eligibility states and normalisers (9.1, 9.5), products with events, shared taps (9.7).
module weight_update #(
    parameter int MODULATION_BITS = 18,
    parameter int TRACE_BITS = 8,
    parameter int WEIGHT_BITS = 16
) (
    input  rule_settings_t                      rule,
    input  logic        [7:0]                   shift_offset,
    input  logic        [31:0]                  row,
    input  logic        [15:0]                  post,
    input  logic signed [MODULATION_BITS-1:0]   modulation,
    input  logic        [TRACE_BITS-1:0]        p,
    input  logic signed [WEIGHT_BITS-1:0]       weight,
    output logic signed [WEIGHT_BITS-1:0]       next_weight
);

  localparam int PRODUCT = MODULATION_BITS + TRACE_BITS;
  // 9.6: a decayed weight has up to WEIGHT_BITS + 31 bits; what is rounded has one more, and r up to 31.
  localparam int DECAY = WEIGHT_BITS + 31;
  localparam int ROUNDED = (PRODUCT > DECAY ? PRODUCT : DECAY) + 2;

  wire signed [TRACE_BITS:0] p_signed = {1'b0, p};
  wire signed [PRODUCT-1:0] product = PRODUCT'(modulation) * PRODUCT'(p_signed);

  wire [4:0] decay_shift = rule.shift - rule.weight_decay;
  wire signed [ROUNDED-1:0] decay = ROUNDED'(weight) <<< decay_shift;
  wire signed [ROUNDED-1:0] change = ROUNDED'(product) - (rule.decays && product != 0 ? decay : '0);

  // 9.3.1
  wire [8:0] shift_sum = 9'(rule.shift) + 9'(shift_offset);
  wire [4:0] k = shift_sum > 9'd31 ? 5'd31 : shift_sum[4:0];
  // 9.3.2
  wire [31:0] dither = synfire_pkg::dither_word(row, 32'(post));
  wire [31:0] term = synfire_pkg::rounding_term(rule.rounding, k, dither);
  wire signed [ROUNDED-1:0] dithered = change + $signed(ROUNDED'(term));
  wire signed [ROUNDED-1:0] rounded = dithered >>> k;

  // 9.3.3
  wire signed [ROUNDED-1:0] sum = ROUNDED'(weight) + rounded;
  wire signed [ROUNDED-1:0] limit = (ROUNDED'(1) <<< (rule.store_bits - 5'd1)) - ROUNDED'(1);
  wire signed [ROUNDED-1:0] clamped = sum > limit ? limit : sum < -limit ? -limit : sum;
  assign next_weight = WEIGHT_BITS'(clamped);

  // The projection's number is in the row.
  wire unused_bits = &{1'b0, rule, clamped};

endmodule
