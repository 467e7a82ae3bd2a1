import numpy as np
import pytest

from firstlight_encoder.calibration import BUCKET_EDGES, BUCKETS, bucket, bucket_of

BANDS = {0: (0,), 1: (1,), 2: (2,), 3: (3,), 4: (4, 5), 5: (6, 10), 6: (11, 50, 10_000)}


def rows(events: list[int], declared: list[int]) -> list[int]:
    return [int(row) for row in bucket(np.array(events, np.int64), np.array(declared, np.int64))]


@pytest.mark.parametrize(("row", "events"), [(row, count) for row, counts in BANDS.items() for count in counts])
def test_a_number_of_events_falls_into_its_band(row: int, events: int) -> None:
    assert rows([events], [0]) == [row]


@pytest.mark.parametrize("declared", [1, 2, 50])
def test_declarations_have_bands_of_their_own_whatever_their_number(declared: int) -> None:
    counts = [counts[0] for counts in BANDS.values()]
    assert rows(counts, [declared] * len(counts)) == [row + len(BANDS) for row in BANDS]


def test_the_table_has_one_row_for_every_band() -> None:
    assert BUCKETS == 2 * len(BANDS) == 2 * (len(BUCKET_EDGES) + 1)
    assert max(rows([10**6], [1])) == BUCKETS - 1


def test_one_user_has_the_bucket_of_many() -> None:
    pairs = [(events, declared) for events in range(20) for declared in range(3)]
    assert [bucket_of(*pair) for pair in pairs] == rows(*map(list, zip(*pairs, strict=True)))
