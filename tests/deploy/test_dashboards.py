"""The dashboard, the alerts and the manual speak of metrics that a real server exports, and of no others."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
import pytest_asyncio
import yaml

from firstlight.v1 import catalogue_service_pb2 as catalogue_pb
from firstlight.v1 import index_service_pb2 as index_pb
from firstlight.v1 import recommendation_service_pb2 as pb
from firstlight.v1.types_pb2 import Declaration, Event
from tests.deploy.conftest import Document, documents
from tests.server.feedback import PATIENT, done, export, record
from tests.server.running import running
from tests.server.scrape import PREFIX, Scrape, scrape
from tests.server.tiny_snapshot import TinySnapshot

pytestmark = pytest.mark.asyncio(loop_scope="session")

NAME = re.compile(r"\b((?:firstlight_server|process|python_gc)_\w+)(?:\{([^}]*)\})?")
GROUPED = re.compile(r"\b(?:by|without) \(([^)]*)\)")
PROMETHEUS_OWN = {"job", "instance", "le"}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def exported(tmp_path_factory: pytest.TempPathFactory) -> Scrape:
    """What a server exports once every kind of thing that it counts has happened."""
    data_dir = tmp_path_factory.mktemp("exported")
    TinySnapshot().publish(data_dir)
    bad_id = TinySnapshot(space=False).publish(data_dir, activate=False)
    experiments = tmp_path_factory.mktemp("experiments") / "experiments.toml"
    experiments.write_text('[default]\narms = [{name = "bold", policy = "thompson", share = 1.0}]\n', encoding="utf-8")
    kept: dict[str, Any] = {"events_url": "embedded", "experiments": experiments} | PATIENT
    async with running(data_dir, tenant_rate=0.01, **kept) as server:
        declared = [Declaration(text="something warm")]
        request = pb.RecommendRequest(events=[Event(item_id="nowhere")], declarations=declared, user_id="anna")
        await server.recommendations.Recommend(request)
        with pytest.raises(grpc.aio.AioRpcError, match="quota"):
            await server.recommendations.Recommend(request)
        with pytest.raises(grpc.aio.AioRpcError):
            await server.index.ActivateSnapshot(index_pb.ActivateSnapshotRequest(snapshot_id=bad_id))
        await server.catalogue.DeleteItems(catalogue_pb.DeleteItemsRequest(item_ids=["i0002"]))
        await record(server, done("e", "i0001"))
        await export(server)

        async def learns() -> bool:
            return bool((await scrape(server)).labels("arm_lessons"))

        await server.until(learns)
        return await scrape(server)


@pytest.fixture(scope="module")
def dashboard(deploy: Path) -> Document:
    text = (deploy / "grafana/dashboards/firstlight.json").read_text(encoding="utf-8")
    parsed: Document = json.loads(text)
    return parsed


@pytest.fixture(scope="module")
def rules(deploy: Path) -> list[Document]:
    (file,) = documents([deploy / "prometheus/firstlight.rules.yml"])
    return [rule for group in file["groups"] for rule in group["rules"]]


def labels_of(exported: Scrape) -> dict[str, set[str]]:
    """Sample name -> its labels, Prometheus's own left out."""
    found: dict[str, set[str]] = {}
    for name, labels in exported.samples:
        found.setdefault(name, set()).update(label for label, _ in labels if label not in PROMETHEUS_OWN)
    return found


def queries(dashboard: Document, rules: list[Document]) -> Iterator[str]:
    for panel in dashboard["panels"]:
        yield from (target["expr"] for target in panel.get("targets", ()))
    yield from (annotation["expr"] for annotation in dashboard["annotations"]["list"])
    yield from (variable["query"]["query"] for variable in dashboard["templating"]["list"])
    yield from (rule["expr"] for rule in rules)


async def test_every_metric_and_label_of_a_query_is_exported(
    exported: Scrape, dashboard: Document, rules: list[Document]
) -> None:
    known = labels_of(exported)
    used = [match for query in queries(dashboard, rules) for match in NAME.findall(query)]
    assert len(used) > 50
    assert {name for name, _ in used} - set(known) == set()
    wrong = {
        (name, label)
        for name, selector in used
        for label in re.findall(r"(\w+) *(?:=~|!~|!=|=)", selector)
        if label not in known[name] | PROMETHEUS_OWN
    }
    assert wrong == set()


