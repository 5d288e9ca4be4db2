// Collects what one core retires in a step, and writes its records as lines of a retire trace (docs/hardware.md), in the
// order of section 11 of docs/arithmetic.md.
//
// Which registers a line shows is selected by their letters: D (the dendritic sum of port 0), I, U, C (U_cmp), S, R, L and
// F (the error that the neuron formed) of a neuron, Q and P of an axon. L and F are 0 where none was formed. Axons and
// changes are walked one by one, by a key that another core's walk is compared with (retire_trace.sv).
module retire_recorder #(
    parameter int NEURONS = 16,
    parameter int AXONS = 32
) (
    input logic    clk,
    input logic    step_start,
    input retire_t retire
);

  logic signed [31:0] current [0:NEURONS-1];
  logic signed [31:0] membrane [0:NEURONS-1];
  logic signed [31:0] compared [0:NEURONS-1];
  logic spike [0:NEURONS-1];
  logic signed [15:0] third_factor [0:NEURONS-1];
  logic [7:0] refractory [0:NEURONS-1];
  logic signed [31:0] dendritic_sum [0:NEURONS-1];
  logic signed [15:0] error [0:NEURONS-1];
  logic [15:0] q [0:AXONS-1];
  logic [15:0] p [0:AXONS-1];
  logic [15:0] changed_axon [0:AXONS*NEURONS-1];
  logic [15:0] changed_neuron [0:AXONS*NEURONS-1];
  logic signed [15:0] changed_weight [0:AXONS*NEURONS-1];
  integer changes;

  always_ff @(posedge clk) begin
    if (step_start) changes <= 0;
    if (retire.neuron_valid) begin
      current[retire.neuron[$clog2(NEURONS)-1:0]] <= retire.current;
      membrane[retire.neuron[$clog2(NEURONS)-1:0]] <= retire.membrane;
      compared[retire.neuron[$clog2(NEURONS)-1:0]] <= retire.compared;
      spike[retire.neuron[$clog2(NEURONS)-1:0]] <= retire.spike;
      third_factor[retire.neuron[$clog2(NEURONS)-1:0]] <= 16'd0;
      refractory[retire.neuron[$clog2(NEURONS)-1:0]] <= retire.refractory;
      dendritic_sum[retire.neuron[$clog2(NEURONS)-1:0]] <= retire.dendritic_sum;
      error[retire.neuron[$clog2(NEURONS)-1:0]] <= 16'd0;
    end
    if (retire.third_valid) third_factor[retire.third_neuron[$clog2(NEURONS)-1:0]] <= retire.third_factor;
    if (retire.error_valid) error[retire.error_neuron[$clog2(NEURONS)-1:0]] <= retire.error;
    if (retire.trace_valid) begin
      q[retire.trace_axon[$clog2(AXONS)-1:0]] <= retire.trace_q;
      p[retire.trace_axon[$clog2(AXONS)-1:0]] <= retire.trace_p;
    end
    if (retire.weight_valid) begin
      changed_axon[changes] <= retire.weight_axon;
      changed_neuron[changes] <= retire.weight_neuron;
      changed_weight[changes] <= retire.weight;
      changes <= changes + 1;
    end
  end

  // A place in the order: projection, pre, post (0 of an axon), delay; all ones after the last.
  localparam logic [71:0] LAST = '1;
  logic [71:0] key;
  // Where the walk is.
  integer at;

  // The images name the axons and say how many neurons and plastic axons there are.
  logic [31:0] registers [0:63];
  logic [31:0] axons [0:AXONS-1];
  // Plastic axons in order; changes of the step in order.
  logic [71:0] axon_keys [0:AXONS-1];
  integer axon_order [0:AXONS-1];
  logic [71:0] change_keys [0:AXONS*NEURONS-1];
  integer change_order [0:AXONS*NEURONS-1];

  // What the header lists, 0 after the last letter: of neurons; of axons of the core's projections 0 and 1, two letters
  // each; whether their weights are traced.
  logic [7:0] neuron_letters [0:15];
  logic [7:0] axon_letters [0:3];
  logic [1:0] traced_axons;
  logic [1:0] traced_weights;

  function automatic logic [71:0] key_of(
      input logic [$clog2(AXONS)-1:0] axon, input logic [24:0] post, input logic of_weight);
    logic which;
    logic [15:0] number;
    begin
      which = axons[axon][31];
      number = which ? registers[50][15:0] : registers[44][15:0];
      // What is not traced is past the last.
      key_of = (of_weight ? traced_weights[which] : traced_axons[which])
          ? {number, axons[axon][24:0], post, axons[axon][30:25]} : LAST;
    end
  endfunction

  task load(input [8*256-1:0] registers_file, input [8*256-1:0] axons_file);
    integer i;
    begin
      $readmemh(registers_file, registers);
      $readmemh(axons_file, axons);
      for (i = 0; i < 16; i = i + 1) neuron_letters[i] = 8'd0;
      for (i = 0; i < 4; i = i + 1) axon_letters[i] = 8'd0;
      traced_axons = 2'd0;
      traced_weights = 2'd0;
      key = LAST;
    end
  endtask

  // The header lists a register of the neurons; of the axons, or the weights, of projection `number`.
  task select_neuron(input [7:0] letter);
    integer i;
    begin
      i = 0;
      while (neuron_letters[i] != 8'd0) i = i + 1;
      neuron_letters[i] = letter;
    end
  endtask

  task select_axon(input integer number, input [7:0] letter);
    integer which;
    for (which = 0; which < 2; which = which + 1)
      if (registers[which == 1 ? 50 : 44] == number) begin
        traced_axons[which[0]] = 1'b1;
        axon_letters[2 * which + (axon_letters[2 * which] == 8'd0 ? 0 : 1)] = letter;
      end
  endtask

  task select_weights(input integer number);
    integer which;
    for (which = 0; which < 2; which = which + 1)
      if (registers[which == 1 ? 50 : 44] == number) traced_weights[which[0]] = 1'b1;
  endtask

  // Both sorts are by insertion: what comes is nearly in order.
  task sort_axons;
    integer i;
    integer j;
    for (i = 0; i < registers[22]; i = i + 1) begin
      key = key_of(i[$clog2(AXONS)-1:0], 25'd0, 1'b0);
      j = i;
      while (j > 0 && axon_keys[j > 0 ? j - 1 : 0] > key) begin
        axon_keys[j] = axon_keys[j - 1];
        axon_order[j] = axon_order[j - 1];
        j = j - 1;
      end
      axon_keys[j] = key;
      axon_order[j] = i;
    end
  endtask

  task sort_changes;
    integer i;
    integer j;
    for (i = 0; i < changes; i = i + 1) begin
      key = key_of(changed_axon[i][$clog2(AXONS)-1:0], registers[34][24:0] + 25'(changed_neuron[i]), 1'b1);
      j = i;
      while (j > 0 && change_keys[j > 0 ? j - 1 : 0] > key) begin
        change_keys[j] = change_keys[j - 1];
        change_order[j] = change_order[j - 1];
        j = j - 1;
      end
      change_keys[j] = key;
      change_order[j] = i;
    end
  endtask

  task write_neuron_letter(input integer file, input [7:0] letter, input logic [$clog2(NEURONS)-1:0] neuron);
    case (letter)
      "D": $fwrite(file, " %0d", dendritic_sum[neuron]);
      "I": $fwrite(file, " %0d", current[neuron]);
      "U": $fwrite(file, " %0d", membrane[neuron]);
      "C": $fwrite(file, " %0d", compared[neuron]);
      "S": $fwrite(file, " %0d", spike[neuron]);
      "R": $fwrite(file, " %0d", refractory[neuron]);
      "L": $fwrite(file, " %0d", third_factor[neuron]);
      default: $fwrite(file, " %0d", error[neuron]);
    endcase
  endtask

  task write_neurons(input integer file, input integer population);
    integer i;
    integer letter;
    if (neuron_letters[0] != 8'd0)
      for (i = 0; i < registers[0]; i = i + 1) begin
        $fwrite(file, "n %0d %0d", population, registers[34] + i);
        for (letter = 0; neuron_letters[letter] != 8'd0; letter = letter + 1)
          write_neuron_letter(file, neuron_letters[letter], i[$clog2(NEURONS)-1:0]);
        $fwrite(file, "\n");
      end
  endtask

  task first_axon;
    begin
      at = 0;
      key = registers[22] == 0 ? LAST : axon_keys[0];
    end
  endtask

  task next_axon;
    begin
      at = at + 1;
      key = at >= registers[22] ? LAST : axon_keys[at];
    end
  endtask

  task write_axon(input integer file);
    logic [$clog2(AXONS)-1:0] axon;
    integer first;
    integer letter;
    begin
      axon = axon_order[at][$clog2(AXONS)-1:0];
      first = axons[axon][31] ? 2 : 0;
      $fwrite(file, "a %0d %0d %0d", key[71:56], key[55:31], key[5:0]);
      for (letter = first; letter < first + 2; letter = letter + 1)
        if (axon_letters[letter] != 8'd0) $fwrite(file, " %0d", axon_letters[letter] == "Q" ? q[axon] : p[axon]);
      $fwrite(file, "\n");
    end
  endtask

  task first_change;
    begin
      sort_changes;
      at = 0;
      key = changes == 0 ? LAST : change_keys[0];
    end
  endtask

  task next_change;
    begin
      at = at + 1;
      key = at >= changes ? LAST : change_keys[at];
    end
  endtask

  task write_change(input integer file);
    $fwrite(file, "w %0d %0d %0d %0d %0d\n", key[71:56], key[55:31], key[30:6], key[5:0],
        changed_weight[change_order[at]]);
  endtask

endmodule
