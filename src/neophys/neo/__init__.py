"""NEO'S SURFACE: programs written for Neo 0.14 run on this engine.

``from neophys import neo`` stands for ``import neo``. Everything is imported when it is first
used. Where the answers differ from Neo's on purpose, :func:`deviations` says so.
"""
