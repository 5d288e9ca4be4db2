// One update of one neuron: micro-steps 2, 3.2 and 4 of section 3 of docs/arithmetic.md.
//
// Models: current I, membrane U, compared membrane U_cmp, spike S and refractory counter R; both orders; the three
// resets; `Hold` and `Integrate`; saturation and wrapping; the periodic reset of 2.0 (`reset_now`).
// Promises: all sums are exact and narrowed once, to the register (2.4). Combinational.
// Absent on purpose: wrap_lava (its registers have 32 bits whatever the format says), adaptation and noise (3.4, 10.5),
// several decay factors in one population.
module soma #(
    parameter int WIDTH = 24,
    parameter int DECAY_FRACTION = 12,
    parameter int SUM_BITS = 32
) (
    input  neuron_settings_t               settings,
    input  logic signed     [WIDTH-1:0]    threshold,
    input  logic signed     [WIDTH-1:0]    bias,
    input  logic                           reset_now,
    input  logic signed     [SUM_BITS-1:0] dendritic_sum,
    input  logic signed     [WIDTH-1:0]    current,
    input  logic signed     [WIDTH-1:0]    membrane,
    input  logic            [7:0]          refractory,
    input  logic                           fired_before,
    output logic signed     [WIDTH-1:0]    next_current,
    output logic signed     [WIDTH-1:0]    next_membrane,
    output logic signed     [WIDTH-1:0]    compared,
    output logic            [7:0]          next_refractory,
    output logic                           fires
);

  // 2.5: the dendritic sum after input_shift fits 32 bits; the sums below hold it, or a state, and four addends.
  localparam int SHIFTED = WIDTH > 32 ? WIDTH : 32;
  localparam int CURRENT_SUM = SHIFTED + 1;
  localparam int MEMBRANE_SUM = WIDTH + 3;

  // 2.0
  wire signed [WIDTH-1:0] current_before = reset_now ? '0 : current;
  wire signed [WIDTH-1:0] membrane_before = reset_now ? '0 : membrane;

  // 3.2
  wire signed [WIDTH-1:0] current_decayed;
  decay #(.WIDTH(WIDTH), .FRACTION(DECAY_FRACTION)) decay_of_current (
      .x(current_before), .factor(settings.current_decay[DECAY_FRACTION:0]), .y(current_decayed));
  wire signed [SHIFTED-1:0] shifted_sum = SHIFTED'(dendritic_sum) <<< settings.input_shift;
  wire signed [CURRENT_SUM-1:0] current_sum = CURRENT_SUM'(current_decayed) + CURRENT_SUM'(shifted_sum);
  wire signed [WIDTH-1:0] current_saturated;
  saturate #(.IN(CURRENT_SUM), .OUT(WIDTH)) saturation_of_current (.x(current_sum), .y(current_saturated));
  assign next_current = settings.wrap_current ? WIDTH'(current_sum) : current_saturated;

  // 2.1
  wire signed [WIDTH-1:0] membrane_decayed;
  decay #(.WIDTH(WIDTH), .FRACTION(DECAY_FRACTION)) decay_of_membrane (
      .x(membrane_before), .factor(settings.membrane_decay[DECAY_FRACTION:0]), .y(membrane_decayed));
  wire signed [WIDTH-1:0] current_used = settings.order_updated ? next_current : current_before;
  wire subtract_next = settings.reset_mode == synfire_pkg::RESET_SUBTRACT_NEXT;
  wire signed [WIDTH-1:0] subtracted = subtract_next && fired_before ? threshold : '0;
  wire signed [MEMBRANE_SUM-1:0] membrane_sum = MEMBRANE_SUM'(membrane_decayed) + MEMBRANE_SUM'(current_used)
      + MEMBRANE_SUM'(bias) - MEMBRANE_SUM'(subtracted);
  wire signed [WIDTH-1:0] membrane_saturated;
  saturate #(.IN(MEMBRANE_SUM), .OUT(WIDTH)) saturation_of_membrane (.x(membrane_sum), .y(membrane_saturated));
  wire signed [WIDTH-1:0] integrated = settings.wrap_membrane ? WIDTH'(membrane_sum) : membrane_saturated;

  // 4.1 and 4.2
  wire refractory_now = refractory != 8'd0;
  assign compared = settings.hold && refractory_now ? membrane_before : integrated;
  wire above = settings.compare_greater ? compared > threshold : compared >= threshold;
  assign fires = settings.spiking && !refractory_now && above;

  // 4.3: a membrane that fires is at least the threshold, which is at least 0, so the difference fits.
  wire signed [WIDTH-1:0] reset_value = settings.reset_value[WIDTH-1:0];
  wire subtract_now = settings.reset_mode == synfire_pkg::RESET_SUBTRACT_NOW;
  wire to_value = settings.reset_mode == synfire_pkg::RESET_TO_VALUE;
  assign next_membrane = fires && subtract_now ? compared - threshold : fires && to_value ? reset_value : compared;

  // 4.4
  assign next_refractory = fires ? settings.refractory_steps : refractory_now ? refractory - 8'd1 : 8'd0;

  // Fields of the settings that are the scan's, and bits above the widths of this build.
  wire unused_settings = &{1'b0, settings};

endmodule
