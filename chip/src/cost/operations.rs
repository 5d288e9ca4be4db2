//! The table of countable operations: what is counted, what its price and its time are called in a chip file.
//!
//! One row an operation. From it come the price and time fields of the chip file and of [`Energy`] and [`Timing`],
//! the arithmetic of [`NodeCounts`], a core's time of a step, the rows of a bill, and the table of
//! `docs/formats.md` (a test compares it; `SYNFIRE_WRITE_GOLDEN=1` writes it).
//!
//! A row says: record field of [`NodeCounts`], name, the [`Activity`] that it belongs to, what one of it is; then, where it has one, its `price` field,
//! and its `time` field in picoseconds and in cycles (`/ lanes` of a word; `way` where it is time of a packet's way
//! and not of a core), and `gated learning` where a clock-gated learning engine does not do it. The row that first names a price or time field also says, after `=`, what the field is of;
//! later rows share the field. A field that ends in `or ..` may be left out of a chip file, so that files that were written
//! before the field existed stay good: it is then `Unpublished`, `like` another field, or `part_of` another one.
//!
//! Promises: a price or a time that is not in this table enters no bill and no step. Absent on purpose: numbers
//! (chip files state them), the counting itself (`core`, `plasticity`, `run`).
//!
//! [`NodeCounts`]: crate::cost::counters::NodeCounts
//! [`Activity`]: crate::cost::counters::Activity
//! [`Energy`]: crate::cost::prices::Energy
//! [`Timing`]: crate::cost::prices::Timing