async def test_every_grouping_is_by_labels_of_the_metrics_beside_it(
    exported: Scrape, dashboard: Document, rules: list[Document]
) -> None:
    known = labels_of(exported)
    for query in queries(dashboard, rules):
        labels = PROMETHEUS_OWN.union(*(known[name] for name, _ in NAME.findall(query)))
        grouped = {label.strip() for group in GROUPED.findall(query) for label in group.split(",")}
        assert grouped <= labels, query


async def test_brackets_of_every_query_are_closed(dashboard: Document, rules: list[Document]) -> None:
    for query in queries(dashboard, rules):
        for opened, closed in ("()", "{}", "[]"):
            assert query.count(opened) == query.count(closed), query


async def test_panels_have_ids_of_their_own_and_do_not_overlap(dashboard: Document) -> None:
    places = [panel["gridPos"] for panel in dashboard["panels"]]
    cells = [(x, y) for p in places for x in range(p["x"], p["x"] + p["w"]) for y in range(p["y"], p["y"] + p["h"])]
    assert len(cells) == len(set(cells))
    assert max(x for x, _ in cells) < 24
    ids = [panel["id"] for panel in dashboard["panels"]]
    assert len(ids) == len(set(ids))


async def test_grafana_reads_the_dashboard_and_the_source_that_it_is_given(
    deploy: Path, dashboard: Document, compose: Document
) -> None:
    provisioning = deploy / "grafana/provisioning"
    (sources,) = documents([provisioning / "datasources/prometheus.yaml"])
    (provider,) = documents([provisioning / "dashboards/firstlight.yaml"])[0]["providers"]
    named = {panel["datasource"]["uid"] for panel in dashboard["panels"] if "datasource" in panel}
    assert named == {source["uid"] for source in sources["datasources"]}
    assert sources["datasources"][0]["url"] == "http://prometheus:9090"
    mounted = [mount.split(":")[1] for mount in compose["services"]["grafana"]["volumes"]]
    assert provider["options"]["path"] in mounted


async def test_prometheus_scrapes_the_server_and_loads_the_rules(deploy: Path, compose: Document) -> None:
    config = yaml.safe_load((deploy / "prometheus/prometheus.yml").read_text(encoding="utf-8"))
    assert [name for name in config["rule_files"] if not (deploy / "prometheus" / name).exists()] == []
    (job,) = config["scrape_configs"]
    hosts = {target.split(":")[0] for static in job["static_configs"] for target in static["targets"]}
    assert job["job_name"] == "firstlight"
    assert hosts <= set(compose["services"])


async def test_every_alert_says_how_bad_it_is_and_the_manual_what_to_do(
    rules: list[Document], repository: Path
) -> None:
    manual = (repository / "docs/operations.md").read_text(encoding="utf-8")
    assert [rule["alert"] for rule in rules if rule["labels"]["severity"] not in {"critical", "warning"}] == []
    assert [rule["alert"] for rule in rules if not rule["annotations"]["summary"]] == []
    listed = re.findall(r"^\| `(Firstlight\w+)` \|", manual, re.MULTILINE)
    assert listed == [rule["alert"] for rule in rules]


async def test_the_manual_lists_every_metric_as_it_is_exported(exported: Scrape, repository: Path) -> None:
    manual = (repository / "docs/operations.md").read_text(encoding="utf-8")
    listed = [line for line in manual.splitlines() if line.startswith(f"| `{PREFIX}")]
    assert sorted(listed) == rows(exported)


def rows(exported: Scrape) -> list[str]:
    """The manual's table: name, kind, labels and meaning of every metric of the server's own."""
    found: list[str] = []
    for family in exported.families:
        if family.name.startswith(PREFIX):
            labels = sorted({name for sample in family.samples for name in sample.labels} - PROMETHEUS_OWN)
            name = f"{family.name}_total" if family.type == "counter" else family.name
            cells = (f"`{name}`", family.type, ", ".join(labels), family.documentation)
            found.append("| " + " | ".join(cells) + " |")
    return sorted(found)


async def test_a_scrape_is_small_and_its_names_follow_the_conventions(exported: Scrape) -> None:
    own = [family for family in exported.families if family.name.startswith(PREFIX)]
    assert [family.name for family in own if not family.documentation.endswith(".")] == []
    assert [family.name for family in own if "_ms" in family.name or "_percent" in family.name] == []
    assert len(exported.samples) < 1_000
