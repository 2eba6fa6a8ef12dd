"""Measurements against Neo and against hand-written floors, as ratios taken in one run."""
