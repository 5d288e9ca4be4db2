"""Random run-time configurations of the chip: what goes into the RTL as images, and what says the same to the model as files.

Kinds of network: `alone` and `pair` do not learn (one core, two
that excite each other), `readout` learns in one core by its own errors, `layers` in two by random feedback or by groups.
"""

import random
import struct
from decimal import Decimal, getcontext

getcontext().prec = 60

DEFAULT = dict(CORES=2, LINK_CYCLES=2, QUEUE_DEPTH=16, NEURONS=16, AXONS=32, SLOTS=8, LANES=1, WIDTH=24, DECAY_FRACTION=12,
               SUM_BITS=32, WEIGHT_BITS=16, FANOUT=2, LEARNING=1, CHANNELS=4, GROUPS=2, ERROR_SLOTS=4, TRACE_BITS=8,
               ERROR_BITS=10, ERROR_SHIFT=8, THIRD_BITS=10, SURROGATE_BITS=8, SURROGATE_FRACTION=7)
# Builds: a name, the kind of network, parameters other than the defaults.
BUILDS = [
    ("narrow-alone", "alone", dict(CORES=1, LEARNING=0, NEURONS=32, AXONS=64, WIDTH=12)),
    ("wide-alone", "alone", dict(CORES=1, LEARNING=0, NEURONS=32, AXONS=64, LANES=8, WIDTH=32)),
    ("pair", "pair", dict(LEARNING=0, AXONS=64, LANES=8)),
    ("narrow-readout", "readout", dict(CORES=1, AXONS=64, WIDTH=16, ERROR_SHIFT=3, WEIGHT_BITS=8)),
    ("readout", "readout", dict(CORES=1, AXONS=64, LANES=8, WIDTH=20, ERROR_SHIFT=4)),
    ("layers", "layers", dict(AXONS=64, GROUPS=4, QUEUE_DEPTH=64)),
    ("wide-layers", "layers", dict(AXONS=64, GROUPS=4, LANES=8, LINK_CYCLES=5, QUEUE_DEPTH=2, SLOTS=16, WIDTH=28, ERROR_BITS=14,
                                   ERROR_SHIFT=9, ERROR_SLOTS=8, TRACE_BITS=12, THIRD_BITS=13, SURROGATE_BITS=12,
                                   SURROGATE_FRACTION=10)),
]
FIELDS = """neurons order_updated wrap_current wrap_membrane compare_greater spiking hold reset_mode refractory_steps input_shift
current_decay membrane_decay reset_value initial_current initial_membrane reset_interval reset_offset dropped_0 exponent_0 dropped_1
exponent_1 error_delay plastic_axons trace_increment channels third_factor third_shift surrogate half_width_log2 readout error_cores
one_sided midpoint dead_zone neuron_base group_neurons group_decay group_scale seed store_bits_0 shift_0 rounding_0 decays_0
weight_decay_0 number_0 store_bits_1 shift_1 rounding_1 decays_1 weight_decay_1 number_1""".split()
REGISTER = {name: address for address, name in enumerate(FIELDS)}
ROUNDINGS = ["Floor", "Nearest", "Stochastic"]
SHAPES = [None, "Triangle", "Boxcar", "Ramp", "Exponential"]
RESETS = ["SubtractNext", "SubtractNow"]


def npy(path, rows):
    """A two-dimensional array of 32-bit integers."""
    header = "{'descr': '<i4', 'fortran_order': False, 'shape': (%d, %d), }" % (len(rows), len(rows[0]))
    header += " " * (63 - (10 + len(header)) % 64) + "\n"
    data = b"".join(struct.pack("<%di" % len(row), *row) for row in rows)
    path.write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + data)


def npy_list(path, values):
    """A one-dimensional one."""
    header = "{'descr': '<i4', 'fortran_order': False, 'shape': (%d,), }" % len(values)
    header += " " * (63 - (10 + len(header)) % 64) + "\n"
    path.write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() +
                     struct.pack("<%di" % len(values), *values))


