"""Where recordings for tests are looked for, and what getting them says."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from neophys.errors import UnsupportedError
from neophys.neo.utils import download_dataset, get_local_testing_data_folder

_ASK = "from neophys.neo.utils import *; print(get_local_testing_data_folder())"


@pytest.mark.parametrize("name", ["recordings", None])
def test_the_folder_is_the_environments_or_in_the_home(name: str | None, tmp_path: Path) -> None:
    environment = {"HOME": str(tmp_path)} | ({"EPHY_TESTING_DATA_FOLDER": name} if name else {})
    found = subprocess.run(
        [sys.executable, "-c", _ASK], env=environment, capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == (name or str(tmp_path / "ephy_testing_data"))


def test_what_to_get_must_be_said() -> None:
    assert get_local_testing_data_folder().name
    with pytest.raises(ValueError, match="remote_path"):
        download_dataset()


@pytest.mark.skipif(find_spec("datalad") is not None, reason="datalad is installed")
def test_without_datalad_it_says_so() -> None:
    with pytest.raises(UnsupportedError, match="datalad"):
        download_dataset(remote_path="micromed")
