"""HOW BYTES BECOME NUMBERS: the engine reads, the sinks calibrate, a Samples joins the two."""
