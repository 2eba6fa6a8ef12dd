"""neophys reads electrophysiology recordings of any make: lazily, exactly, from anywhere."""
