#!/usr/bin/env python3
"""Holds the cycles of the RTL to those that the cycle model predicts from `chip.ron`, in every step.

    run.py SYNFIRE [--steps N] [--simulator icarus|verilator] [--build NAME,..] [--stimulus NAME,..]

Of each network here (one core and two, without learning and with it), with one lane and with eight, under silence, 5 % and
bursts: SYNFIRE runs the experiment by the cycle model first, and leaves the length of each step; then it exports the images, and
the bench of testbench/rtl runs from them alone and counts. Fails at a step whose cycles differ; and where a perturbed chip file
(a memory port less, a stage of the link or of the barrier more, half of the lanes) still predicts every step, or where so little
happened that nothing was compared.

Control events come in steps without stimuli, and leave no error 0 (README.md, "What a chip file cannot say").
"""

import argparse
import csv
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
RTL = HERE.parent
CLOCK_PS = 10_000
# Networks: the inputs that each has, whether it learns.
NETWORKS = {"alone": (40, False), "pair": (30, False), "readout": (40, True), "layers": (40, True)}
LANES = [1, 8]
BUILDS = [f"{network}-{lanes}" for network in NETWORKS for lanes in LANES]
# Of the steps, in per mille of the channels: whether a step is in a burst, by its number.
STIMULI = {
    "silence": lambda step: 0,
    "sparse": lambda step: 50,
    "bursts": lambda step: 700 if step % 50 < 12 else 0,
}
# Changes of the chip file that must show, each in a build that it concerns.
PERTURBED = [
    ("layers-1", "chip.core.ports=1", "a memory port less"),
    ("pair-8", "chip.timing.hop_x_cycles=3", "a stage of the link more"),
    ("alone-1", "chip.timing.barrier_cycles=3", "a stage of the barrier more"),
    ("readout-8", "chip.timing.trace_update_cycles=2", "a stage of a trace more"),
    ("alone-8", "chip.timing.synapse_lanes=4", "half of the lanes"),
]


def run(command, **options):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, **options)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout


def controls(learns):
    """Steps with control events: learning begins, pauses, goes on after a `clear`."""
    if not learns:
        return [(400, "clear,,")]
    return [(0, "target,0,32768"), (0, "target,1,-16384"), (0, "learn,,1"), (300, "learn,,0"), (350, "learn,,1"),
            (400, "clear,,"), (400, "target,0,-32768"), (400, "target,1,16384"), (700, "shift_offset,,1")]


def experiment(folder, network, stimulus, steps):
    """The experiment of a network under a stimulus, with its files."""
    inputs, learns = NETWORKS[network]
    events = [event for event in controls(learns) if event[0] < steps]
    quiet = {step for step, _ in events}
    (folder / "control.csv").write_text("step,event,channel,value\n" + "".join(f"{s},{e}\n" for s, e in events))
    rng = random.Random(f"{network}/{stimulus}")
    lines = [f"{step},{channel}\n" for step in range(steps) if step not in quiet
             for channel in range(inputs) if rng.random() * 1000 < STIMULI[stimulus](step)]
    (folder / "stimulus.csv").write_text("step,neuron\n" + "".join(lines))
    for name in ("chip.ron", f"{network}.ron"):
        (folder / name).write_text((HERE / name).read_text())
    path = folder / "experiment.ron"
    path.write_text(f'''(format: "synfire-experiment/1", title: "cycles", chip: "chip.ron", step_rows: {steps},
 task: Simulate((network: "{network}.ron", steps: {steps},
 stimuli: [SpikeList(input: "in", file: "stimulus.csv"), Control(file: "control.csv")], write: (csv: false))))''')
    return path


