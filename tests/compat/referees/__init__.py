"""``make compat``: Neo's own tests, and Elephant's, judge ``neophys.neo``."""
