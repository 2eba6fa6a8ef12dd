"""``install_as_neo``: afterwards ``import neo`` is neophys, everywhere and once.

Each case runs in a fresh process: the installation is for good.
"""

from __future__ import annotations

import importlib
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from neophys.neo.surface import HELPERS, IO_CLASSES, RAW_CLASSES

INSTALLED = "import neophys.neo as ours; ours.install_as_neo()\n"

PROMISES = {
    "the package is ours": "import neo; assert neo is ours",
    "so is what is below it": """
        import neo.core, neo.io.baseio, neo.rawio.baserawio, neophys.neo.core
        from neo.core import AnalogSignal
        assert neo.core is neophys.neo.core
        assert AnalogSignal is neophys.neo.core.AnalogSignal is neo.AnalogSignal
    """,
    "no module is loaded twice": """
        import sys, neo.core.spiketrain, neo.io.micromedio, neo.rawio.examplerawio
        import neophys.neo.core.spiketrain, neo.core.spiketrainlist
        for name, module in list(sys.modules.items()):
            if name.startswith("neo."):
                assert module is sys.modules["neophys." + name], name
                assert module.__name__ == "neophys." + name
                assert module.__spec__.name == module.__name__
    """,
    "modules of formats have their classes": """
        from neo.io.micromedio import MicromedIO
        from neo.rawio.neuralynxrawio.neuralynxrawio import NeuralynxRawIO
        from neo.rawio.axonrawio import AxonRawIO
        import neo
        assert MicromedIO is neo.io.MicromedIO is neo.MicromedIO
        assert NeuralynxRawIO is neo.rawio.NeuralynxRawIO
    """,
    "objectlist is a list and a module": """
        import neo.core
        from neo.core.objectlist import ObjectList
        from neo.core import objectlist
        assert isinstance(objectlist, list) and isinstance(neo.core.objectlist, list)
        assert isinstance(neo.objectlist, list) and isinstance(ObjectList, type)
    """,
    "versions answer": """
        import neo
        from importlib.metadata import distribution, version
        assert neo.__version__ == version("neo") == "0.14.6"
        assert distribution("neo").metadata["Name"] == "neo"
    """,
    "what is missing is missing": """
        for name in ("neo.nothing", "neo.core.nothing", "neo.io.nothingio", "neo.install.nothing"):
            try:
                __import__(name)
            except ModuleNotFoundError as error:
                assert name in str(error)
            else:
                raise AssertionError(name)
    """,
    "a second call does nothing": """
        import sys
        before = list(sys.meta_path)
        ours.install_as_neo()
        assert sys.meta_path == before
    """,
    "loggers are named as Neo's": """
        import neo, neo.rawio
        assert neo.rawio.MicromedRawIO().logger.name == "neo.rawio.micromedrawio.MicromedRawIO"
    """,
    "it works in eight threads at once": """
        import importlib, sys, threading
        sys.setswitchinterval(1e-6)
        found, start = [], threading.Barrier(8)
        def work():
            start.wait()
            found.append(importlib.import_module("neo.core.irregularlysampledsignal"))
        threads = [threading.Thread(target=work) for _ in range(8)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
        assert len(found) == 8 and len(set(map(id, found))) == 1
    """,
    "no thread sees a module that is not whole": """
        import sys, threading
        sys.setswitchinterval(1e-6)
        errors, start = [], threading.Barrier(8)
        def work():
            start.wait()
            try:
                from neo.core.irregularlysampledsignal import IrregularlySampledSignal
                from neo.io.basefromrawio import BaseFromRaw
                from neo.io.micromedio import MicromedIO
                from neo.rawio.micromedrawio import MicromedRawIO
            except ImportError as error:
                errors.append(error)
        threads = [threading.Thread(target=work) for _ in range(8)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
        assert not errors, errors
    """,
    "modules are reloaded, and found by tools": """
        import importlib, inspect, pkgutil, pickle, sys, neo, neo.core.epoch
        from importlib.resources import files
        assert importlib.reload(neo.core.epoch) is neo.core.epoch is sys.modules["neo.core.epoch"]
        assert importlib.reload(neo) is ours
        assert files("neo.core").joinpath("epoch.py").is_file()
        assert "neo.io.baseio" in {m.name for m in pkgutil.walk_packages(neo.__path__, "neo.")}
        assert inspect.getsource(neo.AnalogSignal).startswith("class AnalogSignal")
        for cls in (neo.io.AxonIO, neo.rawio.AxonRawIO, neo.io.MicromedIO):
            assert pickle.loads(pickle.dumps(cls)) is cls
    """,
    "the distribution is found by any spelling, and is not listed": """
        from importlib.metadata import distributions, version
        assert version("Neo") == "0.14.6"
        from neophys.neo.install import _Neo
        assert not any(isinstance(found, _Neo) for found in distributions())
    """,
    "the real Neo, where it is installed, is not touched": """
        import sys, neo, neo.core, neo.io.basefromrawio
        for name, module in sys.modules.items():
            place = getattr(module, "__file__", None) or ""
            assert "site-packages/neo/" not in place.replace("\\\\", "/"), name
    """,
}


