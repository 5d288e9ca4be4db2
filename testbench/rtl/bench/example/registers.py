#!/usr/bin/env python3
"""Compiles a register map in SystemRDL and writes its C header. Needs `systemrdl-compiler` and `peakrdl-cheader`."""
import sys

from peakrdl_cheader.exporter import CHeaderExporter
from systemrdl import RDLCompiler

compiler = RDLCompiler()
compiler.compile_file(sys.argv[1])
root = compiler.elaborate()
registers = list(root.top.registers())
if len(registers) != 51:
    sys.exit(f"registers: {len(registers)} registers, allowed 51")
for register in registers:
    field, = register.fields()
    if field.get_property("number_is_signed") and field.width < 4:
        sys.exit(f"registers: `{register.inst_name}` has {field.width} bits, a signed lane has more")
CHeaderExporter().export(root.top, sys.argv[2])
print(f"{len(registers)} registers, {sum(f.get_property('number_is_signed') for r in registers for f in r.fields())} signed")
