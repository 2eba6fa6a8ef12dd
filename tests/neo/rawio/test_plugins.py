"""Readers of other people, word for word, on Neo and on neophys: they give the same."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

SOURCE = Path(__file__).with_name("plugin_readers.txt")
_RUN = (
    "import sys, runpy; sys.argv = sys.argv[1:]; {first}"
    "runpy.run_path(sys.argv[0], run_name='__main__')"
)
FIRST = {"neo": "", "neophys": "import neophys.neo as n; n.install_as_neo(); "}


def found(library: str, folder: Path) -> Any:
    folder.mkdir()
    code = _RUN.format(first=FIRST[library])
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, str(SOURCE), str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert ("neophys" in ran.stderr.splitlines()[-1]) == (library == "neophys")
    said: str = ran.stdout.replace(str(folder), "FOLDER")
    return json.loads(said)


def differences(neo: Any, ours: Any, where: str) -> list[str]:
    if isinstance(neo, dict) and isinstance(ours, dict) and list(neo) == list(ours):
        return [x for key in neo for x in differences(neo[key], ours[key], f"{where}/{key}")]
    if isinstance(neo, list) and isinstance(ours, list) and len(neo) == len(ours):
        pairs = enumerate(zip(neo, ours, strict=True))
        return [x for i, (a, b) in pairs for x in differences(a, b, f"{where}/{i}")]
    return [] if neo == ours else [f"{where}: Neo {str(neo)[:90]}, ours {str(ours)[:90]}"]


@pytest.mark.skipif(
    any(find_spec(name) is None for name in ("neo", "h5py", "joblib")),
    reason="the referee, h5py or joblib is not installed",
)
def test_the_same_text_gives_the_same_on_both(tmp_path: Path) -> None:
    neo, ours = (found(library, tmp_path / library) for library in FIRST)
    assert differences(neo, ours, "") == []
    # Neo's cache lies beside the recording; ours leaves no file.
    assert len(list((tmp_path / "neophys").iterdir())) == 4
