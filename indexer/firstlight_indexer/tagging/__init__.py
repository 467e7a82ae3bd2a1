"""Zero-shot tags of a whole catalogue, from its text vectors; it knows nothing of servers."""
