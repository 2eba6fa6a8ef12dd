"""``python -m benchmarks [--size GB]``: measure everything, write the table into README.md."""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import neo
import numpy as np

from benchmarks import data, processes

HERE = Path(__file__).parent
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"

#: key -> (target, what it is a ratio of). "x": peer / ours must be at least so much.
TARGETS: dict[str, tuple[str, float]] = {
    "open": ("x", 3.0),
    "open-length": ("about 1", 1.0),
    "window-exact": ("x", 50.0),
    "window-odd": ("x", 50.0),
    "loop": ("x", 30.0),
    "native-82-exact": ("us over", 8.0),
    "native-82-odd": ("us over", 8.0),
    "native-2048-exact": ("of floor", 1.3),
    "native-2048-odd": ("of floor", 1.3),
    "eager-exact": ("x", 2.5),
    "eager-odd": ("x", 2.5),
    "omniplex": ("x", 2.0),
    "plexon32": ("x", 2.0),
    "train-pq.s": ("x", 8.0),
    "train-'s'": ("x", 8.0),
    "time-slice": ("x", 50.0),
    "index": ("x", 15.0),
    "event-slice": ("x", 8.0),
    "cut": ("x", 20.0),
    "shift-many": ("x", 10.0),
    "shift-one": ("x", 10.0),
    "build": ("x", 20.0),
    "merge": ("x", 20.0),
    "multiplexed": ("x", 20.0),
    "pickle-own": ("x", 10.0),
    "pickle-neos": ("x", 1.0),
    "pickle-slice": ("bytes", 4096),
}
#: Where plain NumPy is promised less.
NUMPY_TARGETS = TARGETS | {"eager-odd": ("x", 1.3)}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--size", type=float, default=1.0, help="GB of the long recording")
    parser.add_argument("--trains", type=int, default=100_000, help="trains in the pickles")
    parser.add_argument("--only", choices=["reads", "objects"], help="print that part's table")
    parser.add_argument("--keep", type=Path, help="folder for the generated recordings")
    arguments = parser.parse_args()
    if arguments.only == "objects":
        print("\n".join(_objects(arguments.trains)))
        return
    with tempfile.TemporaryDirectory() as scratch:
        folder = arguments.keep or Path(scratch)
        files = data.make(folder, int(arguments.size * 1e9))
        measured = {mode: _reads(files, mode) for mode in ("compiled", "numpy")}
        lines = _table(measured) + _processes(files)
    if arguments.only is None:
        lines += _objects(arguments.trains)
    print("\n".join(lines))
    if arguments.only is None:
        _into_readme(lines)


def _reads(files: dict[str, Path], mode: str) -> dict[str, dict[str, Any]]:
    print(f"measuring reads ({mode}) ...", file=sys.stderr)
    names = json.dumps({name: str(path) for name, path in files.items()})
    environment = os.environ | {"NEOPHYS_KERNELS": "" if mode == "compiled" else "numpy"}
    command = [sys.executable, "-m", "benchmarks.reads", names]
    run = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    found = json.loads(run.stdout)
    if mode == "compiled" and not found["compiled"]:
        raise SystemExit("the kernels are not compiled: install with a C compiler first")
    return {row["key"]: row for row in found["rows"]}


def _table(measured: dict[str, dict[str, dict[str, Any]]]) -> list[str]:
    versions = f"Python {platform.python_version()}, NumPy {np.__version__}, Neo {neo.__version__}"
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    lines = [
        f"{versions}, {machine}; warm cache.",
        "",
        "| what | peer | ours, kernels | | ours, NumPy | | wanted |",
        "|---|---|---|---|---|---|---|",
    ]
    for key, row in measured["compiled"].items():
        other = measured["numpy"][key]
        lines.append(
            f"| {row['what']} | {_time(row['theirs'])} | {_time(row['ours'])} "
            f"| {_verdict(key, row, TARGETS)} | {_time(other['ours'])} "
            f"| {_verdict(key, other, NUMPY_TARGETS)} | {_wanted(key)} |"
        )
    return lines


