import inspect

import firstlight_store
from firstlight_store import SnapshotRefused, errors


def test_every_exported_name_exists_once_and_in_order() -> None:
    names = firstlight_store.__all__
    assert sorted(set(names), key=lambda name: (not name.isupper(), name)) == list(names)
    assert all(hasattr(firstlight_store, name) for name in names)


def test_every_exported_name_says_what_it_is() -> None:
    exported = [getattr(firstlight_store, name) for name in firstlight_store.__all__]
    described = [thing for thing in exported if inspect.isclass(thing) or inspect.isfunction(thing)]
    assert len(described) > 40
    assert [thing for thing in described if not inspect.getdoc(thing)] == []


def test_every_error_is_exported_and_drawn_in_the_tree() -> None:
    classes = [name for name, value in vars(errors).items() if inspect.isclass(value)]
    assert set(classes) <= set(firstlight_store.__all__)
    assert all(name in (errors.__doc__ or "") for name in classes)


def test_every_refusal_has_a_reason_of_its_own() -> None:
    refusals: list[type[SnapshotRefused]] = [SnapshotRefused, *SnapshotRefused.__subclasses__()]
    reasons = [refusal.reason for refusal in refusals]
    assert len(set(reasons)) == len(reasons)
