"""Where public recordings for tests lie, and how to get them."""

from __future__ import annotations

import os
from importlib import import_module
from pathlib import Path
from typing import Any

from neophys.errors import UnsupportedError

__all__ = [
    "default_testing_repo",
    "download_dataset",
    "get_local_testing_data_folder",
    "local_testing_data_folder",
]

default_testing_repo = "https://gin.g-node.org/NeuralEnsemble/ephy_testing_data"

local_testing_data_folder = Path(
    os.environ.get("EPHY_TESTING_DATA_FOLDER") or Path.home() / "ephy_testing_data"
)


def get_local_testing_data_folder() -> Path:
    """The folder of recordings for tests.

    That of the environment's EPHY_TESTING_DATA_FOLDER when this module was imported, else
    ``ephy_testing_data`` in the user's home.
    """
    return local_testing_data_folder


def download_dataset(
    repo: str | None = default_testing_repo,
    remote_path: str | Path | None = None,
    local_folder: str | Path | None = None,
) -> Path:
    """Get a file or folder of a dataset with datalad.

    Parameters
    ----------
    repo
        URL of the dataset; None: that of Neo's test recordings.
    remote_path
        What to get, as a path in the dataset.
    local_folder
        Where the dataset is, or is to be made; None: :func:`get_local_testing_data_folder`.

    Returns
    -------
    Path
        Where it lies now.

    Raises
    ------
    ValueError
        `remote_path` was left out.
    UnsupportedError
        datalad is not installed.
    """
    if remote_path is None:
        raise ValueError("remote_path must name the file or folder to get")
    try:
        api: Any = import_module("datalad.api")
        repositories: Any = import_module("datalad.support.gitrepo")
    except ImportError as error:
        raise UnsupportedError(
            "download_dataset() needs the package datalad (and git-annex), which is not installed"
        ) from error
    folder = Path(get_local_testing_data_folder() if local_folder is None else local_folder)
    if folder.exists() and repositories.GitRepo.is_valid_repo(folder):
        dataset = api.Dataset(path=folder)
        dataset.update(how="merge")
    else:
        source = default_testing_repo if repo is None else repo
        dataset = api.install(path=folder, source=source)
    dataset.get(remote_path)
    return folder / remote_path
