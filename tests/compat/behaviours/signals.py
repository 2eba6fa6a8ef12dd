"""Signals and channel views."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import quantities as pq
from tests.compat.behaviours import Behaviour

__all__ = ["BEHAVIOURS"]


def signal(neo: Any, data: Any = None, units: str = "mV") -> Any:
    """6 samples x 2 channels, 1 kHz, from 5 ms, in a segment."""
    data = np.arange(12.0).reshape(6, 2) if data is None else data
    made = neo.AnalogSignal(
        data, units=units, sampling_rate=1 * pq.kHz, t_start=5 * pq.ms, name="sig",
        array_annotations={"gain": [1, 2]}, listed=[1], run=3,
    )  # fmt: skip
    neo.Segment().analogsignals.append(made)
    return made


def integers(neo: Any) -> Any:
    """The same, as integers."""
    return signal(neo, np.arange(12).reshape(6, 2))


def number(neo: Any) -> Any:
    """The same, without unit."""
    return signal(neo, units="dimensionless")


def after(_: Any) -> Callable[..., Any]:
    """An object, when something has been done to it."""

    def run(obj: Any, does: Callable[[Any], Any]) -> Any:
        does(obj)
        return obj

    return run


SIG: dict[str, Any] = {
    "sig": signal, "after": after, "copy": lambda _: copy, "pickle": lambda _: pickle,
    "number": number, "integers": integers,
}  # fmt: skip
BEHAVIOURS = (
    # Indexing.
    Behaviour(
        "a slice from the end begins before the signal",
        "sig[-3:].t_start",
        "2.0 ms", "8.0 ms", given=SIG,
    ),
    Behaviour(
        "so does one with a choice of channels",
        "sig[-3:, 0].t_start",
        "2.0 ms", "8.0 ms", given=SIG,
    ),
    Behaviour(
        "a start before the first sample moves t_start",
        "sig[-100:].t_start",
        "-95.0 ms", "5.0 ms", given=SIG,
    ),
    Behaviour(
        "a slice beyond the end begins later than the signal ends",
        "sig[100:].t_start",
        "105.0 ms", "11.0 ms", given=SIG,
    ),
    Behaviour(
        "a step of rows does not change the rate",
        "sig[::2].sampling_rate",
        "1.0 kHz", "0.5 kHz", given=SIG,
    ),
    Behaviour(
        "a step backwards starts at the wrong end",
        "sig[4::-2].t_start",
        "9.0 ms", "5.0 ms", given=SIG,
    ),
    Behaviour(
        "a step backwards gives a negative rate",
        "sig[::-1, :].sampling_rate",
        "-1.0 kHz", "1.0 kHz", given=SIG,
    ),
    Behaviour(
        "a mask of rows is refused",
        "sig[np.array([True, False, False, False, False, True])]",
        "TypeError", "[[0.0, 1.0], [10.0, 11.0]] mV", given=SIG,
    ),
    Behaviour(
        "positions of rows are refused",
        "sig[np.array([0, 2])].shape",
        "TypeError", "(2, 2)", given=SIG,
    ),
    Behaviour(
        "so is a list of them",
        "sig[[0, 2]].shape",
        "IndexError", "(2, 2)", given=SIG,
    ),
    Behaviour(
        "so are positions of rows with channels",
        "sig[np.array([0, 2]), :].shape",
        "NotImplementedError", "(2, 2)", given=SIG,
    ),
    Behaviour(
        "`...` is refused",
        "sig[...].shape",
        "IndexError", "(6, 2)", given=SIG,
    ),
    Behaviour(
        "`...` before a channel is refused",
        "sig[..., 0].t_start",
        "TypeError", "5.0 ms", given=SIG,
    ),
    Behaviour(
        "an index of one or no parts is refused",
        "(sig[(slice(2, 4),)].shape, sig[()].shape)",
        "ValueError", "((2, 2), (6, 2))", given=SIG,
    ),
    Behaviour(
        "a sample by time is no index",
        "sig[6.0]",
        "IndexError",
        "IndexError",
        kept="coretest/test_analogsignal.py::TestAnalogSignalArrayMethods::test__inv"
        "alid_index_raises_IndexError",
        given=SIG,
    ),
    # Arithmetic.
    Behaviour(
        "a number times a signal is the signal minus the number",
        "(2 * number)[:, 0].magnitude.ravel()",
        "[-2.0, 0.0, 2.0, 4.0, 6.0, 8.0]", "[0.0, 4.0, 8.0, 12.0, 16.0, 20.0]", given=SIG,
    ),
    Behaviour(
        "a number times a signal with a unit fails",
        "(2 * sig)[1]",
        "ValueError", "[4.0, 6.0] mV", given=SIG,
    ),
    Behaviour(
        "a quantity times a signal is the signal minus the quantity",
        "((2 * pq.mV) * sig)[1]",
        "[0.0, 1.0] mV", "[4.0, 6.0] mV**2", given=SIG,
    ),
    Behaviour(
        "an array times a signal fails",
        "(np.array([1, 2]) * sig)[1]",
        "ValueError", "[2.0, 6.0] mV", given=SIG,
    ),
    Behaviour(
        "one over a signal has no rate",
        "(1 / (sig + 1 * pq.mV)).sampling_rate",
        "None", "1.0 kHz", given=SIG,
    ),
    Behaviour(
        "a quantity over a signal is no signal",
        "type(pq.V / sig).__name__",
        "Quantity", "AnalogSignal", given=SIG,
    ),
    Behaviour(
        "a negative signal has no rate",
        "(-sig).sampling_rate",
        "None", "1.0 kHz", given=SIG,
    ),
    Behaviour(
        "an absolute signal has no name",
        "abs(sig).name",
        "None", "sig", given=SIG,
    ),
    Behaviour(
        "a power has no start",
        "(sig**2).t_start",
        "0.0 s", "5.0 ms", given=SIG,
    ),
    Behaviour(
        "a floored quotient has no rate",
        "(sig // 2).sampling_rate",
        "None", "1.0 kHz", given=SIG,
    ),
    Behaviour(
        "a remainder has no rate",
        "(sig % (2 * pq.mV)).sampling_rate",
        "None", "1.0 kHz", given=SIG,
    ),
    Behaviour(
        "`+sig` fails",
        "(+sig).sampling_rate",
        "ValueError", "1.0 kHz", given=SIG,
    ),
    Behaviour(
        "a numpy number times a signal has no rate",
        "(np.float64(2) * sig).sampling_rate",
        "None", "1.0 kHz", given=SIG,
    ),
    Behaviour(
        "ufuncs forget everything",
        "np.sqrt(sig).sampling_rate",
        "None", "1.0 kHz", given=SIG,
    ),
    Behaviour(
        "np.diff forgets everything",
        "np.diff(sig, axis=0).t_start",
        "0.0 s", "6.0 ms", given=SIG,
    ),
    Behaviour(
        "a signal after a ufunc cannot be shown",
        "repr(np.sqrt(sig))[-31:]",
        "TypeError", "0 ms], sampling rate: 1.0 kHz)>", given=SIG,
    ),
    Behaviour(
        "`!=` fails",
        "(sig != sig).any()",
        "ValueError", "False", given=SIG,
    ),
    Behaviour(
        "`!=` with a number fails",
        "(sig != 3 * pq.mV).any()",
        "ValueError", "True", given=SIG,
    ),
    Behaviour(
        "`+=` takes a signal of another time",
        "after(sig, lambda s: s.__iadd__(s.time_shift(1 * pq.s)))[1]",
        "[4.0, 6.0] mV", "[4.0, 6.0] mV", kept="Elephant adds up windows in place", given=SIG,
    ),
    # Functions of numpy.
    Behaviour(
        "np.concatenate forgets unit, rate and all else",
        "(str(np.concatenate([sig, sig]).units), np.concatenate([sig, sig]).sampling_rate)",
        "('1.0 dimensionless', None)",
        "('1.0 dimensionless', None)",
        kept="quantities' own habit: programs multiply the result by its unit",
        given=SIG,
    ),
    Behaviour(
        "a transposed signal is still a signal, of wrong duration",
        "type(sig.T).__name__",
        "AnalogSignal", "Quantity", given=SIG,
    ),
    Behaviour(
        "so is a reshaped one",
        "type(sig.reshape(3, 4)).__name__",
        "AnalogSignal", "Quantity", given=SIG,
    ),
    Behaviour(
        "so is one whose samples were repeated or taken",
        "type(np.repeat(sig, 2, axis=0)).__name__",
        "AnalogSignal", "Quantity", given=SIG,
    ),
    Behaviour(
        "channels taken by numpy lose their array annotations",
        "np.take(sig, [1], axis=1).array_annotations['gain']",
        "KeyError", "[2]", given=SIG,
    ),
    Behaviour(
        "whether all samples are true is a signal",
        "type(sig.all()).__name__",
        "AnalogSignal", "Quantity", given=SIG,
    ),
    Behaviour(
        "zeros like a signal lose the array annotations",
        "np.zeros_like(sig).array_annotations['gain']",
        "KeyError", "[1, 2]", given=SIG,
    ),
    Behaviour(
        "astype fails",
        "sig.astype('f4').dtype",
        "ValueError", "float32", given=SIG,
    ),
    Behaviour(
        "rescale takes no notice of dtype",
        "sig.rescale('uV', dtype='f4').dtype",
        "float64", "float32", given=SIG,
    ),
    # Time.
    Behaviour(
        "a slice without start counts from 0 s",
        "sig.time_slice(None, 8 * pq.ms).shape",
        "ValueError", "(3, 2)", given=SIG,
    ),
    Behaviour(
        "the length of a slice is its rounded duration: equal durations give equal lengths",
        "[len(sig.time_slice(t * pq.ms, (t + 3.4) * pq.ms)) for t in (5.0, 5.4, 5.6)]",
        "[3, 3, 3]",
        "[3, 3, 3]",
        kept="coretest/test_analogsignal.py::TestAnalogSignalArrayMethods::test__tim"
        "e_slice_close_to_sample_boundaries",
        given=SIG,
    ),
    Behaviour(
        "a start of a bare number has no unit, and t_stop fails",
        "neo.AnalogSignal([1], 'mV', sampling_rate=1 * pq.Hz, t_start=2.5).t_stop",
        "ValueError", "3.5 s", given=SIG,
    ),
    Behaviour(
        "a start in volts is taken",
        "after(sig, lambda s: setattr(s, 't_start', 1 * pq.V)).t_start",
        "1.0 V", "1.0 V", kept="Elephant makes signals along an axis that is not time", given=SIG,
    ),
    Behaviour(
        "a rate in seconds is taken",
        "after(sig, lambda s: setattr(s, 'sampling_rate', 2 * pq.s)).sampling_rate",
        "2.0 s", "2.0 s", kept="Elephant makes signals along an axis that is not time", given=SIG,
    ),
    # Copies and metadata.
    Behaviour(
        "annotations of a slice are those of the signal",
        "(sig[:2].annotate(new=1), 'new' in sig.annotations)[1]",
        "True", "False", given=SIG,
    ),
    Behaviour(
        "annotations of a copy are those of the signal",
        "(sig.copy().annotate(new=1), 'new' in sig.annotations)[1]",
        "True", "False", given=SIG,
    ),
    Behaviour(
        "array annotations of a copy are those of the signal",
        "(sig.copy().array_annotate(new=[1, 2]), 'new' in sig.array_annotations)[1]",
        "True", "False", given=SIG,
    ),
    Behaviour(
        "copy.copy loses the array annotations",
        "list(copy.copy(sig).array_annotations)",
        "[]", "['gain']", given=SIG,
    ),
    Behaviour(
        "a slice pickles with the whole recording",
        "pickle.loads(pickle.dumps(sig[:2])).segment is None",
        "False", "True", given=SIG,
    ),
    Behaviour(
        "other data lose the array annotations, even of the same shape",
        "dict(sig.duplicate_with_new_data(sig.magnitude).array_annotations)",
        "{}", "{}", kept="documentation of `duplicate_with_new_data`", given=SIG,
    ),
    Behaviour(
        "an array annotation follows the caller's array",
        "(gain := np.array([1, 2]), sig.array_annotate(g=gain), gain.fill(7), "
        "sig.array_annotations['g'])[3]",
        "[7, 7]", "[1, 2]", given=SIG,
    ),
    Behaviour(
        "setdefault does not check",
        "len(after(sig, lambda s: s.array_annotations.setdefault('g', [1] * "
        "50)).array_annotations['g'])",
        "50", "ValueError", given=SIG,
    ),
    Behaviour(
        "`update` checks, `|=` does not",
        "len(after(sig, lambda s: s.array_annotations.__ior__({'g': [1] * "
        "50})).array_annotations['g'])",
        "50", "ValueError", given=SIG,
    ),
    Behaviour(
        "an ArrayDict is made without a check",
        "len(neo.core.dataobject.ArrayDict(2, g=[1] * 50)['g'])",
        "50", "ValueError", given=SIG,
    ),
    Behaviour(
        "the copy of array annotations is a plain dict",
        "type(sig.array_annotations.copy()).__name__",
        "dict", "ArrayDict", given=SIG,
    ),
    Behaviour(
        "array annotations can be replaced by anything",
        "after(sig, lambda s: setattr(s, 'array_annotations', {'g': 5})).array_annotations['g']",
        "5", "ValueError", given=SIG,
    ),
    Behaviour(
        "array annotations of numbers and texts become texts",
        "list(after(sig, lambda s: s.array_annotate(g=[1, 'a'])).array_annotations['g'])[0]",
        "1", "ValueError", given=SIG,
    ),
    # Joining.
    Behaviour(
        "annotations of joined signals are nested",
        "sig[:3].concatenate(sig[3:]).annotations['listed']",
        "KeyError", "[1]", given=SIG,
    ),
    Behaviour(
        "numbers are not among them",
        "sig[:3].concatenate(sig[3:]).annotations['run']",
        "KeyError", "3", given=SIG,
    ),
    Behaviour(
        "integers are padded with what NaN happens to become",
        "integers.concatenate(integers.time_shift(7 * pq.ms), padding=True)[6, 0]",
        "-9223372036854775808 mV", "ValueError", given=SIG,
    ),
    Behaviour(
        "joined with nothing, a signal is itself",
        "sig.concatenate() is sig",
        "True",
        "True",
        kept="coretest/test_analogsignal.py::TestAnalogSignalCombination::test_conca"
        "tenate_no_signals",
        given=SIG,
    ),
    Behaviour(
        "a gap is padded with a Quantity, not with a number",
        "sig.concatenate(sig.time_shift(9 * pq.ms), padding=0.0)",
        "Exception",
        "Exception",
        kept="coretest/test_analogsignal.py::TestAnalogSignalCombination::test_conca"
        "tenate_padding_invalid",
        given=SIG,
    ),
    Behaviour(
        "where the unit of a copy is set, values of its slices change under theirs",
        "(own := sig.copy(), part := own[1:], setattr(own, 'units', 'V'), part)[3][0, 0]",
        "0.002 mV", "ValueError", given=SIG,
    ),
    Behaviour(
        "nothing can be subtracted from by unsigned samples",
        "(5 * pq.mV - neo.AnalogSignal(np.array([1, 7], 'u2'), 'mV', "
        "sampling_rate=1 * pq.Hz)).magnitude[:, 0]",
        "OverflowError", "[4.0, -2.0]", given=SIG,
    ),
    Behaviour(
        "a gap of one sample between joined signals is filled with 0",
        "sig[:2].concatenate(sig[3:]).magnitude[:, 1]",
        "[1.0, 3.0, 0.0, 7.0, 9.0, 11.0]", "Exception", given=SIG,
    ),
    Behaviour(
        "a sample that is not there can be set",
        "after(sig, lambda s: s.__setitem__(100, 3 * pq.mV))[0, 0]",
        "0.0 mV", "IndexError", given=SIG,
    ),
    Behaviour(
        "an annotation that is named as an argument is: the pickle cannot be loaded",
        "pickle.loads(pickle.dumps(after(sig, lambda s: s.annotate(units='x'))))"
        ".annotations['units']",
        "TypeError", "x", given=SIG,
    ),
    Behaviour(
        "joined signals lose array annotations with NaN",
        "after(sig, lambda s: s.array_annotate(ohm=[1, np.nan]))[:3].concatenate(sig[3:])"
        ".array_annotations['ohm']",
        "KeyError", "[1.0, nan]", given=SIG,
    ),
    Behaviour(
        "a view's array annotations stay behind",
        "list(neo.ChannelView(sig, [1], array_annotations={'g': "
        "[5]}).resolve().array_annotations)",
        "['gain']", "['gain', 'g']", given=SIG,
    ),
    Behaviour(
        "a view takes channels that are not there",
        "len(neo.ChannelView(sig, [7]).index)",
        "1", "IndexError", given=SIG,
    ),
    Behaviour(
        "a view of no channels is refused",
        "neo.ChannelView(sig, []).shape",
        "ValueError", "(6, 0)", given=SIG,
    ),
    Behaviour(
        "quantiles of channels fail", "np.percentile(sig, 50, axis=0)",
        "TypeError", "[5.0, 6.0] mV", given=SIG,
    ),
    Behaviour(
        "lists of quantities are read without their units",
        "neo.AnalogSignal([1 * pq.mV, 2 * pq.V], 'mV', sampling_rate=1 * pq.Hz)[:, 0].magnitude[1]",
        "[2.0]", "[2000.0]",
    ),
    Behaviour(
        "times, too", "neo.Event([1 * pq.s, 2000 * pq.ms], units='s').times",
        "[1.0, 2000.0] s", "[1.0, 2.0] s",
    ),
    Behaviour(
        "masked samples count",
        "neo.AnalogSignal(np.ma.array([1.0, 2], mask=[0, 1]), 'V', sampling_rate=1 * pq.Hz)[:, 0]",
        "[[1.0], [2.0]] V", "[[1.0], [nan]] V",
    ),
    Behaviour(
        "masked integers count",
        "neo.AnalogSignal(np.ma.array([1, 2], mask=[0, 1]), 'V', sampling_rate=1 * pq.Hz).shape",
        "(2, 1)", "ValueError",
    ),
)  # fmt: skip
