// The error of a value against its target: signal "membrane" of section 5, and line 2 of section 6, of
// docs/arithmetic.md.
//
// Models: `x = round_zero(target - value, fU - fE)`, one-sided where asked (5, line 2), saturated once, then the dead
// zone. A group's error is the same with a wider value, two-sided and without a dead zone.
// Promises: combinational; exact up to the saturation. SHIFT is `fU - fE`, 0 or more.
// Absent on purpose: errors of more fraction bits than the membrane, filtered spikes, competition (5.1).
module membrane_error #(
    parameter int WIDTH = 24,
    parameter int VALUE_BITS = 24,
    parameter int SHIFT = 8,
    parameter int ERROR_BITS = 10
) (
    input  logic signed [WIDTH-1:0]      target,
    input  logic signed [VALUE_BITS-1:0] value,
    input  logic                         one_sided,
    input  logic signed [WIDTH-1:0]      midpoint,
    input  logic        [ERROR_BITS-1:0] dead_zone,
    output logic signed [ERROR_BITS-1:0] error
);

  localparam int DIFFERENCE = (VALUE_BITS > WIDTH ? VALUE_BITS : WIDTH) + 1;

  wire signed [DIFFERENCE-1:0] difference = DIFFERENCE'(target) - DIFFERENCE'(value);
  wire [DIFFERENCE-1:0] magnitude = difference < 0 ? -difference : difference;
  wire signed [DIFFERENCE-1:0] shifted = DIFFERENCE'(magnitude >> SHIFT);
  wire signed [DIFFERENCE-1:0] rounded = difference < 0 ? -shifted : shifted;

  wire raises = target > midpoint;
  wire wrong_side = one_sided && (raises ? rounded < 0 : rounded > 0);
  wire signed [DIFFERENCE-1:0] kept = wrong_side ? '0 : rounded;

  wire signed [ERROR_BITS-1:0] saturated;
  saturate #(.IN(DIFFERENCE), .OUT(ERROR_BITS)) saturation_of_error (.x(kept), .y(saturated));
  wire [ERROR_BITS-1:0] size = saturated < 0 ? -saturated : saturated;
  assign error = size < dead_zone ? '0 : saturated;

endmodule
