"""Unit symbols: how files spell them, and how they scale. No quantities here."""

from __future__ import annotations

from typing import Final

from neophys.errors import UnitsError

__all__ = ["DIMENSIONLESS", "conversion", "normalize"]

DIMENSIONLESS: Final = "dimensionless"

#: symbol -> (dimension, factor to the dimension's base unit)
_SCALES: Final[dict[str, tuple[str, float]]] = {
    "V": ("potential", 1.0),
    "mV": ("potential", 1e-3),
    "uV": ("potential", 1e-6),
    "nV": ("potential", 1e-9),
    "kV": ("potential", 1e3),
    "A": ("current", 1.0),
    "mA": ("current", 1e-3),
    "uA": ("current", 1e-6),
    "nA": ("current", 1e-9),
    "pA": ("current", 1e-12),
    "s": ("time", 1.0),
    "ms": ("time", 1e-3),
    "us": ("time", 1e-6),
    "min": ("time", 60.0),
    "h": ("time", 3600.0),
    "Hz": ("frequency", 1.0),
    "kHz": ("frequency", 1e3),
    "bpm": ("rate", 1.0),
    "ohm": ("resistance", 1.0),
    "kohm": ("resistance", 1e3),
    "Mohm": ("resistance", 1e6),
    "m": ("length", 1.0),
    "mm": ("length", 1e-3),
    "um": ("length", 1e-6),
    "degC": ("temperature", 1.0),
    "%": ("share", 1.0),
    "deg": ("angle", 1.0),
    "mmHg": ("pressure", 1.0),
    "T": ("flux density", 1.0),
    "fT": ("flux density", 1e-15),
    DIMENSIONLESS: ("none", 1.0),
}

#: spellings met in files, without blanks and with every micro sign written "u"
_SPELLINGS: Final[dict[str, str]] = {
    "microV": "uV",
    "micro-V": "uV",
    "microvolt": "uV",
    "uv": "uV",
    "UV": "uV",
    "mv": "mV",
    "millivolt": "mV",
    "v": "V",
    "Volt": "V",
    "Volts": "V",
    "volt": "V",
    "volts": "V",
    "degreeC": "degC",
    "degC": "degC",
    "°C": "degC",
    "deg.C": "degC",
    "percent": "%",
    "BPM": "bpm",
    "Ohm": "ohm",
    "Ω": "ohm",
    "kOhm": "kohm",
    "kΩ": "kohm",
    "MΩ": "Mohm",
    "hz": "Hz",
    "HZ": "Hz",
    "sec": "s",
}

_MICRO: Final = str.maketrans({"µ": "u", "μ": "u"})


def normalize(text: str) -> str | None:
    """The symbol for a unit as a file spells it, or None where nobody knows it.

    Parameters
    ----------
    text
        As decoded from the file: ``"µV"`` (either micro sign), ``"microV"``, ``" uV "`` ...
        An empty text is dimensionless.

    Returns
    -------
    str or None
        A symbol that :func:`conversion` knows. For None the caller keeps the text as written,
        treats the channel as dimensionless and reports an Issue.
    """
    plain = "".join(text.split()).translate(_MICRO)
    if not plain:
        return DIMENSIONLESS
    if plain in _SCALES:
        return plain
    return _SPELLINGS.get(plain)


def conversion(source: str, target: str) -> float:
    """The factor that turns values in `source` into values in `target`.

    Both may be any spelling. Raises :class:`~neophys.errors.UnitsError` where the two measure
    different things or one is unknown; equal texts always convert by 1.
    """
    if source == target:
        return 1.0
    known = _SCALES.get(normalize(source) or ""), _SCALES.get(normalize(target) or "")
    if known[0] is None or known[1] is None or known[0][0] != known[1][0]:
        raise UnitsError(f"cannot convert {source!r} into {target!r}")
    factor = known[0][1] / known[1][1]
    # Powers of ten are not binary: 1e-6 / 1e-3 is off by one bit, the inverse is exact.
    inverse = round(known[1][1] / known[0][1])
    return 1.0 / inverse if inverse > 1 else float(round(factor)) if factor >= 1 else factor
