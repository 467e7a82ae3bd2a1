"""`make docs`: write docs/api.md from the protos and their comments.

Reads a descriptor set with source information on standard input and writes Markdown on standard output.
Knows the shape of descriptors, and nothing of what the API means: all its words are the protos'.
"""

import sys
from collections.abc import Iterator, Mapping

from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    EnumDescriptorProto,
    FieldDescriptorProto,
    FileDescriptorProto,
    FileDescriptorSet,
    ServiceDescriptorProto,
)

PACKAGE = "firstlight.v1"

# NOTE: field numbers of descriptor.proto, of which source locations' paths are made.
SERVICES, METHODS = FileDescriptorProto.SERVICE_FIELD_NUMBER, ServiceDescriptorProto.METHOD_FIELD_NUMBER
MESSAGES, FIELDS = FileDescriptorProto.MESSAGE_TYPE_FIELD_NUMBER, DescriptorProto.FIELD_FIELD_NUMBER
ENUMS, VALUES = FileDescriptorProto.ENUM_TYPE_FIELD_NUMBER, EnumDescriptorProto.VALUE_FIELD_NUMBER

Comments = Mapping[tuple[int, ...], str]


def render(files: FileDescriptorSet) -> str:
    """The reference of every service, message and enum of the package, services first, as Markdown."""
    own = [(file, _comments(file)) for file in files.file if file.package == PACKAGE]
    parts = ["# API\n", f"Package `{PACKAGE}`. Generated from the protos by `make docs`; do not edit.\n"]
    for section in (_services, _messages, _enums):
        for file, comments in own:
            parts.extend(section(file, comments))
    return "\n".join(parts)


def _comments(file: FileDescriptorProto) -> Comments:
    places = file.source_code_info.location
    return {tuple(place.path): " ".join(place.leading_comments.split()) for place in places if place.leading_comments}


def _services(file: FileDescriptorProto, comments: Comments) -> Iterator[str]:
    for at, service in enumerate(file.service):
        yield f"## {service.name}\n\n{comments[SERVICES, at]}\n\n| call | request | reply | |\n|---|---|---|---|"
        for number, method in enumerate(service.method):
            words = comments[SERVICES, at, METHODS, number]
            yield f"| `{method.name}` | {_link(method.input_type)} | {_link(method.output_type)} | {words} |"
        yield ""


def _messages(file: FileDescriptorProto, comments: Comments) -> Iterator[str]:
    for at, message in enumerate(file.message_type):
        yield f"### {message.name}\n\n{comments[MESSAGES, at]}\n\n| field | type | |\n|---|---|---|"
        for number, field in enumerate(message.field):
            yield f"| `{field.name}` | {_type(field)} | {comments[MESSAGES, at, FIELDS, number]} |"
        yield ""


def _enums(file: FileDescriptorProto, comments: Comments) -> Iterator[str]:
    for at, enum in enumerate(file.enum_type):
        yield f"### {enum.name}\n\n{comments[ENUMS, at]}\n\n| value | number | |\n|---|---|---|"
        for number, value in enumerate(enum.value):
            yield f"| `{value.name}` | {value.number} | {comments[ENUMS, at, VALUES, number]} |"
        yield ""


def _type(field: FieldDescriptorProto) -> str:
    scalar = FieldDescriptorProto.Type.Name(field.type).removeprefix("TYPE_").lower()
    name = _link(field.type_name) if field.type_name else scalar
    if field.label == FieldDescriptorProto.LABEL_REPEATED:
        return f"repeated {name}"
    if field.proto3_optional:
        return f"optional {name}"
    return f"one of {name}" if field.HasField("oneof_index") else name


def _link(type_name: str) -> str:
    own = type_name.removeprefix(f".{PACKAGE}.")
    return f"`{type_name.removeprefix('.')}`" if own == type_name else f"[{own}](#{own.lower()})"


if __name__ == "__main__":
    sys.stdout.write(render(FileDescriptorSet.FromString(sys.stdin.buffer.read())))
