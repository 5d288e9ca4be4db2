// Names, codes and functions that every module of the chip shares.
//
// Models: the rounding of 2.1, the hash of 10.1 and the dither word of 10.3 of docs/arithmetic.md, and the codes of
// every choice that configuration makes at run time. Widths are parameters of the modules, not of this package; the
// packed structures below give a configured value the widest field that the contract allows it, and a module takes the
// low bits.
//
// The structures stand outside the package on purpose: Icarus 11 cannot use a structure of a package by `pkg::name`,
// Yosys 0.23 has no `import`, and both read a type of the compilation unit. So this file comes first on every command
// line.
//
// Promises: every function is pure and exact in the width of its result.
// Absent on purpose: rounding toward zero of an update (section 13), a random generator with a state (section 10).
package synfire_pkg;

  // Rounding of a weight update, 9.3.
  localparam logic [1:0] ROUND_NEAREST = 2'd1;
  localparam logic [1:0] ROUND_STOCHASTIC = 2'd2;

  // Reset of a neuron that fired, 4.3. The value that is left is SubtractNext.
  localparam logic [1:0] RESET_SUBTRACT_NEXT = 2'd0;
  localparam logic [1:0] RESET_SUBTRACT_NOW = 2'd1;
  localparam logic [1:0] RESET_TO_VALUE = 2'd2;

  // Source of the third factor, 7.
  localparam logic [1:0] THIRD_NONE = 2'd0;
  localparam logic [1:0] THIRD_OWN = 2'd1;
  localparam logic [1:0] THIRD_GROUP = 2'd3;

  // Shape of the surrogate derivative, 8.
  localparam logic [2:0] SURROGATE_NONE = 3'd0;
  localparam logic [2:0] SURROGATE_TRIANGLE = 3'd1;
  localparam logic [2:0] SURROGATE_BOXCAR = 3'd2;
  localparam logic [2:0] SURROGATE_RAMP = 3'd3;
  localparam logic [2:0] SURROGATE_EXPONENTIAL = 3'd4;

  // Control events, 1.1.
  localparam logic [2:0] CONTROL_CLEAR = 3'd0;
  localparam logic [2:0] CONTROL_TARGET = 3'd1;
  localparam logic [2:0] CONTROL_LEARN_OFF = 3'd2;
  localparam logic [2:0] CONTROL_LEARN_ON = 3'd3;
  localparam logic [2:0] CONTROL_SHIFT_OFFSET = 3'd4;

  // Memories behind the write port of a core.
  localparam logic [3:0] LOAD_REGISTERS = 4'd0;
  localparam logic [3:0] LOAD_AXONS = 4'd1;
  localparam logic [3:0] LOAD_SYNAPSES = 4'd2;
  localparam logic [3:0] LOAD_THRESHOLDS = 4'd3;
  localparam logic [3:0] LOAD_BIASES = 4'd4;
  localparam logic [3:0] LOAD_ROUTES = 4'd5;
  localparam logic [3:0] LOAD_MATRIX = 4'd6;

  // 10.1: Jenkins' six-shift hash of 32 bits; every shift is logical.
  function automatic logic [31:0] mix(input logic [31:0] seed);
    logic [31:0] a;
    begin
      a = seed;
      a = (a + 32'h7ed55d16) + (a << 12);
      a = (a ^ 32'hc761c23c) ^ (a >> 19);
      a = (a + 32'h165667b1) + (a << 5);
      a = (a + 32'hd3a2646c) ^ (a << 9);
      a = (a + 32'hfd7046c5) + (a << 3);
      a = (a ^ 32'hb55a4f09) ^ (a >> 16);
      mix = a;
    end
  endfunction

  // 10.1: what all rows of a step share.
  function automatic logic [31:0] step_key(input logic [31:0] seed, input logic [31:0] step);
    step_key = mix(mix(seed) ^ step);
  endfunction

  // 10.1: the row of an axon; `key` is that of the step.
  function automatic logic [31:0] row_key(
      input logic [31:0] key, input logic [31:0] projection, input logic [31:0] pre);
    row_key = mix(mix(key ^ projection) ^ pre);
  endfunction

  // 10.1: the word of one synapse of a row.
  function automatic logic [31:0] dither_word(input logic [31:0] row, input logic [31:0] post);
    dither_word = mix(row + post * 32'h9e3779b9);
  endfunction

  // 2.1 and 10.3: what is added before the floor shift by `k`, at most 31: `dither(k)`, half a unit, or nothing.
  function automatic logic [31:0] rounding_term(
      input logic [1:0] mode, input logic [4:0] k, input logic [31:0] dither);
    begin
      rounding_term = 32'd0;
      if (k != 5'd0) begin
        if (mode == ROUND_STOCHASTIC) rounding_term = dither >> (6'd32 - {1'b0, k});
        if (mode == ROUND_NEAREST) rounding_term = 32'd1 << (k - 5'd1);
      end
    end
  endfunction

endpackage

// A packet: a spike names an axon of the core that it goes to, an error a channel, with the error as its value.
typedef struct packed {
  logic               error;
  logic               to_core;
  logic [15:0]        index;
  logic signed [15:0] value;
} packet_t;

// An axon of a core: which of its two projections, how many steps its spikes take, and its presynaptic neuron (for
// 10.1).
typedef struct packed {
  logic        projection;
  logic [5:0]  delay;
  logic [24:0] pre;
} axon_t;

// Micro-steps 2 to 4: a population. Signed values are lanes, sign-extended to 32 bits.
typedef struct packed {
  logic [15:0] neurons;
  logic        order_updated;
  logic        wrap_current;
  logic        wrap_membrane;
  logic        compare_greater;
  logic        spiking;
  logic        hold;
  logic [1:0]  reset_mode;
  logic [7:0]  refractory_steps;
  logic [4:0]  input_shift;
  logic [16:0] current_decay;
  logic [16:0] membrane_decay;
  logic [31:0] reset_value;
  logic [31:0] initial_current;
  logic [31:0] initial_membrane;
} neuron_settings_t;

// Delivery of a projection, 3.1: low bits of the store that are dropped, and the exponent, which is 0 or more.
typedef struct packed {
  logic [3:0] dropped_bits;
  logic [4:0] exponent;
} delivery_settings_t;

// The update of a projection, 9.3 and 9.6. `number` is the projection's place in the network, a name of its dither.
typedef struct packed {
  logic [4:0]  store_bits;
  logic [4:0]  shift;
  logic [1:0]  rounding;
  logic        decays;
  logic [4:0]  weight_decay;
  logic [31:0] number;
} rule_settings_t;

// Micro-steps 5 to 8: how the population of a core learns and forms errors.
typedef struct packed {
  logic [15:0] plastic_axons;
  logic [15:0] trace_increment;
  logic [15:0] channels;
  logic [1:0]  third_factor;
  logic [4:0]  third_shift;
  logic [2:0]  surrogate;
  logic [4:0]  half_width_log2;
  logic        readout;
  logic [1:0]  error_cores;
  logic        one_sided;
  logic [31:0] midpoint;
  logic [15:0] dead_zone;
  logic [15:0] neuron_base;
  logic [15:0] group_neurons;
  logic [16:0] group_decay;
  logic [4:0]  group_scale;
  logic [31:0] seed;
} learning_settings_t;

// What a core shows of its registers, each in the cycle in which it has its value of the step: those of section 11, and
// beside them the refractory counter and the dendritic sum of a neuron, and the error that a readout neuron formed.
typedef struct packed {
  logic               neuron_valid;
  logic [15:0]        neuron;
  logic signed [31:0] current;
  logic signed [31:0] membrane;
  logic signed [31:0] compared;
  logic               spike;
  logic [7:0]         refractory;
  logic signed [31:0] dendritic_sum;
  logic               third_valid;
  logic [15:0]        third_neuron;
  logic signed [15:0] third_factor;
  logic               error_valid;
  logic [15:0]        error_neuron;
  logic signed [15:0] error;
  logic               trace_valid;
  logic [15:0]        trace_axon;
  logic [15:0]        trace_q;
  logic [15:0]        trace_p;
  logic               weight_valid;
  logic [15:0]        weight_axon;
  logic [15:0]        weight_neuron;
  logic signed [15:0] weight;
} retire_t;
