"""Networks that learn: third factors of a neuron's own error, by random feedback, by groups; every rounding, surrogates, weight
decay; and control events in every step that may come: clears, targets, learning on and off, shift offsets."""

from configuration import (SHAPES, Core, choices, datapath_text, lay_out, matrix_entry, neuron_registers, npy, population_text,
                           projection_text, real, write_events)


def decide_population(rng, p, n, unit, readout):
    """A population whose membranes are of the size of `unit`."""
    factor = 2 ** p["DECAY_FRACTION"]
    spiking = not readout or rng.random() < .5
    reset = rng.randint(0, 2)
    interval = rng.choice([0, 0, 0, 13])
    threshold = unit * rng.uniform(.3, 1.5)
    return dict(n=n, spiking=spiking, reset=reset, hold=reset != 0 and rng.random() < .3, R=rng.choice([0, 0, 1, 3]),
                thresholds=[int(threshold * rng.uniform(.8, 1.2)) for _ in range(n)],
                biases=[rng.choice([0, unit // 16, -unit // 16]) for _ in range(n)],
                a=rng.choice([0, factor // 2, factor * 3 // 4, rng.randint(0, factor)]),
                b=rng.choice([factor * 9 // 10, factor - 1, factor, rng.randint(factor // 4, factor)]),
                reset_value=rng.choice([0, -unit // 4]), i0=rng.choice([0, 0, unit // 8]), u0=rng.choice([0, 0, -unit // 8]),
                interval=interval, offset=rng.randint(0, 12) if interval else 0,
                surrogate=rng.randint(0, 4) if spiking else rng.choice([0, 0, 1]),
                l=min(p["WIDTH"] - 2, max(0, unit.bit_length() - 1 + rng.choice([-4, 0, 1, 2]))))


def decide_projection(rng, p, number, unit, chance, rounding):
    widest = p["WEIGHT_BITS"]
    bits = rng.choice([widest, widest, widest * 3 // 4, rng.randint(2, widest)])
    delivered = rng.randint(max(1, bits - 4), bits) if rng.random() < .3 else bits
    k = max(0, min(31, 24 - bits + rng.randint(-3, 3)))
    return dict(number=number, bits=bits, delivered=delivered, delay=rng.randint(1, p["SLOTS"] - 1),
                exponent=max(0, min(31 - 6 - delivered, unit.bit_length() - delivered + rng.choice([-1, 0, 1]))),
                learns=rng.random() < chance, k=k, rounding=rounding, decay=rng.randint(0, k) if rng.random() < .25 else None)


def weights(rng, q, pres, posts):
    most = 2 ** (q["bits"] - 1) - 1
    shift = most // 4 if rng.random() < .5 else 0
    draw = lambda: rng.randint(-most, most)
    return [[draw() // 2 + shift if shift else draw() for _ in range(posts)] for _ in range(pres)]


def decide(rng, p):
    c = choices(rng, p["WIDTH"])
    c["fraction"] = p["WIDTH"] - 9
    unit = c["unit"] = 2 ** rng.randint(8, min(15, p["WIDTH"] - 4))
    c["increment"] = rng.choice([16, 16, 1, 40, 2 ** p["TRACE_BITS"] - 1])
    c["error_delay"] = rng.randint(1, p["ERROR_SLOTS"] - 1)
    c["draw"] = rng.choice(["Ones", "Sign", rng.randint(1, 127)])
    c["shift"] = rng.randint(0, 3) + (3 if isinstance(c["draw"], int) else 0)
    c["one_sided"], c["dead"] = rng.choice([None, unit // 2]), rng.choice([0, 0, 3])
    c["m"] = rng.randint(1, p["CHANNELS"])
    c["seed"] = rng.getrandbits(32)
    return c


def controls(rng, c, p, steps):
    """Events of every kind, in any order within a step."""
    events = []
    clear, offsets = rng.choice([0, .02]), rng.choice([0, .04])
    learns = rng.random() < .8
    top = 2 ** (p["WIDTH"] - 1) - 1
    target = lambda: max(-top, min(top, rng.choice([0, 1, -1, 2]) * c["unit"] + rng.randint(-9, 9)))
    for step in range(steps):
        now = []
        cleared = step == 0 or rng.random() < clear
        if cleared and step > 0:
            now.append((step, 0, 0, 0))
        if step == 0 or cleared or rng.random() < .05:
            now += [(step, 1, channel, target()) for channel in range(c["m"]) if rng.random() < .9]
        if rng.random() < (.02 if learns else .2):
            learns = not learns
            now.append((step, 3 if learns else 2, 0, 0))
        elif step == 0:
            now.append((step, 3 if learns else 2, 0, 0))
        if rng.random() < offsets:
            now.append((step, 4, 0, rng.choice([0, 0, 1, 2, 5])))
        rng.shuffle(now)
        events += now
    return events


def chip_text(folder, c, p):
    fraction = c["fraction"]
    (folder / "chip.ron").write_text(f'''(format: "synfire-chip/1", extends: "small", name: "rtl", {datapath_text(c, p, fraction)},
 learning: (error: "s{p["ERROR_BITS"]}.{fraction - p["ERROR_SHIFT"]}", third_factor: "s{p["THIRD_BITS"]}.3",
  surrogate: "u{p["SURROGATE_BITS"]}.{p["SURROGATE_FRACTION"]}", trace_bits: {p["TRACE_BITS"]}, trace_increment: {c["increment"]},
  error_delay_steps: {c["error_delay"]}, clock_gated: false))''')


def network_text(folder, c, inputs, populations, projections):
    (folder / "network.ron").write_text(f'''(format: "synfire-network/1", name: "rtl", seed: {c["seed"]},
 inputs: [(name: "in", neurons: {inputs})], populations: [{", ".join(populations)}],
 projections: [{", ".join(projections)}])''')


def learning_text(c, p, q, third, readout):
    """The end of a population's text: how it learns, and whether it forms errors."""
    shape, width = SHAPES[q["surrogate"]], real(2 ** q["l"], c["fraction"])
    surrogate = f", surrogate: (shape: {shape}, half_width: {width})" if shape else ""
    text = f", learning: ({third}{surrogate})"
    if readout:
        side = "" if c["one_sided"] is None else f", one_sided: {real(c['one_sided'], c['fraction'])}"
        dead = real(c["dead"], c["fraction"] - p["ERROR_SHIFT"])
        text += f", readout: (signal: Membrane{side}, dead_zone: {dead})"
    return text


def learning_registers(c, q, third, readout_cores):
    own = dict(error_delay=c["error_delay"], trace_increment=c["increment"], channels=c["m"], third_factor=third,
               third_shift=0 if third == 1 else c["shift"], surrogate=q["surrogate"], half_width_log2=q["l"], seed=c["seed"])
    if readout_cores:
        own.update(readout=1, error_cores=readout_cores, one_sided=c["one_sided"] is not None, midpoint=c["one_sided"] or 0,
                   dead_zone=c["dead"])
    return own


def plastic_first(core, projections):
    """Rows into a core, those that learn first; gives the first axon of each by its slot."""
    first = {}
    for slot, q, pres, rows in sorted(projections, key=lambda own: not own[1]["learns"]):
        first[slot] = core.project(slot, q, pres, rows)
    core.registers["plastic_axons"] = sum(pres for _, q, pres, _ in projections if q["learns"])
    return first


def readout(folder, rng, p, steps):
    """A readout that learns its input, and maybe its own recurrence, by its own errors, in one core."""
    c = decide(rng, p)
    n = c["m"]
    inputs = rng.randint(2, p["AXONS"] - p["NEURONS"])
    q = decide_population(rng, p, n, c["unit"], True)
    f = decide_projection(rng, p, 0, c["unit"], 1, rng.randint(0, 2))
    r = decide_projection(rng, p, 1, c["unit"], .6, rng.randint(0, 2))
    w = dict(f=weights(rng, f, inputs, n), r=weights(rng, r, n, n))
    for name, rows in w.items():
        npy(folder / f"{name}.npy", rows)
    core = Core(p)
    core.registers.update(neuron_registers(c, q) | learning_registers(c, q, 1, 1))
    first = plastic_first(core, [(0, f, inputs, w["f"]), (1, r, n, w["r"])])
    for neuron in range(n):
        core.routes[neuron] = [(0, first[1] + neuron)]
    lay_out(folder, core, 0, "o", q)
    chip_text(folder, c, p)
    learns = learning_text(c, p, q, "third_factor: OwnError", True)
    network_text(folder, c, inputs, [population_text("o", 0, q, c["fraction"], learns)],
                 [projection_text("f", "in", "o", f), projection_text("r", "o", "o", r)])
    write_events(folder, rng, steps, rng.choice([.1, .2, .4]), inputs, [(0, first[0])], controls(rng, c, p, steps))


def layers(folder, rng, p, steps):
    """A hidden population, recurrent, in one core, and a readout in the other."""
    c = decide(rng, p)
    groups = rng.random() < .4
    m, n = c["m"], rng.randint(2, p["NEURONS"])
    inputs = rng.randint(2, p["AXONS"] - p["NEURONS"])
    h, o = decide_population(rng, p, n, c["unit"], False), decide_population(rng, p, m, c["unit"], True)
    f, r, w_o = (decide_projection(rng, p, number, c["unit"], chance, rng.randint(0, 2))
                 for number, chance in enumerate([.9, .6, 1]))
    w = dict(f=weights(rng, f, inputs, n), r=weights(rng, r, n, n), o=weights(rng, w_o, n, m))
    for name, rows in w.items():
        npy(folder / f"{name}.npy", rows)
    hidden, out = Core(p), Core(p)
    group = dict(group_neurons=rng.randint(-(-n // p["GROUPS"]), n), group_scale=rng.randint(6, 13),
                 group_decay=rng.choice([0, 3277, 4096, rng.randint(0, 4096)]))
    hidden.registers.update(neuron_registers(c, h) | learning_registers(c, h, 3 if groups else 2, 0) | group)
    # Errors of the readout go to its own core, and with feedback to the hidden one.
    out.registers.update(neuron_registers(c, o) | learning_registers(c, o, 1, 2 if groups else 3))
    first = plastic_first(hidden, [(0, f, inputs, w["f"]), (1, r, n, w["r"])])
    plastic_first(out, [(0, w_o, n, w["o"])])
    for neuron in range(n):
        hidden.routes[neuron] = [(0, first[1] + neuron), (1, neuron)]
        for channel in range(m):
            entry = matrix_entry(c["draw"], 2 if groups else 1, c["seed"], neuron, channel)
            hidden.matrix[neuron * p["CHANNELS"] + channel] = entry
    lay_out(folder, hidden, 0, "h", h)
    lay_out(folder, out, 1, "o", o)
    chip_text(folder, c, p)
    draw = c["draw"] if isinstance(c["draw"], str) else f"Uniform(max: {c['draw']})"
    third = f"Feedback(draw: {draw}, shift: {c['shift']})"
    if groups:
        third = (f"Group(neurons: {group['group_neurons']}, draw: {draw}, decay: Factor({group['group_decay']}), "
                 f"scale: {group['group_scale']}, shift: {c['shift']})")
    texts = [learning_text(c, p, h, f'listens_to: "o", third_factor: {third}', False),
             learning_text(c, p, o, "third_factor: OwnError", True)]
    network_text(folder, c, inputs, [population_text("h", 0, h, c["fraction"], texts[0]),
                                     population_text("o", 1, o, c["fraction"], texts[1])],
                 [projection_text("f", "in", "h", f), projection_text("r", "h", "h", r), projection_text("o", "h", "o", w_o)])
    write_events(folder, rng, steps, rng.choice([.1, .2, .4]), inputs, [(0, first[0])], controls(rng, c, p, steps))
