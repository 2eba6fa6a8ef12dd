"""Neo's classes made from readers: real classes with signature, docstring and place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from inspect import Parameter, Signature
from typing import TYPE_CHECKING, Any

from neophys.neo.rawio.engine import BufferedEngineRawIO, EngineRawIO
from neophys.neo.readers import REQUIRED, NeoReader
from neophys.neo.surface import RAW_CLASSES, module_of

if TYPE_CHECKING:
    from neophys.contents import Contents
    from neophys.neo.readers.view import View

__all__ = ["make_rawio", "signature_of", "with_signature"]


def signature_of(parameters: Mapping[str, Any]) -> Signature:
    """Of a constructor with these arguments and defaults; ``"**kargs"`` takes all others."""
    made = [Parameter("self", Parameter.POSITIONAL_OR_KEYWORD)]
    for name, default in parameters.items():
        if name.startswith("**"):
            made.append(Parameter(name[2:], Parameter.VAR_KEYWORD))
        else:
            value = Parameter.empty if default is REQUIRED else default
            made.append(Parameter(name, Parameter.POSITIONAL_OR_KEYWORD, default=value))
    return Signature(made)


def with_signature(
    parameters: Mapping[str, Any], act: Callable[[Any, dict[str, Any]], None]
) -> Callable[..., None]:
    """An ``__init__`` of this signature that calls ``act(self, arguments by name)``."""
    signature = signature_of(parameters)
    others = next((name[2:] for name in parameters if name.startswith("**")), None)

    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        bound = signature.bind(self, *args, **kwargs)
        bound.apply_defaults()
        arguments = dict(bound.arguments)
        del arguments["self"]
        arguments.update(arguments.pop(others, {}) if others else {})
        act(self, arguments)

    __init__.__signature__ = signature  # type: ignore[attr-defined]  # as inspect documents it
    return __init__


def make_rawio(reader: NeoReader) -> type[EngineRawIO]:
    """The raw class for a reader."""
    base = BufferedEngineRawIO if reader.buffers else EngineRawIO
    name = f"{reader.prefix}RawIO"
    return type(
        name,
        (base,),
        {
            "__doc__": f"Raw reader for {reader.prefix}; :class:`BaseRawIO` says what it offers.",
            "__module__": module_of(name, RAW_CLASSES, "neophys.neo.rawio"),
            "__qualname__": name,
            "__init__": with_signature(reader.parameters, base.__init__),
            "_reader": reader,
            "extensions": list(reader.extensions),
            "rawmode": reader.rawmode,
            **{name: _member(of) for name, of in reader.members.items()},
        },
    )


def _member(of: Callable[[Contents, View, Mapping[str, Any]], Any]) -> property:
    def value(rawio: EngineRawIO) -> Any:
        return of(rawio._opened().contents, rawio._view, rawio._arguments)

    return property(value)
