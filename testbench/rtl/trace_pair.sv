// The trace pair of a plastic axon after one step: section 4 of docs/arithmetic.md.
//
// Models: both orders; Q and P unsigned, saturated (2.4); one event at most (event limit 1).
// Promises: combinational; every intermediate value is exact.
// Absent on purpose: postsynaptic traces, which no rule of the contract has.
module trace_pair #(
    parameter int TRACE_BITS = 8,
    parameter int DECAY_FRACTION = 12
) (
    input  logic                    order_updated,
    input  logic [DECAY_FRACTION:0] current_decay,
    input  logic [DECAY_FRACTION:0] membrane_decay,
    input  logic [TRACE_BITS-1:0]   increment,
    input  logic                    event_now,
    input  logic [TRACE_BITS-1:0]   q,
    input  logic [TRACE_BITS-1:0]   p,
    output logic [TRACE_BITS-1:0]   next_q,
    output logic [TRACE_BITS-1:0]   next_p
);

  localparam int PRODUCT = TRACE_BITS + DECAY_FRACTION;
  localparam int SUM = TRACE_BITS + 1;

  wire [PRODUCT-1:0] q_product = PRODUCT'(q) * PRODUCT'(current_decay);
  wire [PRODUCT-1:0] p_product = PRODUCT'(p) * PRODUCT'(membrane_decay);
  wire [SUM-1:0] q_decayed = SUM'(q_product >> DECAY_FRACTION);
  wire [SUM-1:0] p_decayed = SUM'(p_product >> DECAY_FRACTION);

  wire [SUM-1:0] q_sum = q_decayed + (event_now ? SUM'(increment) : '0);
  assign next_q = q_sum[TRACE_BITS] ? '1 : q_sum[TRACE_BITS-1:0];

  wire [TRACE_BITS-1:0] q_used = order_updated ? next_q : q;
  wire [SUM-1:0] p_sum = p_decayed + SUM'(q_used);
  assign next_p = p_sum[TRACE_BITS] ? '1 : p_sum[TRACE_BITS-1:0];

endmodule
