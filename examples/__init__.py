"""Firstlight in use: what `make demo` runs. No package of the product imports these files."""
