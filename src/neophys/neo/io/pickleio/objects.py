"""What PickleIO makes of a pickle: Neo's objects and their parts, from a closed list.

The list stands in :mod:`~neophys.neo.io.pickleio.names`. A global of a pickle becomes a
:class:`~neophys.neo.io.pickleio.names.Known`, which nothing can be set on; calling it runs the
function of this project that stands beside it, after the arguments have been checked one by one.
"""

from __future__ import annotations

import datetime
from collections import OrderedDict
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

import numpy as np
import quantities as pq
from quantities.dimensionality import Dimensionality

from neophys.neo.core.baseneo import BaseNeo
from neophys.neo.core.dataobject import ArrayDict, DataObject, _normalize_array_annotations
from neophys.neo.core.objectlist import ObjectList
from neophys.neo.core.traincolumns import TrainColumns
from neophys.neo.core.units import Unit, unit, unit_of
from neophys.neo.io.pickleio.arrays import (
    PickledDtype,
    array_from_buffer,
    array_state,
    numeric_dtype,
    scalar,
)
from neophys.neo.io.pickleio.machine import KEYS, PickleRefusal
from neophys.neo.io.pickleio.names import Known, known
from neophys.neo.io.pickleio.units import named_unit, unit_text

__all__ = ["Objects"]

_ATOMS: Final = (
    str, int, float, bool, bytes, complex, type(None), np.generic, np.ndarray, Decimal,
    datetime.date, datetime.time, datetime.timedelta, datetime.tzinfo, Dimensionality,
    range,
)  # fmt: skip
_PLAIN: Final = (str, int, float, bytes, datetime.timedelta, datetime.timezone)
_DEEPEST: Final = 60
#: What the attributes of lists hold.
_CONTENTS: Final = {"_items": BaseNeo, "_loose": BaseNeo, "_columns": TrainColumns}


