// `decay` of 2.2 of docs/arithmetic.md: `sign(x) * ((|x| * factor) >> FRACTION)`, toward zero.
//
// Promises: the whole product is kept before the shift; a factor of 2^FRACTION is the identity, also of the most
// negative code, which registers that wrap reach. Combinational.
// Absent on purpose: factors above 2^FRACTION, which no configuration has.
module decay #(
    parameter int WIDTH = 24,
    parameter int FRACTION = 12
) (
    input  logic signed [WIDTH-1:0]    x,
    input  logic        [FRACTION:0]   factor,
    output logic signed [WIDTH-1:0]    y
);

  // 2.5: a magnitude of at most 2^(WIDTH - 1), times at most 2^FRACTION.
  localparam int PRODUCT = WIDTH + FRACTION;

  wire negative = x[WIDTH-1];
  wire [WIDTH-1:0] magnitude = negative ? -x : x;
  wire [PRODUCT-1:0] product = PRODUCT'(magnitude) * PRODUCT'(factor);
  wire [WIDTH-1:0] kept = WIDTH'(product >> FRACTION);
  assign y = negative ? -kept : kept;

endmodule
