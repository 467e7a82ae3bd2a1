"""The manifests are valid, refer to what exists, and come through kustomize as they are meant."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from firstlight_server.logs import json_logger
from firstlight_server.settings import load_settings
from firstlight_server.tls.listener import require_guarded
from tests.deploy.conftest import Document, documents

KUSTOMIZATION = "kustomization.yaml"
ENVIRONMENT = {
    "FIRSTLIGHT_SERVER_DATA_DIR": "/var/lib/firstlight/snapshots",
    "FIRSTLIGHT_SERVER_LISTEN": "0.0.0.0:50051",
    "FIRSTLIGHT_SERVER_METRICS_LISTEN": "0.0.0.0:9464",
}
"""What the image sets; test_image.py reads it from the Dockerfile."""


@pytest.fixture(scope="module")
def kubernetes(deploy: Path) -> Path:
    return deploy / "kubernetes"


@pytest.fixture(scope="module")
def kustomizations(kubernetes: Path) -> dict[Path, Document]:
    return {file.parent: documents([file])[0] for file in sorted(kubernetes.rglob(KUSTOMIZATION))}


@pytest.fixture(scope="module")
def base(kubernetes: Path, kustomizations: dict[Path, Document]) -> list[Document]:
    """The base's own resources, with the labels that kustomize puts into the pods' template."""
    folder = kubernetes / "base"
    return documents(folder / name for name in kustomizations[folder]["resources"])


def one(resources: list[Document], kind: str) -> Document:
    (found,) = [resource for resource in resources if resource["kind"] == kind]
    return found


def pod(resources: list[Document]) -> Document:
    spec: Document = one(resources, "Deployment")["spec"]["template"]["spec"]
    return spec


def settings_of(kustomization: Document) -> dict[str, str]:
    (generator,) = kustomization["configMapGenerator"]
    return dict(line.split("=", 1) for line in generator["literals"])


def test_every_manifest_is_valid(kubernetes: Path) -> None:
    whole = [file for file in kubernetes.rglob("*.yaml") if file.name not in {KUSTOMIZATION, "resources.yaml"}]
    assert len(whole) >= 7
    for manifest in documents(whole):
        kubernetes_validate.validate(manifest, kubernetes_validate.latest_version(), strict=True)


def test_every_file_is_named_by_a_kustomization_and_every_name_is_a_file(kustomizations: dict[Path, Document]) -> None:
    for folder, kustomization in kustomizations.items():
        patches = [patch["path"] for patch in kustomization.get("patches", ())]
        named = {(folder / name).resolve() for name in kustomization["resources"] + patches}
        assert [path for path in named if not path.exists()] == []
        assert {file for file in folder.glob("*.yaml") if file.name != KUSTOMIZATION} <= named


def test_overlays_change_only_what_the_base_has(
    kubernetes: Path, kustomizations: dict[Path, Document], base: list[Document]
) -> None:
    overlay = kubernetes / "overlays/production"
    changes = kustomizations[overlay]
    deployment = one(base, "Deployment")
    images = {container["image"] for container in pod(base)["containers"]}
    assert {image["name"] for image in changes["images"]} == images
    assert {change["name"] for change in changes["replicas"]} == {deployment["metadata"]["name"]}
    (patch,) = documents([overlay / changes["patches"][0]["path"]])
    assert patch["metadata"]["name"] == deployment["metadata"]["name"]
    names = {container["name"] for container in pod(base)["containers"]}
    assert {container["name"] for container in pod([patch])["containers"]} <= names
    generated = [generator["name"] for generator in kustomizations[kubernetes / "base"]["configMapGenerator"]]
    assert [generator["name"] for generator in changes["configMapGenerator"]] == generated
    assert changes["namespace"] == one(documents([overlay / "namespace.yaml"]), "Namespace")["metadata"]["name"]


def test_every_reference_is_to_something_of_the_base(
    kubernetes: Path, kustomizations: dict[Path, Document], base: list[Document]
) -> None:
    spec, (container,) = pod(base), pod(base)["containers"]
    assert spec["serviceAccountName"] == one(base, "ServiceAccount")["metadata"]["name"]
    generated = [generator["name"] for generator in kustomizations[kubernetes / "base"]["configMapGenerator"]]
    assert [source["configMapRef"]["name"] for source in container["envFrom"]] == generated
    claims = [v["persistentVolumeClaim"]["claimName"] for v in spec["volumes"] if "persistentVolumeClaim" in v]
    assert claims == [one(base, "PersistentVolumeClaim")["metadata"]["name"]]
    volumes = {volume["name"] for volume in spec["volumes"]}
    assert {mount["name"] for mount in container["volumeMounts"]} == volumes
    ports = {port["name"] for port in container["ports"]}
    rules = one(base, "NetworkPolicy")["spec"]["ingress"]
    assert {port["targetPort"] for port in one(base, "Service")["spec"]["ports"]} <= ports
    assert {port["port"] for rule in rules for port in rule["ports"]} <= ports


def test_every_selector_of_our_pods_finds_them(base: list[Document]) -> None:
    labels = one(base, "Deployment")["spec"]["template"]["metadata"]["labels"]
    spread = [one["labelSelector"]["matchLabels"] for one in pod(base)["topologySpreadConstraints"]]
    selectors = [
        one(base, "Deployment")["spec"]["selector"]["matchLabels"],
        one(base, "Service")["spec"]["selector"],
        one(base, "PodDisruptionBudget")["spec"]["selector"]["matchLabels"],
        one(base, "NetworkPolicy")["spec"]["podSelector"]["matchLabels"],
        *spread,
    ]
    assert [selector for selector in selectors if not selector.items() <= labels.items()] == []


def test_the_service_is_headless_and_the_pods_take_no_variables_from_it(base: list[Document]) -> None:
    assert one(base, "Service")["spec"]["clusterIP"] == "None"
    assert pod(base)["enableServiceLinks"] is False  # FIRSTLIGHT_SERVER_PORT would be no setting


def test_the_pods_may_do_nothing_but_serve(base: list[Document]) -> None:
    spec, (container,) = pod(base), pod(base)["containers"]
    assert spec["securityContext"]["runAsNonRoot"] is True
    assert spec["automountServiceAccountToken"] is False
    own = container["securityContext"]
    assert (own["readOnlyRootFilesystem"], own["allowPrivilegeEscalation"]) == (True, False)
    assert own["capabilities"] == {"drop": ["ALL"]}
    assert "memory" in container["resources"]["limits"]


def test_the_settings_are_the_servers_and_agree_with_ports_probes_and_grace(
    kubernetes: Path, kustomizations: dict[Path, Document], base: list[Document]
) -> None:
    own = settings_of(kustomizations[kubernetes / "base"])
    merged = own | settings_of(kustomizations[kubernetes / "overlays/production"])
    settings = load_settings({}, environment=ENVIRONMENT | merged)
    (container,) = pod(base)["containers"]
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}
    assert settings.listen.endswith(f":{ports['grpc']}")
    assert settings.metrics_listen.endswith(f":{ports['metrics']}")
    probes = [container[f"{name}Probe"]["grpc"]["port"] for name in ("startup", "readiness", "liveness")]
    assert set(probes) == {ports["grpc"]}
    before_s = container["lifecycle"]["preStop"]["sleep"]["seconds"]
    assert pod(base)["terminationGracePeriodSeconds"] > before_s + settings.drain_grace_s
    mounted = {mount["mountPath"] for mount in container["volumeMounts"]}
    assert str(settings.data_dir) in mounted
    require_guarded(settings, logger=json_logger("error"))
    assert settings.tls_certificate or (settings.allow_insecure and one(base, "NetworkPolicy"))


def test_the_image_sets_what_these_tests_assume(dockerfile: str) -> None:
    assert [name for name, value in ENVIRONMENT.items() if f"{name}={value}" not in dockerfile] == []


@pytest.fixture(scope="module")
def rendered(kubernetes: Path) -> list[Document]:
    kubectl = shutil.which("kubectl")
    if kubectl is None:
        pytest.skip("kubectl is not here, so kustomize cannot render")
    command = [kubectl, "kustomize", str(kubernetes / "overlays/production")]
    ran = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    return list(yaml.safe_load_all(ran.stdout))


def test_what_kustomize_renders_is_valid_and_still_fits_together(rendered: list[Document]) -> None:
    for manifest in rendered:
        kubernetes_validate.validate(manifest, kubernetes_validate.latest_version(), strict=True)
    (source,) = pod(rendered)["containers"][0]["envFrom"]
    assert source["configMapRef"]["name"] == one(rendered, "ConfigMap")["metadata"]["name"]
    assert {manifest["metadata"].get("namespace", "firstlight") for manifest in rendered} == {"firstlight"}
    callers = one(rendered, "NetworkPolicy")["spec"]["ingress"][0]["from"][0]["podSelector"]["matchLabels"]
    assert callers == {"firstlight.io/client": "true"}  # kustomize's selector labels would have narrowed it
    test_every_selector_of_our_pods_finds_them(rendered)


def test_the_policy_lets_in_only_callers_and_scrapes(base: list[Document]) -> None:
    rules: list[dict[str, Any]] = one(base, "NetworkPolicy")["spec"]["ingress"]
    assert [rule for rule in rules if not rule.get("from") or not rule.get("ports")] == []
