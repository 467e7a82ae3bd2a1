"""The rungs of the ladder, from the full answer down. Knows nothing of when each is used."""

from enum import IntEnum


class Rung(IntEnum):
    """What an answer was made with; a larger number is simpler. The names are the API's without their prefix."""

    FULL = 1
    FIRST_STAGE = 2
    STORED_VECTOR = 3
    KNOWN_VECTORS = 4
    PRIOR = 5
