// The retire trace of a chip, as text (docs/hardware.md): the header, copied from a file, then a step's records in their
// logical order, whichever core they retire in.
//
// The header says which registers are traced. `+population_0=`, `+population_1=` are the indices of the populations of the
// cores, 0 and 1 where they are left out. Neurons, axons and weights of one population in two cores are merged.
module retire_trace #(
    parameter int CORES = 2,
    parameter int NEURONS = 16,
    parameter int AXONS = 32
) (
    input logic    clk,
    input logic    step_start,
    input retire_t retire_0,
    input retire_t retire_1
);

  localparam logic [71:0] LAST = '1;

  retire_recorder #(.NEURONS(NEURONS), .AXONS(AXONS)) recorder_0 (
      .clk(clk), .step_start(step_start), .retire(retire_0));
  retire_recorder #(.NEURONS(NEURONS), .AXONS(AXONS)) recorder_1 (
      .clk(clk), .step_start(step_start), .retire(retire_1));

  integer population_0;
  integer population_1;
  integer first_step;
  integer until_step;
  integer file;
  integer header;
  logic writing;
  logic [8*256-1:0] word;
  logic [8*256-1:0] wanted;

  // Words of a line of the header.
  integer index;
  integer second;
  // 1: registers of neurons follow, 2: of axons, 3: of synapses.
  integer follows;

  task refuse;
    begin
      $display("header of the trace: `%0s` is not traced here; D0 I U C S R L F of neurons are, Q P of axons, W", word);
      $finish;
    end
  endtask

  // The letter of the register that `word` names, up to its colon; 0 where it has none.
  function automatic logic [7:0] letter_of(input logic [8*256-1:0] text);
    integer i;
    logic [31:0] name;
    logic named;
    begin
      name = 32'd0;
      named = 1'b0;
      for (i = 255; i >= 0; i = i - 1) begin
        if (text[8*i+:8] == ":") named = 1'b1;
        else if (!named && text[8*i+:8] != 8'd0) name = {name[23:0], text[8*i+:8]};
      end
      letter_of = !named ? 8'd0 : name == {16'd0, "D0"} ? "D" : name[31:8] == 24'd0 ? name[7:0] : 8'd0;
    end
  endfunction

  task select;
    logic [7:0] letter;
    begin
      letter = letter_of(word);
      case (follows)
        1: begin
          if (letter != "D" && letter != "I" && letter != "U" && letter != "C" && letter != "S" && letter != "R"
              && letter != "L" && letter != "F") refuse;
          if (index == population_0) recorder_0.select_neuron(letter);
          if (CORES == 2 && index == population_1) recorder_1.select_neuron(letter);
        end
        2: begin
          if (letter != "Q" && letter != "P") refuse;
          recorder_0.select_axon(index, letter);
          if (CORES == 2) recorder_1.select_axon(index, letter);
        end
        3: begin
          if (letter != "W") refuse;
          recorder_0.select_weights(index);
          if (CORES == 2) recorder_1.select_weights(index);
        end
        default: ;
      endcase
    end
  endtask

  // Reads the header word by word; the recorders have their images.
  task read_header;
    begin
      follows = 0;
      while ($fscanf(header, " %s", word) == 1) begin
        wanted = "population";
        if (word == wanted) begin
          if ($fscanf(header, " %d %s %d", index, word, second) != 3 || second < 0) refuse;
          follows = 1;
        end else begin
          wanted = "projection";
          if (word == wanted) begin
            if ($fscanf(header, " %d %s %s %d", index, word, wanted, second) != 4 || second < 0)
              refuse;
            word = wanted;
            wanted = "axons";
            follows = word == wanted ? 2 : 3;
            wanted = "weights";
            if (follows == 3 && word != wanted) refuse;
          end else begin
            wanted = "steps";
            if (word == wanted) begin
              if ($fscanf(header, " %d %d", first_step, until_step) != 2) refuse;
              follows = 0;
            end else if (follows != 0) select;
          end
        end
      end
    end
  endtask

  // Opens the trace and copies the header into it; without a header nothing is written.
  task open(input [8*256-1:0] header_name, input integer to);
    integer character;
    begin
      file = to;
      header = $fopen(header_name, "r");
      writing = header != 0;
      if (!writing) $display("no header %0s: no trace", header_name);
      else begin
        if (!$value$plusargs("population_0=%d", population_0)) population_0 = 0;
        if (!$value$plusargs("population_1=%d", population_1)) population_1 = 1;
        read_header;
        $fclose(header);
        recorder_0.sort_axons;
        if (CORES == 2) recorder_1.sort_axons;
        header = $fopen(header_name, "r");
        character = $fgetc(header);
        while (character != -1) begin
          $fwrite(file, "%c", character[7:0]);
          character = $fgetc(header);
        end
        $fclose(header);
      end
    end
  endtask

  task write(input integer step);
    if (writing && step >= first_step && step < until_step) begin
      $fwrite(file, "step %0d\n", step);
      if (CORES == 1 || population_0 < population_1
          || (population_0 == population_1 && recorder_0.registers[34] <= recorder_1.registers[34])) begin
        recorder_0.write_neurons(file, population_0);
        if (CORES == 2) recorder_1.write_neurons(file, population_1);
      end else begin
        recorder_1.write_neurons(file, population_1);
        recorder_0.write_neurons(file, population_0);
      end
      recorder_0.first_axon;
      recorder_1.key = LAST;
      if (CORES == 2) recorder_1.first_axon;
      while (recorder_0.key != LAST || recorder_1.key != LAST) begin
        if (recorder_0.key <= recorder_1.key) begin
          recorder_0.write_axon(file);
          // An axon that ends in both has the same traces in both.
          if (recorder_0.key == recorder_1.key) recorder_1.next_axon;
          recorder_0.next_axon;
        end else begin
          recorder_1.write_axon(file);
          recorder_1.next_axon;
        end
      end
      recorder_0.first_change;
      if (CORES == 2) recorder_1.first_change;
      while (recorder_0.key != LAST || recorder_1.key != LAST) begin
        if (recorder_0.key <= recorder_1.key) begin
          recorder_0.write_change(file);
          recorder_0.next_change;
        end else begin
          recorder_1.write_change(file);
          recorder_1.next_change;
        end
      end
      $fwrite(file, "end %0d\n", step);
    end
  endtask

endmodule
