"""The package has Neo's names, and imports a class when it is asked for."""

from __future__ import annotations

import subprocess
import sys

import neo
import pytest

from neophys.neo import core


def test_has_the_names_of_neo() -> None:
    own = {name for name in dir(neo.core) if not name.startswith("_")}
    assert own <= set(dir(core))
    assert core.objectnames == neo.core.objectnames
    assert [kind.__name__ for kind in core.objectlist] == neo.core.objectnames
    assert {name: kind.__name__ for name, kind in core.class_by_name.items()} == {
        name: name for name in neo.core.objectnames
    }
    for name in own:
        assert getattr(core, name) is not None


def test_objectlist_is_a_list_though_a_module_has_its_name() -> None:
    from neophys.neo.core.objectlist import ObjectList

    assert ObjectList.__name__ == "ObjectList"
    assert isinstance(core.objectlist, list)


def test_what_is_not_there_is_said() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Fnord'"):
        _ = core.Fnord


@pytest.mark.parametrize(
    ("statement", "absent"),
    [
        ("import neophys.neo.core", "quantities"),
        ("from neophys.neo.core import Event", "neophys.neo.core.segment"),
        ("from neophys.neo.core import Segment", "scipy"),
    ],
)
def test_imports_what_is_asked_for(statement: str, absent: str) -> None:
    code = f"{statement}\nimport sys\nsys.exit({absent!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
