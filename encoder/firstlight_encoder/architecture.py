"""The kinds of user tower by name: what lies between the tokens and their pool. Knows nothing of how each works."""

from typing import Literal, get_args

Architecture = Literal["mean", "transformer", "gru", "causal"]
"""A weighted mean alone, or beside it: one layer of attention among all tokens, a GRU over them in their order, or
several layers in which an event attends to itself, to what came before it and to declarations."""

ARCHITECTURES: tuple[Architecture, ...] = get_args(Architecture)
"""All of them."""

DEFAULT_ARCHITECTURE: Architecture = "transformer"
"""The one that is trained unless told otherwise."""
