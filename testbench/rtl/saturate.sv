// Saturation of 2.4 of docs/arithmetic.md: an exact value narrowed to a symmetric signed register.
//
// Promises: clamps to `-(2^(OUT-1) - 1) ..= 2^(OUT-1) - 1`; the most negative code never leaves. Combinational.
// Absent on purpose: unsigned registers, which never see a value below 0 here and clamp where they are formed.
module saturate #(
    parameter int IN = 26,
    parameter int OUT = 24
) (
    input  logic signed [IN-1:0]  x,
    output logic signed [OUT-1:0] y
);

  localparam logic signed [OUT-1:0] TOP = {1'b0, {(OUT - 1){1'b1}}};
  localparam logic signed [IN-1:0] TOP_WIDE = IN'(TOP);

  assign y = x > TOP_WIDE ? TOP : x < -TOP_WIDE ? -TOP : OUT'(x);

endmodule