def predicted(synfire, path, out, changes):
    """Cycles of each step by the model, and the spikes, weights and packets of the run."""
    sets = [word for change in changes for word in ("--set", change)]
    run([synfire, "run", path, "--out", out, "--threads", "1", *sets])
    with open(next(out.rglob("steps.csv")), encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["step"]]
    lengths = {int(row["step"]): int(row["total_ps"]) for row in rows}
    if any(length % CLOCK_PS for length in lengths.values()):
        sys.exit(f"{path}: a step is no whole number of cycles")
    busy = {name: sum(int(row[name]) for row in rows) for name in ("core.spikes", "learning.weight_writes") if name in rows[0]}
    return {step: length // CLOCK_PS for step, length in lengths.items()}, busy


def exported(synfire, path, lanes, folder):
    """The images of an experiment, and the parameters of the RTL that holds them."""
    layout = (RTL.parent / "layouts/rtl.ron").read_text()
    changed = re.sub(r"lanes: \d+", f"lanes: {lanes}", layout)
    (folder / "layout.ron").write_text(changed)
    images = folder / "images"
    run([synfire, "export", path, "--layout", folder / "layout.ron", "--out", images])
    # A full queue would hold up its sender; on ideal ways nothing is ever full.
    parameters = dict(line.split("=") for line in (images / "parameters.txt").read_text().split())
    parameters["QUEUE_DEPTH"] = "128"
    return images, parameters


def bench(simulator, parameters, folder):
    sources = [RTL / "synfire_pkg.sv", *sorted(own for own in RTL.glob("*.sv") if own.name != "synfire_pkg.sv"),
               *sorted((RTL / "bench").glob("*.sv"))]
    if simulator == "icarus":
        run(["iverilog", "-g2012", "-o", folder / "bench", "-s", "bench",
             *(f"-Pbench.{key}={value}" for key, value in parameters.items()), *sources])
        return ["vvp", "-n", folder / "bench"]
    run(["verilator", "--binary", "-O3", "-Wno-fatal", "--top", "bench", "--Mdir", folder / "verilator", "-o", "bench",
         *(f"-G{key}={value}" for key, value in parameters.items()), *sources])
    return [folder / "verilator/bench"]


def counted(program, images, steps, folder):
    """Cycles of each step of the RTL."""
    plusargs = (images / "plusargs.txt").read_text().split()
    run([*program, f"+dir={images}", f"+steps={steps}", "+header=/dev/null/none", f"+cycles={folder / 'cycles.txt'}",
         *plusargs])
    lines = (folder / "cycles.txt").read_text().split("\n")
    return {int(step): int(cycles) for step, cycles in (line.split() for line in lines if line)}


def changes(network, lanes):
    cores = 2 if network in ("pair", "layers") else 1
    return [f"chip.timing.synapse_lanes={lanes}", f"chip.mesh.columns={cores}"]


def compare(options, build, stimulus, work, programs):
    """The steps of a build under a stimulus in which the two differ: step, model, RTL; and what happened in it."""
    network, lanes = build.rsplit("-", 1)
    folder = work / f"{build}-{stimulus}"
    folder.mkdir()
    path = experiment(folder, network, stimulus, options.steps)
    model, busy = predicted(options.synfire, path, folder / "run", changes(network, lanes))
    images, parameters = exported(options.synfire, path, int(lanes), folder)
    if build not in programs:
        programs[build] = (parameters, bench(options.simulator, parameters, folder))
    if programs[build][0] != parameters:
        sys.exit(f"{build}: other parameters under {stimulus}: {parameters}")
    rtl = counted(programs[build][1], images, options.steps, folder)
    if len(model) != options.steps or set(model) != set(rtl):
        sys.exit(f"{build}, {stimulus}: {len(model)} steps of the model, {len(rtl)} of the RTL")
    return path, rtl, [(step, model[step], rtl[step]) for step in sorted(model) if model[step] != rtl[step]], busy


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("synfire", type=lambda text: pathlib.Path(text).resolve())
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--simulator", choices=["icarus", "verilator"], default="verilator")
    parser.add_argument("--build", type=lambda text: text.split(","), default=BUILDS)
    parser.add_argument("--stimulus", type=lambda text: text.split(","), default=list(STIMULI))
    options = parser.parse_args()
    wrong, steps, programs, started = [], 0, {}, time.time()
    with tempfile.TemporaryDirectory(prefix="cycles-") as work:
        work = pathlib.Path(work)
        for build in options.build:
            for stimulus in options.stimulus:
                path, rtl, different, busy = compare(options, build, stimulus, work, programs)
                print(f"{build}, {stimulus}: {sum(rtl.values()):,} cycles in {len(rtl):,} steps, {len(set(rtl.values()))} lengths, "
                      f"{busy}; {len(different)} steps differ", flush=True)
                steps += len(rtl)
                wrong += [f"{build}, {stimulus}, step {s}: the model has {m} cycles, the RTL {r}" for s, m, r in different[:3]]
                if stimulus != "silence" and len(set(rtl.values())) < 10:
                    wrong.append(f"{build}, {stimulus}: nearly every step is as long as every other")
                for of, change, what in PERTURBED:
                    if of == build and stimulus == "bursts":
                        network, lanes = build.rsplit("-", 1)
                        out = path.parent / f"perturbed-{change.split('.')[-1].replace('=', '-')}"
                        model, _ = predicted(options.synfire, path, out, [*changes(network, lanes), change])
                        differ = sum(model[step] != rtl[step] for step in rtl)
                        print(f"  {what} ({change}): {differ} steps differ", flush=True)
                        if not differ:
                            wrong.append(f"{build}: {what} is not noticed")
    if wrong:
        sys.exit("\n".join(wrong))
    print(f"{steps:,} steps, in each the cycles that the model predicted; {time.time() - started:.0f} s")


if __name__ == "__main__":
    main()
