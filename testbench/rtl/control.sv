// What the host sets between two steps, and the counters of steps: micro-steps 1.1 and 2.0 of section 3 of
// docs/arithmetic.md.
//
// Models: target registers, learn flag, shift offset, the step counter n mod 2^32 and the phase of the periodic reset.
// Promises: control events act in the order in which they come, one a cycle; `clear` is high in the cycle of its event
// and empties every register that the contract names, here and in the rest of the core; the learn flag, the shift
// offset and both counters stay. `advance` ends a step.
// Absent on purpose: control events inside a step; a change of the interval while the chip runs.
module control #(
    parameter int WIDTH = 24,
    parameter int CHANNELS = 4
) (
    input  logic                              clk,
    input  logic                              reset,
    input  logic                              control_valid,
    input  logic        [2:0]                 control_kind,
    input  logic        [15:0]                control_channel,
    input  logic        [31:0]                control_value,
    input  logic                              advance,
    input  logic        [31:0]                reset_interval,
    input  logic        [31:0]                reset_offset,
    input  logic        [$clog2(CHANNELS)-1:0] channel,
    output logic signed [WIDTH-1:0]           target,
    output logic                              clear,
    output logic                              learn,
    output logic        [7:0]                 shift_offset,
    output logic        [31:0]                step,
    output logic                              reset_now
);

  localparam int CHANNEL_BITS = $clog2(CHANNELS);

  logic [WIDTH-1:0] targets [0:CHANNELS-1];
  logic [31:0] phase;

  assign target = targets[channel];
  assign clear = reset || (control_valid && control_kind == synfire_pkg::CONTROL_CLEAR);
  assign reset_now = reset_interval != 32'd0 && phase == reset_offset;

  always_ff @(posedge clk) begin
    if (clear) begin
      for (int k = 0; k < CHANNELS; k++) targets[k] <= '0;
    end else if (control_valid && control_kind == synfire_pkg::CONTROL_TARGET) begin
      targets[control_channel[CHANNEL_BITS-1:0]] <= control_value[WIDTH-1:0];
    end

    if (reset) begin
      learn <= 1'b0;
      shift_offset <= 8'd0;
    end else if (control_valid) begin
      if (control_kind == synfire_pkg::CONTROL_LEARN_ON) learn <= 1'b1;
      if (control_kind == synfire_pkg::CONTROL_LEARN_OFF) learn <= 1'b0;
      if (control_kind == synfire_pkg::CONTROL_SHIFT_OFFSET) shift_offset <= control_value[7:0];
    end

    if (reset) begin
      step <= 32'd0;
      phase <= 32'd0;
    end else if (advance) begin
      step <= step + 32'd1;
      phase <= phase + 32'd1 == reset_interval ? 32'd0 : phase + 32'd1;
    end
  end

  wire unused_value = &{1'b0, control_value, control_channel};

endmodule
