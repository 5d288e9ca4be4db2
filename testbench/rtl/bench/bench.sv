// Loads a chip, runs N steps, writes the retire trace: for Icarus and Verilator (--binary), without DPI.
//
// Plusargs: +dir=FOLDER with the images and events, +steps=N, +header=FILE (header of the trace; left out, header.trace of
// FOLDER), +trace=FILE, +cycles=FILE (a line `step cycles` each, from step_start to step_done; left out, none),
// +population_0=, +population_1= (indices of the cores' populations; left out, 0 and 1), +backdoor (images go straight into
// the memories, not through the write port).
// Files of FOLDER, C a core: registers_C.hex, axons_C.hex, synapses_C.hex, thresholds_C.hex, biases_C.hex,
// routes_C.hex, matrix_C.hex ($readmemh); control.txt, lines `step kind channel value`; stimulus.txt, lines `step core
// axon`; both by step.
module bench #(
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
    parameter int SURROGATE_FRACTION = 7
);

  localparam int LOAD_BITS = 128;
  localparam int WORDS = AXONS * NEURONS / LANES;

  logic clk;
  logic reset;
  logic load_valid;
  logic load_core;
  logic [3:0] load_memory;
  logic [23:0] load_address;
  logic [LOAD_BITS-1:0] load_data;
  logic control_valid;
  logic [2:0] control_kind;
  logic [15:0] control_channel;
  logic [31:0] control_value;
  logic step_start;
  wire step_done;
  logic stimulus_more;
  logic stimulus_valid;
  logic stimulus_core;
  logic [15:0] stimulus_axon;
  wire stimulus_ready;
  wire [31:0] merged;
  retire_t retire_0;
  retire_t retire_1;

  chip #(
      .CORES(CORES), .LINK_CYCLES(LINK_CYCLES), .QUEUE_DEPTH(QUEUE_DEPTH), .NEURONS(NEURONS), .AXONS(AXONS),
      .SLOTS(SLOTS), .LANES(LANES), .WIDTH(WIDTH), .DECAY_FRACTION(DECAY_FRACTION), .SUM_BITS(SUM_BITS),
      .WEIGHT_BITS(WEIGHT_BITS), .FANOUT(FANOUT), .LEARNING(LEARNING), .CHANNELS(CHANNELS), .GROUPS(GROUPS),
      .ERROR_SLOTS(ERROR_SLOTS), .TRACE_BITS(TRACE_BITS), .ERROR_BITS(ERROR_BITS), .ERROR_SHIFT(ERROR_SHIFT),
      .THIRD_BITS(THIRD_BITS), .SURROGATE_BITS(SURROGATE_BITS), .SURROGATE_FRACTION(SURROGATE_FRACTION),
      .LOAD_BITS(LOAD_BITS)) chip_of_bench (
      .clk(clk), .reset(reset), .load_valid(load_valid), .load_core(load_core), .load_memory(load_memory),
      .load_address(load_address), .load_data(load_data), .control_valid(control_valid), .control_kind(control_kind),
      .control_channel(control_channel), .control_value(control_value), .step_start(step_start),
      .step_done(step_done), .stimulus_more(stimulus_more), .stimulus_valid(stimulus_valid),
      .stimulus_core(stimulus_core), .stimulus_axon(stimulus_axon), .stimulus_ready(stimulus_ready), .merged(merged),
      .retire_0(retire_0), .retire_1(retire_1));
  retire_trace #(.CORES(CORES), .NEURONS(NEURONS), .AXONS(AXONS)) trace_of_bench (
      .clk(clk), .step_start(step_start), .retire_0(retire_0), .retire_1(retire_1));

  initial begin
    clk = 1'b0;
    forever #5 clk = ~clk;
  end

  logic [8*200-1:0] dir;
  logic [8*256-1:0] name;
  logic [8*256-1:0] second_name;
  logic [8*256-1:0] back_name;
  logic [8*256-1:0] header_name;
  logic [8*200-1:0] trace_name;
  logic [8*200-1:0] cycles_name;
  // Any image: synapses, the matrix, registers.
  logic [LOAD_BITS-1:0] image [0:AXONS*NEURONS+CHANNELS*NEURONS+63];
  integer steps;
  integer step;
  integer trace;
  integer cycles;
  integer spent;
  integer control_file;
  integer control_step;
  integer stimulus_file;
  integer stimulus_step;
  logic [2:0] next_kind;
  logic [15:0] next_channel;
  integer next_value;
  integer next_core;
  logic [15:0] next_axon;
  integer core;
  logic backdoor;
  logic backdoor_load;

  task tick;
    begin
      @(posedge clk);
      #1;
    end
  endtask

  // One image through the write port of a core; words that the file leaves out are 0.
  task load(input [8*32-1:0] memory_name, input [3:0] memory, input integer words);
    integer i;
    begin
      for (i = 0; i < words; i = i + 1) image[i] = '0;
      $sformat(name, "%0s/%0s_%0d.hex", dir, memory_name, core);
      $readmemh(name, image, 0, words - 1);
      load_core = core == 1;
      load_memory = memory;
      load_valid = 1'b1;
      for (i = 0; i < words; i = i + 1) begin
        load_address = i[23:0];
        load_data = image[i];
        tick;
      end
      load_valid = 1'b0;
    end
  endtask

  task next_control;
    if ($fscanf(control_file, "%d %d %d %d\n", control_step, next_kind, next_channel, next_value) != 4)
      control_step = -1;
  endtask

  task next_stimulus;
    if ($fscanf(stimulus_file, "%d %d %d\n", stimulus_step, next_core, next_axon) != 3) stimulus_step = -1;
  endtask

  task load_all;
    begin
      load("registers", 4'd0, 64);
      load("matrix", 4'd6, NEURONS * CHANNELS);
      if (!backdoor) begin
        load("axons", 4'd1, AXONS);
        load("synapses", 4'd2, WORDS);
        load("thresholds", 4'd3, NEURONS);
        load("biases", 4'd4, NEURONS);
        load("routes", 4'd5, NEURONS);
      end
      $sformat(name, "%0s/registers_%0d.hex", dir, core);
      $sformat(second_name, "%0s/axons_%0d.hex", dir, core);
      if (core == 0) trace_of_bench.recorder_0.load(name, second_name);
      else trace_of_bench.recorder_1.load(name, second_name);
    end
  endtask

  task send_stimuli;
    while (stimulus_step == step) begin
      stimulus_valid = 1'b1;
      stimulus_core = next_core == 1;
      stimulus_axon = next_axon;
      #1;
      if (stimulus_ready) next_stimulus;
      tick;
      spent = spent + 1;
      stimulus_valid = 1'b0;
    end
  endtask

  initial begin
    if (!$value$plusargs("dir=%s", dir)) dir = ".";
    if (!$value$plusargs("steps=%d", steps)) steps = 1;
    trace = 1;
    cycles = 0;
    if ($value$plusargs("trace=%s", trace_name)) trace = $fopen(trace_name, "w");
    if ($value$plusargs("cycles=%s", cycles_name)) cycles = $fopen(cycles_name, "w");
    backdoor = $test$plusargs("backdoor") != 0;
    {load_valid, load_core, load_memory, load_address, load_data} = '0;
    {control_valid, control_kind, control_channel, control_value} = '0;
    {step_start, stimulus_more, stimulus_valid, stimulus_core, stimulus_axon} = '0;
    backdoor_load = 1'b0;
    reset = 1'b1;
    tick;
    tick;
    reset = 1'b0;
    for (core = 0; core < CORES; core = core + 1) load_all;
    backdoor_load = backdoor;
    tick;
    if (!$value$plusargs("header=%s", header_name)) $sformat(header_name, "%0s/header.trace", dir);
    trace_of_bench.open(header_name, trace);

    $sformat(name, "%0s/control.txt", dir);
    control_file = $fopen(name, "r");
    $sformat(name, "%0s/stimulus.txt", dir);
    stimulus_file = $fopen(name, "r");
    next_control;
    next_stimulus;

    for (step = 0; step < steps; step = step + 1) begin
      while (control_step == step) begin
        control_valid = 1'b1;
        control_kind = next_kind;
        control_channel = next_channel;
        control_value = next_value;
        tick;
        control_valid = 1'b0;
        next_control;
      end
      step_start = 1'b1;
      stimulus_more = stimulus_step == step;
      spent = 0;
      tick;
      step_start = 1'b0;
      spent = 1;
      send_stimuli;
      stimulus_more = 1'b0;
      #1;
      while (!step_done) begin
        tick;
        #1;
        spent = spent + 1;
      end
      tick;
      spent = spent + 1;
      trace_of_bench.write(step);
      if (cycles != 0) $fwrite(cycles, "%0d %0d\n", step, spent);
    end
    $display("%0d steps, %0d merged events", steps, merged);
    $finish;
  end

  // The same memories by their hierarchical names.
  always @(posedge backdoor_load) begin
    $sformat(back_name, "%0s/axons_0.hex", dir);
    $readmemh(back_name, chip_of_bench.node_0.core_of_node.axon_memory.axons);
    $sformat(back_name, "%0s/synapses_0.hex", dir);
    $readmemh(back_name, chip_of_bench.node_0.core_of_node.synapses.weights);
    $sformat(back_name, "%0s/thresholds_0.hex", dir);
    $readmemh(back_name, chip_of_bench.node_0.core_of_node.neurons.thresholds);
    $sformat(back_name, "%0s/biases_0.hex", dir);
    $readmemh(back_name, chip_of_bench.node_0.core_of_node.neurons.biases);
    $sformat(back_name, "%0s/routes_0.hex", dir);
    $readmemh(back_name, chip_of_bench.node_0.core_of_node.neurons.routes);
  end
  generate
    if (CORES == 2) begin : pair_images
      logic [8*256-1:0] pair_name;
      always @(posedge backdoor_load) begin
        $sformat(pair_name, "%0s/axons_1.hex", dir);
        $readmemh(pair_name, chip_of_bench.pair.node_1.core_of_node.axon_memory.axons);
        $sformat(pair_name, "%0s/synapses_1.hex", dir);
        $readmemh(pair_name, chip_of_bench.pair.node_1.core_of_node.synapses.weights);
        $sformat(pair_name, "%0s/thresholds_1.hex", dir);
        $readmemh(pair_name, chip_of_bench.pair.node_1.core_of_node.neurons.thresholds);
        $sformat(pair_name, "%0s/biases_1.hex", dir);
        $readmemh(pair_name, chip_of_bench.pair.node_1.core_of_node.neurons.biases);
        $sformat(pair_name, "%0s/routes_1.hex", dir);
        $readmemh(pair_name, chip_of_bench.pair.node_1.core_of_node.neurons.routes);
      end
    end
  endgenerate

endmodule
