#!/usr/bin/env python3
"""Changes the RTL in ten ways and sees that each change is found, where it must be.

    run.py SYNFIRE [--only NAME] [--write]

Works as a foreign bench does: SYNFIRE runs `experiment.ron` and leaves the expected trace, exports images, stimulus and
control events, and compares; Icarus runs the bench of testbench/rtl from the exported folder alone, Verilator two of the
changed chips besides. A mutant is a patch of testbench/rtl. Fails where the unchanged chip differs from the trace, where a
mutant does not, or where its first difference is not the step, register and place that `expected.json` states. --write
states them anew, and prints what it changes.
"""

import argparse
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
RTL = HERE.parent
EXPECTED = HERE / "expected.json"
# These run under Verilator too: one of a core that computes, one of a core that learns.
BOTH = ["01-logical-shift", "07-dither-bit-order"]
STEPS = 200


def run(command, **options):
    done = subprocess.run(command, capture_output=True, text=True, **options)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout


def changed(patch, folder):
    """The RTL, with a patch where there is one."""
    shutil.copytree(RTL, folder, ignore=shutil.ignore_patterns("mutants", "lockstep"))
    if patch:
        run(["patch", "-p1", "-s", "-i", patch], cwd=folder)
    first = folder / "synfire_pkg.sv"
    design = sorted(own for own in folder.glob("*.sv") if own != first)
    return [first, *design, *sorted((folder / "bench").glob("*.sv"))]


def icarus(sources, parameters, folder):
    program = folder / "icarus"
    run(["iverilog", "-g2012", "-o", program, "-s", "bench", *(f"-Pbench.{own}" for own in parameters), *sources])
    return ["vvp", "-n", program]


def verilator(sources, parameters, folder):
    # A bench counts in blocking assignments.
    run(["verilator", "--binary", "-Wno-fatal", "--top", "bench", "--Mdir", folder / "verilator", "-o", "run",
         *(f"-G{own}" for own in parameters), *sources])
    return [folder / "verilator" / "run"]


def difference(synfire, expected, actual):
    """The first difference between two traces; None where they are equal."""
    done = subprocess.run([synfire, "diff", expected, actual, "--json"], capture_output=True, text=True)
    if done.returncode not in (0, 1) or not done.stdout:
        sys.exit(f"{done.stdout}{done.stderr}")
    found = json.loads(done.stdout.splitlines()[0])
    if found["equal"]:
        return None
    first = found["first"] or sys.exit(f"no record differs: {found}")
    return {"step": first["step"], "register": first["register"], "place": first["place"]}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("synfire", type=pathlib.Path)
    parser.add_argument("--only")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    synfire = options.synfire.resolve()
    expected = json.loads(EXPECTED.read_text()) if EXPECTED.exists() else {}
    patches = sorted(HERE.glob("*.patch"))
    wrong = []
    with tempfile.TemporaryDirectory() as work:
        work = pathlib.Path(work)
        run([synfire, "run", HERE / "experiment.ron", "--out", work / "run"])
        run([synfire, "export", HERE / "experiment.ron", "--layout", "rtl", "--out", work / "images"])
        trace = next((work / "run").rglob("*.trace"))
        parameters = (work / "images/parameters.txt").read_text().split()
        plusargs = (work / "images/plusargs.txt").read_text().split()

        def bench(patch, simulator):
            name = patch.stem if patch else "unchanged"
            folder = work / f"{name}-{simulator.__name__}"
            program = simulator(changed(patch, folder / "rtl"), parameters, folder)
            actual = folder / "actual.trace"
            run([*program, f"+dir={work / 'images'}", f"+steps={STEPS}", f"+trace={actual}", *plusargs])
            return difference(synfire, trace, actual)

        for simulator in (icarus, verilator):
            if found := bench(None, simulator):
                sys.exit(f"the unchanged chip differs under {simulator.__name__}: {found}")
        for patch in patches:
            name = patch.stem
            if options.only not in (None, name):
                continue
            for simulator in (icarus, verilator) if name in BOTH else (icarus,):
                found = bench(patch, simulator)
                print(f"{name}, {simulator.__name__}: {json.dumps(found)}", flush=True)
                if options.write and found != expected.get(name):
                    print(f"  was {json.dumps(expected.get(name))}")
                    expected[name] = found
                elif found is None or found != expected.get(name):
                    wrong.append(f"{name} under {simulator.__name__}: {found}, expected {expected.get(name)}")
    if options.write:
        EXPECTED.write_text(json.dumps(expected, indent=2) + "\n")
    if wrong:
        sys.exit("\n".join(wrong))
    print(f"{len(patches)} mutants, each found where it must be; the unchanged chip is equal in {STEPS} steps")


main()
