// DCLL's readouts of the groups of a core: section 6 of docs/arithmetic.md.
//
// Models: the group readout Y of each group and channel (6.1), and its error (6.2). One register holds an error, where
// the contract names two: the third factors of a step read it before the next errors are formed.
// Promises: `sums` adds an entry a cycle while `adds` is high, for each neuron of the group that fired, lowest first;
// in the cycle in which none is left it updates Y. `forms` forms the error of the Y that was updated last. Y advances
// whether or not the core learns; with the learn flag off its error is 0.
// Absent on purpose: groups over several cores.
module group_readout #(
    parameter int NEURONS = 16,
    parameter int WIDTH = 24,
    parameter int DECAY_FRACTION = 12,
    parameter int CHANNELS = 4,
    parameter int GROUPS = 2,
    parameter int ERROR_BITS = 10,
    parameter int ERROR_SHIFT = 8
) (
    input  logic                               clk,
    input  logic                               clear,
    input  logic                               learn,
    input  learning_settings_t                 settings,
    input  logic        [NEURONS-1:0]          fired,
    input  logic        [$clog2(GROUPS)-1:0]   group,
    input  logic        [$clog2(CHANNELS)-1:0] channel,
    input  logic        [15:0]                 first_neuron,
    input  logic signed [7:0]                  entry,
    input  logic signed [WIDTH-1:0]            target,
    input  logic                               sums,
    input  logic                               forms,
    output logic                               adds,
    output logic        [$clog2(NEURONS)-1:0]  neuron,
    output logic signed [ERROR_BITS-1:0]       error,
    output logic                               any
);

  localparam int NEURON_BITS = $clog2(NEURONS);
  localparam int ITEMS = GROUPS * CHANNELS;
  localparam int SUM_BITS = 8 + NEURON_BITS;
  // 2.5: the sum, shifted by at most 31, and Y.
  localparam int WIDE = SUM_BITS + 33;

  logic [31:0] readouts [0:ITEMS-1];
  logic [ERROR_BITS-1:0] errors [0:ITEMS-1];
  logic [ITEMS-1:0] readout_stale;
  logic [ITEMS-1:0] error_live;

  logic [15:0] added;
  logic signed [SUM_BITS-1:0] partial;

  function automatic logic [NEURON_BITS-1:0] first_of(input logic [NEURONS-1:0] mask);
    integer i;
    begin
      first_of = '0;
      for (i = NEURONS - 1; i >= 0; i = i - 1) if (mask[i]) first_of = NEURON_BITS'(i);
    end
  endfunction

  // Neurons of the group that fired and were not added: those from `first_neuron + added` on.
  wire [NEURONS-1:0] of_group = ~({NEURONS{1'b1}} << settings.group_neurons) << first_neuron;
  wire [NEURONS-1:0] left = (fired & of_group) >> (first_neuron + added) << (first_neuron + added);
  assign adds = left != '0;
  assign neuron = first_of(left);

  wire [$clog2(ITEMS)-1:0] item = {group, channel};
  wire signed [31:0] readout = readout_stale[item] ? '0 : readouts[item];
  wire signed [31:0] readout_decayed;
  decay #(.WIDTH(32), .FRACTION(DECAY_FRACTION)) decay_of_readout (
      .x(readout), .factor(settings.group_decay[DECAY_FRACTION:0]), .y(readout_decayed));
  wire signed [WIDE-1:0] scaled = WIDE'(partial) <<< settings.group_scale;
  wire signed [WIDE-1:0] readout_sum = WIDE'(readout_decayed) + scaled;
  wire signed [31:0] next_readout;
  saturate #(.IN(WIDE), .OUT(32)) saturation_of_readout (.x(readout_sum), .y(next_readout));

  wire signed [ERROR_BITS-1:0] next_error;
  membrane_error #(.WIDTH(WIDTH), .VALUE_BITS(32), .SHIFT(ERROR_SHIFT), .ERROR_BITS(ERROR_BITS)) error_of_group (
      .target(target), .value(readout), .one_sided(1'b0), .midpoint({WIDTH{1'b0}}),
      .dead_zone({ERROR_BITS{1'b0}}), .error(next_error));

  assign error = error_live[item] ? errors[item] : '0;
  assign any = |error_live;

  always_ff @(posedge clk) begin
    if (sums && adds) begin
      partial <= partial + SUM_BITS'(entry);
      added <= 16'(neuron) + 16'd1 - first_neuron;
    end
    if (sums && !adds) begin
      readouts[item] <= next_readout;
      readout_stale[item] <= 1'b0;
      if (!learn) error_live[item] <= 1'b0;
    end
    if (!sums || !adds) begin
      partial <= '0;
      added <= 16'd0;
    end
    if (forms) begin
      errors[item] <= next_error;
      error_live[item] <= next_error != '0;
    end
    if (clear) begin
      readout_stale <= '1;
      error_live <= '0;
    end
  end

  wire unused_settings = &{1'b0, settings};

endmodule