/// Gives the whole table to the macro `$view`, after the tokens `$pass`.
macro_rules! table {
    ($view:path, $($pass:tt)*) => {
        $view! { $($pass)*
            core.axon_events, "axon events", Inference,
                "an event on an axon, taken from the arrival buffer; where rows are fetched at arrival, from its packet",
                price axon_event = "one event at one axon",
                time axon_event_ps axon_event_cycles = "one event at one axon: table look-up";
            core.synaptic_events, "synaptic events", Inference,
                "a weight read and added, zero weights of dense rows included; of a shared kernel too, once a synapse",
                price synaptic_event = "one weight read and added",
                time synapse_word_ps synapse_word_cycles / synapse_lanes
                    = "one word of synapse memory, read and added";
            sparse_events, "synaptic events of sparse rows", Inference,
                "a weight of a sparse row read and added, where the chip states its price or its time apart; it is \
                 then no `core.synaptic_events`",
                price sparse_synaptic_event = "one weight of a sparse row read and added" or like synaptic_event,
                time sparse_synapse_word_ps sparse_synapse_word_cycles / synapse_lanes
                    = "one word of sparse rows, read and added" or like synapse_word_ps;
            shared_events, "synaptic events of shared rows", Inference,
                "the same of a row of a shared kernel, once a synapse",
                price shared_synaptic_event = "one weight of a shared kernel read and added, once a synapse"
                    or like synaptic_event,
                time shared_synapse_word_ps shared_synapse_word_cycles / synapse_lanes
                    = "one word of rows of a shared kernel, read and added" or like synapse_word_ps;
            core.neuron_accesses, "neuron accesses", Inference, "a mapped neuron, a step; of an event-driven core an active one",
                price neuron_access = "one access of a neuron",
                time neuron_access_ps neuron_access_cycles = "one access of a neuron";
            core.neuron_updates, "neuron updates", Inference,
                "an active neuron, a step: an event or a current reached it, a register of it was not at rest, or it \
                 has a bias or noise",
                price neuron_update = "one update of an active neuron, on top of its access",
                time neuron_update_ps neuron_update_cycles
                    = "one update of an active neuron, on top of its access";
            core.spikes, "spikes", Inference, "a neuron that fired",
                price spike = "one spike, on top of access and update",
                time spike_ps spike_cycles = "one spike, on top of access and update"
                    or part_of neuron_update_ps;
            core.trace_updates, "trace updates", Learning, "a (Q, P) pair of a learning block, a step",
                price trace_update = "one pair of traces",
                time trace_update_ps trace_update_cycles = "one pair of traces",
                gated learning;
            learning.trace_updates, "trace updates of mirrors", Learning, "a (Q, P) pair that a mirror keeps, a step",
                price trace_update,
                time trace_update_ps trace_update_cycles,
                gated learning;
            learning.group_additions, "group additions", Learning,
                "an entry of a group's matrix read and added: a neuron of a group that fired, a channel",
                price group_addition = "one entry of a group's matrix, read and added" or Unpublished,
                time group_word_ps group_word_cycles / learning_lanes
                    = "one word of a group's matrix, read and added" or Unpublished,
                gated learning;
            learning.group_updates, "group updates", Learning, "a readout of a group, a channel, a step",
                price group_update = "one readout of a group for one channel: decayed, added to, saturated"
                    or Unpublished,
                time group_update_ps group_update_cycles = "one readout of a group for one channel"
                    or Unpublished,
                gated learning;
            learning.error_trace_updates, "error trace updates", Learning,
                "a pair of error traces of a readout neuron whose error comes from its spikes, a step",
                price error_trace_update = "one pair of error traces" or Unpublished,
                time error_trace_update_ps error_trace_update_cycles = "one pair of error traces"
                    or Unpublished,
                gated learning;
            learning.errors_computed, "errors computed", Learning,
                "an error that was computed, zero or not: of a readout neuron or of a group's channel while \
                 learning is on; of a neuron that hands its modulation down where that is not zero",
                price error = "one error computed: a difference, rounded and saturated" or Unpublished,
                time error_ps error_cycles = "one error computed" or Unpublished;
            learning.errors_formed, "errors formed", Learning,
                "an error that was computed, is not zero and leaves as packets, which are counted beside it";
            learning.third_factors, "third factors", Learning, "a neuron whose third factor was formed",
                price third_factor = "one third factor formed",
                time third_factor_ps third_factor_cycles = "one third factor formed, of all its channels"
                    or Unpublished;
            learning.transported_weights, "weights transported", Learning,
                "a weight that symmetric feedback brought from the readout's core, one a channel of each third \
                 factor; no packet is counted for it",
                price transport = "one weight brought from another core, however it gets there" or Unpublished,
                time transport_ps transport_cycles = "one weight brought from another core" or Unpublished;
            learning.surrogates, "surrogate derivatives", Learning,
                "a neuron whose surrogate derivative was formed, and multiplied by its third factor",
                price surrogate = "one surrogate derivative, and its product with the third factor"
                    or Unpublished,
                time surrogate_ps surrogate_cycles
                    = "one surrogate derivative, and its product with the third factor" or Unpublished,
                gated learning;
            learning.rows_visited, "rows visited", Learning, "a synapse row that was visited for weight updates";
            learning.weight_updates, "weight updates", Learning,
                "a visited synapse whose third factor (times surrogate) and trace (or eligibility row) are not \
                 zero; of a shared kernel its product is added to the tap's sum, and the one rounding a tap is not \
                 counted beside them",
                price weight_update = "one weight update computed: read, multiply, round; of a shared tap, one \
                    product of one synapse, added to the tap's sum",
                time weight_update_word_ps weight_update_word_cycles / learning_lanes
                    = "one word of weight updates";
            learning.weight_writes, "weight writes", Learning, "a weight that changed; of a shared kernel a tap",
                price weight_write = "one changed weight written back";
            learning.eligibility_updates, "eligibility updates", Learning,
                "a synapse whose one or two eligibility states were advanced; rows of which all states and the trace \
                 are zero are passed over",
                price eligibility_update = "the eligibility states of a synapse, one or two",
                time eligibility_update_ps eligibility_update_cycles
                    = "the eligibility states of a synapse, one or two",
                gated learning;
            spike_packets, "spike packets", Communication, "a spike sent, one a destination core",
                price packet = "one packet made and taken",
                time packet_out_ps packet_out_cycles = "sending one packet";
            error_packets, "error packets", Communication, "an error sent, one a destination core, the sender's own included",
                price packet,
                time packet_out_ps packet_out_cycles;
            stimulus_packets, "stimulus packets", Communication, "all events of an input neuron in a step, one packet a destination core",
                price packet;
            control_packets, "control packets", Control, "a control event that a core took from the host",
                price packet;
            injection_packets, "injected currents", Communication, "all that the host injects into one neuron in a step, one packet to its core",
                price packet;
            output_packets, "packets to the host", Communication, "a spike of an output population that left the chip",
                price packet,
                time packet_out_ps packet_out_cycles;
            value_packets, "values read by the host", Communication,
                "a value of a neuron that the host reads at the end of a sample, and that leaves the chip as a packet",
                price packet,
                time packet_out_ps packet_out_cycles;
            host_bits, "bits through ports of the host", Communication,
                "a bit of a packet that entered or left at a port that is not ideal",
                price host_bit = "one bit through a port of the host" or Unpublished;
            seam_bits, "bits over seams", Communication,
                "a bit of a packet over a link of a class of `noc.link_classes` that leads to a `Seam`",
                price seam_bit = "one bit over a seam, on top of its hop" or Unpublished;
            board_bits, "bits between chips of a board", Communication,
                "the same over a link that leads over a `Board`",
                price board_bit = "one bit over a link between chips of a board, on top of its hop" or like seam_bit;
            off_board_bits, "bits between boards", Communication,
                "the same over a link that leads `OffBoard`",
                price off_board_bit = "one bit over a link between boards, on top of its hop" or Unpublished;
            key_lookups, "keys looked up", Communication,
                "a packet of a spike that a core took, where spikes are addressed by the keys of their sources",
                price key_lookup = "one key of a source looked up at a core" or Unpublished;
            router_lookups, "keys looked up in routers", Communication,
                "a router that a spike passes, copies of it together, where routers hold the keys of sources",
                price router_lookup = "one key of a source looked up in a router" or Unpublished;
            received_packets, "packets received", Communication, "a spike or error packet that a core took",
                price packet_in = "taking one packet at a core" or part_of packet,
                time packet_in_ps packet_in_cycles = "taking one packet at a core, a stimulus too"
                    or part_of packet_out_ps;
            input_accesses, "accesses of input neurons", Inference, "an input neuron that sits on a core, a step",
                price input_access = "one access of an input neuron on a core" or Unpublished,
                time input_access_ps input_access_cycles = "one access of an input neuron on a core"
                    or Unpublished;
            input_spikes, "spikes of input neurons", Inference, "an input neuron that sits on a core and fired",
                price input_spike = "one spike of an input neuron on a core, on top of its access"
                    or Unpublished,
                time input_spike_ps input_spike_cycles
                    = "one spike of an input neuron on a core, on top of its access" or Unpublished;
            hops_x, "hops east-west", Communication, "a packet over one link between tiles of a row",
                price hop_x = "one packet over one hop, east or west",
                way hop_x_ps hop_x_cycles = "one router hop, east or west";
            hops_y, "hops north-south", Communication, "a packet over one link between tiles of a column",
                price hop_y = "one packet over one hop, north or south",
                way hop_y_ps hop_y_cycles = "one router hop, north or south";
        }
    };
}