class Objects:
    """A :class:`~neophys.neo.io.pickleio.machine.Maker` of Neo's objects for one pickle.

    Parameters
    ----------
    size
        Of the pickle, in bytes: what is made of it is bounded by some multiple.
    """

    def __init__(self, size: int) -> None:
        # A value that a pickle names often is walked through, or copied, as often.
        self._values_left = 1_000_000 + 20 * size
        self._bytes_left = 64_000_000 + 16 * size
        #: What is made and has no state yet. Its content must not be looked at.
        self._unfinished: dict[int, Any] = {}

    # The machine's questions.

    def find(self, module: str, name: str) -> Known:
        """What stands for a global."""
        found = known(module, name)
        if found is None:
            raise PickleRefusal(
                f"this pickle wants to use {module}.{name}; PickleIO reads Neo's objects only"
            )
        return found

    def call(self, found: Any, args: Any) -> Any:
        """The result of a function or class of the list."""
        if type(found) is Known:
            if found.kind.startswith("array:"):
                return self._data_object(found, args)
            if found.kind in _CALLS:
                return _CALLS[found.kind](self, found, args)
        raise PickleRefusal(f"this pickle calls {_shown(found)}")

    def new(self, found: Any, args: Any) -> Any:
        """An empty container, to be built."""
        if type(found) is Known and found.kind == "object" and args == ():
            return self._begun(found.real.__new__(found.real))
        if type(found) is Known and found.kind in ("dimensionality", "ordered") and args == ():
            return found.real()
        if type(found) is Known and found.kind == "arraydict" and args == ():
            return self._begun(ArrayDict.__new__(ArrayDict))
        raise PickleRefusal(f"this pickle makes {_shown(found)} out of nothing")

    def put(self, target: Any, key: Any, value: Any) -> None:
        """An item of one of the dicts that are more than that."""
        kind = type(target)
        if kind in (Dimensionality, dict) and isinstance(key, pq.UnitQuantity):
            if isinstance(value, int | float | np.integer | np.floating):
                target[key] = value
                return
        elif kind in (OrderedDict, ArrayDict) and type(key) is str:
            dict.__setitem__(target, key, value) if kind is ArrayDict else target.update(
                {key: value}
            )
            return
        raise PickleRefusal(f"this pickle sets {_shown(key)} in {_shown(target)}")

    def build(self, made: Any, state: Any) -> None:
        """The state of something that is unfinished."""
        if isinstance(made, pq.UnitQuantity):
            return  # only where to stand among units when they are shown
        if type(made) is PickledDtype:
            made.set_state(state)
            return
        if isinstance(made, DataObject) and type(state) is dict and [*state] == ["segment"]:
            made.__setstate__({"segment": self._link(state["segment"])})
            return
        if self._unfinished.pop(id(made), None) is None:
            raise PickleRefusal(f"this pickle changes {_shown(made)}")
        if type(made) is np.ndarray:
            made.__setstate__(array_state(state))
        elif type(made) is pq.Quantity:
            self._build_quantity(made, state)
        elif type(made) is ArrayDict:
            self._build_array_dict(made, state)
        elif type(made) is TrainColumns:
            self._build_columns(made, state)
        else:
            self._build_container(made, state)

    def whole(self, made: Any) -> Any:
        """What the pickle holds, if that is Neo's and nothing in it is unfinished."""
        every = made if type(made) in (list, tuple) else [made]
        if self._unfinished or not all(isinstance(one, BaseNeo | ObjectList) for one in every):
            what = "leaves its objects unfinished" if self._unfinished else "holds no Neo object"
            raise PickleRefusal(f"this pickle {what}")
        return made

    # What is made.

    def _begun(self, made: Any) -> Any:
        self._unfinished[id(made)] = made
        return made

    def _data_object(self, found: Known, args: tuple[Any, ...]) -> Any:
        kinds = ["array", *found.kind.removeprefix("array: ").split()]
        if not args or len(args) - 1 > len(kinds):
            raise PickleRefusal(f"this pickle calls {found.name} with {len(args)} arguments")
        checked = [_CHECKS[kind](self, arg) for kind, arg in zip(kinds, args[1:], strict=False)]
        return found.real(self._data_class(args[0]), *checked)

    def _data_class(self, given: Any) -> Any:
        if type(given) is not Known or not issubclass(given.real, DataObject):
            raise PickleRefusal(f"this pickle makes {_shown(given)} as if it were a signal")
        return given.real

    def _array(self, given: Any) -> Any:
        """An array, a Quantity or None; each time that one is used counts."""
        if given is None:
            return given
        if not isinstance(given, np.ndarray) or id(given) in self._unfinished:
            raise PickleRefusal(f"this pickle has {_shown(given)} where an array belongs")
        self._bytes_left -= given.nbytes
        if self._bytes_left < 0:
            raise PickleRefusal("this pickle makes far more data than it holds")
        return given

    def _units(self, given: Any) -> Any:
        if type(given) is str:
            return unit_text(given)
        if given is None or isinstance(given, Dimensionality):
            return given
        if isinstance(given, pq.Quantity) and id(given) not in self._unfinished:
            return given
        raise PickleRefusal(f"this pickle has {_shown(given)} where a unit belongs")

    def _bound(self, given: Any) -> Any:
        if given is None or type(given) in (int, float):
            return given
        if isinstance(given, pq.Quantity | np.number) and id(given) not in self._unfinished:
            return given
        raise PickleRefusal(f"this pickle has {_shown(given)} where a time or rate belongs")

    def _link(self, given: Any) -> Any:
        if given is None or isinstance(given, BaseNeo):
            return given
        raise PickleRefusal(f"this pickle has {_shown(given)} where a segment belongs")

    def _notes(self, given: Any) -> Any:
        self.annotation(given)
        return given

    def _items(self, given: Any) -> Any:
        """Array annotations: arrays, or flat lists, which become arrays."""
        self.annotation(given)
        for values in given.values() if isinstance(given, dict) else ():
            if type(values) in (list, tuple):
                sizes = [len(one) if isinstance(one, str | bytes) else 2 for one in values]
                # Each text of an array takes the room of the longest.
                self._bytes_left -= 4 * len(sizes) * max(sizes, default=0)
                nested = any(type(one) in (list, tuple, dict) for one in values)
                if nested or self._bytes_left < 0:
                    raise PickleRefusal("this pickle has array annotations that are no flat lists")
        return given

    def _text(self, given: Any) -> Any:
        if isinstance(given, (list, tuple, dict)):
            raise PickleRefusal(f"this pickle has {_shown(given)} where a text belongs")
        return self._notes(given)

    def annotation(self, value: Any, depth: int = 0, objects: bool = False) -> None:
        """Refuse what is no annotation, and values so nested that walking them takes for ever."""
        self._values_left -= 1
        if self._values_left < 0 or depth > _DEEPEST:
            raise PickleRefusal("this pickle has values that are nested too deeply")
        kind = type(value)
        if isinstance(value, np.ndarray) and id(value) in self._unfinished:
            raise PickleRefusal("this pickle uses an array without values")
        if kind in (list, tuple):
            for one in value:
                self.annotation(one, depth + 1, objects)
        elif kind in (dict, OrderedDict, ArrayDict):
            if not KEYS.issuperset(map(type, value)):
                raise PickleRefusal("this pickle has a dict with keys that are no plain values")
            for one in value.values():
                self.annotation(one, depth + 1, objects)
        elif not (isinstance(value, _ATOMS) or (objects and isinstance(value, BaseNeo))) and not (
            objects and isinstance(value, ObjectList)
        ):
            raise PickleRefusal(f"this pickle has {_shown(value)} as an annotation")

    def _build_quantity(self, made: Any, state: Any) -> None:
        if type(state) is not tuple or not state or not isinstance(state[-1], Dimensionality):
            raise PickleRefusal("this pickle has a quantity without a unit")
        np.ndarray.__setstate__(made, array_state(state[:-1]))
        made._dimensionality = state[-1]

    def _build_array_dict(self, made: ArrayDict, state: Any) -> None:
        length = state.get("length") if type(state) is dict else None
        if length is not None and not isinstance(length, int | np.integer):
            raise PickleRefusal("this pickle has array annotations without a length")
        self._items(dict(made))
        made.__dict__.update(length=length, check_function=_normalize_array_annotations)

    def _build_container(self, made: Any, state: Any) -> None:
        if type(state) is not dict:
            raise PickleRefusal(f"this pickle has {_shown(made)} without attributes")
        # A list makes its index of members anew; pickling it again must not add an attribute.
        own: dict[str, Any] = {"_members": None} if isinstance(made, ObjectList) else {}
        for name, value in state.items():
            if type(name) is not str or name.startswith("__") or callable(
                getattr(type(made), name, None)
            ):  # fmt: skip
                raise PickleRefusal(f"this pickle replaces {name!r:.40} of {_shown(made)}")
            if name == "_members":
                continue
            if name == "allowed_contents":
                value = tuple(self._content_class(one) for one in value)
            elif name in _CONTENTS:
                if not all(isinstance(one, _CONTENTS[name]) for one in value or ()):
                    raise PickleRefusal(f"this pickle has {_shown(made)} of other things")
            else:
                self.annotation(value, objects=True)
            own[name] = value
        for name in getattr(made, "_child_containers", ()):
            if not isinstance(own.get("_" + name), ObjectList):
                raise PickleRefusal(f"this pickle has {_shown(made)} without {name}")
        if hasattr(made, "__setstate__"):
            made.__setstate__(own)
        else:
            made.__dict__.update(own)

    def _build_columns(self, made: Any, state: Any) -> None:
        if type(state) is not tuple or len(state) != 8 or not isinstance(state[3], Dimensionality):
            raise PickleRefusal("this pickle has spike trains in an unknown form")
        values, ids, channels, of, t_start, t_stop, notes, segment = state
        self.annotation(channels)
        bounds = self._bound(t_start), self._bound(t_stop)
        made.__setstate__(
            (self._array(values), self._array(ids), channels, unit_of(of), *bounds,
             self._notes(notes), self._link(segment))
        )  # fmt: skip

    def _content_class(self, given: Any) -> Any:
        if type(given) is not Known or not issubclass(given.real, BaseNeo):
            raise PickleRefusal(f"this pickle has a list of {_shown(given)}")
        return given.real

    # The parts that objects have.

    def _reconstruct(self, found: Known, args: tuple[Any, ...]) -> Any:
        wanted = "numpy.ndarray" if found.kind == "array" else "quantities.quantity.Quantity"
        if not args or type(args[0]) is not Known or args[0].name != wanted:
            # So does an ImageSequence of Neo's: it has lost its rate and scale there.
            what = _shown(args[0] if args else args)
            raise PickleRefusal(f"this pickle makes {what} out of a bare array")
        return self._begun(np.ndarray((0,), "b").view(args[0].real))

    def _reconstructor(self, found: Known, args: tuple[Any, ...]) -> Any:
        kind, base, state = args
        if type(kind) is not Known or type(base) is not Known:
            raise PickleRefusal("this pickle makes objects of no class")
        made = self.new(kind, ())
        if base.real is dict and type(state) in (dict, Dimensionality):
            for key, value in state.items():
                self.put(made, key, value)
        return made

    def _array_dict(self, found: Known, args: tuple[Any, ...]) -> Any:
        made = ArrayDict.__new__(ArrayDict)
        if len(args) != 3 or type(args[2]) is not dict:
            raise PickleRefusal("this pickle has array annotations in an unknown form")
        for key, value in args[2].items():
            self.put(made, key, value)
        self._build_array_dict(made, {"length": args[0]})
        return made

    def _time(self, found: Known, args: tuple[Any, ...]) -> Any:
        values, units = args
        return found.real(self._array(values), self._units(units))

    def _unit(self, found: Known, args: tuple[Any, ...]) -> Unit:
        (text,) = args
        if type(text) is not str:
            raise PickleRefusal(f"this pickle has {_shown(text)} where a unit belongs")
        return unit(unit_text(text))

    def _dimensionality(self, found: Known, args: tuple[Any, ...]) -> Any:
        made = Dimensionality()
        for given in args:
            if type(given) not in (dict, Dimensionality):
                raise PickleRefusal(f"this pickle has {_shown(given)} where a unit belongs")
            for key, value in given.items():
                self.put(made, key, value)
        return made if found.kind == "dimensionality" else unit_of(made)

    def _plain(self, found: Known, args: tuple[Any, ...]) -> Any:
        if not all(type(arg) in _PLAIN for arg in args):
            raise PickleRefusal(f"this pickle calls {found.name} with more than plain values")
        made = found.real(*args)
        # Dates are pickled as bytes, which their classes believe.
        return made.replace() if isinstance(made, datetime.date | datetime.time) else made

    def _range(self, found: Known, args: tuple[Any, ...]) -> range:
        made = range(*args)
        self._values_left -= len(made)
        if self._values_left < 0:
            raise PickleRefusal("this pickle makes far more values than it holds")
        return made

    def _encode(self, found: Known, args: tuple[Any, ...]) -> bytes:
        # Bytes of protocols that know none.
        if args == ():
            return b""
        text, encoding = args
        if type(text) is not str or encoding != "latin1":
            raise PickleRefusal(f"this pickle calls {found.name} for more than bytes")
        return text.encode("latin-1")


