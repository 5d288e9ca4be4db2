#!/usr/bin/env python3
"""Holds the RTL to the model in lock-step, in several builds and many configurations of each; prints what was compared.

    run.py LIBRARY [--values N] [--configurations N] [--seed S] [--build NAME] [--rtl FOLDER]
           [--workers N] [--work FOLDER]

LIBRARY is libsynfire_capi.a. Fails at the first difference, and where less was compared than is promised. A configuration is
a pure function of seed, build, number and steps; one that fails is kept. Programs that lie in --work are used again where no
source is newer. --rtl takes the chip from another folder: a changed copy, to see the change found.
"""

import argparse
import concurrent.futures
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time

# No folder of compiled sources between the sources.
sys.dont_write_bytecode = True

import inference
import learning
from configuration import BUILDS, DEFAULT

KINDS = {"alone": inference.alone, "pair": inference.pair, "readout": learning.readout, "layers": learning.layers}
HERE = pathlib.Path(__file__).resolve().parent
# Values that a configuration compares in a step, about: by it steps are shared out.
VALUES_A_STEP = {"alone": 96, "pair": 104, "readout": 75, "layers": 130}
REGISTERS = ["I", "U", "U_cmp", "S", "R", "D0", "L", "F", "Q", "P", "W"]
ROUNDINGS = ["floor", "nearest", "stochastic"]


def compile_build(name, parameters, library, rtl, work):
    """The bench of one build of the chip in folder `rtl`, as a program."""
    sources = [rtl / "synfire_pkg.sv"] + sorted(own for own in rtl.glob("*.sv") if own.name != "synfire_pkg.sv")
    sources.append(HERE / "lockstep.sv")
    folder = work / f"build-{name}"
    program = folder / "run"
    if program.exists() and all(own.stat().st_mtime < program.stat().st_mtime for own in sources + [library]):
        return program
    # What make would not link again.
    program.unlink(missing_ok=True)
    # A bench counts in blocking assignments, and a record has bits that a register does not use.
    command = ["verilator", "--binary", "-Wall", "-Wno-BLKSEQ", "-Wno-UNUSEDSIGNAL", "-O3", "--top", "lockstep",
               "--Mdir", str(folder), "-o", "run", f"-I{HERE.parents[1] / 'capi/include'}"]
    command += [f"-G{key}={value}" for key, value in parameters.items()]
    command += [str(own) for own in sources] + ["-LDFLAGS", f"{library} -lpthread -ldl -lm"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{name} does not compile:\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
    return program


def run_one(program, name, kind, parameters, number, steps, seed, folder):
    """One configuration; gives its counts."""
    rng = random.Random(f"{seed}/{name}/{number}")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    KINDS[kind](folder, rng, dict(DEFAULT, **parameters), steps)
    done = subprocess.run([program, f"+dir={folder}", f"+steps={steps}"], capture_output=True, text=True)
    found = re.search(r"^compared (.*)$", done.stdout, re.M)
    if done.returncode or not found:
        kept = pathlib.Path(tempfile.mkdtemp(prefix=f"lockstep-{name}-{number}-"))
        shutil.copytree(folder, kept, dirs_exist_ok=True)
        raise RuntimeError(f"{name}, configuration {number} of seed {seed}, {steps} steps (kept in {kept}):\n"
                           f"{done.stdout[-2000:]}{done.stderr[-1000:]}")
    words = found.group(1).split()
    counts, at = {}, 0
    while at < len(words):
        counts[words[at]] = int(words[at + 1])
        at += 2
        if words[at - 2] in REGISTERS:
            counts[words[at - 2] + " not 0"] = int(words[at])
            at += 1
    return counts


def add(total, counts):
    for key, value in counts.items():
        total[key] = total.get(key, 0) + value


def values(counts):
    return sum(counts.get(register, 0) for register in REGISTERS)


def line(name, counts):
    registers = "  ".join(f"{own} {counts[own]:,} ({counts[own + ' not 0']:,})" for own in REGISTERS)
    rest = "  ".join(f"{own} {counts[own]:,}" for own in ROUNDINGS + ["link"])
    print(f"{name}: {counts['steps']:,} steps, {values(counts):,} values: {registers}  {rest}", flush=True)


def missing(total, least):
    """What was promised and not compared."""
    bars = {"values": (values(total), least), "W": (total["W"], least // 100), "link": (total["link"], least // 10_000)}
    bars.update({own: (total[own], least // 1000) for own in ROUNDINGS})
    bars.update({f"{own} not 0": (total[own + " not 0"], 1) for own in REGISTERS})
    return [f"{name}: {found:,}, promised are {bar:,}" for name, (found, bar) in bars.items() if found < bar]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("library", type=lambda path: pathlib.Path(path).resolve())
    parser.add_argument("--values", type=lambda text: int(float(text)), default=10_000_000)
    parser.add_argument("--configurations", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--build", choices=[name for name, _, _ in BUILDS])
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--rtl", type=pathlib.Path, default=HERE.parent)
    parser.add_argument("--work", type=pathlib.Path)
    chosen = parser.parse_args()
    builds = [build for build in BUILDS if chosen.build in (None, build[0])]
    with tempfile.TemporaryDirectory(prefix="lockstep-") as folder:
        work = (chosen.work or pathlib.Path(folder)).resolve()
        work.mkdir(parents=True, exist_ok=True)
        try:
            run_builds(chosen, builds, work)
        except RuntimeError as difference:
            sys.exit(str(difference))


def run_builds(chosen, builds, work):
    total, started = {}, time.time()
    with concurrent.futures.ThreadPoolExecutor(chosen.workers) as pool:
        programs = [pool.submit(compile_build, name, parameters, chosen.library, chosen.rtl, work)
                    for name, _, parameters in builds]
        for (name, kind, parameters), program in zip(builds, programs):
            program = program.result()
            each = chosen.values / len(BUILDS) / chosen.configurations
            steps = max(40, round(each / VALUES_A_STEP[kind]))
            counts = {}
            runs = [pool.submit(share, chosen, (program, name, kind, parameters, steps), worker, work)
                    for worker in range(chosen.workers)]
            for run in runs:
                add(counts, run.result())
            line(name, counts)
            add(total, counts)
    line(f"all, {time.time() - started:.0f} s", total)
    if not chosen.build:
        short = missing(total, chosen.values)
        if short:
            sys.exit("too little was compared:\n" + "\n".join(short))


def share(chosen, build, worker, work):
    """The configurations of one worker."""
    program, name, kind, parameters, steps = build
    counts = {}
    for number in range(worker, chosen.configurations, chosen.workers):
        folder = work / f"{name}-{worker}"
        add(counts, run_one(program, name, kind, parameters, number, steps, chosen.seed, folder))
    return counts


if __name__ == "__main__":
    main()
