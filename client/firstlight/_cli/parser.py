"""The command line's grammar and its help. It does not know what the commands do."""

from argparse import SUPPRESS, ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeAlias

from firstlight._cli import catalogue_parser, values
from firstlight._config import DEFAULT_TARGET, DEFAULT_TENANT, DEFAULT_TIMEOUT_S
from firstlight._declaration import Declaration
from firstlight._version import __version__

ACTIVATE_TIMEOUT_S = 60.0
"""The deadline of `snapshots activate` unless told otherwise, in seconds: a snapshot is loaded and verified first."""

_MAIN_EPILOG = """\
examples:
  firstlight recommend                                     what newcomers take, nothing being known of this one
  firstlight recommend --category "Cold cereal" --reasons  declared interests, and why each item is there
  firstlight recommend --event purchase:82914 --event view:1029743@2026-01-31T10:00 --json
  firstlight similar 82914 --max-price 5
  firstlight record --user-id anna purchase:82914
  firstlight profile anna
  firstlight snapshots list
  firstlight health --wait 30

environment:
  FIRSTLIGHT_TARGET  default of --target
  FIRSTLIGHT_TENANT  default of --tenant
  FIRSTLIGHT_TOKEN   the bearer token, if the service wants one; there is no option for it, since others can read those
  NO_COLOR           no colour, even on a terminal

exit status: 0 answered, 1 the call failed or the service is not serving, 2 wrong usage, 130 interrupted
"""
_AN_EVENT = """\
an EVENT is TYPE:ITEM[=WEIGHT][@TIME]:
  purchase:82914                     bought it, just now
  view:82914@2026-01-31T10:00        looked at it then (UTC unless the time says otherwise)
  rating:82914=-2                    rated it badly
  TYPE: view, cart, purchase, favorite, remove_from_cart, dislike, rating
"""
_RECORD_EPILOG = f"""\
{_AN_EVENT}
examples:
  firstlight record --user-id anna purchase:82914 view:1029743
  firstlight record --user-id anna --event-id click-4711 --request-id 1b2c... view:82914
  firstlight recommend --user-id anna
"""
_PROFILE_EPILOG = f"""\
{_AN_EVENT}
examples:
  firstlight profile anna
  firstlight profile anna --trajectory --most 10
  firstlight profile --event purchase:82914 --event view:1029743@2026-01-31T10:00 --json
"""
_RECOMMEND_EPILOG = f"""\
{_AN_EVENT}
examples:
  firstlight recommend --event purchase:82914 --event view:1029743
  firstlight recommend --category "Cold cereal" --not-category "Hot cereal" --brand "Private" --reasons
  firstlight recommend --text "something warm for a winter evening" --filter-category Grocery --max-price 10
  firstlight recommend --event cart:82914 --exclude 82914 --page-size 3 --json
"""

if TYPE_CHECKING:
    from argparse import _SubParsersAction  # pyright: ignore[reportPrivateUsage]  # argparse gives it no public name

SubParsers: TypeAlias = "_SubParsersAction[OneLineParser]"


class OneLineParser(ArgumentParser):
    """A parser that tells a mistake in one line, and takes no shortened options, which the next version might share."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(allow_abbrev=False, formatter_class=RawDescriptionHelpFormatter, **settings)

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and where to read on; the exit status is 2."""
        self.exit(2, f"{self.prog}: {message} (see {self.prog} --help)\n")


