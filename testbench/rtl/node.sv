// A core with its queues: what comes from the host, from the other core and from itself.
//
// Models: the arrival queue of "Cycle by cycle" in docs/timing-and-energy.md, as one queue a source; the core takes one
// packet a cycle, first what came over the link, then its own, then the host's. No bit depends on the order.
// Promises: a packet that a core sends to itself is there in the next cycle. `quiet` says that no packet waits.
// Absent on purpose: an output queue; a packet leaves in the cycle in which it is made, or its core waits.
module node #(
    parameter int NUMBER = 0,
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
    input  logic [3:0]           load_memory,
    input  logic [23:0]          load_address,
    input  logic [LOAD_BITS-1:0] load_data,
    input  logic                 control_valid,
    input  logic [2:0]           control_kind,
    input  logic [15:0]          control_channel,
    input  logic [31:0]          control_value,
    input  logic                 start,
    input  logic                 advance,
    output logic                 busy,
    output logic                 quiet,
    input  logic                 stimulus_valid,
    input  logic [15:0]          stimulus_axon,
    output logic                 stimulus_ready,
    output logic                 send_valid,
    output packet_t              send,
    input  logic                 send_ready,
    input  logic                 receive_valid,
    input  packet_t              receive,
    output logic                 receive_ready,
    output logic [31:0]          merged,
    output retire_t              retire
);

  wire made_valid;
  wire made_ready;
  packet_t made;
  wire stays = made.to_core == (NUMBER != 0);

  packet_t stimulus;
  assign stimulus = {2'b00, stimulus_axon, 16'd0};
  wire host_valid;
  wire host_ready;
  packet_t host_packet;
  packet_queue #(.DEPTH(QUEUE_DEPTH)) host_queue (
      .clk(clk), .reset(reset), .put_valid(stimulus_valid), .put(stimulus), .put_ready(stimulus_ready),
      .get_valid(host_valid), .get(host_packet), .get_ready(host_ready));

  wire own_valid;
  wire own_ready;
  wire own_room;
  packet_t own_packet;
  packet_queue #(.DEPTH(QUEUE_DEPTH)) own_queue (
      .clk(clk), .reset(reset), .put_valid(made_valid && stays), .put(made), .put_ready(own_room),
      .get_valid(own_valid), .get(own_packet), .get_ready(own_ready));

  wire far_valid;
  packet_t far_packet;
  packet_queue #(.DEPTH(QUEUE_DEPTH)) far_queue (
      .clk(clk), .reset(reset), .put_valid(receive_valid), .put(receive), .put_ready(receive_ready),
      .get_valid(far_valid), .get(far_packet), .get_ready(1'b1));

  packet_t arrive;
  assign own_ready = !far_valid;
  assign host_ready = !far_valid && !own_valid;
  assign arrive = far_valid ? far_packet : own_valid ? own_packet : host_packet;
  assign quiet = !far_valid && !own_valid && !host_valid;

  assign send_valid = made_valid && !stays;
  assign send = made;
  assign made_ready = stays ? own_room : send_ready;

  core #(
      .NEURONS(NEURONS), .AXONS(AXONS), .SLOTS(SLOTS), .LANES(LANES), .WIDTH(WIDTH), .DECAY_FRACTION(DECAY_FRACTION),
      .SUM_BITS(SUM_BITS), .WEIGHT_BITS(WEIGHT_BITS), .FANOUT(FANOUT), .LEARNING(LEARNING), .CHANNELS(CHANNELS),
      .GROUPS(GROUPS), .ERROR_SLOTS(ERROR_SLOTS), .TRACE_BITS(TRACE_BITS), .ERROR_BITS(ERROR_BITS),
      .ERROR_SHIFT(ERROR_SHIFT), .THIRD_BITS(THIRD_BITS), .SURROGATE_BITS(SURROGATE_BITS),
      .SURROGATE_FRACTION(SURROGATE_FRACTION), .LOAD_BITS(LOAD_BITS)) core_of_node (
      .clk(clk), .reset(reset), .load_valid(load_valid), .load_memory(load_memory), .load_address(load_address),
      .load_data(load_data), .control_valid(control_valid), .control_kind(control_kind),
      .control_channel(control_channel), .control_value(control_value), .start(start), .advance(advance), .busy(busy),
      .arrive_valid(!quiet), .arrive(arrive), .packet_valid(made_valid), .packet(made), .packet_ready(made_ready),
      .merged(merged), .retire(retire));

endmodule
