#!/usr/bin/env python3
"""Runs worked rows of docs/arithmetic.md on the RTL under Icarus, and compares every cell that the chip shows.

Tables `neuron` (3.2, every column) and `step` (9.4: I, U_cmp, S, Q, P, L, w, E formed), case by case. Cases whose options the RTL
leaves out (README.md) are counted and named. Needs `iverilog`; standard library only. Exit status 1 at the first
difference.
"""
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
RTL = os.path.dirname(HERE)
CONTRACT = os.path.join(RTL, "..", "..", "docs", "arithmetic.md")

# Addresses of registers, as README.md has them.
REGISTERS = {
    "neurons": 0, "order": 1, "wrap_current": 2, "wrap_membrane": 3, "greater": 4, "spiking": 5, "hold": 6, "reset": 7,
    "refractory": 8, "shift": 9, "a": 10, "b": 11, "reset_value": 12, "i0": 13, "u0": 14, "interval": 15, "offset": 16,
    "exponent_0": 18, "exponent_1": 20, "error_delay": 21, "plastic_axons": 22, "trace_increment": 23, "channels": 24,
    "third_factor": 25, "surrogate": 27, "half_width": 28, "readout": 29, "error_cores": 30, "seed": 38,
    "store_bits": 39, "k": 40, "rounding": 41,
}
# The registers of a neuron that the trace has.
NEURON = "D0 I U C S R L F".split()
# The contract that the trace is of.
VERSION = re.search(r'ARITH_SPEC = "([0-9.]+)"', open(CONTRACT, encoding="utf-8").read()).group(1)
SIZES = {"CORES": 1, "NEURONS": 2, "AXONS": 32, "CHANNELS": 2}


def table(name):
    """The rows of a table of the contract, without its head."""
    lines = open(CONTRACT, encoding="utf-8").read().split(f"<!-- rows: {name} -->")[1].strip().split("\n")
    rows = []
    for line in lines:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows[2:]


def options(text):
    """`a=0 spiking` as a dictionary."""
    words = [] if text == "-" else text.split()
    return dict(word.split("=", 1) if "=" in word else (word, "yes") for word in words)


