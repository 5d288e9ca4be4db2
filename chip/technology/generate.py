# /// script
# requires-python = ">=3.12"
# dependencies = [
#     "hwcomponents-cacti==1.0.40",
#     "hwcomponents-library==1.0.58",
#     "hwcomponents-neurosim",
#     "hwcomponents-adc",
# ]
# ///
"""Writes sram.csv and logic.csv, the grids of the technology file beside them.

sram.csv: one read-write port, one bank, cells and periphery `itrs-lstp`, 300 K, at the nominal voltage of CACTI's own
technology files. CACTI knows 65, 45, 32 and 22 nm; 28 nm is the package's mix of 32 and 22 nm. Words of 8 and 16 bits
are the package's law from 32 bits (0.3 + 0.7 of the energy, in proportion to the width; area and leakage in proportion).

logic.csv: Aladdin's 40 nm tables, moved to the node by the package's equations (Stillmaker and Baas, at 0.8 V), in
proportion to the width, of multipliers to its square. A leakage of 0 is a number that Aladdin's table here lacks.

The binary of CACTI inside the wheel needs glibc 2.38. On an older system build it: `make` in the package's folder
`cacti`, after removing `obj_dbg`.

Usage: python generate.py FOLDER
"""

import csv
import pathlib
import sys

from hwcomponents_cacti import SRAM
from hwcomponents_library.library.aladdin import AladdinAdder
from hwcomponents_library.library.aladdin import AladdinComparator
from hwcomponents_library.library.aladdin import AladdinMultiplier
from hwcomponents_library.library.aladdin import AladdinRegister

NODES = [65, 45, 28, 22]
WORD_BITS = [8, 16, 32, 64, 128, 256]
WORDS = [64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768, 65536]
LOGIC_BITS = [8, 16, 24, 32]


def sram(node, bits, words):
    """One line of sram.csv."""
    memory = SRAM(tech_node=node * 1e-9, width=bits, depth=words, size=bits * words)
    read = memory.read_energy
    write = memory.write_energy
    return [
        node,
        bits,
        words,
        f"{memory.area * 1e12:.1f}",
        f"{memory.leak_power * 1e6:.4f}",
        f"{read * 1e12:.4f}",
        f"{write * 1e12:.4f}",
        f"{memory.access_time * 1e9:.4f}",
    ]


def logic(node, unit, model, action, bits):
    """One line of logic.csv."""
    block = model(tech_node=node * 1e-9, width=bits)
    energy = getattr(block, action)().energy
    return [
        node,
        unit,
        bits,
        f"{energy * 1e12:.5f}",
        f"{block.area * 1e12:.2f}",
        f"{block.leak_power * 1e9:.2f}",
    ]


UNITS = [
    ("adder", AladdinAdder, "add"),
    ("multiplier", AladdinMultiplier, "multiply"),
    ("register", AladdinRegister, "write"),
    ("comparator", AladdinComparator, "compare"),
]


def write_table(path, header, rows):
    with open(path, "w", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(header.split(","))
        for row in rows:
            table.writerow(row)
            file.flush()


def main(folder):
    write_table(
        folder / "logic.csv",
        "node_nm,unit,width_bits,energy_pJ,area_um2,leak_nW",
        (logic(node, *unit, bits) for node in NODES for bits in LOGIC_BITS for unit in UNITS),
    )
    write_table(
        folder / "sram.csv",
        "node_nm,word_bits,words,area_um2,leak_uW,read_pJ,write_pJ,access_ns",
        (sram(node, bits, words) for node in NODES for bits in WORD_BITS for words in WORDS),
    )


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
