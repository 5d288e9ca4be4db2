// A queue of packets with one writer and one reader.
//
// Models: a part of the arrival queue of "Cycle by cycle" in docs/timing-and-energy.md; a core has one for each way in.
// Promises: a packet is there in the cycle after the one in which it was put in; one goes in and one out in every
// cycle; a full queue is not `put_ready`, and loses nothing.
// Absent on purpose: priorities, clock domains.
module packet_queue #(
    parameter int DEPTH = 16
) (
    input  logic    clk,
    input  logic    reset,
    input  logic    put_valid,
    input  packet_t put,
    output logic    put_ready,
    output logic    get_valid,
    output packet_t get,
    input  logic    get_ready
);

  localparam int PLACE_BITS = $clog2(DEPTH);
  localparam int PACKET_BITS = 34;

  logic [PACKET_BITS-1:0] packets [0:DEPTH-1];
  logic [PLACE_BITS:0] written;
  logic [PLACE_BITS:0] taken;

  wire [PLACE_BITS:0] held = written - taken;
  assign put_ready = held != (PLACE_BITS + 1)'(DEPTH);
  assign get_valid = held != '0;
  assign get = packets[taken[PLACE_BITS-1:0]];

  always_ff @(posedge clk) begin
    if (reset) begin
      written <= '0;
      taken <= '0;
    end else begin
      if (put_valid && put_ready) begin
        packets[written[PLACE_BITS-1:0]] <= put;
        written <= written + (PLACE_BITS + 1)'(1);
      end
      if (get_valid && get_ready) taken <= taken + (PLACE_BITS + 1)'(1);
    end
  end

endmodule
