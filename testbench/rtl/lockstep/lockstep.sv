// The chip and the bit-exact model side by side: the same memories and events into both, every record that the chip retires
// held to the model's, every step. For Verilator (--binary), which links libsynfire_capi.
//
// Plusargs: +dir=FOLDER with the images of bench.sv, and chip.ron and network.ron, which say the same to the model; +steps=N.
// control.txt has lines `step kind channel value`, stimulus.txt lines `step core axon channel`: the packet for the chip, the
// channel of input 0 for the model, -1 where the model heard of the spike by an earlier line. Core C holds population C.
// The first difference ends the run with status 1. The last line counts what was compared.
module lockstep #(
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
  `include "synfire_dpi.svh"

  localparam int LOAD_BITS = 128;
  localparam int WORDS = AXONS * NEURONS / LANES;
  localparam int NEURON_BITS = $clog2(NEURONS);
  localparam int AXON_BITS = $clog2(AXONS);
  // Registers of a core that tell what its records are of.
  localparam int PLASTIC_AXONS = 22;
  localparam int READOUT = 29;
  localparam int ROUNDING_0 = 41;
  localparam int ROUNDING_1 = 47;
  localparam int NUMBER_0 = 44;
  localparam int NUMBER_1 = 50;
  // Where weights are counted; registers are by their numbers.
  localparam int W = SYNFIRE_F + 1;

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
  wire stimulus_ready;
  wire [31:0] merged;
  retire_t retire_0;
  retire_t retire_1;

  // Stimuli of the step, and the next one that the chip has not taken.
  int stimuli;
  int stimulus;
  logic stimulus_cores [0:2*AXONS-1];
  logic [15:0] stimulus_axons [0:2*AXONS-1];
  wire stimulus_more = stimulus < stimuli;

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
      .step_done(step_done), .stimulus_more(stimulus_more), .stimulus_valid(stimulus_more),
      .stimulus_core(stimulus_cores[stimulus]), .stimulus_axon(stimulus_axons[stimulus]),
      .stimulus_ready(stimulus_ready), .merged(merged), .retire_0(retire_0), .retire_1(retire_1));

  longint unsigned model;
  longint unsigned step;
  string dir;
  // What the images say, core by core.
  logic [31:0] registers [0:1][0:63];
  logic [31:0] axons [0:1][0:AXONS-1];
  // Third factors and errors that were formed in the step.
  logic [NEURONS-1:0] formed [0:1];
  logic [NEURONS-1:0] errors_formed [0:1];

  // Compared values, and those of them that were not 0.
  longint unsigned values [0:W];
  longint unsigned not_zero [0:W];
  longint unsigned changed_by_rounding [0:2];
  longint unsigned link_packets;
  longint unsigned cycles;

  task fail(input string text);
    begin
      $display("%s: %s", dir, text);
      $fatal(1, "the chip and the model differ, or cannot be compared");
    end
  endtask

  task must(input int status);
    if (status != SYNFIRE_OK) fail(synfire_dpi_last_error());
  endtask

  // A record of the chip, held to the model's. `kind` is where it is counted: a register's number, or W.
  task compare(input int unsigned kind, input int unsigned place, input int unsigned index, input int unsigned post,
               input int unsigned delay, input int observed);
    int expected;
    begin
      if (synfire_dpi_check(model, step, kind == W ? SYNFIRE_WEIGHT : kind, place, index, post, delay, observed,
                            expected) != SYNFIRE_OK) begin
        $display("the model has %0d", expected);
        fail(synfire_dpi_last_error());
      end
      values[kind] += 1;
      if (observed != 0) not_zero[kind] += 1;
    end
  endtask

  task compare_axon(input int unsigned kind, input logic core, input logic [15:0] axon, input int unsigned post,
                    input int observed);
    logic [31:0] entry;
    begin
      entry = axons[core][axon[AXON_BITS-1:0]];
      compare(kind, registers[core][entry[31] ? NUMBER_1 : NUMBER_0], 32'(entry[24:0]), post, 32'(entry[30:25]), observed);
    end
  endtask

  task compare_core(input logic core, input retire_t retire);
    logic second;
    begin
      if (retire.neuron_valid) begin
        compare(SYNFIRE_I, 32'(core), 32'(retire.neuron), 0, 0, retire.current);
        compare(SYNFIRE_U, 32'(core), 32'(retire.neuron), 0, 0, retire.membrane);
        compare(SYNFIRE_U_CMP, 32'(core), 32'(retire.neuron), 0, 0, retire.compared);
        compare(SYNFIRE_S, 32'(core), 32'(retire.neuron), 0, 0, 32'(retire.spike));
        compare(SYNFIRE_R, 32'(core), 32'(retire.neuron), 0, 0, 32'(retire.refractory));
        compare(SYNFIRE_D0, 32'(core), 32'(retire.neuron), 0, 0, retire.dendritic_sum);
      end
      if (retire.error_valid) begin
        errors_formed[core][retire.error_neuron[NEURON_BITS-1:0]] = 1'b1;
        compare(SYNFIRE_F, 32'(core), 32'(retire.error_neuron), 0, 0, 32'(retire.error));
      end
      if (retire.third_valid) begin
        formed[core][retire.third_neuron[NEURON_BITS-1:0]] = 1'b1;
        compare(SYNFIRE_L, 32'(core), 32'(retire.third_neuron), 0, 0, 32'(retire.third_factor));
      end
      if (retire.trace_valid && 32'(retire.trace_axon) < registers[core][PLASTIC_AXONS]) begin
        compare_axon(SYNFIRE_Q, core, retire.trace_axon, 0, 32'(retire.trace_q));
        compare_axon(SYNFIRE_P, core, retire.trace_axon, 0, 32'(retire.trace_p));
      end
      if (retire.weight_valid) begin
        compare_axon(W, core, retire.weight_axon, 32'(retire.weight_neuron), 32'(retire.weight));
        second = axons[core][retire.weight_axon[AXON_BITS-1:0]][31];
        changed_by_rounding[registers[core][second ? ROUNDING_1 : ROUNDING_0][1:0]] += 1;
      end
    end
  endtask

  always @(posedge clk) begin
    if (!reset) begin
      compare_core(1'b0, retire_0);
      if (CORES == 2) compare_core(1'b1, retire_1);
    end
    if (stimulus_more && stimulus_ready) stimulus <= stimulus + 1;
    else if (step_done) stimulus <= 0;
    cycles += 1;
  end

  generate
    if (CORES == 2) begin : links
      always @(posedge clk) begin
        if (chip_of_bench.send_valid_0 && chip_of_bench.send_ready_0) link_packets += 1;
        if (chip_of_bench.pair.send_valid_1 && chip_of_bench.pair.send_ready_1) link_packets += 1;
      end
    end
  endgenerate

  initial begin
    clk = 1'b0;
    forever #1 clk = !clk;
  end

  logic [LOAD_BITS-1:0] image [0:AXONS*NEURONS-1];

  // One image through the write port of a core.
  task load(input logic core, input string name, input logic [3:0] memory, input int words);
    begin
      for (int i = 0; i < words; i++) image[i] = '0;
      $readmemh($sformatf("%s/%s_%0d.hex", dir, name, core), image, 0, words - 1);
      load_core = core;
      load_memory = memory;
      load_valid = 1'b1;
      for (int i = 0; i < words; i++) begin
        load_address = i[23:0];
        load_data = image[i];
        if (memory == 4'd0) registers[core][i[5:0]] = image[i][31:0];
        if (memory == 4'd1) axons[core][i[AXON_BITS-1:0]] = image[i][31:0];
        @(negedge clk);
      end
      load_valid = 1'b0;
    end
  endtask

  int control_file;
  int stimulus_file;
  longint control_step;
  longint stimulus_step;
  int next_kind;
  int next_channel;
  int next_value;
  int next_core;
  int next_axon;
  int next_input;

  task next_control;
    if ($fscanf(control_file, "%d %d %d %d", control_step, next_kind, next_channel, next_value) != 4) control_step = -1;
  endtask

  task next_stimulus;
    if ($fscanf(stimulus_file, "%d %d %d %d", stimulus_step, next_core, next_axon, next_input) != 4) stimulus_step = -1;
  endtask

  // The step's control events, into both.
  task control;
    begin
      while (control_step == step) begin
        control_valid = 1'b1;
        control_kind = next_kind[2:0];
        control_channel = next_channel[15:0];
        control_value = next_value;
        case (control_kind)
          3'd0: must(synfire_dpi_clear(model));
          3'd1: must(synfire_dpi_target(model, next_channel, next_value));
          3'd2: must(synfire_dpi_learn(model, 0));
          3'd3: must(synfire_dpi_learn(model, 1));
          3'd4: must(synfire_dpi_shift_offset(model, next_value));
          default: fail("a control event of no kind");
        endcase
        next_control;
        @(negedge clk);
      end
      control_valid = 1'b0;
    end
  endtask

  // The step's spikes: into the model at once, into the chip while it runs.
  task spikes;
    begin
      stimuli = 0;
      while (stimulus_step == step) begin
        stimulus_cores[stimuli] = next_core[0];
        stimulus_axons[stimuli] = next_axon[15:0];
        stimuli += 1;
        if (next_input >= 0) must(synfire_dpi_spike(model, 0, next_input, 1));
        next_stimulus;
      end
    end
  endtask

  longint unsigned steps;
  longint unsigned began;
  longint unsigned records;
  longint unsigned all_records;

  task run_step;
    begin
      control;
      spikes;
      must(synfire_dpi_step(model));
      formed = '{default: '0};
      errors_formed = '{default: '0};
      began = cycles;
      step_start = 1'b1;
      @(negedge clk);
      step_start = 1'b0;
      while (!step_done) begin
        @(negedge clk);
        if (cycles - began > 1_000_000) fail("a step of the chip does not end");
      end
      @(negedge clk);
      // What was not formed is 0. A chip without a learning engine has no third factors: they are not counted.
      for (int core = 0; core < CORES; core++)
        for (int n = 0; n < registers[core[0]][0]; n++) begin
          if (!formed[core[0]][n[NEURON_BITS-1:0]]) compare(SYNFIRE_L, core, n, 0, 0, 0);
          if (registers[core[0]][READOUT][0] && !errors_formed[core[0]][n[NEURON_BITS-1:0]])
            compare(SYNFIRE_F, core, n, 0, 0, 0);
        end
      if (LEARNING == 0) values[SYNFIRE_L] = 0;
      must(synfire_dpi_check_end(model, step, records));
      all_records += records;
    end
  endtask

  task shown(input string name, input int kind);
    $write(" %s %0d %0d", name, values[kind], not_zero[kind]);
  endtask

  initial begin
    if (!$value$plusargs("dir=%s", dir)) dir = ".";
    if (!$value$plusargs("steps=%d", steps)) steps = 1;
    {load_valid, load_core, load_memory, load_address, load_data} = '0;
    {control_valid, control_kind, control_channel, control_value, step_start} = '0;
    stimuli = 0;
    link_packets = 0;
    reset = 1'b1;
    @(negedge clk);
    @(negedge clk);
    reset = 1'b0;
    for (int core = 0; core < CORES; core++) begin
      load(core[0], "registers", 4'd0, 64);
      load(core[0], "axons", 4'd1, AXONS);
      load(core[0], "synapses", 4'd2, WORDS);
      load(core[0], "thresholds", 4'd3, NEURONS);
      load(core[0], "biases", 4'd4, NEURONS);
      load(core[0], "routes", 4'd5, NEURONS);
      load(core[0], "matrix", 4'd6, NEURONS * CHANNELS);
    end
    must(synfire_dpi_create({dir, "/chip.ron"}, {dir, "/network.ron"}, model));
    must(synfire_dpi_lockstep(model, 1));
    control_file = $fopen({dir, "/control.txt"}, "r");
    stimulus_file = $fopen({dir, "/stimulus.txt"}, "r");
    next_control;
    next_stimulus;
    for (step = 0; step < steps; step++) run_step;
    must(synfire_dpi_free(model));
    $write("compared steps %0d records %0d", steps, all_records);
    shown("I", SYNFIRE_I);
    shown("U", SYNFIRE_U);
    shown("U_cmp", SYNFIRE_U_CMP);
    shown("S", SYNFIRE_S);
    shown("R", SYNFIRE_R);
    shown("D0", SYNFIRE_D0);
    shown("L", SYNFIRE_L);
    shown("F", SYNFIRE_F);
    shown("Q", SYNFIRE_Q);
    shown("P", SYNFIRE_P);
    shown("W", W);
    $display(" floor %0d nearest %0d stochastic %0d link %0d merged %0d cycles %0d", changed_by_rounding[0],
             changed_by_rounding[1], changed_by_rounding[2], link_packets, merged, cycles);
    $finish;
  end
endmodule