def _time(seconds: float) -> str:
    for unit, scale in (("s", 1.0), ("ms", 1e3), ("us", 1e6)):
        if seconds * scale >= 0.9995 or unit == "us":
            return f"{seconds * scale:.3g} {unit}"
    raise AssertionError


def _verdict(key: str, row: dict[str, Any], targets: dict[str, tuple[str, float]]) -> str:
    kind, wanted = targets.get(key, ("x", 0.0))
    if kind == "us over":
        over = (row["ours"] - row["theirs"]) * 1e6
        return f"{over:+.1f} us" + ("" if over <= wanted else " **missed**")
    if kind == "of floor":
        share = 1 / row["ratio"]
        return f"{share:.2f} of it" + ("" if share <= wanted else " **missed**")
    if kind == "bytes":
        return "" if row["ours"] < wanted else "**missed**"
    missed = "" if kind == "about 1" or row["ratio"] >= wanted else " **missed**"
    return f"{row['ratio']:.2f}x" + missed


def _wanted(key: str) -> str:
    kind, wanted = TARGETS.get(key, ("", 0.0))
    if kind == "x":
        least = NUMPY_TARGETS[key][1]
        return f">= {wanted:g}x" + ("" if least == wanted else f", NumPy >= {least:g}x")
    forms = {"us over": "<= {:g} us over", "of floor": "<= {:g} of it", "about 1": "1x: any length"}
    forms["bytes"] = "< {:g} bytes"
    return forms[kind].format(wanted) if kind else ""


def _processes(files: dict[str, Path]) -> list[str]:
    print("measuring processes ...", file=sys.stderr)
    lines = ["", "| in a fresh process | measured | wanted |", "|---|---|---|"]
    long, short = (processes.lazy_high_water(files[name]) for name in ("exact", "short"))
    more = (long - short) / 1e6
    missed = "" if more <= 3 else " **missed**"
    lines.append(
        f"| lazy averaging of the long file over that of the short one, memory at most "
        f"| {more:+.2f} MB ({long / 1e6:.0f} MB){missed} | <= 3 MB |"
    )
    overhead = processes.eager_overhead(files["exact-part"]) * 100
    missed = "" if overhead <= 1 else " **missed**"
    lines.append(
        f"| eager read, memory beyond the result's own | {overhead:.2f} %{missed} | <= 1 % |"
    )
    wanted = {"import neophys / import numpy": 1.3, "neo.MicromedIO / import quantities": 1.15}
    for name, ratio in processes.import_ratios().items():
        missed = "" if ratio <= wanted[name] else " **missed**"
        lines.append(f"| {name} | {ratio:.3f}{missed} | <= {wanted[name]:g} |")
    return lines


def _objects(trains: int) -> list[str]:
    print("measuring objects ...", file=sys.stderr)
    command = [sys.executable, "-m", "benchmarks.objects", str(trains)]
    run = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    lines = ["", "| objects | Neo | ours | | wanted |", "|---|---|---|---|---|"]
    for row in json.loads(run.stdout):
        shown = "{:,} bytes".format if row.get("bytes") else _time
        verdict = _verdict(row["key"], row, TARGETS)
        lines.append(
            f"| {row['what']} | {shown(row['theirs'])} | {shown(row['ours'])} "
            f"| {verdict} | {_wanted(row['key'])} |"
        )
    return lines


def _into_readme(lines: list[str]) -> None:
    path = HERE / "README.md"
    text = path.read_text(encoding="utf-8")
    head, rest = text.split(BEGIN)
    tail = rest.split(END)[1]
    path.write_text("\n".join([head + BEGIN, "", *lines, "", END]) + tail, encoding="utf-8")


if __name__ == "__main__":
    main()
