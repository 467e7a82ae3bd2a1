# SciPy ships no types.
