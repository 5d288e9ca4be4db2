#!/usr/bin/env python3
"""Searches a sweep's points with Optuna's NSGA-II, in place of running them all.

    python3 optuna_search.py layers.sweep --out chips --points 200

`synfire sweep serve` says what can be asked and answers a line with a line; this script asks a generation at a time. What
was run stays in the folder: the same search again, or another, runs nothing twice. Afterwards `DIR/served/report.html` shows
all points that were asked. Needs `pip install optuna`.
"""

import argparse
import json
import subprocess
import sys

import optuna


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sweep", help="sweep file, or the name of a carried one")
    parser.add_argument("--out", required=True, help="folder of the results")
    parser.add_argument("--points", type=int, default=200, help="how many points are asked")
    parser.add_argument("--population", type=int, default=40, help="points of a generation")
    parser.add_argument("--seed", type=int, default=1, help="of the search")
    parser.add_argument("--synfire", default="synfire", help="the program")
    return parser.parse_args()


class Served:
    """The sweep, answering."""

    def __init__(self, options):
        command = [options.synfire, "sweep", "serve", options.sweep, "--out", options.out]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        first = self.process.stdout.readline()
        if not first:
            sys.exit(self.process.wait())
        hello = json.loads(first)
        self.axes, self.objectives = hello["axes"], hello["objectives"]

    def answers(self, questions):
        """Asks all at once; answers come as points are done."""
        for question in questions:
            self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        for _ in questions:
            yield json.loads(self.process.stdout.readline())

    def end(self):
        self.process.stdin.close()
        self.process.wait()


def suggested(trial, axis):
    """A value of an axis: one of a list, or a number of a range."""
    name, span = axis["name"], axis.get("range")
    if span is None:
        # The order of a list is kept: neighbours of a good value are tried sooner.
        values = axis["values"]
        return values[trial.suggest_int(name, 0, len(values) - 1)]
    suggest = trial.suggest_int if span["whole"] else trial.suggest_float
    low, high = (int(span["from"]), int(span["to"])) if span["whole"] else (span["from"], span["to"])
    return suggest(name, low, high, log=span["log"])


def main():
    options = arguments()
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    served = Served(options)
    names = [objective["name"] for objective in served.objectives]
    directions = ["maximize" if objective["best"] == "most" else "minimize" for objective in served.objectives]
    sampler = optuna.samplers.NSGAIISampler(population_size=options.population, seed=options.seed)
    study = optuna.create_study(directions=directions, sampler=sampler)
    while len(study.trials) < options.points:
        size = min(options.population, options.points - len(study.trials))
        trials = {trial.number: trial for trial in (study.ask() for _ in range(size))}
        questions = [
            {"id": number, "values": {axis["name"]: suggested(trial, axis) for axis in served.axes}}
            for number, trial in trials.items()
        ]
        # In the order of their numbers, so that a search with one seed is one search.
        for answer in sorted(served.answers(questions), key=lambda answer: answer["id"]):
            trial = trials[answer["id"]]
            if answer["status"] == "done" and answer["allowed"]:
                trial.set_user_attr("command", answer["command"])
                study.tell(trial, [answer["objectives"][name] for name in names])
            else:
                # A constraint that does not hold, a chip that is too small, a bound that is missed.
                study.tell(trial, state=optuna.trial.TrialState.FAIL)
    served.end()
    seen = set()
    for trial in study.best_trials:
        if (command := trial.user_attrs["command"]) not in seen:
            seen.add(command)
            print(json.dumps({"objectives": dict(zip(names, trial.values)), "command": command}))


if __name__ == "__main__":
    main()
