"""A machine for pickles that runs nothing: it knows values, and asks somebody about all else.

Python's own machine imports and calls whatever a pickle names, and sets attributes of whatever
comes out. This one executes the opcodes that pickles of protocols 0 to 5 use for plain values
itself; for each opcode that would import, call or change an object it asks a :class:`Maker`.
The opcodes are those of the standard library's ``pickletools``.
"""

from __future__ import annotations

import codecs
import struct
from collections.abc import Callable
from typing import Any, Final, Protocol

from neophys.errors import HeaderError, NeophysError, TruncatedError

__all__ = ["KEYS", "Machine", "Maker", "PickleRefusal"]


class PickleRefusal(Exception):
    """A maker does not do what a pickle wants; says why."""


class Maker(Protocol):
    """What a :class:`Machine` asks; each method raises PickleRefusal for what it does not do."""

    def find(self, module: str, name: str) -> Any:
        """What stands for a global: never the global itself, only something to hand back."""

    def call(self, found: Any, args: Any) -> Any:
        """The result of calling what `find` returned."""

    def new(self, found: Any, args: Any) -> Any:
        """An instance of what `find` returned, not initialized."""

    def build(self, made: Any, state: Any) -> None:
        """Set the state of something made."""

    def put(self, target: Any, key: Any, value: Any) -> None:
        """Set an item of what is no plain dict, or by a key that is more than a plain value."""


#: Types of keys of dicts.
KEYS: Final = frozenset((str, int, float, bool, bytes, type(None), complex))


class Machine:
    """Runs one pickle.

    Parameters
    ----------
    data
        The whole file; what stands behind the pickle in it is not looked at.
    file
        Its name, for errors.
    maker
        Who is asked for whatever is more than a plain value.
    """

    def __init__(self, data: bytes, file: str, maker: Maker) -> None:
        self.data, self.file, self.maker = data, file, maker
        self.at = 0
        self.stack: list[Any] = []
        self.marks: list[int] = []
        self.memo: dict[int, Any] = {}

    def run(self) -> Any:
        """What the pickle holds.

        Raises
        ------
        NeophysError
            It is damaged, or wants what the maker does not do; file and byte are named.
        """
        data, operations, size = self.data, _OPERATIONS, len(self.data)
        opcode_at = 0
        try:
            while True:
                opcode_at = self.at
                if opcode_at >= size:
                    raise TruncatedError(self.file, opcode_at, 1, 0, "pickle")
                self.at = opcode_at + 1
                operation = operations.get(data[opcode_at])
                if operation is None:
                    return self._stop(data[opcode_at], opcode_at)
                operation(self)
        except PickleRefusal as error:
            raise NeophysError(f"{self.file}: byte {opcode_at}: {error}") from None
        except NeophysError:
            raise
        except Exception as error:  # a damaged pickle makes any value of any type go anywhere
            raise HeaderError(
                self.file, opcode_at, "pickle", None, f"is damaged: {type(error).__name__}: {error}"
            ) from error

    def _stop(self, opcode: int, at: int) -> Any:
        if opcode == ord("."):
            return self.pop()
        if opcode in _REFUSED:
            raise PickleRefusal(f"this pickle uses {_REFUSED[opcode]}, which Neo's objects do not")
        raise HeaderError(self.file, at, "opcode", hex(opcode), "no opcode of a pickle")

    # Bytes.

    def take(self, length: int) -> bytes:
        """The next bytes; TruncatedError where there are fewer."""
        begin, end = self.at, self.at + length
        if length < 0 or end > len(self.data):
            raise TruncatedError(self.file, begin, length, len(self.data) - begin, "pickle")
        self.at = end
        return self.data[begin:end]

    def number(self, code: struct.Struct) -> Any:
        """One number of the file."""
        return code.unpack(self.take(code.size))[0]

    def line(self) -> bytes:
        """The next bytes up to a line feed, without it."""
        end = self.data.find(b"\n", self.at)
        if end < 0:
            raise TruncatedError(self.file, self.at, len(self.data) - self.at + 1, 0, "pickle")
        found, self.at = self.data[self.at : end], end + 1
        return found

    # Stack.

    def floor(self) -> int:
        """The stack below this belongs to an outer group."""
        return self.marks[-1] if self.marks else 0

    def pop(self) -> Any:
        """The topmost value."""
        if len(self.stack) <= self.floor():
            raise PickleRefusal("this pickle takes a value where there is none")
        return self.stack.pop()

    def top(self) -> Any:
        """The topmost value, which stays."""
        if len(self.stack) <= self.floor():
            raise PickleRefusal("this pickle takes a value where there is none")
        return self.stack[-1]

    def group(self) -> list[Any]:
        """All values since the last mark."""
        begin = self.marks.pop()
        found = self.stack[begin:]
        del self.stack[begin:]
        return found

    def extend(self, values: list[Any]) -> None:
        """Append to the list on top."""
        target = self.top()
        if type(target) is not list:
            raise PickleRefusal("this pickle appends to what is no list")
        target.extend(values)

    def update(self, values: list[Any]) -> None:
        """Set items, keys and values in turn, of the dict on top."""
        target = self.top()
        if len(values) % 2:
            raise PickleRefusal("this pickle has a key without a value")
        for key, value in zip(values[::2], values[1::2], strict=True):
            # No tuples as keys: the hash of a deeply nested one ends the process.
            if type(target) is dict and type(key) in KEYS:
                target[key] = value
            else:
                self.maker.put(target, key, value)


