"""Today's feedback, from the event log into what tonight's build learns from."""

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from firstlight_indexer.cli import app
from firstlight_indexer.domain_file import load_domain
from firstlight_indexer.errors import DomainFileError
from firstlight_indexer.feedback_export import ExportedEvents, export_events
from firstlight_indexer.fresh_feedback import fresh_feedback
from firstlight_store import embedded_events
from firstlight_store.event_log import EventLog, EventLogMissing, LoggedEvent, Pseudonyms
from tests.indexer.small_shop import Shop, dropped

NAMES = Pseudonyms(b"k" * 32)
DORA = NAMES.of("shop", "dora")
AT_S = datetime(2024, 3, 3, 12, tzinfo=UTC).timestamp()
FEEDBACK = '[feedback]\npath = "feedback.parquet"\n'


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'events.db'}"


@pytest.fixture
def log(url: str) -> Iterator[EventLog]:
    log = EventLog(url)
    log.record([("shop", _events()), ("other", [_event("else", "tea")])])
    yield log
    log.close()


def _event(event_id: str, item_id: str, kind: str = "view", weight: float = 1.0) -> LoggedEvent:
    return LoggedEvent(event_id, DORA, item_id, kind, AT_S + 0.25, weight)


def _events() -> list[LoggedEvent]:
    named = [_event("1", "tea"), _event("2", "cup", "purchase", 2.5), _event("3", "gone")]
    return [*named, _event("4", "")._replace(text="a teapot"), *(_event(f"pot-{n}", "pot") for n in range(12))]


def test_events_are_written_in_the_data_contract_and_nobody_is_named(log: EventLog, tmp_path: Path) -> None:
    out, told = tmp_path / "sub" / "feedback.parquet", list[tuple[str, int, int | None]]()
    done = export_events(log, "shop", out, progress=lambda stage, done, total: told.append((stage, done, total)))
    assert done == ExportedEvents(written=13, without_item=1, beyond_caps=2)
    rows = pl.read_parquet(out)
    assert rows.schema["timestamp"] == pl.Datetime("us", "UTC")
    at = datetime(2024, 3, 3, 12, 0, 0, 250_000, tzinfo=UTC)
    assert rows.rows()[:2] == [(DORA, "tea", "view", at, 1.0), (DORA, "cup", "purchase", at, 2.5)]
    assert (told[0][1:], told[-1][1:]) == ((0, 17), (17, 17))
    assert [path.name for path in out.parent.iterdir()] == ["feedback.parquet"]


def test_a_build_learns_from_feedback_beside_the_shops_own_events(log: EventLog, shop: Shop) -> None:
    shop.write(
        toml=FEEDBACK, events_table='timestamp_format = "%d/%m/%Y"\n[events.types]\nsaw = "view"\nview = "cart"\n',
        events="user_id,item_id,event_type,timestamp\nann,tea,saw,01/03/2024\nbob,pot,view,02/03/2024\n",
    )  # fmt: skip
    domain = load_domain(shop.folder)
    assert domain.feedback is not None
    export_events(log, "shop", domain.feedback.pattern)
    cleaned = shop.clean()
    kept = pl.read_parquet(cleaned.events).select("user_id", "item_id", "event_type", "weight").rows()
    assert {("ann", "tea", "view", 1.0), ("bob", "pot", "cart", 1.0), (DORA, "cup", "purchase", 2.5)} <= set(kept)
    assert (3, "item_not_in_catalogue") in dropped(cleaned, "events")
    table = json.loads(cleaned.report_json.read_text())["tables"][1]
    assert (table["rows_read"], table["files"]) == (15, ["events.csv", "feedback.parquet"])
    places = pl.read_parquet(cleaned.quarantine).filter(pl.col("reason") == "item_not_in_catalogue")
    assert places.select("file").to_series().to_list() == ["feedback.parquet"]


def test_a_build_takes_what_the_log_holds_then_and_a_faulty_place_is_named(url: str, shop: Shop) -> None:
    shop.write(toml='[feedback]\nevents = "embedded"\n')
    domain, file = load_domain(shop.folder), shop.folder / "feedback.parquet"
    assert fresh_feedback(domain, data_dir=shop.folder, tenant="shop") == ExportedEvents()
    assert pl.read_parquet(shop.clean().events)["user_id"].n_unique() == 2  # nobody recorded anything yet
    embedded_events(shop.folder).parent.mkdir()
    with closing(EventLog(f"sqlite:///{embedded_events(shop.folder)}")) as log:
        for number, kept in enumerate((3, 4)):
            log.record([("shop", [_event(f"{number}-{place}", "tea") for place in range(kept)])])
            assert str(fresh_feedback(domain, data_dir=shop.folder, tenant="shop")).startswith(
                f"{3 + 4 * number} events;"
            )
            assert pl.read_parquet(file).height == 3 + 4 * number
    assert str(fresh_feedback(domain, data_dir=shop.folder, tenant="else")).startswith("0 events;")
    shop.write(toml=f'[feedback]\nevents = "{url}"\n')
    with pytest.raises(DomainFileError, match=r"\[feedback\] events = 'sqlite:///.*events.db': there is no such file"):
        fresh_feedback(load_domain(shop.folder), data_dir=shop.folder, tenant="shop")


def test_the_commands_export_to_a_domain_and_delete_what_is_too_old(log: EventLog, url: str, shop: Shop) -> None:
    shop.write(toml=FEEDBACK)
    run = CliRunner()
    asked = ["events", "export", "--events-url", url, "--tenant", "shop", "--out", str(shop.folder)]
    said = run.invoke(app, asked)
    assert (said.exit_code, "wrote 13 events" in said.output) == (0, True)
    assert pl.read_parquet(shop.folder / "feedback.parquet").height == 13
    gone = run.invoke(app, ["events", "expire", "--events-url", url, "--tenant", "shop", "--days", "30"])
    assert "deleted 16 events and 0 impressions" in gone.output
    assert [tenant for tenant, _ in log.since(0, most=20)] == ["other"]
    shop.write()
    assert "there is no [feedback]" in str(run.invoke(app, asked).exception)
    for words in (["export", "--out", str(shop.folder / "out.parquet")], ["expire", "--days", "1"]):
        mistyped = run.invoke(app, ["events", *words, "--events-url", f"{url}x", "--tenant", "shop"])
        assert isinstance(mistyped.exception, EventLogMissing)
        assert f"{Path(url.removeprefix('sqlite:///')).name}x is not there" in str(mistyped.exception)
    assert not Path(f"{url.removeprefix('sqlite:///')}x").exists()
