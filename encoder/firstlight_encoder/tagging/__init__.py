"""Zero-shot tags: which of any words fit which items, calibrated on a catalogue's own categories. Needs NumPy only."""