def _byte(machine: Machine) -> int:
    # The commonest of all: positions, small numbers.
    at = machine.at
    machine.at = at + 1
    return machine.data[at]


_U1, _U2, _I4 = struct.Struct("<B"), struct.Struct("<H"), struct.Struct("<i")
_U4, _U8, _F8 = struct.Struct("<I"), struct.Struct("<Q"), struct.Struct(">d")


def _pushing(read: Callable[[Machine], Any]) -> Callable[[Machine], None]:
    def operation(machine: Machine) -> None:
        machine.stack.append(read(machine))

    return operation


def _text(length: struct.Struct) -> Callable[[Machine], None]:
    return _pushing(lambda m: str(m.take(m.number(length)), "utf-8", "surrogatepass"))


def _bytes(length: struct.Struct) -> Callable[[Machine], None]:
    return _pushing(lambda m: m.take(m.number(length)))


def _old_text(length: struct.Struct) -> Callable[[Machine], None]:
    # Texts and bytes of Python 2, which were one type.
    return _pushing(lambda m: str(m.take(m.number(length)), "latin-1"))


def _long(length: struct.Struct) -> Callable[[Machine], None]:
    return _pushing(lambda m: int.from_bytes(m.take(m.number(length)), "little", signed=True))


def _integer(machine: Machine) -> Any:
    line = machine.line()
    return line == b"01" if line in (b"00", b"01") else int(line, 0)


def _quoted(machine: Machine) -> str:
    line = machine.line().strip()
    if len(line) < 2 or line[:1] != line[-1:] or line[:1] not in b"\"'":
        raise PickleRefusal("this pickle has a text without quotes")
    return codecs.escape_decode(line[1:-1])[0].decode("latin-1")


def _tuple(length: int) -> Callable[[Machine], Any]:
    return lambda m: tuple(reversed([m.pop() for _ in range(length)]))


def _dict(machine: Machine) -> None:
    values = machine.group()
    machine.stack.append({})
    machine.update(values)


def _mark(machine: Machine) -> None:
    machine.marks.append(len(machine.stack))


def _drop(machine: Machine) -> None:
    # What POP takes may be a mark.
    if machine.marks and machine.marks[-1] == len(machine.stack):
        machine.marks.pop()
    else:
        machine.pop()


def _keep(read: Callable[[Machine], int]) -> Callable[[Machine], None]:
    def operation(machine: Machine) -> None:
        machine.memo[read(machine)] = machine.stack[-1]

    return operation


def _recall(read: Callable[[Machine], int]) -> Callable[[Machine], None]:
    return _pushing(lambda m: m.memo[read(m)])


def _memoize(machine: Machine) -> None:
    machine.memo[len(machine.memo)] = machine.stack[-1]


