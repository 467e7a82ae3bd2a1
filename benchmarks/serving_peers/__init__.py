"""Firstlight's answers served by other people's servers, encoders and vector databases, as baselines of throughput.

Each runs in an environment of its own (``make bench-peers-env``) and knows files only: ``exchange`` writes a folder,
every peer reads it through ``published``. All compute with the same weights, which is why they import
``firstlight_encoder`` (its NumPy part) and the generated messages; server, batching, encoder and search are theirs.
"""
