// One core, or two joined by links, and the host's port: the whole reference chip.
//
// Models: a step as docs/arithmetic.md has it (section 3) and its barrier. Control events and the write port act
// between two steps and reach every core, or the core of `load_core`; stimuli of a step are packets of the host that
// come inside it.
// Promises: a step begins in the cycle after `step_start` and ends with `step_done`, when every core is done, no packet
// is under way and `stimulus_more` is low. Nothing that waits can change the bits of the step (every delay is 1 or
// more). Cycles from `step_start` to `step_done` are those of the slowest core or of the last packet, and one more.
// Absent on purpose: more than two cores, spikes that leave the chip, clock gating (and so no second set of results).
module chip #(
    parameter int CORES = 2,
    parameter int LINK_CYCLES = 2,
    parameter int QUEUE_DEPTH = 16,
    parameter int NEURONS = 16,
    parameter int AXONS = 32,
    parameter int SLOTS = 8,
    parameter int LANES = 1,
    parameter int WIDTH = 24,
    parameter int DECAY_FRACTION = 12,
    parameter int SUM_BITS = 32,
    parameter int WEIGHT_BITS = 16,
    parameter int FANOUT = 2,
    parameter int LEARNING = 1,
    parameter int CHANNELS = 4,
    parameter int GROUPS = 2,
    parameter int ERROR_SLOTS = 4,
    parameter int TRACE_BITS = 8,
    parameter int ERROR_BITS = 10,
    parameter int ERROR_SHIFT = 8,
    parameter int THIRD_BITS = 10,
    parameter int SURROGATE_BITS = 8,
    parameter int SURROGATE_FRACTION = 7,
    parameter int LOAD_BITS = 128
) (
    input  logic                 clk,
    input  logic                 reset,
    input  logic                 load_valid,
    input  logic                 load_core,
    input  logic [3:0]           load_memory,
    input  logic [23:0]          load_address,
    input  logic [LOAD_BITS-1:0] load_data,
    input  logic                 control_valid,
    input  logic [2:0]           control_kind,
    input  logic [15:0]          control_channel,
    input  logic [31:0]          control_value,
    input  logic                 step_start,
    output logic                 step_done,
    input  logic                 stimulus_more,
    input  logic                 stimulus_valid,
    input  logic                 stimulus_core,
    input  logic [15:0]          stimulus_axon,
    output logic                 stimulus_ready,
    output logic [31:0]          merged,
    output retire_t              retire_0,
    output retire_t              retire_1
);

  logic running;
  wire busy_0;
  wire quiet_0;
  wire stimulus_ready_0;
  wire [31:0] merged_0;
  wire send_valid_0;
  wire send_ready_0;
  packet_t send_0;
  wire receive_valid_0;
  wire receive_ready_0;
  packet_t receive_0;
  wire others_done;

  assign step_done = running && !busy_0 && quiet_0 && others_done && !stimulus_more;

  always_ff @(posedge clk) begin
    if (reset) running <= 1'b0;
    else if (step_start) running <= 1'b1;
    else if (step_done) running <= 1'b0;
  end

  node #(
      .NUMBER(0), .QUEUE_DEPTH(QUEUE_DEPTH), .NEURONS(NEURONS), .AXONS(AXONS), .SLOTS(SLOTS), .LANES(LANES),
      .WIDTH(WIDTH), .DECAY_FRACTION(DECAY_FRACTION), .SUM_BITS(SUM_BITS), .WEIGHT_BITS(WEIGHT_BITS), .FANOUT(FANOUT),
      .LEARNING(LEARNING), .CHANNELS(CHANNELS), .GROUPS(GROUPS), .ERROR_SLOTS(ERROR_SLOTS), .TRACE_BITS(TRACE_BITS),
      .ERROR_BITS(ERROR_BITS), .ERROR_SHIFT(ERROR_SHIFT), .THIRD_BITS(THIRD_BITS), .SURROGATE_BITS(SURROGATE_BITS),
      .SURROGATE_FRACTION(SURROGATE_FRACTION), .LOAD_BITS(LOAD_BITS)) node_0 (
      .clk(clk), .reset(reset), .load_valid(load_valid && !load_core), .load_memory(load_memory),
      .load_address(load_address), .load_data(load_data), .control_valid(control_valid), .control_kind(control_kind),
      .control_channel(control_channel), .control_value(control_value), .start(step_start), .advance(step_done),
      .busy(busy_0), .quiet(quiet_0), .stimulus_valid(running && stimulus_valid && !stimulus_core),
      .stimulus_axon(stimulus_axon), .stimulus_ready(stimulus_ready_0), .send_valid(send_valid_0), .send(send_0),
      .send_ready(send_ready_0), .receive_valid(receive_valid_0), .receive(receive_0),
      .receive_ready(receive_ready_0), .merged(merged_0), .retire(retire_0));

  generate
    if (CORES == 2) begin : pair
      wire busy_1;
      wire quiet_1;
      wire stimulus_ready_1;
      wire [31:0] merged_1;
      wire send_valid_1;
      wire send_ready_1;
      packet_t send_1;
      wire receive_valid_1;
      wire receive_ready_1;
      packet_t receive_1;
      wire empty_01;
      wire empty_10;
      packet_link #(.CYCLES(LINK_CYCLES)) link_01 (
          .clk(clk), .reset(reset), .send_valid(send_valid_0), .send(send_0), .send_ready(send_ready_0),
          .arrive_valid(receive_valid_1), .arrive(receive_1), .arrive_ready(receive_ready_1), .empty(empty_01));
      packet_link #(.CYCLES(LINK_CYCLES)) link_10 (
          .clk(clk), .reset(reset), .send_valid(send_valid_1), .send(send_1), .send_ready(send_ready_1),
          .arrive_valid(receive_valid_0), .arrive(receive_0), .arrive_ready(receive_ready_0), .empty(empty_10));
      node #(
          .NUMBER(1), .QUEUE_DEPTH(QUEUE_DEPTH), .NEURONS(NEURONS), .AXONS(AXONS), .SLOTS(SLOTS), .LANES(LANES),
          .WIDTH(WIDTH), .DECAY_FRACTION(DECAY_FRACTION), .SUM_BITS(SUM_BITS), .WEIGHT_BITS(WEIGHT_BITS),
          .FANOUT(FANOUT), .LEARNING(LEARNING), .CHANNELS(CHANNELS), .GROUPS(GROUPS), .ERROR_SLOTS(ERROR_SLOTS),
          .TRACE_BITS(TRACE_BITS), .ERROR_BITS(ERROR_BITS), .ERROR_SHIFT(ERROR_SHIFT), .THIRD_BITS(THIRD_BITS),
          .SURROGATE_BITS(SURROGATE_BITS), .SURROGATE_FRACTION(SURROGATE_FRACTION), .LOAD_BITS(LOAD_BITS)) node_1 (
          .clk(clk), .reset(reset), .load_valid(load_valid && load_core), .load_memory(load_memory),
          .load_address(load_address), .load_data(load_data), .control_valid(control_valid),
          .control_kind(control_kind), .control_channel(control_channel), .control_value(control_value),
          .start(step_start), .advance(step_done), .busy(busy_1), .quiet(quiet_1),
          .stimulus_valid(running && stimulus_valid && stimulus_core), .stimulus_axon(stimulus_axon),
          .stimulus_ready(stimulus_ready_1), .send_valid(send_valid_1), .send(send_1), .send_ready(send_ready_1),
          .receive_valid(receive_valid_1), .receive(receive_1), .receive_ready(receive_ready_1), .merged(merged_1),
          .retire(retire_1));
      assign others_done = !busy_1 && quiet_1 && empty_01 && empty_10;
      assign stimulus_ready = running && (stimulus_core ? stimulus_ready_1 : stimulus_ready_0);
      assign merged = merged_0 + merged_1;
    end else begin : alone
      // A packet to a core that is not there is taken and lost; no route of a loaded chip asks for it.
      assign send_ready_0 = 1'b1;
      assign receive_valid_0 = 1'b0;
      assign receive_0 = '0;
      assign retire_1 = '0;
      assign others_done = 1'b1;
      assign stimulus_ready = running && stimulus_ready_0;
      assign merged = merged_0;
      wire unused_other = &{1'b0, send_valid_0, send_0, receive_ready_0};
    end
  endgenerate

endmodule