def _frame(machine: Machine) -> None:
    length = machine.number(_U8)
    if length > len(machine.data) - machine.at:
        raise TruncatedError(
            machine.file, machine.at, length, len(machine.data) - machine.at, "frame"
        )


def _protocol(machine: Machine) -> None:
    version = machine.number(_U1)
    if version > 5:
        raise HeaderError(machine.file, machine.at - 1, "protocol", version, "is at most 5")


def _global(machine: Machine) -> Any:
    module, name = machine.line().decode(), machine.line().decode()
    return machine.maker.find(module, name)


def _stack_global(machine: Machine) -> Any:
    name, module = machine.pop(), machine.pop()
    if type(name) is not str or type(module) is not str:
        raise PickleRefusal("this pickle names a global by something else than texts")
    return machine.maker.find(module, name)


def _reduce(machine: Machine) -> Any:
    args, found = machine.pop(), machine.pop()
    if type(args) is not tuple:
        raise PickleRefusal("this pickle calls with something else than a tuple")
    return machine.maker.call(found, args)


def _newobj(machine: Machine) -> Any:
    args, found = machine.pop(), machine.pop()
    return machine.maker.new(found, args)


def _build(machine: Machine) -> None:
    state = machine.pop()
    machine.maker.build(machine.top(), state)


_OPERATIONS: Final[dict[int, Callable[[Machine], None]]] = {
    ord(code): operation
    for code, operation in {
        "N": _pushing(lambda m: None), "\x88": _pushing(lambda m: True),
        "\x89": _pushing(lambda m: False),
        "I": _pushing(_integer), "L": _pushing(lambda m: int(m.line().rstrip(b"L"), 0)),
        "F": _pushing(lambda m: float(m.line())), "G": _pushing(lambda m: m.number(_F8)),
        "J": _pushing(lambda m: m.number(_I4)), "K": _pushing(_byte),
        "M": _pushing(lambda m: m.number(_U2)), "\x8a": _long(_U1), "\x8b": _long(_I4),
        "S": _pushing(_quoted), "T": _old_text(_I4), "U": _old_text(_U1),
        "V": _pushing(lambda m: str(m.line(), "raw-unicode-escape")),
        "X": _text(_U4), "\x8c": _text(_U1), "\x8d": _text(_U8),
        "B": _bytes(_U4), "C": _bytes(_U1), "\x8e": _bytes(_U8),
        "\x96": _pushing(lambda m: bytearray(m.take(m.number(_U8)))),
        ")": _pushing(lambda m: ()), "t": _pushing(lambda m: tuple(m.group())),
        "\x85": _pushing(_tuple(1)), "\x86": _pushing(_tuple(2)), "\x87": _pushing(_tuple(3)),
        "]": _pushing(lambda m: []), "l": _pushing(lambda m: m.group()),
        "a": lambda m: m.extend([m.pop()]), "e": lambda m: m.extend(m.group()),
        "}": _pushing(lambda m: {}), "d": _dict,
        "s": lambda m: m.update([m.pop(), m.pop()][::-1]), "u": lambda m: m.update(m.group()),
        "(": _mark, "0": _drop, "1": lambda m: m.group().clear(), "2": _pushing(Machine.top),
        "p": _keep(lambda m: int(m.line())), "q": _keep(_byte),
        "r": _keep(lambda m: m.number(_U4)), "\x94": _memoize,
        "g": _recall(lambda m: int(m.line())), "h": _recall(_byte),
        "j": _recall(lambda m: m.number(_U4)),
        "\x95": _frame, "\x80": _protocol,
        "c": _pushing(_global), "\x93": _pushing(_stack_global), "R": _pushing(_reduce),
        "\x81": _pushing(_newobj), "b": _build,
    }.items()
}  # fmt: skip

_REFUSED: Final = {
    ord(code): name
    for code, name in {
        "P": "persistent ids", "Q": "persistent ids", "i": "instances of old classes",
        "o": "instances of old classes", "\x82": "registered extensions",
        "\x83": "registered extensions", "\x84": "registered extensions", "\x8f": "sets",
        "\x90": "sets", "\x91": "frozen sets", "\x92": "constructors with named arguments",
        "\x97": "buffers beside the file", "\x98": "buffers beside the file",
    }.items()
}  # fmt: skip
