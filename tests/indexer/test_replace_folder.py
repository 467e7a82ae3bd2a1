from pathlib import Path

import pytest

from firstlight_indexer.replace_folder import replaced_folder


def test_a_filled_folder_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    target = tmp_path / "out"
    target.mkdir()
    (target / "old").touch()
    with replaced_folder(target) as folder:
        (folder / "new").touch()
        assert (target / "old").exists()
    assert [path.name for path in target.iterdir()] == ["new"]
    assert list(tmp_path.iterdir()) == [target]


def test_an_error_leaves_the_old_folder_as_it_was(tmp_path: Path) -> None:
    target = tmp_path / "out"
    target.mkdir()
    (target / "old").touch()
    with pytest.raises(FileExistsError), replaced_folder(target) as folder:  # noqa: PT012 (two steps are the point)
        (folder / "new").mkdir()
        (folder / "new").mkdir()
    assert [path.name for path in target.iterdir()] == ["old"]
    assert list(tmp_path.iterdir()) == [target]