def run(code: str, *arguments: str, isolated: bool = False) -> subprocess.CompletedProcess[str]:
    from textwrap import dedent

    options = ["-S"] if isolated else []
    return subprocess.run(
        [sys.executable, *options, "-c", dedent(code), *arguments],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("promise", PROMISES)
def test_after_it(promise: str) -> None:
    from textwrap import dedent

    done = run(INSTALLED + dedent(PROMISES[promise]))
    assert done.returncode == 0, done.stderr


def test_without_neo_installed(tmp_path: Path) -> None:
    """As in an environment that has neophys, NumPy and quantities alone."""
    import numpy
    import quantities

    import neophys

    for package in (numpy, quantities, neophys):
        place = Path(str(package.__file__)).parent
        (tmp_path / place.name).symlink_to(place, target_is_directory=True)
    for libraries in Path(str(numpy.__file__)).parents[1].glob("numpy.libs"):
        (tmp_path / libraries.name).symlink_to(libraries, target_is_directory=True)
    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n{INSTALLED}"
    code += "import neo; from importlib.metadata import version\n"
    code += "print(neo.Segment().name, version('neo'))"
    done = run(code, isolated=True)
    assert done.stdout == "None 0.14.6\n", done.stderr


@pytest.mark.parametrize("first", ["import neo", "import neo.core.spiketrain"])
def test_too_late_is_said(first: str) -> None:
    pytest.importorskip("neo", reason="the referee is not installed: neo 0.14.6")
    done = run(f"{first}\n{INSTALLED}")
    assert done.returncode == 1
    assert "ImportError: the real neo is imported already" in done.stderr
    assert "call install_as_neo() before" in done.stderr


def test_pickles_name_our_modules_and_load_without_it() -> None:
    """A process that has not installed anything reads what one that has wrote."""
    code = INSTALLED + "import neo, pickle, sys\n"
    code += "sys.stdout.write(pickle.dumps(neo.Event([1.0], units='s', labels=['a'])).hex())"
    event = pickle.loads(bytes.fromhex(run(code).stdout))
    assert type(event).__module__ == "neophys.neo.core.event"
    assert event.labels.tolist() == ["a"]


@pytest.mark.parametrize("package", ["io", "rawio"])
def test_every_module_of_neo_for_a_format_is_there(package: str) -> None:
    neo = pytest.importorskip("neo", reason="the referee is not installed: neo 0.14.6")
    classes = RAW_CLASSES if package == "rawio" else IO_CLASSES
    real = importlib.import_module(f"{neo.__name__}.{package}")
    for declared in classes.values():
        path = f"{package}.{declared.module}"
        own = declared.name.removesuffix("Fr")
        mine = getattr(importlib.import_module(f"neophys.neo.{path}"), own)
        assert mine is getattr(importlib.import_module(f"neophys.neo.{package}"), declared.name)
        if declared.name == "NeuroshareapiIO":
            continue  # its module wants a package that is hard to come by
        its = getattr(importlib.import_module(f"neo.{path}"), own)
        assert mine.extensions == its.extensions, own
        mode = "rawmode" if package == "rawio" else "mode"
        assert getattr(mine, mode) == getattr(its, mode), own
    known = {getattr(cls, "__name__", "") for cls in getattr(real, f"{package}list")}
    assert known <= {*classes, "NixIO"}


def test_what_is_not_built_says_so_and_is_in_no_list() -> None:
    from neophys import neo
    from neophys.errors import UnsupportedError

    listed = {cls.__name__ for cls in [*neo.iolist, *neo.rawio.rawiolist]}
    for package, classes in ((neo.io, IO_CLASSES), (neo.rawio, RAW_CLASSES)):
        for name in classes:
            cls = getattr(package, name)
            if getattr(cls, "is_built", True):
                continue
            assert name not in listed
            with pytest.raises(UnsupportedError, match=f"{name} is not built yet"):
                cls("file")


@pytest.mark.parametrize("module", HELPERS)
def test_helpers_that_tests_of_neo_import_can_be_imported(module: str) -> None:
    from neophys.errors import UnsupportedError

    found = importlib.import_module(f"neophys.{module}")
    for name in HELPERS[module]:
        with pytest.raises(UnsupportedError, match=f"{name}: a private part of Neo's"):
            getattr(found, name)()
