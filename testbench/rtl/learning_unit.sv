// The learning engine of a core: micro-steps 5 to 8 of section 3, and sections 4 to 9, of docs/arithmetic.md.
//
// Models: phases 3 to 6 of "Cycle by cycle" in docs/timing-and-energy.md, one after the other, each left out where it
// has no work: traces, an axon a cycle; third factors, a channel a cycle of every neuron, in steps in which one may be
// other than zero; group readouts, a cycle for each entry of a neuron that fired, one for each sum and one for each
// error; errors of a readout, a cycle each and one for each packet; surrogates, a neuron a cycle; weights, an update a
// cycle, of the synapses whose modulation and trace are not zero and of no others.
// Third factors: own error, random feedback and DCLL's group (7); B and G lie in one matrix, an entry a neuron and
// channel.
// Promises: no cycle passes between phases; `finishing` is high in the last cycle of work, or in the cycle of `start`
// where there is none. `clear` takes one cycle. Weights are those of after 8, visited in the order of section 11.
// Absent on purpose: mirrors, compartments, rate limits (7), errors handed down (5.2), eligibility (9.1), several
// populations.
module learning_unit #(
    parameter int NEURONS = 16,
    parameter int AXONS = 32,
    parameter int WIDTH = 24,
    parameter int DECAY_FRACTION = 12,
    parameter int WEIGHT_BITS = 16,
    parameter int CHANNELS = 4,
    parameter int GROUPS = 2,
    parameter int TRACE_BITS = 8,
    parameter int ERROR_BITS = 10,
    parameter int ERROR_SHIFT = 8,
    parameter int THIRD_BITS = 10,
    parameter int SURROGATE_BITS = 8,
    parameter int SURROGATE_FRACTION = 7
) (
    input  logic                              clk,
    input  logic                              reset,
    input  logic                              clear,
    input  logic                              start,
    input  logic                              learn,
    input  logic        [7:0]                 shift_offset,
    input  logic        [31:0]                step,
    input  neuron_settings_t                  neurons_settings,
    input  learning_settings_t                settings,
    input  rule_settings_t                    rule_0,
    input  rule_settings_t                    rule_1,
    input  logic                              load_matrix,
    input  logic        [$clog2(NEURONS*CHANNELS)-1:0] load_entry,
    input  logic        [7:0]                 load_data,
    input  logic        [AXONS-1:0]           events,
    input  logic        [NEURONS-1:0]         fired,
    output logic        [$clog2(NEURONS)-1:0] neuron,
    input  logic signed [WIDTH-1:0]           compared,
    input  logic signed [WIDTH-1:0]           threshold,
    output logic        [$clog2(CHANNELS)-1:0] channel,
    input  logic signed [WIDTH-1:0]           target,
    input  logic signed [ERROR_BITS-1:0]      due_error,
    input  logic                              any_error,
    output logic        [$clog2(AXONS)-1:0]   next_axon,
    input  axon_t                             next_axon_entry,
    output logic        [$clog2(AXONS)-1:0]   axon,
    input  logic signed [WEIGHT_BITS-1:0]     weight,
    output logic                              write,
    output logic signed [WEIGHT_BITS-1:0]     written,
    output logic                              packet_valid,
    output packet_t                           packet,
    input  logic                              packet_ready,
    output logic                              busy,
    output logic                              finishing,
    output logic                              retire_trace,
    output logic        [TRACE_BITS-1:0]      retire_q,
    output logic        [TRACE_BITS-1:0]      retire_p,
    output logic                              retire_third,
    output logic signed [THIRD_BITS-1:0]      retire_third_factor,
    output logic                              retire_error,
    output logic signed [ERROR_BITS-1:0]      own_error
);

  localparam int NEURON_BITS = $clog2(NEURONS);
  localparam int AXON_BITS = $clog2(AXONS);
  localparam int CHANNEL_BITS = $clog2(CHANNELS);
  localparam int GROUP_BITS = $clog2(GROUPS);
  // 2.5: projected error, and the modulation, whose surrogate is at most 2^SURROGATE_FRACTION.
  localparam int WEIGHTED = 8 + ERROR_BITS;
  localparam int FACTOR_SUM = WEIGHTED + CHANNEL_BITS;
  localparam int MODULATION_BITS = THIRD_BITS + SURROGATE_BITS;

  localparam logic [3:0] IDLE = 4'd0;
  localparam logic [3:0] TRACE = 4'd1;
  localparam logic [3:0] THIRD = 4'd2;
  localparam logic [3:0] GROUP = 4'd3;
  localparam logic [3:0] GROUP_ERROR = 4'd4;
  localparam logic [3:0] ERROR = 4'd5;
  localparam logic [3:0] ERROR_SEND = 4'd6;
  localparam logic [3:0] SURROGATE = 4'd7;
  localparam logic [3:0] WEIGHT = 4'd8;

  // Memories.
  logic [TRACE_BITS-1:0] traces_q [0:AXONS-1];
  logic [TRACE_BITS-1:0] traces_p [0:AXONS-1];
  logic [AXONS-1:0] trace_stale;
  logic [AXONS-1:0] trace_live;
  logic [7:0] matrix [0:NEURONS*CHANNELS-1];
  logic [THIRD_BITS-1:0] third_factors [0:NEURONS-1];
  logic [MODULATION_BITS-1:0] modulations [0:NEURONS-1];
  logic [NEURONS-1:0] modulated;

  logic [3:0] state;
  logic formed;
  logic [AXONS-1:0] axons_left;
  logic [NEURONS-1:0] neurons_left;
  logic [31:0] row;
  logic projection;
  logic signed [FACTOR_SUM-1:0] partial;
  logic [GROUP_BITS-1:0] group;
  logic [15:0] group_place;
  logic to_core;

  function automatic logic [NEURON_BITS-1:0] first_neuron(input logic [NEURONS-1:0] mask);
    integer i;
    begin
      first_neuron = '0;
      for (i = NEURONS - 1; i >= 0; i = i - 1) if (mask[i]) first_neuron = NEURON_BITS'(i);
    end
  endfunction

  function automatic logic [AXON_BITS-1:0] first_axon(input logic [AXONS-1:0] mask);
    integer i;
    begin
      first_axon = '0;
      for (i = AXONS - 1; i >= 0; i = i - 1) if (mask[i]) first_axon = AXON_BITS'(i);
    end
  endfunction

  logic [NEURON_BITS-1:0] counter;
  wire last_neuron = 16'(counter) == neurons_settings.neurons - 16'd1;
  wire last_channel = 16'(channel) == settings.channels - 16'd1;
  assign neuron = state == WEIGHT ? first_neuron(neurons_left) : counter;

  // 4: the trace pair of the axon at hand.
  wire [TRACE_BITS-1:0] q_before = trace_stale[axon] ? '0 : traces_q[axon];
  wire [TRACE_BITS-1:0] p_before = trace_stale[axon] ? '0 : traces_p[axon];
  wire last_axon = 16'(axon) == settings.plastic_axons - 16'd1;
  trace_pair #(.TRACE_BITS(TRACE_BITS), .DECAY_FRACTION(DECAY_FRACTION)) pair_of_axon (
      .order_updated(neurons_settings.order_updated),
      .current_decay(neurons_settings.current_decay[DECAY_FRACTION:0]),
      .membrane_decay(neurons_settings.membrane_decay[DECAY_FRACTION:0]),
      .increment(settings.trace_increment[TRACE_BITS-1:0]), .event_now(events[axon]), .q(q_before), .p(p_before),
      .next_q(retire_q), .next_p(retire_p));
  assign retire_trace = state == TRACE;

  // 7: the third factor, a channel a cycle.
  wire by_group = settings.third_factor == synfire_pkg::THIRD_GROUP;
  wire by_own = settings.third_factor == synfire_pkg::THIRD_OWN;
  wire own_channel = 16'(channel) == settings.neuron_base + 16'(counter);
  wire [NEURON_BITS-1:0] entry_neuron;
  wire signed [7:0] drawn_entry = matrix[{entry_neuron, channel}];
  wire signed [7:0] entry = by_own ? {7'd0, own_channel} : drawn_entry;
  wire signed [ERROR_BITS-1:0] group_error;
  wire signed [ERROR_BITS-1:0] heard_error = by_group ? group_error : due_error;
  wire signed [WEIGHTED-1:0] weighted = WEIGHTED'(entry) * WEIGHTED'(heard_error);
  wire signed [FACTOR_SUM-1:0] summed = (channel == '0 ? '0 : partial) + FACTOR_SUM'(weighted);
  wire signed [FACTOR_SUM-1:0] projected = summed >>> (by_own ? 5'd0 : settings.third_shift);
  saturate #(.IN(FACTOR_SUM), .OUT(THIRD_BITS)) saturation_of_factor (.x(projected), .y(retire_third_factor));
  assign retire_third = state == THIRD && last_channel;

  // 8: the surrogate and the modulation.
  wire no_surrogate = settings.surrogate == synfire_pkg::SURROGATE_NONE;
  wire [SURROGATE_BITS-1:0] slope;
  surrogate #(.WIDTH(WIDTH), .SURROGATE_BITS(SURROGATE_BITS), .FRACTION(SURROGATE_FRACTION)) surrogate_of_neuron (
      .shape(settings.surrogate), .half_width_log2(settings.half_width_log2), .compared(compared),
      .threshold(threshold), .value(slope));
  wire signed [THIRD_BITS-1:0] factor = third_factors[counter];
  wire signed [SURROGATE_BITS:0] slope_signed = {1'b0, slope};
  wire signed [MODULATION_BITS-1:0] product = MODULATION_BITS'(factor) * MODULATION_BITS'(slope_signed);
  wire signed [MODULATION_BITS-1:0] modulation = state == THIRD ? MODULATION_BITS'(retire_third_factor) : product;
  wire modulates = (retire_third && no_surrogate) || state == SURROGATE;
  wire [NEURONS-1:0] modulated_next = modulates && modulation != 0 ? modulated | (NEURONS'(1) << counter) : modulated;

  // 6: the readouts of the groups.
  wire group_error_any;
  wire group_adds;
  wire [NEURON_BITS-1:0] group_neuron;
  assign entry_neuron = state == GROUP ? group_neuron : counter;
  wire last_item = last_channel && 17'(group_place) + 17'(settings.group_neurons) >= 17'(neurons_settings.neurons);
  group_readout #(
      .NEURONS(NEURONS), .WIDTH(WIDTH), .DECAY_FRACTION(DECAY_FRACTION), .CHANNELS(CHANNELS), .GROUPS(GROUPS),
      .ERROR_BITS(ERROR_BITS), .ERROR_SHIFT(ERROR_SHIFT)) readout_of_groups (
      .clk(clk), .clear(clear), .learn(learn), .settings(settings), .fired(fired), .group(group),
      .channel(channel), .first_neuron(group_place), .entry(drawn_entry), .target(target), .sums(state == GROUP),
      .forms(state == GROUP_ERROR), .adds(group_adds), .neuron(group_neuron), .error(group_error),
      .any(group_error_any));

  // 5: the error of a readout neuron. Its target is that of its channel.
  membrane_error #(.WIDTH(WIDTH), .VALUE_BITS(WIDTH), .SHIFT(ERROR_SHIFT), .ERROR_BITS(ERROR_BITS)) error_of_neuron (
      .target(target), .value(compared), .one_sided(settings.one_sided), .midpoint(settings.midpoint[WIDTH-1:0]),
      .dead_zone(settings.dead_zone[ERROR_BITS-1:0]), .error(own_error));
  assign retire_error = state == ERROR;
  wire error_sends = own_error != '0 && settings.error_cores != 2'd0;
  wire sends_both = settings.error_cores == 2'b11;
  wire [15:0] own_index = settings.neuron_base + 16'(counter);
  assign packet_valid = state == ERROR_SEND;
  assign packet = {1'b1, to_core, own_index, 16'(own_error)};
  wire last_sent = state == ERROR_SEND && packet_ready && (to_core || !sends_both);
  wire error_done = (state == ERROR && !error_sends) || last_sent;

  // 9: a weight. `axons_left` are the axons that have a trace and whose turn has not come.
  wire [AXONS-1:0] axons_waiting = state == WEIGHT ? axons_left : trace_live;
  assign next_axon = first_axon(axons_waiting);
  wire rule_settings_t next_rule = next_axon_entry.projection ? rule_1 : rule_0;
  wire [31:0] next_row = synfire_pkg::row_key(
      synfire_pkg::step_key(settings.seed, step), next_rule.number, 32'(next_axon_entry.pre));
  wire [NEURONS-1:0] neurons_after = neurons_left & (neurons_left - NEURONS'(1));
  wire rule_settings_t rule = projection ? rule_1 : rule_0;
  weight_update #(
      .MODULATION_BITS(MODULATION_BITS), .TRACE_BITS(TRACE_BITS), .WEIGHT_BITS(WEIGHT_BITS)) update_of_weight (
      .rule(rule), .shift_offset(shift_offset), .row(row), .post(settings.neuron_base + 16'(neuron)),
      .modulation(modulations[neuron]), .p(traces_p[axon]), .weight(weight), .next_weight(written));
  assign write = state == WEIGHT;

  // Which phase follows. `forms` is the step's, also after the group errors of the next step were formed.
  wire forms = start ? learn && (by_group ? group_error_any
      : any_error && settings.third_factor != synfire_pkg::THIRD_NONE) : formed;
  wire [3:0] from_weight = forms && |trace_live && |modulated_next ? WEIGHT : IDLE;
  wire [3:0] from_surrogate = forms && !no_surrogate ? SURROGATE : from_weight;
  wire [3:0] from_error = settings.readout && learn ? ERROR : from_surrogate;
  wire [3:0] from_group = by_group ? GROUP : from_error;
  wire [3:0] from_third = forms ? THIRD : from_group;
  wire [3:0] from_trace = settings.plastic_axons != 16'd0 ? TRACE : from_third;

  wire group_item_done = (state == GROUP && !group_adds && !learn) || state == GROUP_ERROR;
  wire weights_done = neurons_after == '0 && axons_left == '0;
  wire phase_done = (state == TRACE && last_axon) || (retire_third && last_neuron) || (group_item_done && last_item)
      || (error_done && last_neuron) || (state == SURROGATE && last_neuron) || (state == WEIGHT && weights_done);
  wire [3:0] next_phase = state == IDLE ? from_trace : state == TRACE ? from_third : state == THIRD ? from_group
      : state == GROUP || state == GROUP_ERROR ? from_error : state == ERROR || state == ERROR_SEND ? from_surrogate
      : state == SURROGATE ? from_weight : IDLE;
  wire moves_on = (state == IDLE && start) || phase_done;
  assign busy = state != IDLE;
  assign finishing = moves_on && next_phase == IDLE;

  always_ff @(posedge clk) begin
    case (state)
      TRACE: begin
        traces_q[axon] <= retire_q;
        traces_p[axon] <= retire_p;
        trace_stale[axon] <= 1'b0;
        trace_live[axon] <= retire_p != '0;
        axon <= axon + AXON_BITS'(1);
      end
      THIRD: begin
        partial <= summed;
        channel <= last_channel ? '0 : channel + CHANNEL_BITS'(1);
        if (last_channel) begin
          third_factors[counter] <= retire_third_factor;
          counter <= counter + NEURON_BITS'(1);
          // The group of the next neuron.
          group_place <= group_place + 16'd1 == settings.group_neurons ? 16'd0 : group_place + 16'd1;
          if (group_place + 16'd1 == settings.group_neurons) group <= group + GROUP_BITS'(1);
        end
      end
      GROUP, GROUP_ERROR: begin
        state <= state == GROUP && !group_adds && learn ? GROUP_ERROR : GROUP;
        if (group_item_done) begin
          channel <= last_channel ? '0 : channel + CHANNEL_BITS'(1);
          if (last_channel) begin
            group <= group + GROUP_BITS'(1);
            group_place <= group_place + settings.group_neurons;
          end
        end
      end
      ERROR: begin
        if (error_sends) state <= ERROR_SEND;
        to_core <= !settings.error_cores[0];
      end
      ERROR_SEND: if (packet_ready) to_core <= 1'b1;
      SURROGATE: counter <= counter + NEURON_BITS'(1);
      WEIGHT: begin
        neurons_left <= neurons_after;
        if (neurons_after == '0) begin
          axon <= next_axon;
          row <= next_row;
          projection <= next_axon_entry.projection;
          axons_left <= axons_left & (axons_left - AXONS'(1));
          neurons_left <= modulated;
        end
      end
      default: ;
    endcase

    if (error_done) begin
      counter <= counter + NEURON_BITS'(1);
      channel <= channel + CHANNEL_BITS'(1);
      state <= ERROR;
    end
    if (modulates) begin
      modulations[counter] <= modulation;
      modulated <= modulated_next;
    end
    if (start) begin
      formed <= forms;
      modulated <= '0;
    end
    if (moves_on) begin
      state <= next_phase;
      counter <= '0;
      channel <= next_phase == ERROR ? CHANNEL_BITS'(settings.neuron_base) : '0;
      group <= '0;
      group_place <= 16'd0;
      axon <= next_phase == WEIGHT ? next_axon : '0;
      row <= next_row;
      projection <= next_axon_entry.projection;
      axons_left <= trace_live & (trace_live - AXONS'(1));
      neurons_left <= modulated_next;
    end

    if (clear) begin
      trace_stale <= '1;
      trace_live <= '0;
    end
    if (reset) state <= IDLE;
    if (load_matrix) matrix[load_entry] <= load_data;
  end

  wire unused_settings = &{1'b0, settings, neurons_settings, next_rule, next_axon_entry};

endmodule
