// The model from SystemVerilog: four neurons written as an RTL designer would, held to the model in every step.
module neurons (
    input  logic               clk,
    input  logic               step,
    input  logic         [1:0] events,
    output logic signed [23:0] current [0:3],
    output logic signed [23:0] membrane [0:3],
    output logic signed [23:0] compared [0:3],
    output logic         [3:0] fired
);
  logic signed [23:0] weights [0:7];
  logic signed [23:0] next [0:3];
  // Delays are one step: what fires in a step arrives in the next.
  logic [1:0] due;

  always_comb
    for (int n = 0; n < 4; n++) next[n] = membrane[n] + current[n];

  always_ff @(posedge clk)
    if (step) begin
      due <= events;
      for (int n = 0; n < 4; n++) begin
        current[n] <= (due[0] ? weights[n] : 24'sd0) + (due[1] ? weights[4+n] : 24'sd0);
        compared[n] <= next[n];
        fired[n] <= next[n] >= 24'sd100;
        membrane[n] <= next[n] >= 24'sd100 ? next[n] - 24'sd100 : next[n];
      end
    end
endmodule

module example;
  `include "synfire_dpi.svh"

  logic clk;
  logic step;
  logic [1:0] events;
  logic signed [23:0] current [0:3];
  logic signed [23:0] membrane [0:3];
  logic signed [23:0] compared [0:3];
  logic [3:0] fired;
  neurons hardware (.clk(clk), .step(step), .events(events), .current(current), .membrane(membrane),
                    .compared(compared), .fired(fired));

  longint unsigned model;
  longint unsigned records;
  longint unsigned total;
  int population;
  int expected;
  int spikes;
  int all [0:15];
  string folder;

  task must(input int status);
    if (status != SYNFIRE_OK) $fatal(1, "status %0d: %s", status, synfire_dpi_last_error());
  endtask

  task check(input longint unsigned n, input int unsigned what, input int unsigned neuron, input int observed);
    if (synfire_dpi_check(model, n, what, population, neuron, 0, 0, observed, expected) != SYNFIRE_OK)
      $fatal(1, "%s (the model has %0d)", synfire_dpi_last_error(), expected);
  endtask

  initial begin
    if (!$value$plusargs("folder=%s", folder)) folder = ".";
    must(synfire_dpi_create({folder, "/chip.ron"}, {folder, "/neurons.ron"}, model));
    must(synfire_dpi_find(model, SYNFIRE_POPULATION, "cells", population));
    for (int unsigned pre = 0; pre < 2; pre++)
      for (int unsigned post = 0; post < 4; post++) begin
        hardware.weights[3'(4 * pre + post)] = 24'(10 * post + 7 * pre + 5);
        must(synfire_dpi_write(model, SYNFIRE_WEIGHT, 0, pre, post, 1, 10 * post + 7 * pre + 5));
      end
    for (int n = 0; n < 4; n++) {hardware.current[n], hardware.membrane[n]} = '0;
    must(synfire_dpi_lockstep(model, 1));
    hardware.due = '0;
    step = 1'b1;
    for (longint unsigned n = 0; n < 1000; n++) begin
      events = {n % 3 == 0, n % 5 < 2};
      if (events[0]) must(synfire_dpi_spike(model, 0, 0, 1));
      if (events[1]) must(synfire_dpi_spike(model, 0, 1, 1));
      must(synfire_dpi_step(model));
      clk = 1'b0;
      #1 clk = 1'b1;
      #1;
      for (int unsigned neuron = 0; neuron < 4; neuron++) begin
        check(n, SYNFIRE_I, neuron, 32'(current[neuron[1:0]]));
        check(n, SYNFIRE_U, neuron, 32'(membrane[neuron[1:0]]));
        check(n, SYNFIRE_U_CMP, neuron, 32'(compared[neuron[1:0]]));
        check(n, SYNFIRE_S, neuron, 32'(fired[neuron[1:0]]));
        check(n, SYNFIRE_L, neuron, 0);
      end
      must(synfire_dpi_check_end(model, n, records));
      total += records;
      must(synfire_dpi_read_neurons(model, SYNFIRE_S, population, 0, all));
      spikes += all[0] + all[1] + all[2] + all[3];
    end
    if (synfire_dpi_check(model, 999, SYNFIRE_U, population, 0, 0, 0, 1 << 20, expected) != SYNFIRE_ARGUMENT)
      $fatal(1, "a step that was ended was compared");
    must(synfire_dpi_free(model));
    if (synfire_dpi_step(model) != SYNFIRE_NO_MODEL) $fatal(1, "a model that was freed ran");
    $display("contract %s: %0d spikes, %0d values equal", synfire_dpi_contract(), spikes, total);
    $finish;
  end
endmodule
