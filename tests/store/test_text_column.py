from hypothesis import given
from hypothesis import strategies as st

from firstlight_store.text_column import TextColumn


@given(st.lists(st.text(), max_size=20))
def test_every_text_is_read_as_it_was_given(texts: list[str]) -> None:
    column = TextColumn.of(texts)
    assert len(column) == len(texts)
    assert list(column) == texts
    assert [column[row] for row in range(len(texts))] == texts
