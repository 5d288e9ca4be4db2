// Errors under way: one for each channel and step to come; micro-steps 1.2 and 9 of section 3 of docs/arithmetic.md.
//
// Models: a ring of SLOTS steps, so `error_delay` is at most SLOTS - 1. An error is used in the one step in which it is
// due.
// Promises: a channel without an error due reads 0; `any` says whether one of the channels has an error due. Both hold
// from the beginning of a step to its end, when `release_slot` empties the slot.
// Absent on purpose: surrogates under way (7.1), several readouts with channels of their own listeners.
module error_line #(
    parameter int CHANNELS = 4,
    parameter int SLOTS = 4,
    parameter int ERROR_BITS = 10
) (
    input  logic                              clk,
    input  logic                              clear,
    input  logic        [$clog2(SLOTS)-1:0]   slot,
    input  logic                              release_slot,
    input  logic        [5:0]                 error_delay,
    input  logic                              arrives,
    input  logic        [$clog2(CHANNELS)-1:0] arriving_channel,
    input  logic signed [ERROR_BITS-1:0]      arriving_error,
    input  logic        [$clog2(CHANNELS)-1:0] channel,
    output logic signed [ERROR_BITS-1:0]      error,
    output logic                              any
);

  localparam int SLOT_BITS = $clog2(SLOTS);

  logic [ERROR_BITS-1:0] errors [0:SLOTS*CHANNELS-1];
  logic [CHANNELS-1:0] pending [0:SLOTS-1];

  wire [SLOT_BITS-1:0] target = slot + error_delay[SLOT_BITS-1:0];
  wire [CHANNELS-1:0] due = pending[slot];
  assign any = |due;
  assign error = due[channel] ? errors[{slot, channel}] : '0;

  always_ff @(posedge clk) begin
    if (arrives) errors[{target, arriving_channel}] <= arriving_error;
    if (clear) begin
      for (int s = 0; s < SLOTS; s++) pending[s] <= '0;
    end else begin
      if (release_slot) pending[slot] <= '0;
      if (arrives) pending[target][arriving_channel] <= 1'b1;
    end
  end

  wire unused_delay = &{1'b0, error_delay};

endmodule
