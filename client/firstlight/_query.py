"""A query: everything asked about one user, alone or as one of a batch.

It does not know which tenant answers, nor how it travels.
"""

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from typing import TypedDict

from firstlight import _arguments
from firstlight._declaration import Declaration
from firstlight._event import Event
from firstlight._filter import Filter
from firstlight._reranking import Reranking


class QueryFields(TypedDict, total=False):
    """The keywords of a `Query`, for signatures that take the same; a test holds the two together."""

    events: Sequence[Event]
    declarations: Sequence[Declaration]
    categories: Sequence[str]
    brands: Sequence[str]
    text: str | None
    page_size: int | None
    exclude: Sequence[str]
    filter: Filter | None
    want_reasons: bool
    include_seen: bool
    request_id: str | None
    user_id: str | None
    exploit_only: bool
    unrecorded: bool
    language: str | None
    want_counterfactuals: bool
    reranking: Reranking | None


@dataclass(frozen=True, slots=True)
class Query:
    """What is known of one user and what should come back: one member of a batch.

    Attributes:
        events: What the user did, oldest first where times are absent.
        declarations: What the user says they want or do not want.
        categories: Short for `Declaration.category(...)` of each, with weight 1.
        brands: Short for `Declaration.brand(...)` of each, with weight 1.
        text: Short for `Declaration.text(...)`, with weight 1.
        page_size: How many items to return. If None, the service chooses (10).
        exclude: Ids never to return, beside the events' items.
        filter: Which items may be returned.
        want_reasons: Whether each item should say why it is there.
        include_seen: Whether items of the events may be returned again (repeat purchases).
        request_id: The caller's id for this query. If None, the client makes one.
        user_id: Who is asked for: any id that stays the same for one user, never logged. Where the service keeps
            events, those stored of this user are read, and what is shown is remembered under a pseudonym of it. It
            also decides which snapshot answers while there is a canary, and which arm of an experiment. If None, the
            request's id decides those, and nothing is read or remembered.
        exploit_only: Whether nothing is to be shown just to learn about it.
        unrecorded: Whether what is shown is not to be remembered: for previews and tests.
        language: The language of the sentences in reasons, such as "en" or "zh-CN". If None, English.
        want_counterfactuals: Whether reasons also say at which rank the item would be without them.
        reranking: How the page is arranged. If None, as it is ranked.

    Raises:
        TypeError: A value has the wrong type.
        ValueError: A value that the wire cannot carry.

    """

    _: KW_ONLY
    events: Sequence[Event] = ()
    declarations: Sequence[Declaration] = ()
    categories: Sequence[str] = ()
    brands: Sequence[str] = ()
    text: str | None = None
    page_size: int | None = None
    exclude: Sequence[str] = ()
    filter: Filter | None = None
    want_reasons: bool = False
    include_seen: bool = False
    request_id: str | None = None
    user_id: str | None = None
    exploit_only: bool = False
    unrecorded: bool = False
    language: str | None = None
    want_counterfactuals: bool = False
    reranking: Reranking | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "events", _arguments.instances("events", self.events, Event))
        object.__setattr__(self, "declarations", _arguments.instances("declarations", self.declarations, Declaration))
        for name in ("categories", "brands", "exclude"):
            object.__setattr__(self, name, _arguments.texts(name, getattr(self, name)))
        for name in ("text", "request_id", "user_id", "language"):
            if (words := getattr(self, name)) is not None:
                _arguments.text(name, words)
        if self.page_size is not None:
            _arguments.integer("page_size", self.page_size)
        if self.filter is not None:
            _arguments.instance("filter", self.filter, Filter)
        if self.reranking is not None:
            _arguments.instance("reranking", self.reranking, Reranking)
        for name in ("want_reasons", "include_seen", "exploit_only", "unrecorded", "want_counterfactuals"):
            _arguments.flag(name, getattr(self, name))

    @property
    def interests(self) -> tuple[Declaration, ...]:
        """Every declaration in the order sent, to which a reason's `index` refers.

        The `declarations` come first, then `categories`, then `brands`, then `text`.
        """
        words = () if self.text is None else (Declaration.text(self.text),)
        return (
            *self.declarations,
            *(Declaration.category(name) for name in self.categories),
            *(Declaration.brand(name) for name in self.brands),
            *words,
        )