/// Calls `$then` with the price fields: `{ field "what it is the price of" [what holds when it is left out] }`, each once.
macro_rules! prices {
    ($then:path) => {
        $crate::cost::operations::table! { $crate::cost::operations::prices_of, $then; }
    };
}

macro_rules! prices_of {
    ($then:path; $($($record:ident).+, $name:literal, $activity:ident, $unit:literal
        $(, price $price:ident $(= $price_of:literal $(or $unstated:ident $($other:ident)?)?)?)?
        $(, time $ps:ident $cycles:ident $(/ $lanes:ident)? $(= $time_of:literal $(or $untimed:ident $($untimed_other:ident)?)?)?)?
        $(, way $way_ps:ident $way_cycles:ident $(= $way_of:literal)?)?
        $(, gated $with:ident)?;)*) => {
        $then! { $($($({ $price $price_of [$($unstated $($other)?)?] })?)?)* }
    };
}

/// Calls `$then` with the time fields: `{ field_ps field_cycles "what it is the time of" [what holds when it is left out] }`, each once.
macro_rules! times {
    ($then:path) => {
        $crate::cost::operations::table! { $crate::cost::operations::times_of, $then; }
    };
}

macro_rules! times_of {
    ($then:path; $($($record:ident).+, $name:literal, $activity:ident, $unit:literal
        $(, price $price:ident $(= $price_of:literal $(or $unstated:ident $($other:ident)?)?)?)?
        $(, time $ps:ident $cycles:ident $(/ $lanes:ident)? $(= $time_of:literal $(or $untimed:ident $($untimed_other:ident)?)?)?)?
        $(, way $way_ps:ident $way_cycles:ident $(= $way_of:literal)?)?
        $(, gated $with:ident)?;)*) => {
        $then! {
            $($($({ $ps $cycles $time_of [$($untimed $($untimed_other)?)?] })?)?)*
            $($($({ $way_ps $way_cycles $way_of [] })?)?)*
        }
    };
}

/// Calls `$then` with the rows: `{ (record.field) "name" Activity "unit" (price?) (time_ps [/ lanes]?)? (way_ps?) (gated with?) }`.
macro_rules! rows {
    ($then:path) => {
        $crate::cost::operations::table! { $crate::cost::operations::rows_of, $then; }
    };
}

macro_rules! rows_of {
    ($then:path; $($($record:ident).+, $name:literal, $activity:ident, $unit:literal
        $(, price $price:ident $(= $price_of:literal $(or $unstated:ident $($other:ident)?)?)?)?
        $(, time $ps:ident $cycles:ident $(/ $lanes:ident)? $(= $time_of:literal $(or $untimed:ident $($untimed_other:ident)?)?)?)?
        $(, way $way_ps:ident $way_cycles:ident $(= $way_of:literal)?)?
        $(, gated $with:ident)?;)*) => {
        $then! { $({ ($($record).+) $name $activity $unit ($($price)?) ($($ps $(/ $lanes)?)?) ($($way_ps)?) ($($with)?) })* }
    };
}

pub(crate) use {prices, prices_of, rows, rows_of, table, times, times_of};
