// The bit-exact model for SystemVerilog: DPI-C imports of libsynfire_capi, to be included where they are used.
//
// Types are those of svdpi: scalars, strings, and unpacked arrays of a fixed size (Verilator 5.006 cannot take open ones).
// A function that returns an int returns a status: SYNFIRE_OK, or what synfire_dpi_last_error() explains. An output that a
// call has nothing for is 0. A model is a number; 0 is none. What each call does stands in synfire.h, at the function of
// the same name without `dpi_`.

/* verilator lint_off UNUSEDPARAM */
// The version of the numeric contract that this file is of.
localparam string SYNFIRE_CONTRACT = "1.6";

localparam int SYNFIRE_OK = 0;
localparam int SYNFIRE_DIFFERS = 1;
localparam int SYNFIRE_NO_MODEL = 2;
localparam int SYNFIRE_ARGUMENT = 3;
localparam int SYNFIRE_REFUSED = 4;
localparam int SYNFIRE_FAULT = 5;

localparam int SYNFIRE_INPUT = 0;
localparam int SYNFIRE_POPULATION = 1;
localparam int SYNFIRE_PROJECTION = 2;

localparam int SYNFIRE_S = 0;
localparam int SYNFIRE_I = 1;
localparam int SYNFIRE_U = 2;
localparam int SYNFIRE_U_CMP = 3;
localparam int SYNFIRE_A = 4;
localparam int SYNFIRE_L = 5;
localparam int SYNFIRE_Q = 6;
localparam int SYNFIRE_P = 7;
localparam int SYNFIRE_D0 = 8;
localparam int SYNFIRE_R = 9;
localparam int SYNFIRE_T = 10;
localparam int SYNFIRE_F = 11;
localparam int SYNFIRE_E = 12;
localparam int SYNFIRE_E1 = 13;
localparam int SYNFIRE_E2 = 14;
localparam int SYNFIRE_K = 15;
localparam int SYNFIRE_G = 16;
localparam int SYNFIRE_N = 17;
localparam int SYNFIRE_WEIGHT = 32;
localparam int SYNFIRE_THRESHOLD = 33;
localparam int SYNFIRE_BIAS = 34;

// Values of synfire_dpi_read_neurons and synfire_dpi_read_register in one call.
localparam int SYNFIRE_RUN = 16;
/* verilator lint_on UNUSEDPARAM */

import "DPI-C" function string synfire_dpi_contract();
import "DPI-C" function string synfire_dpi_last_error();
import "DPI-C" function int synfire_dpi_create(
    input string chip, input string network, output longint unsigned model);
// An empty folder is none.
import "DPI-C" function int synfire_dpi_create_from_texts(
    input string chip, input string network, input string folder, output longint unsigned model);
import "DPI-C" function int synfire_dpi_free(input longint unsigned model);
import "DPI-C" function int synfire_dpi_find(
    input longint unsigned model, input int unsigned kind, input string name, output int unsigned index);
import "DPI-C" function int synfire_dpi_size(
    input longint unsigned model, input int unsigned kind, input int unsigned index, output longint unsigned size);
import "DPI-C" function int synfire_dpi_spike(
    input longint unsigned model, input int unsigned from_input, input int unsigned channel, input int unsigned count);
import "DPI-C" function int synfire_dpi_announce_currents(
    input longint unsigned model, input int unsigned population, input int unsigned largest);
import "DPI-C" function int synfire_dpi_inject(
    input longint unsigned model, input int unsigned population, input int unsigned neuron, input int current);
import "DPI-C" function int synfire_dpi_clear(input longint unsigned model);
import "DPI-C" function int synfire_dpi_target(
    input longint unsigned model, input int unsigned channel, input int value);
import "DPI-C" function int synfire_dpi_learn(input longint unsigned model, input int on);
import "DPI-C" function int synfire_dpi_shift_offset(input longint unsigned model, input int unsigned offset);
import "DPI-C" function int synfire_dpi_step(input longint unsigned model);
import "DPI-C" function int synfire_dpi_next_step(input longint unsigned model, output longint unsigned step);
import "DPI-C" function int synfire_dpi_read(
    input longint unsigned model, input int unsigned what, input int unsigned place, input int unsigned index,
    input int unsigned post, input int unsigned delay, output int value);
import "DPI-C" function int synfire_dpi_write(
    input longint unsigned model, input int unsigned what, input int unsigned place, input int unsigned index,
    input int unsigned post, input int unsigned delay, input int value);
// The neurons `first` to `first` + 15 of a population; 0 past its last.
import "DPI-C" function int synfire_dpi_read_neurons(
    input longint unsigned model, input int unsigned what, input int unsigned population, input int unsigned first,
    output int values[0:15]);
// The values `first` to `first` + 15 of a register of a population or projection, by its name; 0 past its last.
import "DPI-C" function int synfire_dpi_read_register(
    input longint unsigned model, input int unsigned kind, input int unsigned index, input string name,
    input int unsigned first, output int values[0:15]);
import "DPI-C" function int synfire_dpi_lockstep(input longint unsigned model, input int on);
// `expected` is the model's value where the word exists.
import "DPI-C" function int synfire_dpi_check(
    input longint unsigned model, input longint unsigned step, input int unsigned what, input int unsigned place,
    input int unsigned index, input int unsigned post, input int unsigned delay, input int observed, output int expected);
import "DPI-C" function int synfire_dpi_check_end(
    input longint unsigned model, input longint unsigned step, output longint unsigned records);
