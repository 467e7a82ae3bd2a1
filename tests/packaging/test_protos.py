"""The generated code is what the protos say, and the baseline for breaking changes is one that buf reads."""

import subprocess
import sys
from pathlib import Path

import pytest
from google.protobuf.descriptor import FileDescriptor
from google.protobuf.descriptor_pb2 import FileDescriptorProto, FileDescriptorSet

from firstlight.v1 import (
    catalogue_service_pb2,
    feedback_service_pb2,
    index_service_pb2,
    profile_service_pb2,
    recommendation_service_pb2,
    types_pb2,
)

GENERATED = tuple(
    module.DESCRIPTOR
    for module in (
        catalogue_service_pb2,
        feedback_service_pb2,
        index_service_pb2,
        profile_service_pb2,
        recommendation_service_pb2,
        types_pb2,
    )
)


def _image(repository: Path, *arguments: str) -> dict[str, FileDescriptorProto]:
    buf = Path(sys.executable).with_name("buf")
    command = [str(buf), "build", *arguments, "--as-file-descriptor-set", "--exclude-source-info", "-o", "-"]
    built = subprocess.run(command, cwd=repository, capture_output=True, check=True, timeout=60)
    return {file.name: file for file in FileDescriptorSet.FromString(built.stdout).file}


def _without_json_names(file: FileDescriptorProto) -> FileDescriptorProto:
    messages = list(file.message_type)
    while messages:
        message = messages.pop()
        messages += message.nested_type
        for field in message.field:
            field.ClearField("json_name")
    return file


@pytest.fixture(scope="module")
def protos(repository: Path) -> dict[str, FileDescriptorProto]:
    return _image(repository)


@pytest.mark.parametrize("generated", GENERATED, ids=lambda descriptor: descriptor.name)
def test_the_generated_code_says_what_the_proto_says(
    generated: FileDescriptor, protos: dict[str, FileDescriptorProto]
) -> None:
    committed = FileDescriptorProto.FromString(generated.serialized_pb)
    assert _without_json_names(committed) == _without_json_names(protos[generated.name])


def test_no_proto_is_without_generated_code(protos: dict[str, FileDescriptorProto]) -> None:
    own = {name for name in protos if name.startswith("firstlight/")}
    assert own == {descriptor.name for descriptor in GENERATED}


def test_the_baseline_holds_the_services_that_callers_depend_on(repository: Path) -> None:
    baseline = _image(repository, "protos/baseline.binpb")
    services = {service.name for file in baseline.values() for service in file.service}
    assert services >= {"RecommendationService", "IndexService"}


def test_nothing_breaks_callers_of_the_last_release(repository: Path) -> None:
    buf = Path(sys.executable).with_name("buf")
    command = [str(buf), "breaking", "--against", "protos/baseline.binpb"]
    compared = subprocess.run(command, cwd=repository, capture_output=True, text=True, check=False, timeout=60)
    assert (compared.returncode, compared.stdout) == (0, "")


def test_the_api_reference_is_what_the_protos_say(repository: Path) -> None:
    buf = Path(sys.executable).with_name("buf")
    build = [str(buf), "build", "--as-file-descriptor-set", "-o", "-"]
    image = subprocess.run(build, cwd=repository, capture_output=True, check=True, timeout=60)
    render = [sys.executable, "docs/render_api.py"]
    rendered = subprocess.run(render, cwd=repository, input=image.stdout, capture_output=True, check=True, timeout=60)
    assert rendered.stdout.decode() == (repository / "docs/api.md").read_text(encoding="utf-8")
