// The dense synapse memory of a core: a weight for every pair of axon and neuron.
//
// Models: the store of section 1 of docs/arithmetic.md; narrower stores are kept sign-extended to WEIGHT_BITS.
// Layout: a word holds the weights of LANES neurons that follow one another, the first in the lowest bits; words ascend
// by axon, then by neuron: address = (axon * NEURONS + neuron) / LANES.
// Promises: a word is read in the cycle of its address; a weight is written without touching the others of its word.
// Absent on purpose: sparse rows, shared taps, memories with registered reads.
module synapse_memory #(
    parameter int NEURONS = 16,
    parameter int AXONS = 32,
    parameter int LANES = 1,
    parameter int WEIGHT_BITS = 16
) (
    input  logic                                  clk,
    input  logic                                  load,
    input  logic [$clog2(AXONS*NEURONS/LANES)-1:0] load_address,
    input  logic [LANES*WEIGHT_BITS-1:0]          load_data,
    input  logic [$clog2(AXONS)-1:0]              axon,
    input  logic [$clog2(NEURONS)-1:0]            neuron,
    output logic [LANES*WEIGHT_BITS-1:0]          word,
    output logic signed [WEIGHT_BITS-1:0]         weight,
    input  logic                                  write,
    input  logic signed [WEIGHT_BITS-1:0]         written
);

  localparam int WORDS = AXONS * NEURONS / LANES;
  localparam int ADDRESS = $clog2(WORDS);
  localparam int LANE_SHIFT = $clog2(LANES);
  localparam int WORD_BITS = LANES * WEIGHT_BITS;
  localparam int NEURON_BITS = $clog2(NEURONS);
  localparam logic [NEURON_BITS-1:0] LANE_MASK = NEURON_BITS'(LANES - 1);

  logic [WORD_BITS-1:0] weights [0:WORDS-1];

  wire [ADDRESS-1:0] address = ADDRESS'({axon, neuron} >> LANE_SHIFT);
  wire [NEURON_BITS-1:0] lane = neuron & LANE_MASK;
  wire [31:0] first_bit = 32'(lane) * 32'(WEIGHT_BITS);
  wire [WORD_BITS-1:0] lane_mask = WORD_BITS'({WEIGHT_BITS{1'b1}}) << first_bit;
  wire [WORD_BITS-1:0] placed = WORD_BITS'($unsigned(written)) << first_bit;

  assign word = weights[address];
  assign weight = WEIGHT_BITS'(word >> first_bit);

  always_ff @(posedge clk) begin
    if (load) weights[load_address] <= load_data;
    else if (write) weights[address] <= (word & ~lane_mask) | (placed & lane_mask);
  end

endmodule
