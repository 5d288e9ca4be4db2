"""Networks that do not learn: weights at their limits, thresholds met exactly, every reset, wrap and refractory option."""

from configuration import (Core, choices, datapath_text, lay_out, neuron_registers, npy, population_text, projection_text,
                           write_events)


def decide_projection(rng, p, number, scale, room):
    bits = rng.randint(2, p["WEIGHT_BITS"])
    delivered = rng.randint(1, bits) if rng.random() < .4 else bits
    return dict(number=number, bits=bits, delivered=delivered, delay=rng.randint(1, p["SLOTS"] - 1),
                exponent=max(0, min(room - delivered, scale - delivered + rng.randint(-1, 1))))


def decide_population(rng, p, n, magnitude):
    """A population whose single events weigh about `magnitude` lanes."""
    top = 2 ** (p["WIDTH"] - 1) - 1
    fit = lambda value: max(-top, min(top, int(value)))
    times = rng.choice([.5, 1, 2, 4])
    thresholds = [max(0, fit(magnitude * times * rng.uniform(.5, 1.5))) for _ in range(n)]
    if rng.random() < .1:
        thresholds = [rng.choice([0, 1, top]) for _ in range(n)]
    if magnitude <= 8:
        # Few lanes: thresholds are met exactly.
        thresholds = [rng.randint(0, 8) for _ in range(n)]
    most = min(top, max(thresholds) // 4 + 1)
    own = lambda: rng.randint(-most, most)
    reset = rng.randint(0, 2)
    interval = rng.choice([0, 0, 0, rng.randint(1, 20)])
    factor = 2 ** p["DECAY_FRACTION"]
    return dict(n=n, thresholds=thresholds, biases=[own() if rng.random() < .5 else 0 for _ in range(n)] if rng.random() < .5 else [0] * n,
                reset=reset, reset_value=rng.choice([0, -most, own()]), i0=rng.choice([0, 0, own()]), u0=rng.choice([0, 0, own()]),
                hold=reset != 0 and rng.random() < .5, R=rng.choice([0, 0, 1, 2, 3, 255]), spiking=rng.random() < .95,
                a=rng.choice([0, factor // 2, factor - 1, factor, rng.randint(0, factor)]),
                b=rng.choice([0, factor * 9 // 10, factor - 1, factor, rng.randint(0, factor)]),
                interval=interval, offset=rng.randint(0, interval - 1) if interval else 0)


def weights(rng, q, pres, posts):
    """Fixed weights: two's complement, with both ends."""
    low, high = -2 ** (q["bits"] - 1), 2 ** (q["bits"] - 1) - 1
    if rng.random() < .5:
        low = 0
    draw = lambda: rng.choice([low, high]) if rng.random() < .02 else rng.randint(low, high)
    return [[draw() for _ in range(posts)] for _ in range(pres)]


def decide(rng, p):
    """The chip's choices, and the size in lanes that events of a configuration aim at."""
    c = choices(rng, p["WIDTH"])
    c["input_shift"] = rng.choice([0, 0, 1, 3, 6])
    # Bits of an addend that the accumulator holds, whatever arrives.
    room = 32 - (p["AXONS"] - 1).bit_length() - c["input_shift"] - 1
    scale = 3 if rng.random() < .25 else rng.choice([p["WIDTH"] - 6, p["WIDTH"] - 4, p["WIDTH"] - 2, rng.randint(4, p["WIDTH"])])
    if scale == 3:
        c["input_shift"] = 0
    c["fraction"] = 15 if p["WIDTH"] > 16 else 8
    return c, max(2, min(room, scale - c["input_shift"])), room


def clears(rng, steps):
    """Control events: clears in a third of the configurations."""
    rate = rng.choice([0, 0, .04])
    return [(step, 0, 0, 0) for step in range(steps) if rng.random() < rate]


def files(folder, c, p, inputs, populations, projections):
    base = "paper" if p["NEURONS"] > 16 else "small"
    (folder / "chip.ron").write_text(
        f'(format: "synfire-chip/1", extends: "{base}", name: "rtl", {datapath_text(c, p, c["fraction"])})')
    (folder / "network.ron").write_text(f'''(format: "synfire-network/1", name: "rtl", inputs: [(name: "in", neurons: {inputs})],
 populations: [{", ".join(populations)}],
 projections: [{", ".join(projections)}])''')


def alone(folder, rng, p, steps):
    """An input, and one population that also excites itself."""
    c, scale, room = decide(rng, p)
    n = rng.randint(1, p["NEURONS"])
    inputs = rng.randint(1, p["AXONS"] - n)
    f, r = (decide_projection(rng, p, number, scale, room) for number in range(2))
    q = decide_population(rng, p, n, 2 ** (scale - 1 + c["input_shift"]))
    w = dict(f=weights(rng, f, inputs, n), r=weights(rng, r, n, n))
    for name, rows in w.items():
        npy(folder / f"{name}.npy", rows)
    core = Core(p)
    core.registers.update(neuron_registers(c, q))
    core.project(0, f, inputs, w["f"])
    first = core.project(1, r, n, w["r"])
    for neuron in range(n):
        core.routes[neuron] = [(0, first + neuron)]
    lay_out(folder, core, 0, "a", q)
    files(folder, c, p, inputs, [population_text("a", 0, q, c["fraction"])],
          [projection_text("f", "in", "a", f), projection_text("r", "a", "a", r)])
    write_events(folder, rng, steps, rng.choice([.02, .1, .3, .9]), inputs, [(0, 0)], clears(rng, steps))


def pair(folder, rng, p, steps):
    """An input onto two populations in two cores, which excite each other over the link."""
    c, scale, room = decide(rng, p)
    n = [rng.randint(1, p["NEURONS"]) for _ in range(2)]
    inputs = rng.randint(1, p["AXONS"] - max(n))
    q = [decide_population(rng, p, n[core], 2 ** (scale - 1 + c["input_shift"])) for core in range(2)]
    # From the input onto each, then from the other onto each.
    ways = [decide_projection(rng, p, number, scale, room) for number in range(4)]
    w = [weights(rng, ways[at], inputs if at < 2 else n[3 - at], n[at % 2]) for at in range(4)]
    for at, rows in enumerate(w):
        npy(folder / f"w{at}.npy", rows)
    cores = [Core(p), Core(p)]
    for at, core in enumerate(cores):
        core.registers.update(neuron_registers(c, q[at]))
        core.project(0, ways[at], inputs, w[at])
        first = core.project(1, ways[2 + at], n[1 - at], w[2 + at])
        for neuron in range(n[1 - at]):
            cores[1 - at].routes[neuron] = [(at, first + neuron)]
    for at, name in enumerate("ab"):
        lay_out(folder, cores[at], at, name, q[at])
    files(folder, c, p, inputs, [population_text("ab"[at], at, q[at], c["fraction"]) for at in range(2)],
          [projection_text(f"w{at}", "in" if at < 2 else "ba"[at - 2], "ab"[at % 2], ways[at]) for at in range(4)])
    write_events(folder, rng, steps, rng.choice([.02, .1, .3, .9]), inputs, [(0, 0), (1, 0)], clears(rng, steps))
