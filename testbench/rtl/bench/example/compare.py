#!/usr/bin/env python3
"""Compares the spikes of a retire trace, as text, with the `spikes.csv` of `synfire import`. Exit status 1 where they differ."""
import sys

columns, step, found = {}, 0, []
for line in open(sys.argv[1], encoding="utf-8"):
    words = line.split()
    if words[0] == "population":
        columns[words[1]] = [word.split(":")[0] for word in words[4:]].index("S")
    elif words[0] == "step":
        step = int(words[1])
    elif words[0] == "n" and words[3 + columns[words[1]]] == "1":
        found.append(f"{step},{words[1]},{words[2]}")
wanted = open(sys.argv[2], encoding="utf-8").read().split()[1:]
if found != wanted or not wanted:
    places = [at for at, pair in enumerate(zip(found, wanted)) if pair[0] != pair[1]]
    sys.exit(f"compare: {len(found)} spikes of the RTL, {len(wanted)} of the simulator; first difference at {places[:1]}")
print(f"{len(found)} spikes of the RTL are the simulator's")
