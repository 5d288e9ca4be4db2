#!/usr/bin/env python3
"""Holds what the area model says that a core is made of to what Yosys counts in the RTL, before technology mapping.

    run.py SYNFIRE [--write]

SYNFIRE runs `cycles/layers.ron` on `cycles/chip.ron`, with the limits of the build below, and leaves the memories of a core and
the widths of its arithmetic. Yosys reads the RTL (`proc; flatten; opt; memory_collect`) and counts memory bits by array,
flip-flops, adders and multipliers by width. `expected.json` says which arrays a memory of the model is, and names every
difference with its reason. Fails at a number, an array or a width that is not there. --write states the numbers anew, and
prints what it changes; reasons are written by hand.
"""

import argparse
import collections
import json
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
RTL = HERE.parent
EXPECTED = HERE / "expected.json"
BUILD = dict(CORES=1, NEURONS=32, AXONS=64, LANES=1, CHANNELS=2, GROUPS=2, QUEUE_DEPTH=16, SLOTS=4, ERROR_SLOTS=2)
# The same sizes in the chip file: learning memory is traces, the matrix and third factors.
CHANGES = ["chip.limits.neurons=32", "chip.limits.axons=64", "chip.limits.synapse_memory_bits=32768",
           "chip.limits.learning_memory_bits=1856", "chip.limits.delay_steps=3", "chip.timing.synapse_lanes=1",
           "chip.technology.synapses.items=1", "chip.technology.learning.items=1", "chip.technology.arrivals.items=64"]


def run(command, **options):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, **options)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")


def search(value, key):
    """The first value of a key, wherever it stands."""
    if isinstance(value, dict):
        if key in value:
            return value[key]
        value = list(value.values())
    found = (search(inner, key) for inner in value) if isinstance(value, list) else []
    return next((one for one in found if one is not None), None)


def modelled(synfire, folder):
    """Memory bits by structure; adders and multipliers by width."""
    for name in ("chip.ron", "layers.ron"):
        (folder / name).write_text((RTL / "cycles" / name).read_text())
    (folder / "control.csv").write_text("step,event,channel,value\n0,target,0,32768\n0,learn,,1\n")
    (folder / "experiment.ron").write_text('''(format: "synfire-experiment/1", title: "netlist", chip: "chip.ron",
 task: Simulate((network: "layers.ron", steps: 20, write: (csv: false),
 stimuli: [Poisson(input: "in", rate_ppm: 50_000), Control(file: "control.csv")])))''')
    sets = [word for change in CHANGES for word in ("--set", change)]
    run([synfire, "run", folder / "experiment.ron", "--out", folder / "run", "--threads", "1", *sets])
    silicon = search(json.loads((folder / "run/summary.json").read_text()), "silicon")
    memories = {own["name"]: own["words"] * own["word_bits"] * own["banks"] for own in silicon["structures"] if own["words"]}
    acts = {(own["act"], *own["bits"]) for own in silicon["accesses"] if own["structure"] == "arithmetic"}
    adders = sorted({first for act, first, _ in acts if act == "add"})
    multipliers = sorted(f"{first} x {second}" for act, first, second in acts if act == "multiply")
    return memories, [str(bits) for bits in adders], multipliers


def counted(folder):
    """Memory bits by array, flip-flops, adders and multipliers by width of the result."""
    sources = ["synfire_pkg.sv", *sorted(own.name for own in RTL.glob("*.sv") if own.name != "synfire_pkg.sv")]
    build = " ".join(f"-chparam {name} {value}" for name, value in BUILD.items())
    netlist = folder / "netlist.json"
    run(["yosys", "-q", "-p", f"read_verilog -sv {' '.join(sources)}; hierarchy -check -top chip {build}; proc; flatten; opt; "
         f"memory_collect; write_json {netlist}"], cwd=RTL)
    modules = json.loads(netlist.read_text())["modules"].values()
    top = next(module for module in modules if module["attributes"].get("top"))
    arrays, flops, adders, multipliers = {}, 0, collections.Counter(), collections.Counter()
    for cell in top["cells"].values():
        kind, number = cell["type"], {key: int(value, 2) for key, value in cell["parameters"].items() if set(value) <= set("01")}
        if kind.startswith("$mem"):
            name = cell["parameters"]["MEMID"].replace("\\", "").removeprefix("node_0.").removeprefix("core_of_node.")
            arrays[name] = number["WIDTH"] * number["SIZE"]
        elif "dff" in kind:
            flops += number["WIDTH"]
        elif kind in ("$add", "$sub"):
            adders[str(number["Y_WIDTH"])] += 1
        elif kind == "$mul":
            multipliers[str(number["Y_WIDTH"])] += 1
    by_width = lambda counts: {width: counts[width] for width in sorted(counts, key=int)}
    return arrays, flops, by_width(adders), by_width(multipliers)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("synfire", type=lambda text: pathlib.Path(text).resolve())
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="netlist-") as folder:
        memories, model_adders, model_multipliers = modelled(options.synfire, pathlib.Path(folder))
        arrays, flops, adders, multipliers = counted(pathlib.Path(folder))
    expected, wrong = json.loads(EXPECTED.read_text()), []

    def hold(place, key, found, what):
        if place.get(key) != found:
            wrong.append(f"{what}: {found}, expected {place.get(key)}")
            place[key] = found

    left = dict(arrays)
    for name, own in expected["memories"].items():
        hold(own, "model", memories.pop(name, None), f"{name}, bits of the model")
        hold(own, "rtl", sum(left.pop(array, 0) for array in own["arrays"]), f"{name}, bits of {', '.join(own['arrays'])}")
        if own["model"] != own["rtl"] and not own.get("why"):
            sys.exit(f"{name}: {own['model']} bits and {own['rtl']}, without a reason")
    for name, own in expected["in the RTL alone"].items():
        hold(own, "bits", left.pop(name, None), f"bits of {name}")
    if memories or left:
        sys.exit(f"named nowhere: of the model {memories}, of the RTL {left}")
    for name, found in [("flip-flops", flops), ("adders", adders), ("multipliers", multipliers)]:
        hold(expected[name], "rtl", found, f"{name} of the RTL")
    for name, found in [("adders", model_adders), ("multipliers", model_multipliers)]:
        hold(expected[name], "model", found, f"{name} of the model")
    if options.write:
        EXPECTED.write_text(json.dumps(expected, indent=2) + "\n")
        print("\n".join(wrong) or "nothing changed")
    elif wrong:
        sys.exit("\n".join(wrong))
    exact = [name for name, own in expected["memories"].items() if own["model"] == own["rtl"]]
    print(f"equal: {', '.join(exact)}; {len(expected['memories']) - len(exact)} memories differ by what is named, "
          f"{len(expected['in the RTL alone'])} arrays are the RTL's alone; {flops} flip-flops, {sum(adders.values())} adders, "
          f"{sum(multipliers.values())} multipliers")


if __name__ == "__main__":
    main()