def _shown(value: Any) -> str:
    return value.name if type(value) is Known else f"a {type(value).__name__}"


_CALLS: Final[dict[str, Callable[[Objects, Known, tuple[Any, ...]], Any]]] = {
    "array": Objects._reconstruct,
    "quantity": Objects._reconstruct,
    "arraydict": Objects._array_dict,
    "time": Objects._time,
    "unit": Objects._unit,
    "unit_of": Objects._dimensionality,
    "dimensionality": Objects._dimensionality,
    "dtype": lambda self, found, args: PickledDtype(args),
    "scalar": lambda self, found, args: scalar(args),
    "buffer": lambda self, found, args: array_from_buffer(args),
    "named unit": lambda self, found, args: named_unit(found.real, args),
    "reconstructor": Objects._reconstructor,
    "encode": Objects._encode,
    "plain": Objects._plain,
    "range": Objects._range,
    "ordered": lambda self, found, args: OrderedDict(),
}

_CHECKS: Final[dict[str, Callable[[Objects, Any], Any]]] = {
    "array": Objects._array,
    "units": Objects._units,
    "dtype": lambda self, given: numeric_dtype(given),
    "flag": lambda self, given: None,
    "bound": Objects._bound,
    "text": Objects._text,
    "items": Objects._items,
    "notes": Objects._notes,
    "link": Objects._link,
}
