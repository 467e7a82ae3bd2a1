"""The commands and their exit status. It does not know how the words are read, nor how the answers are printed."""

import os
import sys
from argparse import Namespace
from collections.abc import Mapping, Sequence
from io import TextIOWrapper

from firstlight._cli import catalogue_commands, parser, user_commands
from firstlight._cli.output import Output
from firstlight._client import Client
from firstlight._config import ChannelConfig
from firstlight._errors import CallFailed
from firstlight._filter import Filter
from firstlight._recommendation import Recommendation
from firstlight._reranking import Reranking
from firstlight._tls import TLSConfig

ANSWERED = 0
FAILED = 1
WRONG_USAGE = 2
INTERRUPTED = 130


def main(argv: Sequence[str] | None = None, *, environ: Mapping[str, str] | None = None) -> int:
    """Run one command and return its exit status.

    Args:
        argv: The words after the program's name; those of this process if None.
        environ: The environment; that of this process if None.
    """
    environ = os.environ if environ is None else environ
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # a title that the terminal cannot show must not end the command
    try:
        arguments = parser.build(environ).parse_args(argv)
    except SystemExit as finished:  # argparse has said what was wrong, or printed its help
        return WRONG_USAGE if finished.code else ANSWERED
    return _answered(arguments, Output(as_json=arguments.json, environ=environ))


def _answered(arguments: Namespace, output: Output) -> int:
    try:
        with _client(arguments) as client:
            status = _run(client, arguments, output)
        sys.stdout.flush()
        return status
    except CallFailed as error:
        output.error(f"{error} (asked {arguments.target})")
        return FAILED
    except BrokenPipeError:  # the reader, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ANSWERED
    except (OSError, ValueError) as error:  # a certificate that cannot be read, a value that the SDK refuses
        output.error(str(error))
        return WRONG_USAGE
    except KeyboardInterrupt:
        return INTERRUPTED


def _run(client: Client, arguments: Namespace, output: Output) -> int:
    match arguments.command:
        case "recommend":
            output.recommendation(_recommendation(client, arguments))
        case "similar":
            output.recommendation(
                client.similar_items(
                    arguments.item_id,
                    page_size=arguments.page_size,
                    exclude=arguments.exclude,
                    filter=_filter(arguments),
                )
            )
        case "snapshots list":
            output.snapshots(client.snapshots())
        case "snapshots show":
            output.snapshot(client.snapshot(arguments.snapshot_id))
        case "snapshots activate":
            output.activation(client.activate_snapshot(arguments.snapshot_id))
        case "snapshots canary":
            _canary(client, arguments, output)
        case "record" | "export-user" | "delete-user" | "merge-users" | "profile":
            user_commands.run(client, arguments, output)
        case "upsert" | "delete-items" | "tag":
            catalogue_commands.run(client, arguments, output)
        case _:
            return _health(client, arguments, output)
    return ANSWERED


def _recommendation(client: Client, arguments: Namespace) -> Recommendation:
    return client.recommend(
        events=arguments.events,
        declarations=arguments.declarations,
        page_size=arguments.page_size,
        exclude=arguments.exclude,
        filter=_filter(arguments),
        want_reasons=arguments.reasons,
        want_counterfactuals=arguments.counterfactuals,
        language=arguments.language,
        reranking=_reranking(arguments),
        include_seen=arguments.include_seen,
        user_id=arguments.user_id,
        exploit_only=arguments.exploit_only,
    )


def _canary(client: Client, arguments: Namespace, output: Output) -> None:
    if arguments.snapshot_id is None:
        client.clear_canary()
        output.canary(None)
    else:
        output.canary(client.set_canary(arguments.snapshot_id, share=arguments.share))


def _health(client: Client, arguments: Namespace, output: Output) -> int:
    if arguments.wait is not None:
        client.wait_until_ready(timeout_s=arguments.wait)
    serving = arguments.wait is not None or client.healthy()
    output.health(arguments.target, serving=serving)
    return ANSWERED if serving else FAILED


def _client(arguments: Namespace) -> Client:
    given = (arguments.ca, arguments.cert, arguments.key, arguments.server_name)
    secure = arguments.tls or any(given)
    tls = TLSConfig(
        root_certificates=arguments.ca,
        client_certificate=arguments.cert,
        client_key=arguments.key,
        server_name=arguments.server_name,
    )
    return Client(
        arguments.target,
        tenant=arguments.tenant,
        timeout_s=arguments.timeout,
        token=arguments.token,
        tls=tls if secure else None,
        channel=ChannelConfig(allow_plaintext_token=arguments.plaintext_token),
    )


def _reranking(arguments: Namespace) -> Reranking | None:
    blocks = [Filter(categories=[name]) for name in arguments.block_category]
    rules = Reranking(
        diversity=arguments.diversity,
        max_per_category=arguments.max_per_category,
        max_per_brand=arguments.max_per_brand,
        calibration=arguments.calibration,
        pins=arguments.pins,
        blocks=[*blocks, *(Filter(brands=[name]) for name in arguments.block_brand)],
    )
    return None if rules == Reranking() else rules


def _filter(arguments: Namespace) -> Filter | None:
    attributes: dict[str, list[str]] = {}
    for name, value in arguments.filter_attribute:
        attributes.setdefault(name, []).append(value)
    condition = Filter(
        categories=arguments.filter_category,
        brands=arguments.filter_brand,
        min_price=arguments.min_price,
        max_price=arguments.max_price,
        include_unavailable=arguments.include_unavailable,
        attributes=attributes,
    )
    return None if condition == Filter() else condition
