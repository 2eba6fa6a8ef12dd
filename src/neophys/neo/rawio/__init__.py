"""Neo's raw layer: one class a format, one base for readers written by others."""