def build(environ: Mapping[str, str]) -> ArgumentParser:
    """Return the parser; `arguments.command` will name the command."""
    parser = OneLineParser(
        prog="firstlight", description="Ask a Firstlight service for recommendations.", epilog=_MAIN_EPILOG
    )
    parser.add_argument("--version", action="version", version=f"firstlight {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    _add_recommend(commands, environ)
    _add_similar(commands, environ)
    _add_users(commands, environ)
    _add_profile(commands, environ)
    _add_snapshots(commands, environ)
    catalogue_parser.add(lambda name, summary: _add(commands, name, summary, environ))
    health = _add(commands, "health", "say whether the service is serving", environ)
    health.add_argument("--wait", type=float, metavar="SECONDS", help="wait so long for it to become ready")
    return parser


def _add(commands: SubParsers, name: str, summary: str, environ: Mapping[str, str]) -> ArgumentParser:
    """Add a command with the options that all share."""
    parser = commands.add_parser(name, help=summary, description=f"{summary[0].upper()}{summary[1:]}.")
    parser.set_defaults(command=name)
    parser.add_argument("--json", action="store_true", help="print JSON for machines instead of a table")
    _add_service(parser, environ)
    return parser


def _add_service(parser: ArgumentParser, environ: Mapping[str, str]) -> None:
    service = parser.add_argument_group("the service")
    target = environ.get("FIRSTLIGHT_TARGET") or DEFAULT_TARGET
    tenant = environ.get("FIRSTLIGHT_TENANT") or DEFAULT_TENANT
    service.add_argument("--target", default=target, help="host:port, or a name as gRPC knows them (%(default)s)")
    service.add_argument("--tenant", default=tenant, help="whose snapshot answers (%(default)s)")
    service.add_argument(
        "--timeout",
        type=float,
        default=DEFAULT_TIMEOUT_S,
        metavar="SECONDS",
        help="deadline, retries included (%(default)s)",
    )
    service.add_argument("--tls", action="store_true", help="speak TLS; the options below imply it")
    service.add_argument("--ca", type=Path, metavar="PEM", help="the authorities to trust")
    service.add_argument("--cert", type=Path, metavar="PEM", help="our certificate, for mutual TLS")
    service.add_argument("--key", type=Path, metavar="PEM", help="its private key")
    service.add_argument("--server-name", metavar="NAME", help="what the server's certificate names, if not the target")
    service.add_argument("--plaintext-token", action="store_true", help="send the token without TLS, inside a mesh")
    service.set_defaults(token=environ.get("FIRSTLIGHT_TOKEN") or None)


def _add_recommend(commands: SubParsers, environ: Mapping[str, str]) -> None:
    parser = _add(commands, "recommend", "rank the catalogue for a user, known by little or nothing", environ)
    parser.epilog = _RECOMMEND_EPILOG
    user = parser.add_argument_group("what is known of the user")
    user.add_argument(
        "--event",
        dest="events",
        type=values.event,
        action="append",
        default=[],
        metavar="EVENT",
        help="what they did, oldest first",
    )
    for option, make in (("category", Declaration.category), ("brand", Declaration.brand), ("text", Declaration.text)):
        shown = "WORDS" if option == "text" else "NAME"
        wanted, unwanted = values.declared(make), values.declared(make, against=True)
        user.add_argument(
            f"--{option}",
            dest="declarations",
            type=wanted,
            action="append",
            default=[],
            metavar=shown,
            help=f"what they want, as {option}",
        )
        user.add_argument(
            f"--not-{option}",
            dest="declarations",
            type=unwanted,
            action="append",
            default=SUPPRESS,
            metavar=shown,
            help="what they do not want",
        )
    user.add_argument("--user-id", metavar="ID", help="who it is: stored events count, a canary or an arm may answer")
    parser.add_argument("--include-seen", action="store_true", help="items of the events may come back")
    parser.add_argument("--exploit-only", action="store_true", help="show nothing just to learn about it")
    _add_answer(parser)
    _add_page(parser)


def _add_page(parser: ArgumentParser) -> None:
    _add_arrangement(parser)
    parser.add_argument("--reasons", action="store_true", help="say why each item is there")
    parser.add_argument("--counterfactuals", action="store_true", help="and at which rank it would be without that")
    parser.add_argument("--language", metavar="TAG", help="of the reasons, such as zh-CN (en)")


def _add_arrangement(parser: ArgumentParser) -> None:
    page = parser.add_argument_group("how the page is arranged")
    page.add_argument("--diversity", type=float, default=0.0, metavar="SHARE", help="how unlike its items are, up to 1")
    page.add_argument("--max-per-category", type=int, metavar="N", help="at most so many items of one category")
    page.add_argument("--max-per-brand", type=int, metavar="N", help="at most so many items of one brand")
    page.add_argument(
        "--calibration",
        type=float,
        default=0.0,
        metavar="SHARE",
        help="how far its categories are those of the events, up to 1",
    )
    page.add_argument(
        "--pin",
        dest="pins",
        type=values.pin,
        action="append",
        default=[],
        metavar="ITEM@PLACE",
        help="put this item into that place",
    )
    page.add_argument("--block-category", action="append", default=[], metavar="NAME", help="nothing of this category")
    page.add_argument("--block-brand", action="append", default=[], metavar="NAME", help="nothing of this brand")


def _add_similar(commands: SubParsers, environ: Mapping[str, str]) -> None:
    parser = _add(commands, "similar", "list the items nearest to one item", environ)
    parser.add_argument("item_id", metavar="ITEM", help="the item's id in the catalogue")
    _add_answer(parser)


def _add_answer(parser: ArgumentParser) -> None:
    answer = parser.add_argument_group("the answer")
    answer.add_argument("--page-size", type=int, metavar="N", help="how many items (the service's default is 10)")
    answer.add_argument("--exclude", action="append", default=[], metavar="ITEM", help="never return this item")
    answer.add_argument("--filter-category", action="append", default=[], metavar="NAME", help="only this category")
    answer.add_argument("--filter-brand", action="append", default=[], metavar="NAME", help="only this brand")
    answer.add_argument(
        "--filter-attribute",
        type=values.attribute,
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="only items with this attribute; the same name again widens it",
    )
    answer.add_argument("--min-price", type=float, metavar="PRICE", help="only from this price on")
    answer.add_argument("--max-price", type=float, metavar="PRICE", help="only up to this price")
    answer.add_argument("--include-unavailable", action="store_true", help="items that cannot be bought too")


def _add_users(commands: SubParsers, environ: Mapping[str, str]) -> None:
    record = _add(commands, "record", "store what a user did, for their next answers", environ)
    record.epilog = _RECORD_EPILOG
    record.add_argument("events", type=values.event, nargs="+", metavar="EVENT", help="what they did, oldest first")
    record.add_argument("--user-id", required=True, metavar="ID", help="who did it")
    record.add_argument("--request-id", default="", metavar="ID", help="the answer that showed the items")
    record.add_argument(
        "--event-id",
        metavar="ID",
        help="the event's own id, so that it counts once however often it is sent; of several events, what theirs "
        "begin with (made here)",
    )
    export = _add(commands, "export-user", "print all that is stored of a user", environ)
    export.add_argument("user_id", metavar="ID", help="who")
    export.add_argument("--page-size", type=int, metavar="N", help="entries a call (the service's default is 100)")
    delete = _add(commands, "delete-user", "delete all that is stored of a user, for good", environ)
    delete.add_argument("user_id", metavar="ID", help="who")
    merge = _add(commands, "merge-users", "give all that is stored of one user to another", environ)
    merge.add_argument("from_user_id", metavar="FROM", help="who is given away, such as an anonymous visitor")
    merge.add_argument("into_user_id", metavar="INTO", help="who receives, such as an account")


def _add_profile(commands: SubParsers, environ: Mapping[str, str]) -> None:
    parser = _add(commands, "profile", "tell what a user is interested in, and what they may do next", environ)
    parser.epilog = _PROFILE_EPILOG
    parser.add_argument("user_id", nargs="?", metavar="USER", help="who it is; their stored events count")
    parser.add_argument(
        "--event",
        dest="events",
        type=values.event,
        action="append",
        default=[],
        metavar="EVENT",
        help="what they did, oldest first",
    )
    parser.add_argument("--most", type=int, metavar="N", help="how many of each kind (the service's default is 5)")
    parser.add_argument("--trajectory", action="store_true", help="tell how the interests moved")


def _add_snapshots(commands: SubParsers, environ: Mapping[str, str]) -> None:
    parser = commands.add_parser(
        "snapshots", help="list the snapshots, show one, or let another one answer all or some"
    )
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    listing = _add(actions, "list", "list every snapshot, newest first", environ)
    listing.set_defaults(command="snapshots list")
    show = _add(actions, "show", "describe one snapshot", environ)
    show.add_argument("snapshot_id", metavar="ID", nargs="?", help="its id (the one that answers now)")
    show.set_defaults(command="snapshots show")
    activate = _add(actions, "activate", "let another snapshot answer", environ)
    activate.add_argument("snapshot_id", metavar="ID", help="its id")
    activate.set_defaults(command="snapshots activate", timeout=ACTIVATE_TIMEOUT_S)
    canary = _add(actions, "canary", "let another snapshot answer a share of users, or nobody", environ)
    canary.add_argument("snapshot_id", metavar="ID", nargs="?", help="its id (with none, there is no canary any more)")
    canary.add_argument(
        "--share", type=float, default=0.01, metavar="SHARE", help="of all users, up to 1 (%(default)s)"
    )
    canary.set_defaults(command="snapshots canary", timeout=ACTIVATE_TIMEOUT_S)