def real(lanes, fraction):
    """Lanes as the exact real number that a file states."""
    return format(Decimal(int(lanes)) / 2 ** fraction, "f")


def mix(a):
    """10.1 of docs/arithmetic.md."""
    m = 0xFFFFFFFF
    a = ((a + 0x7ED55D16) + (a << 12)) & m
    a = (a ^ 0xC761C23C) ^ (a >> 19)
    a = ((a + 0x165667B1) + (a << 5)) & m
    a = ((a + 0xD3A2646C) ^ (a << 9)) & m
    a = ((a + 0xFD7046C5) + (a << 3)) & m
    return (a ^ 0xB55A4F09) ^ (a >> 16)


def matrix_entry(draw, purpose, seed, neuron, channel):
    """10.4 of docs/arithmetic.md, of population 0."""
    if draw == "Ones":
        return 1
    key = mix(mix(mix(mix((seed ^ (purpose * 0x85EBCA6B)) & 0xFFFFFFFF))) ^ neuron)
    word = mix((key + channel * 0x9E3779B9) & 0xFFFFFFFF)
    if draw == "Sign":
        return -1 if word >> 31 else 1
    return -draw + ((word * (2 * draw + 1)) >> 32)


class Core:
    """The images of one core."""

    def __init__(self, p):
        self.p = p
        self.registers = {}
        self.axons = [0] * p["AXONS"]
        self.weights = [[0] * p["NEURONS"] for _ in range(p["AXONS"])]
        self.thresholds = [0] * p["NEURONS"]
        self.biases = [0] * p["NEURONS"]
        self.routes = [[] for _ in range(p["NEURONS"])]
        self.matrix = [0] * (p["NEURONS"] * p["CHANNELS"])
        self.used = 0

    def project(self, slot, projection, pres, rows):
        """Rows of a projection, after those that are there; gives the axon of its first."""
        first = self.used
        for pre in range(pres):
            self.axons[first + pre] = slot << 31 | projection["delay"] << 25 | pre
            self.weights[first + pre][:len(rows[pre])] = rows[pre]
        self.used += pres
        q = projection
        self.registers.update({
            f"dropped_{slot}": q["bits"] - q["delivered"], f"exponent_{slot}": q["exponent"], f"store_bits_{slot}": q["bits"],
            f"number_{slot}": q["number"]})
        if q.get("learns"):
            self.registers.update({
                f"shift_{slot}": q["k"], f"rounding_{slot}": q["rounding"], f"decays_{slot}": q["decay"] is not None,
                f"weight_decay_{slot}": q["decay"] or 0})
        return first

    def write(self, folder, number):
        p, lanes, bits = self.p, self.p["LANES"], self.p["WEIGHT_BITS"]
        words = [0] * 64
        for name, value in self.registers.items():
            words[REGISTER[name]] = int(value)
        rows = [sum((w & ((1 << bits) - 1)) << (lane * bits) for lane, w in enumerate(row[at:at + lanes]))
                for row in self.weights for at in range(0, p["NEURONS"], lanes)]
        routes = [sum((1 << 17 | core << 16 | axon) << (18 * at) for at, (core, axon) in enumerate(route))
                  for route in self.routes]
        images = dict(registers=(words, 32), axons=(self.axons, 32), synapses=(rows, lanes * bits),
                      thresholds=(self.thresholds, p["WIDTH"]), biases=(self.biases, p["WIDTH"]),
                      routes=(routes, 18 * p["FANOUT"]), matrix=(self.matrix, 8))
        for name, (image, width) in images.items():
            mask, digits = (1 << width) - 1, (width + 3) // 4
            text = "".join(f"{int(word) & mask:0{digits}x}\n" for word in image)
            (folder / f"{name}_{number}.hex").write_text(text)


