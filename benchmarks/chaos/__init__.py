"""Chaos: the nightly rounds of the faults that the design promises to survive, each a file of one `Fault`."""
