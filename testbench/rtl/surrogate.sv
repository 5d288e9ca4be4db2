// The surrogate derivative of a neuron: section 8 of docs/arithmetic.md.
//
// Models: triangle, boxcar, ramp and exponential of half-width 2^l membrane lanes (`half_width_log2`), and the constant
// 1. The distance is taken to the threshold itself, for nothing adapts here (3.4).
// Promises: combinational; the value is at most 2^FRACTION, so SURROGATE_BITS is more than FRACTION.
// Absent on purpose: the fast sigmoid, which is a table.
module surrogate #(
    parameter int WIDTH = 24,
    parameter int SURROGATE_BITS = 8,
    parameter int FRACTION = 7
) (
    input  logic        [2:0]                shape,
    input  logic        [4:0]                half_width_log2,
    input  logic signed [WIDTH-1:0]          compared,
    input  logic signed [WIDTH-1:0]          threshold,
    output logic        [SURROGATE_BITS-1:0] value
);

  // Room for a distance, for 2^l, and for what a shift to the left by at most FRACTION + 1 adds.
  localparam int WIDE = WIDTH + FRACTION + 3;
  localparam logic [WIDE-1:0] ONE = WIDE'(1) << FRACTION;
  localparam logic [5:0] FRACTION_6 = 6'(FRACTION);

  wire signed [WIDTH:0] difference = (WIDTH + 1)'(compared) - (WIDTH + 1)'(threshold);
  wire [WIDTH:0] magnitude = difference < 0 ? -difference : difference;
  wire [WIDE-1:0] distance = WIDE'(magnitude);
  wire [WIDE-1:0] half_width = WIDE'(1) << half_width_log2;
  wire inside_width = distance < half_width;

  // A value of 2^l lanes brought to `FRACTION` bits: right by l - f with a floor, or left by f - l.
  wire [5:0] log2_of_width = {1'b0, half_width_log2};
  wire narrow = log2_of_width < FRACTION_6;
  wire [5:0] right = narrow ? 6'd0 : log2_of_width - FRACTION_6;
  wire [5:0] left = narrow ? FRACTION_6 - log2_of_width : 6'd0;

  wire [WIDE-1:0] triangle_lanes = half_width - distance;
  wire [WIDE-1:0] triangle = (triangle_lanes >> right) << left;

  // The ramp spans 2h, so it is brought to one bit less: right by l + 1 - f, or left by f - l - 1.
  wire signed [WIDE-1:0] ramp_difference = WIDE'(difference);
  wire [WIDE-1:0] ramp_lanes = half_width + $unsigned(ramp_difference);
  wire [WIDE-1:0] ramp = narrow ? ramp_lanes << (left - 6'd1) : ramp_lanes >> (right + 6'd1);

  wire [WIDE-1:0] halvings = distance >> half_width_log2;
  wire [WIDE-1:0] remainder = distance & (half_width - WIDE'(1));
  wire [WIDE-1:0] remainder_scaled = (remainder >> right) << left;
  wire [WIDE-1:0] exponential = halvings < WIDE'(31) ? ((ONE << 1) - remainder_scaled) >> (halvings + WIDE'(1)) : '0;

  wire [WIDE-1:0] chosen = shape == synfire_pkg::SURROGATE_EXPONENTIAL ? exponential
      : !inside_width ? '0
      : shape == synfire_pkg::SURROGATE_TRIANGLE ? triangle
      : shape == synfire_pkg::SURROGATE_BOXCAR ? ONE
      : shape == synfire_pkg::SURROGATE_RAMP ? ramp
      : '0;
  assign value = SURROGATE_BITS'(chosen);
  wire unused_high_bits = &{1'b0, chosen};

endmodule
