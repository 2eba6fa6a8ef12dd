"""``python -m neophys.cli`` is the command ``neophys``."""

from neophys.cli import main

main()
