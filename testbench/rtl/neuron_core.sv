// Delivery and the scan of neurons, time-multiplexed: micro-steps 2 to 4 and the spikes of 9 of section 3, and 3.1, of
// docs/arithmetic.md.
//
// Models: phases 1 and 2 of "Cycle by cycle" in docs/timing-and-energy.md. An axon with an event is looked up in a
// cycle; its row is added LANES synapses a cycle, every row from a word of its own; then each neuron is accessed and
// updated in a cycle, and makes its packets, one a cycle, before the next is accessed.
// Promises: dendritic sums are exact (SUM_BITS as section 1 proves them); no cycle passes between phases; `finishing`
// is high in the last cycle of work. `clear` takes one cycle: it marks every neuron stale, and a stale neuron reads its
// initial value.
// Absent on purpose: ports of negative exponents, injected currents, packets before their neuron's update is written.
module neuron_core #(
    parameter int NEURONS = 16,
    parameter int AXONS = 32,
    parameter int LANES = 1,
    parameter int WIDTH = 24,
    parameter int DECAY_FRACTION = 12,
    parameter int SUM_BITS = 32,
    parameter int WEIGHT_BITS = 16,
    parameter int FANOUT = 2
) (
    input  logic                            clk,
    input  logic                            reset,
    input  logic                            clear,
    input  logic                            start,
    input  logic                            reset_now,
    input  logic [AXONS-1:0]                due,
    input  neuron_settings_t                settings,
    input  delivery_settings_t              delivery_0,
    input  delivery_settings_t              delivery_1,
    input  logic                            load_threshold,
    input  logic                            load_bias,
    input  logic                            load_routes,
    input  logic [$clog2(NEURONS)-1:0]      load_neuron,
    input  logic [WIDTH-1:0]                load_lane,
    input  logic [FANOUT*18-1:0]            load_route,
    output logic [$clog2(AXONS)-1:0]        lookup_axon,
    input  logic                            lookup_projection,
    output logic [$clog2(AXONS)-1:0]        row_axon,
    output logic [$clog2(NEURONS)-1:0]      row_neuron,
    input  logic [LANES*WEIGHT_BITS-1:0]    row_word,
    output logic                            packet_valid,
    output packet_t                         packet,
    input  logic                            packet_ready,
    input  logic [$clog2(NEURONS)-1:0]      seen_neuron,
    output logic signed [WIDTH-1:0]         seen_compared,
    output logic signed [WIDTH-1:0]         seen_threshold,
    output logic [NEURONS-1:0]              fired,
    output logic                            finishing,
    output logic                            retire_valid,
    output logic [$clog2(NEURONS)-1:0]      retire_neuron,
    output logic signed [WIDTH-1:0]         retire_current,
    output logic signed [WIDTH-1:0]         retire_membrane,
    output logic signed [WIDTH-1:0]         retire_compared,
    output logic                            retire_spike,
    output logic [7:0]                      retire_refractory,
    output logic signed [SUM_BITS-1:0]      retire_sum
);

  localparam int NEURON_BITS = $clog2(NEURONS);
  localparam int AXON_BITS = $clog2(AXONS);
  localparam int LANE_SHIFT = $clog2(LANES);
  localparam int WORDS = NEURONS / LANES;
  localparam int SUM_WORD = LANES * SUM_BITS;
  localparam int ROUTE_BITS = 18;
  localparam logic [NEURON_BITS-1:0] LANE_MASK = NEURON_BITS'(LANES - 1);

  localparam logic [2:0] IDLE = 3'd0;
  localparam logic [2:0] LOOKUP = 3'd1;
  localparam logic [2:0] ADD = 3'd2;
  localparam logic [2:0] SCAN = 3'd3;
  localparam logic [2:0] SEND = 3'd4;

  // Memories of a neuron: parameters, state, destinations.
  logic [WIDTH-1:0] thresholds [0:NEURONS-1];
  logic [WIDTH-1:0] biases [0:NEURONS-1];
  logic [WIDTH-1:0] currents [0:NEURONS-1];
  logic [WIDTH-1:0] membranes [0:NEURONS-1];
  logic [WIDTH-1:0] compareds [0:NEURONS-1];
  logic [7:0] refractory_counters [0:NEURONS-1];
  logic [FANOUT*ROUTE_BITS-1:0] routes [0:NEURONS-1];
  logic [NEURONS-1:0] stale;

  // Dendritic sums of this step; a word that no row has reached yet reads 0.
  logic [SUM_WORD-1:0] sums [0:WORDS-1];
  logic [NEURONS-1:0] summed;

  logic [2:0] state;
  logic [AXONS-1:0] waiting;
  logic [AXON_BITS-1:0] axon;
  logic projection;
  logic [NEURON_BITS-1:0] neuron;
  logic [FANOUT*ROUTE_BITS-1:0] routes_left;

  function automatic logic [AXON_BITS-1:0] first_axon(input logic [AXONS-1:0] mask);
    integer i;
    begin
      first_axon = '0;
      for (i = AXONS - 1; i >= 0; i = i - 1) if (mask[i]) first_axon = AXON_BITS'(i);
    end
  endfunction

  wire [NEURON_BITS-1:0] last_neuron = NEURON_BITS'(settings.neurons - 16'd1);
  wire [NEURON_BITS-1:0] word = neuron >> LANE_SHIFT;
  wire [NEURON_BITS-1:0] last_word = last_neuron >> LANE_SHIFT;

  // 3.1: one word of a row.
  assign lookup_axon = first_axon(waiting);
  assign row_axon = axon;
  assign row_neuron = neuron;
  wire delivery_settings_t delivery = projection ? delivery_1 : delivery_0;
  wire [SUM_WORD-1:0] sum_word = summed[word] ? sums[word[$clog2(WORDS)-1:0]] : '0;
  wire [SUM_WORD-1:0] next_sum_word;
  for (genvar g = 0; g < LANES; g++) begin : lane
    wire signed [WEIGHT_BITS-1:0] weight = row_word[g*WEIGHT_BITS +: WEIGHT_BITS];
    wire signed [WEIGHT_BITS-1:0] delivered = weight >>> delivery.dropped_bits;
    wire signed [SUM_BITS-1:0] addend = SUM_BITS'(delivered) <<< delivery.exponent;
    assign next_sum_word[g*SUM_BITS +: SUM_BITS] = sum_word[g*SUM_BITS +: SUM_BITS] + addend;
  end

  // 2 to 4: one neuron.
  wire [NEURON_BITS-1:0] place = neuron & LANE_MASK;
  wire [31:0] place_bit = 32'(place) * 32'(SUM_BITS);
  assign retire_sum = SUM_BITS'(sum_word >> place_bit);
  wire signed [WIDTH-1:0] current = stale[neuron] ? settings.initial_current[WIDTH-1:0] : currents[neuron];
  wire signed [WIDTH-1:0] membrane = stale[neuron] ? settings.initial_membrane[WIDTH-1:0] : membranes[neuron];
  wire [7:0] refractory = stale[neuron] ? 8'd0 : refractory_counters[neuron];
  soma #(.WIDTH(WIDTH), .DECAY_FRACTION(DECAY_FRACTION), .SUM_BITS(SUM_BITS)) soma_of_scan (
      .settings(settings), .threshold(thresholds[neuron]), .bias(biases[neuron]), .reset_now(reset_now),
      .dendritic_sum(retire_sum), .current(current), .membrane(membrane), .refractory(refractory),
      .fired_before(fired[neuron] && !stale[neuron]), .next_current(retire_current), .next_membrane(retire_membrane),
      .compared(retire_compared), .next_refractory(retire_refractory), .fires(retire_spike));

  // 9: the packets of the neuron that fired; used entries of a route word are its first ones.
  wire [FANOUT*ROUTE_BITS-1:0] route_word = routes[neuron];
  wire [FANOUT*ROUTE_BITS-1:0] routes_after = routes_left >> ROUTE_BITS;
  wire another_route = routes_after[ROUTE_BITS-1];
  assign packet_valid = state == SEND;
  assign packet = {1'b0, routes_left[16:0], 16'd0};

  wire sends = retire_spike && route_word[ROUTE_BITS-1];
  wire neuron_done = (state == SCAN && !sends) || (state == SEND && packet_ready && !another_route);
  assign finishing = neuron_done && neuron == last_neuron;

  assign retire_valid = state == SCAN;
  assign retire_neuron = neuron;
  assign seen_compared = compareds[seen_neuron];
  assign seen_threshold = thresholds[seen_neuron];

  always_ff @(posedge clk) begin
    if (reset) state <= IDLE;
    else begin
      case (state)
        IDLE:
          if (start) begin
            waiting <= due;
            summed <= '0;
            neuron <= '0;
            state <= |due ? LOOKUP : SCAN;
          end
        LOOKUP: begin
          axon <= lookup_axon;
          projection <= lookup_projection;
          waiting <= waiting & (waiting - AXONS'(1));
          state <= ADD;
        end
        ADD: begin
          sums[word[$clog2(WORDS)-1:0]] <= next_sum_word;
          summed[word] <= 1'b1;
          if (word == last_word) begin
            neuron <= '0;
            state <= |waiting ? LOOKUP : SCAN;
          end else neuron <= neuron + NEURON_BITS'(LANES);
        end
        SCAN: begin
          currents[neuron] <= retire_current;
          membranes[neuron] <= retire_membrane;
          compareds[neuron] <= retire_compared;
          refractory_counters[neuron] <= retire_refractory;
          fired[neuron] <= retire_spike;
          stale[neuron] <= 1'b0;
          routes_left <= route_word;
          if (sends) state <= SEND;
        end
        SEND: if (packet_ready) routes_left <= routes_after;
        default: state <= IDLE;
      endcase
      if (neuron_done) begin
        neuron <= neuron + NEURON_BITS'(1);
        state <= finishing ? IDLE : SCAN;
      end
    end
    if (clear) begin
      stale <= '1;
      fired <= '0;
    end
    if (load_threshold) thresholds[load_neuron] <= load_lane;
    if (load_bias) biases[load_neuron] <= load_lane;
    if (load_routes) routes[load_neuron] <= load_route;
  end

endmodule
