// The axons of a core: projection, delay and presynaptic neuron of each.
//
// Models: the table that section 1 of docs/arithmetic.md calls axons; `axon_t` in synfire_pkg.sv is its word, 32 bits.
// Promises: three readers at once, each combinational: a packet that is marked, a lookup of delivery, a row that
// learns. The plastic axons of a core come first (`plastic_axons` of its registers), in the order of projection and
// presynaptic neuron, which is the order of section 11.
// Absent on purpose: several axons behind one input address; a packet names its axon.
module axon_table #(
    parameter int AXONS = 32
) (
    input  logic                     clk,
    input  logic                     load,
    input  logic [$clog2(AXONS)-1:0] load_axon,
    input  logic [31:0]              load_data,
    input  logic [$clog2(AXONS)-1:0] mark_axon,
    output axon_t                    mark_entry,
    input  logic [$clog2(AXONS)-1:0] lookup_axon,
    output axon_t                    lookup_entry,
    input  logic [$clog2(AXONS)-1:0] learning_axon,
    output axon_t                    learning_entry
);

  logic [31:0] axons [0:AXONS-1];

  assign mark_entry = axons[mark_axon];
  assign lookup_entry = axons[lookup_axon];
  assign learning_entry = axons[learning_axon];

  always_ff @(posedge clk) if (load) axons[load_axon] <= load_data;

endmodule
