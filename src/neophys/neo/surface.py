"""EVERY CLASS OF NEO'S THAT READS OR WRITES FILES: its module, and what it declares.

All exist by name. Those that are built come from a reader of ours
(:data:`neophys.neo.readers.CLASS_NAMES`) or from a module written by hand (:data:`WRITTEN`); the
others say on construction that they are not built.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

__all__ = [
    "BY_NAME_ONLY",
    "DECLARED_BY_CALLER",
    "HELPERS",
    "IO_CLASSES",
    "NOT_LISTED",
    "RAW_CLASSES",
    "WRITTEN",
    "Declared",
    "module_of",
]

#: The version of Neo whose surface this is.
NEO_VERSION: Final = "0.14.6"


@dataclass(frozen=True, slots=True)
class Declared:
    """What Neo declares of a class.

    Attributes
    ----------
    name
        Of the class, ``"MicromedIO"``.
    module
        Below ``neo.rawio`` or ``neo.io``: ``"micromedio"``.
    mode
        ``rawmode`` of a raw class, ``mode`` of an IO class.
    extensions
        Without dots.
    raw
        Of an IO class that reads through a raw class, that one's name; else ``""``.
    """

    name: str
    module: str
    mode: str
    extensions: tuple[str, ...]
    raw: str = ""


def _raw_rows(text: str) -> dict[str, Declared]:
    rows = [line.split() for line in text.strip().splitlines()]
    return {name: Declared(name, module, mode, _read(rest)) for name, module, mode, *rest in rows}


def _io_rows(text: str) -> dict[str, Declared]:
    rows = [line.split() for line in text.strip().splitlines()]
    found = {}
    for name, module, mode, raw, *rest in rows:
        own = _read(rest) if raw == "-" else RAW_CLASSES[raw].extensions
        found[name] = Declared(name, module, mode, own, raw.replace("-", ""))
    return found


def _read(words: list[str]) -> tuple[str, ...]:
    return tuple("" if word == "''" else word for word in words)


_TETRODES = " ".join(map(str, range(1, 33)))

#: In the order of Neo's list.
RAW_CLASSES: Final = _raw_rows(f"""
    AlphaOmegaRawIO       alphaomegarawio       one-dir    lsx mpx
    AxographRawIO         axographrawio         one-file   axgd axgx ''
    AxonaRawIO            axonarawio            multi-file bin set {_TETRODES}
    AxonRawIO             axonrawio             one-file   abf
    BiocamRawIO           biocamrawio           one-file   h5 brw
    BlackrockRawIO        blackrockrawio        multi-file ns1 ns2 ns3 ns4 ns5 ns6 nev sif ccf
    BrainVisionRawIO      brainvisionrawio      one-file   vhdr
    CedRawIO              cedrawio              one-file   smr smrx
    EDFRawIO              edfrawio              one-file   edf
    ElanRawIO             elanrawio             one-file   eeg
    IntanRawIO            intanrawio            one-file   rhd rhs dat
    MicromedRawIO         micromedrawio         one-file   trc TRC
    MaxwellRawIO          maxwellrawio          one-file   h5
    MEArecRawIO           mearecrawio           one-file   h5
    MedRawIO              medrawio              one-dir    medd rdat ridx
    NeuralynxRawIO        neuralynxrawio.neuralynxrawio one-dir nse ncs nev ntt nvt nrd
    NeuroExplorerRawIO    neuroexplorerrawio    one-file   nex
    NeuroNexusRawIO       neuronexusrawio       one-file   xdat json
    NeuroScopeRawIO       neuroscoperawio       one-file   xml dat lfp eeg
    NIXRawIO              nixrawio              one-file   nix h5
    OpenEphysRawIO        openephysrawio        one-dir    continuous openephys spikes events xml
    OpenEphysBinaryRawIO  openephysbinaryrawio  one-dir    xml oebin txt dat npy
    PhyRawIO              phyrawio              one-dir    npy mat tsv dat
    PlexonRawIO           plexonrawio           one-file   plx
    Plexon2RawIO          plexon2rawio.plexon2rawio one-file pl2
    RawBinarySignalRawIO  rawbinarysignalrawio  one-file   raw bin dat
    RawMCSRawIO           rawmcsrawio           one-file   raw
    Spike2RawIO           spike2rawio           one-file   smr
    SpikeGadgetsRawIO     spikegadgetsrawio     one-file   rec
    SpikeGLXRawIO         spikeglxrawio         one-dir    meta bin
    TdtRawIO              tdtrawio              one-dir    tbk tdx tev tin tnt tsq sev txt
    WinEdrRawIO           winedrrawio           one-file   EDR edr
    WinWcpRawIO           winwcprawio           one-file   wcp
    BCI2000RawIO          bci2000rawio          one-file   dat
    ExampleRawIO          examplerawio          one-file   fake
