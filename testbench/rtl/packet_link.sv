// A link from one core to another: CYCLES registers in a row.
//
// Models: the way of a packet of `network: Ideal` in docs/timing-and-energy.md, of one hop of CYCLES cycles, on which
// packets follow one another a cycle apart. Spikes and errors take the same link.
// Promises: packets arrive in the order in which they were sent, none is lost; `empty` says that none is under way.
// Where the far end is not ready, all packets stand.
// Absent on purpose: flits, channels, credits: those of a network of routers.
module packet_link #(
    parameter int CYCLES = 2
) (
    input  logic    clk,
    input  logic    reset,
    input  logic    send_valid,
    input  packet_t send,
    output logic    send_ready,
    output logic    arrive_valid,
    output packet_t arrive,
    input  logic    arrive_ready,
    output logic    empty
);

  localparam int PACKET_BITS = 34;

  logic [CYCLES-1:0] valid;
  logic [CYCLES*PACKET_BITS-1:0] packets;

  wire moves = arrive_ready || !arrive_valid;
  assign send_ready = moves;
  assign arrive_valid = valid[CYCLES-1];
  assign arrive = packets[(CYCLES-1)*PACKET_BITS +: PACKET_BITS];
  assign empty = valid == '0;

  // The first register is the lowest; a shift to the left moves every packet on by one.
  always_ff @(posedge clk) begin
    if (reset) valid <= '0;
    else if (moves) begin
      valid <= (valid << 1) | CYCLES'(send_valid);
      packets <= (packets << PACKET_BITS) | (CYCLES * PACKET_BITS)'(send);
    end
  end

endmodule
