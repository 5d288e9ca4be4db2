// Spikes under way: one bit for each axon and step to come; micro-steps 1.2 and 9 of section 3 of docs/arithmetic.md.
//
// Models: the arrival counter of an axon with an event limit of 1: a second event of one axon and step is merged into
// the first, and counted. A ring of SLOTS steps, so the longest delay is SLOTS - 1.
// Promises: `due` are the arrivals of this step while `take` is high, `events` the same from the next cycle to the end
// of the step; marking a packet takes one cycle and never waits for a reader.
// Absent on purpose: event limits above 1.
module arrival_buffer #(
    parameter int AXONS = 32,
    parameter int SLOTS = 8
) (
    input  logic                     clk,
    input  logic                     reset,
    input  logic                     clear,
    input  logic                     take,
    input  logic [$clog2(SLOTS)-1:0] slot,
    input  logic                     mark,
    input  logic [$clog2(AXONS)-1:0] mark_axon,
    input  logic [5:0]               mark_delay,
    output logic [AXONS-1:0]         due,
    output logic [AXONS-1:0]         events,
    output logic [31:0]              merged
);

  localparam int SLOT_BITS = $clog2(SLOTS);

  logic [AXONS-1:0] ring [0:SLOTS-1];

  wire [SLOT_BITS-1:0] target = slot + mark_delay[SLOT_BITS-1:0];
  wire [AXONS-1:0] marked = ring[target];
  assign due = ring[slot];

  always_ff @(posedge clk) begin
    if (clear) begin
      for (int s = 0; s < SLOTS; s++) ring[s] <= '0;
      events <= '0;
    end else begin
      if (take) begin
        events <= due;
        ring[slot] <= '0;
      end
      if (mark) ring[target][mark_axon] <= 1'b1;
    end
    if (reset) merged <= '0;
    else if (mark && marked[mark_axon]) merged <= merged + 32'd1;
  end

  wire unused_delay = &{1'b0, mark_delay};

endmodule