class Chip:
    """A build of the chip and the images of its one core."""

    builds = {}

    def __init__(self, folder, **sizes):
        self.folder = folder
        self.sizes = dict(SIZES, **sizes)
        self.registers = [0] * 64
        self.axons = [0] * self.sizes["AXONS"]
        self.weights = [0] * (self.sizes["AXONS"] * self.sizes["NEURONS"])
        self.threshold = 0
        self.bias = 0
        self.control = []
        self.stimulus = []

    def set(self, **fields):
        for field, value in fields.items():
            self.registers[REGISTERS[field]] = int(value)

    def axon(self, axon, projection, pre, weight):
        """An axon of delay 1 with a weight onto neuron 0."""
        self.axons[axon] = projection << 31 | 1 << 25 | pre
        self.weights[axon * self.sizes["NEURONS"]] = weight

    def image(self, name, words, bits):
        with open(os.path.join(self.folder, f"{name}_0.hex"), "w", encoding="ascii") as file:
            for word in words:
                file.write(f"{word & ((1 << bits) - 1):x}\n")

    def run(self, steps):
        """Runs so many steps; the trace as (step, register) -> value of neuron 0, axon 0 and its synapse."""
        neurons, width = self.sizes["NEURONS"], self.sizes.get("WIDTH", 24)
        self.image("registers", self.registers, 32)
        self.image("axons", self.axons, 32)
        self.image("synapses", self.weights, 16)
        self.image("thresholds", [self.threshold] * neurons, width)
        self.image("biases", [self.bias] * neurons, width)
        self.image("routes", [0] * neurons, 36)
        self.image("matrix", [0] * (neurons * self.sizes["CHANNELS"]), 8)
        for name, lines in ("control", self.control), ("stimulus", self.stimulus):
            with open(os.path.join(self.folder, f"{name}.txt"), "w", encoding="ascii") as file:
                file.writelines(line + "\n" for line in lines)
        self.header(steps, width)
        trace = os.path.join(self.folder, "rtl.trace")
        command = ["vvp", "-n", self.build(), f"+dir={self.folder}", f"+steps={steps}", f"+trace={trace}"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        values, step = {}, None
        for line in open(trace, encoding="ascii"):
            word, *rest = line.split()
            if word == "step":
                step = int(rest[0])
            elif word in ("n", "a", "w") and step is not None:
                names, cells = {"n": (NEURON, rest[2:]), "a": ("QP", rest[3:]), "w": ("W", rest[4:])}[word]
                values.update({(step, name): int(cell) for name, cell in zip(names, cells, strict=True)})
        return values

    def header(self, steps, width):
        """The header of the trace: what the bench is to write."""
        formats = {"S": "1.0u", "R": "8.0u", "D0": "32.0", "L": "16.0", "F": "16.0"}
        registers = " ".join(f"{name}:{formats.get(name, f'{width}.0')}" for name in NEURON)
        lines = ["synfire-trace 1", f"contract {VERSION}", f"population 0 neurons 1 {registers}"]
        axons = self.registers[REGISTERS["plastic_axons"]]
        if axons:
            lines += [f"projection 0 inputs axons {axons} Q:8.4u P:8.4u", "projection 0 inputs weights 1 W:16.14"]
        with open(os.path.join(self.folder, "header.trace"), "w", encoding="ascii") as file:
            file.writelines(line + "\n" for line in [*lines, f"steps 0 {steps}"])

    def build(self):
        key = tuple(sorted(self.sizes.items()))
        if key not in self.builds:
            out = os.path.join(self.folder, f"bench{len(self.builds)}.out")
            files = [os.path.join(RTL, name) for name in sorted(os.listdir(RTL)) if name.endswith(".sv")]
            files.sort(key=lambda path: not path.endswith("synfire_pkg.sv"))
            files += [os.path.join(HERE, name) for name in sorted(os.listdir(HERE)) if name.endswith(".sv")]
            sizes = [f"-Pbench.{name}={value}" for name, value in key]
            subprocess.run(["iverilog", "-g2012", "-s", "bench", "-o", out, *sizes, *files], check=True)
            self.builds[key] = out
        return self.builds[key]


def expect(case, row, found, wanted):
    if found != wanted:
        sys.exit(f"worked_rows: case `{case}`, step {row}: RTL has {found}, the contract {wanted}")


def parts(dendritic_sum):
    """A sum as weights of 16 bits: its low 15 bits, then what is above, of a projection with exponent 15."""
    if dendritic_sum & 0x7FFF:
        yield 0, dendritic_sum & 0x7FFF
    above = dendritic_sum >> 15
    while above != 0:
        weight = max(min(above, 0x7FFF), -0x8000)
        yield 1, weight
        above -= weight


def neuron_cases(folder):
    """Section 3.2. A dendritic sum is that of some axons of its step."""
    rows, checked, absent = table("neuron"), 0, []
    for case, text, steps in table("neuron-options"):
        o = options(text)
        sums = [int(row[2]) for row in rows if row[0] == case]
        if "noise" in o or "wrap_lava" in o.values():
            absent.append(case)
            continue
        # A spike arrives a step after it was sent, so a sum of step 0 is run a step later, from rest.
        late = 1 if sums[0] != 0 else 0
        interval = int(o.get("interval", 0))
        chip = Chip(folder, LEARNING=0, WIDTH=int(o.get("width", 24)), DECAY_FRACTION=int(o.get("F", 12)))
        reset = o.get("reset", "next")
        chip.set(
            neurons=1, order=o.get("order") == "updated", wrap_current=o.get("i_over") == "wrap",
            wrap_membrane=o.get("u_over") == "wrap", greater=o.get("cmp") == "gt", spiking=o.get("spiking") != "no",
            hold=o.get("during") == "hold", reset={"next": 0, "now": 1}.get(reset, 2),
            reset_value=reset.split(":")[1] if ":" in reset else 0, refractory=o.get("R", 0), shift=o.get("shift", 0),
            a=o.get("a", 2048), b=o.get("b", 3686), i0=o.get("i0", 0), u0=o.get("u0", 0), interval=interval,
            offset=(int(o.get("offset", 0)) + late) % interval if interval else 0, exponent_1=15)
        chip.threshold, chip.bias = int(o.get("theta", 32768)), int(o.get("bias", 0))
        axon = 0
        for n, dendritic_sum in enumerate(sums):
            for projection, weight in parts(dendritic_sum):
                chip.axon(axon, projection, axon, weight)
                chip.stimulus.append(f"{n + late - 1} 0 {axon}")
                axon += 1
        values = chip.run(int(steps) + late)
        for row in (row for row in rows if row[0] == case):
            n = int(row[1]) + late
            found = [values[n, register] for register in ("D0", *"ICURS")]
            expect(case, row[1], found, [int(cell) for cell in row[2:]])
            checked += len(found)
    return checked, absent


def step_cases(folder):
    """Section 9.4: one core that is learner and readout."""
    rows, checked, absent = table("step"), 0, []
    kinds = {"clear": 0, "target": 1, "learn off": 2, "learn on": 3, "offset": 4}
    for case, text, steps in table("step-options"):
        o = options(text)
        if o["signal"] != "membrane" or "eligibility" in o or "adaptation" in o:
            absent.append(case)
            continue
        chip = Chip(folder)
        chip.set(
            neurons=1, spiking="spiking" in o, a=2048, b=3686, exponent_0=1, error_delay=o["delay"], plastic_axons=1,
            trace_increment=16, channels=1, third_factor=1, surrogate="surrogate" in o, half_width=16, readout=1,
            error_cores=1, seed=1, store_bits=16, k=o["k"], rounding=["floor", "nearest", "stochastic"].index(o["rounding"]))
        chip.axon(0, 0, 0, int(o["w"]))
        chip.threshold = 32768
        mine = [row for row in rows if row[0] == case]
        for row in mine:
            for event in [] if row[2] == "-" else row[2].split("; "):
                name = event.rstrip("-0123456789 ") or event
                chip.control.append(f"{row[1]} {kinds[name]} 0 {event[len(name):].strip() or 0}")
            if row[3] == "1":
                chip.stimulus.append(f"{row[1]} 0 0")
        values, weight = chip.run(int(steps)), int(o["w"])
        for row in mine:
            n = int(row[1])
            weight = values.get((n, "W"), weight)
            found = [values[n, register] for register in "ICSQPLF"] + [weight]
            expect(case, row[1], found, [int(row[column]) for column in (4, 5, 6, 7, 8, 10, 13, 12)])
            checked += len(found)
    return checked, absent


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        for section, cases in ("3.2", neuron_cases), ("9.4", step_cases):
            count, left_out = cases(scratch)
            print(f"section {section}: {count} values of the RTL are the contract's; left out: {', '.join(left_out)}")
