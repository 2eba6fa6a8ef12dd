"""From what went wrong to one line on stderr and an exit status."""

from __future__ import annotations

import contextlib
import io
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from neophys.cli.output import plain
from neophys.errors import NeophysError

__all__ = ["status_of"]


def status_of(work: Callable[[], Any]) -> int:
    """Do `work`, and say what it failed of, if it did.

    Returns
    -------
    int
        0 when all is well, 1 for what is wrong with a file or its data, 130 when it was
        interrupted, else what ``SystemExit`` says.
    """
    for stream in (sys.stdout, sys.stderr):
        # A label that the terminal's encoding lacks must not end a listing.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        work()
        if sys.stdout is not None:  # which it is where the caller closed it
            sys.stdout.flush()
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    except KeyboardInterrupt:
        return 130
    except NeophysError as error:
        return _refuse(str(error))
    except BrokenPipeError:
        # Whoever read the output has had enough of it.
        with contextlib.suppress(OSError):
            sys.stdout.close()
        return 0
    except OSError as error:
        file = f"{Path(error.filename).name}: " if isinstance(error.filename, str) else ""
        return _refuse(f"{file}{error.strerror or error}")
    except MemoryError:
        return _refuse("there is not enough memory for this")
    return 0


def _refuse(message: str) -> int:
    print(f"neophys: {plain(message)}", file=sys.stderr)
    return 1
