// The configuration registers of a core, one field a 32-bit word.
//
// Models: what sections 1 to 9 of docs/arithmetic.md call configured. The table of addresses is in README.md of this
// folder.
// Promises: every register is 0 after reset and is written through the write port alone, before the first step or
// between two steps.
// Absent on purpose: reading back.
module core_registers (
    input  logic               clk,
    input  logic               reset,
    input  logic               load,
    input  logic [5:0]         address,
    input  logic [31:0]        data,
    output neuron_settings_t   neuron,
    output delivery_settings_t delivery_0,
    output delivery_settings_t delivery_1,
    output learning_settings_t learning,
    output rule_settings_t     rule_0,
    output rule_settings_t     rule_1,
    output logic [31:0]        reset_interval,
    output logic [31:0]        reset_offset,
    output logic [5:0]         error_delay
);

  always_ff @(posedge clk) begin
    if (reset) begin
      neuron <= '0;
      delivery_0 <= '0;
      delivery_1 <= '0;
      learning <= '0;
      rule_0 <= '0;
      rule_1 <= '0;
      reset_interval <= '0;
      reset_offset <= '0;
      error_delay <= '0;
    end else if (load) begin
      case (address)
        6'd0: neuron.neurons <= data[15:0];
        6'd1: neuron.order_updated <= data[0];
        6'd2: neuron.wrap_current <= data[0];
        6'd3: neuron.wrap_membrane <= data[0];
        6'd4: neuron.compare_greater <= data[0];
        6'd5: neuron.spiking <= data[0];
        6'd6: neuron.hold <= data[0];
        6'd7: neuron.reset_mode <= data[1:0];
        6'd8: neuron.refractory_steps <= data[7:0];
        6'd9: neuron.input_shift <= data[4:0];
        6'd10: neuron.current_decay <= data[16:0];
        6'd11: neuron.membrane_decay <= data[16:0];
        6'd12: neuron.reset_value <= data;
        6'd13: neuron.initial_current <= data;
        6'd14: neuron.initial_membrane <= data;
        6'd15: reset_interval <= data;
        6'd16: reset_offset <= data;
        6'd17: delivery_0.dropped_bits <= data[3:0];
        6'd18: delivery_0.exponent <= data[4:0];
        6'd19: delivery_1.dropped_bits <= data[3:0];
        6'd20: delivery_1.exponent <= data[4:0];
        6'd21: error_delay <= data[5:0];
        6'd22: learning.plastic_axons <= data[15:0];
        6'd23: learning.trace_increment <= data[15:0];
        6'd24: learning.channels <= data[15:0];
        6'd25: learning.third_factor <= data[1:0];
        6'd26: learning.third_shift <= data[4:0];
        6'd27: learning.surrogate <= data[2:0];
        6'd28: learning.half_width_log2 <= data[4:0];
        6'd29: learning.readout <= data[0];
        6'd30: learning.error_cores <= data[1:0];
        6'd31: learning.one_sided <= data[0];
        6'd32: learning.midpoint <= data;
        6'd33: learning.dead_zone <= data[15:0];
        6'd34: learning.neuron_base <= data[15:0];
        6'd35: learning.group_neurons <= data[15:0];
        6'd36: learning.group_decay <= data[16:0];
        6'd37: learning.group_scale <= data[4:0];
        6'd38: learning.seed <= data;
        6'd39: rule_0.store_bits <= data[4:0];
        6'd40: rule_0.shift <= data[4:0];
        6'd41: rule_0.rounding <= data[1:0];
        6'd42: rule_0.decays <= data[0];
        6'd43: rule_0.weight_decay <= data[4:0];
        6'd44: rule_0.number <= data;
        6'd45: rule_1.store_bits <= data[4:0];
        6'd46: rule_1.shift <= data[4:0];
        6'd47: rule_1.rounding <= data[1:0];
        6'd48: rule_1.decays <= data[0];
        6'd49: rule_1.weight_decay <= data[4:0];
        6'd50: rule_1.number <= data;
        default: ;
      endcase
    end
  end

endmodule
