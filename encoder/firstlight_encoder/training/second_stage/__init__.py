"""Counts the neighbour tables and trains the ranker of the second stage. Needs SciPy and LightGBM; servers do not."""
