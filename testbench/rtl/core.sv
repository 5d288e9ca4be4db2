// A core: registers, control, arrivals, synapse memory, the scan of neurons and the learning engine, in the order of a
// step.
//
// Models: section 3 of docs/arithmetic.md whole, for one population of neurons and up to two projections onto it.
// Promises: between `start` and the end of `busy` the core does micro-steps 1.2 to 9; packets are taken one a cycle
// beside them, also when it is not busy; a packet of step n is due in step n + delay, so none changes what this step
// does. `retire` shows every register of section 11 once a step, in the cycle in which it is formed.
// Absent on purpose: what the modules below leave out; LEARNING = 0 leaves out the learning engine and the error line.
module core #(
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
    input  logic                 arrive_valid,
    input  packet_t              arrive,
    output logic                 packet_valid,
    output packet_t              packet,
    input  logic                 packet_ready,
    output logic [31:0]          merged,
    output retire_t              retire
);

  localparam int NEURON_BITS = $clog2(NEURONS);
  localparam int AXON_BITS = $clog2(AXONS);
  localparam int CHANNEL_BITS = $clog2(CHANNELS);
  localparam int SLOT_BITS = $clog2(SLOTS);
  localparam int ERROR_SLOT_BITS = $clog2(ERROR_SLOTS);

  // Configuration and control.
  neuron_settings_t neuron_settings;
  delivery_settings_t delivery_0;
  delivery_settings_t delivery_1;
  learning_settings_t learning_settings;
  rule_settings_t rule_0;
  rule_settings_t rule_1;
  wire [31:0] reset_interval;
  wire [31:0] reset_offset;
  wire [5:0] error_delay;
  core_registers registers (
      .clk(clk), .reset(reset), .load(load_valid && load_memory == synfire_pkg::LOAD_REGISTERS),
      .address(load_address[5:0]), .data(load_data[31:0]), .neuron(neuron_settings), .delivery_0(delivery_0),
      .delivery_1(delivery_1), .learning(learning_settings), .rule_0(rule_0), .rule_1(rule_1),
      .reset_interval(reset_interval), .reset_offset(reset_offset), .error_delay(error_delay));

  wire clear;
  wire learn;
  wire [7:0] shift_offset;
  wire [31:0] step;
  wire reset_now;
  wire [CHANNEL_BITS-1:0] channel;
  wire signed [WIDTH-1:0] target;
  control #(.WIDTH(WIDTH), .CHANNELS(CHANNELS)) control_of_core (
      .clk(clk), .reset(reset), .control_valid(control_valid), .control_kind(control_kind),
      .control_channel(control_channel), .control_value(control_value), .advance(advance),
      .reset_interval(reset_interval), .reset_offset(reset_offset), .channel(channel), .target(target), .clear(clear),
      .learn(learn), .shift_offset(shift_offset), .step(step), .reset_now(reset_now));

  // Arrivals.
  wire [AXON_BITS-1:0] lookup_axon;
  wire [AXON_BITS-1:0] next_axon;
  axon_t mark_entry;
  axon_t lookup_entry;
  axon_t next_axon_entry;
  axon_table #(.AXONS(AXONS)) axon_memory (
      .clk(clk), .load(load_valid && load_memory == synfire_pkg::LOAD_AXONS),
      .load_axon(load_address[AXON_BITS-1:0]), .load_data(load_data[31:0]), .mark_axon(arrive.index[AXON_BITS-1:0]),
      .mark_entry(mark_entry), .lookup_axon(lookup_axon), .lookup_entry(lookup_entry), .learning_axon(next_axon),
      .learning_entry(next_axon_entry));

  wire [AXONS-1:0] due;
  wire [AXONS-1:0] events;
  arrival_buffer #(.AXONS(AXONS), .SLOTS(SLOTS)) arrivals (
      .clk(clk), .reset(reset), .clear(clear), .take(start), .slot(step[SLOT_BITS-1:0]),
      .mark(arrive_valid && !arrive.error), .mark_axon(arrive.index[AXON_BITS-1:0]),
      .mark_delay(mark_entry.delay), .due(due), .events(events), .merged(merged));

  // Synapses: delivery reads words, then the learning engine reads and writes weights.
  wire learning_busy;
  wire [AXON_BITS-1:0] row_axon;
  wire [NEURON_BITS-1:0] row_neuron;
  wire [AXON_BITS-1:0] learning_axon;
  wire [NEURON_BITS-1:0] learning_neuron;
  wire [LANES*WEIGHT_BITS-1:0] word;
  wire signed [WEIGHT_BITS-1:0] weight;
  wire signed [WEIGHT_BITS-1:0] written;
  wire write;
  synapse_memory #(.NEURONS(NEURONS), .AXONS(AXONS), .LANES(LANES), .WEIGHT_BITS(WEIGHT_BITS)) synapses (
      .clk(clk), .load(load_valid && load_memory == synfire_pkg::LOAD_SYNAPSES),
      .load_address(load_address[$clog2(AXONS*NEURONS/LANES)-1:0]), .load_data(load_data[LANES*WEIGHT_BITS-1:0]),
      .axon(learning_busy ? learning_axon : row_axon), .neuron(learning_busy ? learning_neuron : row_neuron),
      .word(word), .weight(weight), .write(write), .written(written));

  // Delivery and neurons.
  wire spike_valid;
  packet_t spike_packet;
  wire signed [WIDTH-1:0] compared;
  wire signed [WIDTH-1:0] threshold;
  wire [NEURONS-1:0] fired;
  wire scan_finishing;
  wire [NEURON_BITS-1:0] retire_neuron;
  wire signed [WIDTH-1:0] retire_current;
  wire signed [WIDTH-1:0] retire_membrane;
  wire signed [WIDTH-1:0] retire_compared;
  wire signed [SUM_BITS-1:0] retire_sum;
  neuron_core #(
      .NEURONS(NEURONS), .AXONS(AXONS), .LANES(LANES), .WIDTH(WIDTH), .DECAY_FRACTION(DECAY_FRACTION),
      .SUM_BITS(SUM_BITS), .WEIGHT_BITS(WEIGHT_BITS), .FANOUT(FANOUT)) neurons (
      .clk(clk), .reset(reset), .clear(clear), .start(start), .reset_now(reset_now), .due(due),
      .settings(neuron_settings), .delivery_0(delivery_0), .delivery_1(delivery_1),
      .load_threshold(load_valid && load_memory == synfire_pkg::LOAD_THRESHOLDS),
      .load_bias(load_valid && load_memory == synfire_pkg::LOAD_BIASES),
      .load_routes(load_valid && load_memory == synfire_pkg::LOAD_ROUTES),
      .load_neuron(load_address[NEURON_BITS-1:0]), .load_lane(load_data[WIDTH-1:0]),
      .load_route(load_data[FANOUT*18-1:0]), .lookup_axon(lookup_axon),
      .lookup_projection(lookup_entry.projection), .row_axon(row_axon), .row_neuron(row_neuron), .row_word(word),
      .packet_valid(spike_valid), .packet(spike_packet), .packet_ready(packet_ready), .seen_neuron(learning_neuron),
      .seen_compared(compared), .seen_threshold(threshold), .fired(fired), .finishing(scan_finishing),
      .retire_valid(retire.neuron_valid), .retire_neuron(retire_neuron), .retire_current(retire_current),
      .retire_membrane(retire_membrane), .retire_compared(retire_compared), .retire_spike(retire.spike),
      .retire_refractory(retire.refractory), .retire_sum(retire_sum));
  assign retire.neuron = 16'(retire_neuron);
  assign retire.current = 32'(retire_current);
  assign retire.membrane = 32'(retire_membrane);
  assign retire.compared = 32'(retire_compared);
  assign retire.dendritic_sum = 32'(retire_sum);

  // Learning.
  wire finishing;
  generate
    if (LEARNING != 0) begin : with_learning
      wire signed [ERROR_BITS-1:0] due_error;
      wire any_error;
      error_line #(.CHANNELS(CHANNELS), .SLOTS(ERROR_SLOTS), .ERROR_BITS(ERROR_BITS)) errors_due (
          .clk(clk), .clear(clear), .slot(step[ERROR_SLOT_BITS-1:0]), .release_slot(advance),
          .error_delay(error_delay), .arrives(arrive_valid && arrive.error),
          .arriving_channel(arrive.index[CHANNEL_BITS-1:0]), .arriving_error(arrive.value[ERROR_BITS-1:0]),
          .channel(channel), .error(due_error), .any(any_error));

      wire error_valid;
      packet_t error_packet;
      wire learning_finishing;
      wire [TRACE_BITS-1:0] retire_q;
      wire [TRACE_BITS-1:0] retire_p;
      wire signed [THIRD_BITS-1:0] retire_third_factor;
      wire signed [ERROR_BITS-1:0] own_error;
      learning_unit #(
          .NEURONS(NEURONS), .AXONS(AXONS), .WIDTH(WIDTH), .DECAY_FRACTION(DECAY_FRACTION), .WEIGHT_BITS(WEIGHT_BITS),
          .CHANNELS(CHANNELS), .GROUPS(GROUPS), .TRACE_BITS(TRACE_BITS), .ERROR_BITS(ERROR_BITS),
          .ERROR_SHIFT(ERROR_SHIFT), .THIRD_BITS(THIRD_BITS), .SURROGATE_BITS(SURROGATE_BITS),
          .SURROGATE_FRACTION(SURROGATE_FRACTION)) learning (
          .clk(clk), .reset(reset), .clear(clear), .start(scan_finishing), .learn(learn), .shift_offset(shift_offset),
          .step(step), .neurons_settings(neuron_settings), .settings(learning_settings), .rule_0(rule_0),
          .rule_1(rule_1), .load_matrix(load_valid && load_memory == synfire_pkg::LOAD_MATRIX),
          .load_entry(load_address[$clog2(NEURONS*CHANNELS)-1:0]), .load_data(load_data[7:0]), .events(events),
          .fired(fired), .neuron(learning_neuron), .compared(compared), .threshold(threshold), .channel(channel),
          .target(target), .due_error(due_error), .any_error(any_error), .next_axon(next_axon),
          .next_axon_entry(next_axon_entry), .axon(learning_axon), .weight(weight), .write(write), .written(written),
          .packet_valid(error_valid), .packet(error_packet), .packet_ready(packet_ready), .busy(learning_busy),
          .finishing(learning_finishing), .retire_trace(retire.trace_valid), .retire_q(retire_q), .retire_p(retire_p),
          .retire_third(retire.third_valid), .retire_third_factor(retire_third_factor),
          .retire_error(retire.error_valid), .own_error(own_error));
      assign packet_valid = spike_valid || error_valid;
      assign packet = error_valid ? error_packet : spike_packet;
      assign finishing = learning_finishing;
      assign retire.third_neuron = 16'(learning_neuron);
      assign retire.third_factor = 16'(retire_third_factor);
      assign retire.error_neuron = 16'(learning_neuron);
      assign retire.error = 16'(own_error);
      assign retire.trace_axon = 16'(learning_axon);
      assign retire.trace_q = 16'(retire_q);
      assign retire.trace_p = 16'(retire_p);
    end else begin : without_learning
      assign learning_busy = 1'b0;
      assign learning_axon = '0;
      assign learning_neuron = '0;
      assign next_axon = '0;
      assign channel = '0;
      assign write = 1'b0;
      assign written = '0;
      assign packet_valid = spike_valid;
      assign packet = spike_packet;
      assign finishing = scan_finishing;
      assign {retire.third_valid, retire.third_neuron, retire.third_factor} = '0;
      assign {retire.error_valid, retire.error_neuron, retire.error} = '0;
      assign {retire.trace_valid, retire.trace_axon, retire.trace_q, retire.trace_p} = '0;
      wire unused_learning = &{1'b0, learn, shift_offset, target, error_delay, rule_0, rule_1, learning_settings, fired,
          events, compared, threshold, next_axon_entry, weight, arrive.value, step};
    end
  endgenerate
  assign retire.weight_valid = write && written != weight;
  assign retire.weight_axon = 16'(learning_axon);
  assign retire.weight_neuron = 16'(learning_neuron);
  assign retire.weight = 16'(written);

  always_ff @(posedge clk) begin
    if (reset) busy <= 1'b0;
    else if (start) busy <= 1'b1;
    else if (finishing) busy <= 1'b0;
  end

  wire unused_bits = &{1'b0, arrive, load_address, load_data, mark_entry, lookup_entry, step};

endmodule
