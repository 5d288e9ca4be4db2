// Collects what one core retires in a step, and writes it in the order of section 11 of docs/arithmetic.md.
//
// A line is `step core register index value`, decimal: registers I, U, C (U_cmp), S and L of a neuron, by its place in
// the population; Q and P of an axon, `projection:pre`; W of a synapse whose weight changed, `projection:pre:post`, its
// new value. A third factor that was not formed is 0. Lines of neurons come first, then traces, then weights.
// With +all a neuron has three more: D, its dendritic sum, R, and E, the error that it formed (0 where it formed none).
module retire_recorder #(
    parameter int CORE = 0,
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

  // The images name the axons and say how many neurons and plastic axons there are.
  logic [31:0] registers [0:63];
  logic [31:0] axons [0:AXONS-1];

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

  task load(input [8*256-1:0] registers_file, input [8*256-1:0] axons_file);
    begin
      $readmemh(registers_file, registers);
      $readmemh(axons_file, axons);
    end
  endtask

  task write_axon(input integer file, input logic [$clog2(AXONS)-1:0] axon);
    $fwrite(file, "%0d:%0d", axons[axon][31] ? registers[50] : registers[44], axons[axon][24:0]);
  endtask

  task write(input integer file, input integer step);
    integer i;
    logic all;
    begin
      all = $test$plusargs("all") != 0;
      for (i = 0; i < registers[0]; i = i + 1) begin
        $fwrite(file, "%0d %0d I %0d %0d\n", step, CORE, registers[34] + i, current[i]);
        $fwrite(file, "%0d %0d U %0d %0d\n", step, CORE, registers[34] + i, membrane[i]);
        $fwrite(file, "%0d %0d C %0d %0d\n", step, CORE, registers[34] + i, compared[i]);
        $fwrite(file, "%0d %0d S %0d %0d\n", step, CORE, registers[34] + i, spike[i]);
        $fwrite(file, "%0d %0d L %0d %0d\n", step, CORE, registers[34] + i, third_factor[i]);
        if (all) begin
          $fwrite(file, "%0d %0d D %0d %0d\n", step, CORE, registers[34] + i, dendritic_sum[i]);
          $fwrite(file, "%0d %0d R %0d %0d\n", step, CORE, registers[34] + i, refractory[i]);
          $fwrite(file, "%0d %0d E %0d %0d\n", step, CORE, registers[34] + i, error[i]);
        end
      end
      for (i = 0; i < registers[22]; i = i + 1) begin
        $fwrite(file, "%0d %0d Q ", step, CORE);
        write_axon(file, i[$clog2(AXONS)-1:0]);
        $fwrite(file, " %0d\n%0d %0d P ", q[i], step, CORE);
        write_axon(file, i[$clog2(AXONS)-1:0]);
        $fwrite(file, " %0d\n", p[i]);
      end
      for (i = 0; i < changes; i = i + 1) begin
        $fwrite(file, "%0d %0d W ", step, CORE);
        write_axon(file, changed_axon[i][$clog2(AXONS)-1:0]);
        $fwrite(file, ":%0d %0d\n", registers[34] + 32'(changed_neuron[i]), changed_weight[i]);
      end
    end
  endtask

endmodule