def population_text(name, core, q, fraction, learning=""):
    reset = RESETS[q["reset"]] if q["reset"] < 2 else f"ToValue({real(q['reset_value'], fraction)})"
    return f'''(name: "{name}", neurons: {q["n"]}, cores: [{core}], neuron: (current_decay: Factor({q["a"]}),
   membrane_decay: Factor({q["b"]}), threshold: Npy("{name}_threshold.npy"), bias: Npy("{name}_bias.npy"),
   initial_current: Lanes({q["i0"]}), initial_membrane: Lanes({q["u0"]}), reset: {reset}, refractory_steps: {q["R"]},
   refractory: {"Hold" if q["hold"] else "Integrate"}, spiking: {str(q["spiking"]).lower()}, reset_interval: {q["interval"]},
   reset_offset: {q["offset"]}){learning})'''


def projection_text(name, source, target, q):
    learning = ""
    if q.get("learns"):
        decay = "" if q["decay"] is None else f", weight_decay: {q['decay']}"
        learning = f", learning: (shift: {q['k']}, rounding: {ROUNDINGS[q['rounding']]}{decay})"
    return f'''(name: "{name}", from: "{source}", to: "{target}", connect: Npy("{name}.npy"), delay: {q["delay"]}, encoding: Dense,
   store: (bits: {q["bits"]}, fraction: 0, delivered_bits: {q["delivered"]}, exponent: {q["exponent"]}){learning})'''


def datapath_text(c, p, fraction):
    return f'''datapath: (order: {["PreviousCurrent", "UpdatedCurrent"][c["updated"]]}, state: "s{p["WIDTH"]}.{fraction}",
  current_overflow: {["Saturate", "Wrap"][c["wrap_current"]]}, membrane_overflow: {["Saturate", "Wrap"][c["wrap_membrane"]]},
  input_shift: {c["input_shift"]}, decay_fraction: {p["DECAY_FRACTION"]}, compare: {["GreaterEqual", "Greater"][c["greater"]]})'''


def neuron_registers(c, q):
    """Registers 0 to 16, of a chip's choices `c` and a population `q`."""
    return dict(neurons=q["n"], order_updated=c["updated"], wrap_current=c["wrap_current"], wrap_membrane=c["wrap_membrane"],
                compare_greater=c["greater"], input_shift=c["input_shift"], spiking=q["spiking"], hold=q["hold"],
                reset_mode=q["reset"], refractory_steps=q["R"], current_decay=q["a"], membrane_decay=q["b"],
                reset_value=q["reset_value"], initial_current=q["i0"], initial_membrane=q["u0"], reset_interval=q["interval"],
                reset_offset=q["offset"])


def choices(rng, width):
    """What a chip file chooses for all populations."""
    return dict(updated=rng.randint(0, 1), greater=rng.randint(0, 1), wrap_current=int(width < 32 and rng.random() < .2),
                wrap_membrane=int(width < 32 and rng.random() < .2), input_shift=0)


def lay_out(folder, core, number, name, q):
    """Parameters of single neurons, into images and arrays."""
    core.thresholds[:q["n"]], core.biases[:q["n"]] = q["thresholds"], q["biases"]
    npy_list(folder / f"{name}_threshold.npy", q["thresholds"])
    npy_list(folder / f"{name}_bias.npy", q["biases"])
    core.write(folder, number)


def write_events(folder, rng, steps, rate, channels, packets, controls):
    """Stimuli: each channel that fires is told to the model once, to the chip by all of `packets` (core, first axon)."""
    (folder / "control.txt").write_text("".join("%d %d %d %d\n" % event for event in controls))
    lines, burst = [], 1.0
    for step in range(steps):
        if rng.random() < .05:
            burst = rng.choice([0, .3, 1, 1, 3])
        for channel in range(channels):
            if rng.random() < rate * burst:
                for at, (core, first) in enumerate(packets):
                    lines.append(f"{step} {core} {first + channel} {-1 if at else channel}\n")
    (folder / "stimulus.txt").write_text("".join(lines))

