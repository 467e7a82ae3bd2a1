"""The commands about users' events. It does not know how the words are read, nor how the answers are printed."""

from argparse import Namespace

from firstlight._cli.output import Output
from firstlight._client import Client
from firstlight._user_event import UserEvent


def run(client: Client, arguments: Namespace, output: Output) -> None:
    """Run the one that `arguments.command` names."""
    match arguments.command:
        case "record":
            output.recorded(client.record_events(_events(arguments)))
        case "export-user":
            output.export(client.export_user(arguments.user_id, page_size=arguments.page_size))
        case "delete-user":
            output.counts(client.delete_user(arguments.user_id), what="deleted")
        case _:
            counts = client.merge_users(arguments.from_user_id, arguments.into_user_id)
            output.counts(counts, what=f"given to {arguments.into_user_id}")


def _events(arguments: Namespace) -> list[UserEvent]:
    if arguments.event_id is None:
        return [UserEvent(arguments.user_id, each, request_id=arguments.request_id) for each in arguments.events]
    ids = [arguments.event_id] if len(arguments.events) == 1 else _numbered(arguments.event_id, len(arguments.events))
    return [
        UserEvent(arguments.user_id, each, event_id=event_id, request_id=arguments.request_id)
        for event_id, each in zip(ids, arguments.events, strict=True)
    ]


def _numbered(prefix: str, count: int) -> list[str]:
    return [f"{prefix}-{number}" for number in range(1, count + 1)]
