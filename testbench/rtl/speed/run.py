#!/usr/bin/env python3
"""Steps a second: SYNFIRE beside Verilator -O3, on the same core and the same input.

    run.py SYNFIRE [--repeat N]

SYNFIRE is a release build. The core has 256 neurons and 256 axons, of which 5 % have an event in each step; with one lane and
with eight, learning off and on. Both run on one thread, without a trace of registers; SYNFIRE records spikes and counts what the
run costs, as it always does. First the spikes of both must be equal, and of a run that learns its weights. A speed is that of the
steps between a short run and a long one, so that loading counts for neither; the best of --repeat runs. Learning on is reported,
of the ratios with learning off the bars are 80 (one lane) and 15 (eight).
"""

import argparse
import pathlib
import re
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
RTL = HERE.parent
COMPARED = 200
# Steps of the short run and of the long one.
STEPS = {"synfire": (2_000, 42_000), "verilator": (50, 450)}
BARS = {1: 80, 8: 15}


def run(command):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout


def timed(command):
    began = time.perf_counter()
    run(command)
    return time.perf_counter() - began


def experiment(folder, network, steps, trace=""):
    """The experiment of a network over so many steps."""
    for name in ("chip.ron", f"{network}.ron"):
        (folder / name).write_text((HERE / name).read_text())
    learns = network == "learning"
    (folder / "control.csv").write_text("step,event,channel,value\n" + "0,target,0,32768\n0,learn,,1\n" * learns)
    path = folder / f"{network}-{steps}.experiment.ron"
    path.write_text(f'''(format: "synfire-experiment/1", title: "speed", chip: "chip.ron",
 task: Simulate((network: "{network}.ron", steps: {steps}, write: (csv: false, rasters: false), {trace}
 stimuli: [Poisson(input: "in", rate_ppm: 50_000), Control(file: "control.csv")])))''')
    return path


def bench(parameters, folder):
    sources = [RTL / "synfire_pkg.sv", *sorted(own for own in RTL.glob("*.sv") if own.name != "synfire_pkg.sv"),
               *sorted((RTL / "bench").glob("*.sv"))]
    run(["verilator", "--binary", "-O3", "-CFLAGS", "-O3 -march=native", "-Wno-fatal", "--top", "bench", "--Mdir",
         folder / "verilator", "-o", "bench", *(f"-G{value}" for value in parameters), *sources])
    return folder / "verilator/bench"


def equal(synfire, program, images, plusargs, folder, network):
    """Spikes, and of a run that learns weights, of both."""
    registers = '["S", "W"]' if network == "learning" else '["S"]'
    path = experiment(folder, network, COMPARED, f"trace: (registers: Named({registers})),")
    run([synfire, "run", path, "--out", folder / "compared", "--threads", "1"])
    expected = next((folder / "compared").rglob("*.trace"))
    text = expected.read_text()
    (folder / "header.trace").write_text(text[:text.index("step 0\n")])
    run([program, f"+dir={images}", f"+steps={COMPARED}", f"+header={folder / 'header.trace'}",
         f"+trace={folder / 'rtl.trace'}", *plusargs])
    run([synfire, "diff", expected, folder / "rtl.trace"])
    return len(re.findall(r"^n \d+ \d+ 1$", text, re.M))


def speed(runs, repeat):
    """Steps a second between a short and a long run, commands by steps."""
    short, long = [min(timed(command) for _ in range(repeat)) for _, command in runs]
    return (runs[1][0] - runs[0][0]) / (long - short)


def measure(options, network, lanes, folder):
    layout = (RTL.parent / "layouts/rtl.ron").read_text()
    (folder / "layout.ron").write_text(re.sub(r"lanes: \d+", f"lanes: {lanes}", layout))
    images = folder / "images"
    path = experiment(folder, network, STEPS["verilator"][1])
    run([options.synfire, "export", path, "--layout", folder / "layout.ron", "--out", images])
    plusargs = (images / "plusargs.txt").read_text().split()
    program = bench((images / "parameters.txt").read_text().split(), folder)
    spikes = equal(options.synfire, program, images, plusargs, folder, network)
    commands = []
    for at, steps in enumerate(STEPS["synfire"]):
        path = experiment(folder, network, steps)
        commands.append((steps, [options.synfire, "run", path, "--out", folder / f"run-{at}", "--overwrite", "--threads", "1"]))
    own = speed(commands, options.repeat)
    theirs = speed([(steps, [program, f"+dir={images}", f"+steps={steps}", "+header=/dev/null/none", *plusargs])
                    for steps in STEPS["verilator"]], options.repeat)
    return spikes, own, theirs


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("synfire", type=lambda text: pathlib.Path(text).resolve())
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    missed = []
    for network in ("core", "learning"):
        for lanes in (1, 8):
            with tempfile.TemporaryDirectory(prefix="speed-") as folder:
                spikes, own, theirs = measure(options, network, lanes, pathlib.Path(folder))
            what = "learning" if network == "learning" else "not learning"
            ratio = own / theirs
            bar = BARS[lanes] if network == "core" else None
            against = f", bar {bar}" if bar else ""
            print(f"{what}, {lanes} lanes: {own:,.0f} steps a second, Verilator {theirs:,.0f}: {ratio:.1f} times{against}; "
                  f"{spikes:,} spikes equal in {COMPARED} steps", flush=True)
            if bar and ratio < bar:
                missed.append(f"{lanes} lanes: {ratio:.1f} times, the bar is {bar}")
    if missed:
        sys.exit("\n".join(missed))


if __name__ == "__main__":
    main()