""")

#: In the order of Neo's list. Neo has two classes NixIO; that of nixio_fr is NixIOFr outside.
IO_CLASSES: Final = _io_rows("""
    AlphaOmegaIO          alphaomegaio          file       AlphaOmegaRawIO
    AsciiImageIO          asciiimageio          file       -
    AsciiSignalIO         asciisignalio         file       -    txt asc csv tsv
    AsciiSpikeTrainIO     asciispiketrainio     file       -    txt
    AxographIO            axographio            file       AxographRawIO
    AxonaIO               axonaio               file       AxonaRawIO
    AxonIO                axonio                file       AxonRawIO
    BCI2000IO             bci2000io             file       BCI2000RawIO
    BiocamIO              biocamio              file       BiocamRawIO
    BlackrockIO           blackrockio           file       BlackrockRawIO
    BlkIO                 blkio                 file       -
    BrainVisionIO         brainvisionio         file       BrainVisionRawIO
    BrainwareDamIO        brainwaredamio        file       -    dam
    BrainwareF32IO        brainwaref32io        file       -    f32
    BrainwareSrcIO        brainwaresrcio        file       -    src
    CedIO                 cedio                 file       CedRawIO
    EDFIO                 edfio                 file       EDFRawIO
    ElanIO                elanio                file       ElanRawIO
    ElphyIO               elphyio               file       -    DAT
    ExampleIO             exampleio             file       ExampleRawIO
    IgorIO                igorproio             file       -    ibw pxp
    IntanIO               intanio               file       IntanRawIO
    KlustaKwikIO          klustakwikio          dir        -    fet clu res spk
    KwikIO                kwikio                file       -    kwik
    MEArecIO              mearecio              file       MEArecRawIO
    MaxwellIO             maxwellio             file       MaxwellRawIO
    MedIO                 medio                 dir        MedRawIO
    MicromedIO            micromedio            file       MicromedRawIO
    NixIO                 nixio                 file       -    h5 nix
    NixIOFr               nixio_fr              file       NIXRawIO
    NeoMatlabIO           neomatlabio           file       -    mat
    NestIO                nestio                file       -    gdf dat
    NeuralynxIO           neuralynxio           dir        NeuralynxRawIO
    NeuroExplorerIO       neuroexplorerio       file       NeuroExplorerRawIO
    NeuroNexusIO          neuronexusio          file       NeuroNexusRawIO
    NeuroScopeIO          neuroscopeio          file       NeuroScopeRawIO
    NeurosharectypesIO    neurosharectypesio    file       -    mcd
    NeuroshareapiIO       neuroshareapiio       file       -    mcd
    NWBIO                 nwbio                 one-file   -    nwb
    OpenEphysIO           openephysio           dir        OpenEphysRawIO
    OpenEphysBinaryIO     openephysbinaryio     dir        OpenEphysBinaryRawIO
    PhyIO                 phyio                 dir        PhyRawIO
    PickleIO              pickleio              file       -    pkl pickle
    PlexonIO              plexonio              file       PlexonRawIO
    Plexon2IO             plexon2io             file       Plexon2RawIO
    RawBinarySignalIO     rawbinarysignalio     file       RawBinarySignalRawIO
    RawMCSIO              rawmcsio              file       RawMCSRawIO
    Spike2IO              spike2io              file       Spike2RawIO
    SpikeGadgetsIO        spikegadgetsio        file       SpikeGadgetsRawIO
    SpikeGLXIO            spikeglxio            dir        SpikeGLXRawIO
    StimfitIO             stimfitio             file       -    abf dat axgx axgd cfs
    TdtIO                 tdtio                 dir        TdtRawIO
    TiffIO                tiffio                dir        -
    WinEdrIO              winedrio              file       WinEdrRawIO
    WinWcpIO              winwcpio              file       WinWcpRawIO
""")

#: Classes that stand in a module of their own here, under Neo's path, rather than being made.
WRITTEN: Final = frozenset({
    "AsciiSignalIO", "AsciiSpikeTrainIO", "ExampleIO", "ExampleRawIO", "NIXRawIO", "NeoMatlabIO",
    "NixIO", "NixIOFr", "PickleIO", "RawBinarySignalIO",
})  # fmt: skip

#: Work, but not in Neo's lists.
NOT_LISTED: Final = frozenset({"ExampleRawIO", "BCI2000RawIO", "NeuroshareapiIO"})

#: Other names of classes.
ALIASES: Final = {"NeuroshareIO": "NeurosharectypesIO"}

#: Never suggested by a file's name: what is in the file would decide what happens.
BY_NAME_ONLY: Final = frozenset({"PickleIO"})

#: Read anything as numbers, so :func:`~neophys.neo.io.get_io` takes them only with arguments.
DECLARED_BY_CALLER: Final = frozenset({"RawBinarySignalIO"})

#: Functions and classes beside the readers that Neo's own tests import, by module: none is
#: rebuilt, all say so when used.
HELPERS: Final = {
    "neo.rawio.axonrawio": ("parse_axon_soup",),
    "neo.rawio.cedrawio": ("_get_sonpy_namespace",),
    "neo.rawio.maxwellrawio": ("auto_install_maxwell_hdf5_compression_plugin",),
    "neo.rawio.neuralynxrawio.ncssections": (
        "AcqType", "NcsSection", "NcsSections", "NcsSectionsFactory",
    ),
    "neo.rawio.neuralynxrawio.nlxheader": ("NlxHeader",),
    "neo.rawio.neuroexplorerrawio": ("EntityHeader",),
    "neo.rawio.spikeglxrawio": ("_build_signals_info_dict",),
    "neo.io.nestio": ("ColumnIO",),
}  # fmt: skip


def module_of(name: str, classes: Mapping[str, Declared], package: str) -> str:
    """Full name of the module of a class: Neo's, or the package for a class that Neo has not."""
    return f"{package}.{classes[name].module}" if name in classes else package
