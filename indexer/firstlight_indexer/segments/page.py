"""One self-contained page about segments: a map of the users, and what is typical of each segment.

Knows nothing of files.
"""

from html import escape

import numpy as np
from numpy.typing import NDArray

from firstlight_indexer.report.style import STYLE
from firstlight_indexer.segments.segmentation import Segment, Segmentation, TopName
from firstlight_indexer.segments.user_vectors import UserVectors

_SIDE, _MARGIN = 640, 24  # px
_MOST_DOTS = 4_000
_GOLDEN_ANGLE = 137.508
"""Degrees between two segments' hues: neighbours never look alike."""


def page(found: Segmentation, known: UserVectors, *, title: str, notice: str | None) -> str:
    """The page as HTML."""
    warning = f"<p class='notice'>{escape(notice)}</p>" if notice else ""
    rows = "".join(_row(number, segment, len(found.user_ids)) for number, segment in enumerate(found.segments))
    return (
        "<!doctype html><html lang='en'><head><meta charset='utf-8'>"
        "<meta name='viewport' content='width=device-width,initial-scale=1'>"
        f"<title>{escape(title)}: segments</title><style>{STYLE}svg circle{{stroke:none}}</style></head><body><main>"
        f"<p class='kicker'>{escape(title)}</p><h1>{len(found.segments)} segments of {len(found.user_ids):,} users</h1>"
        f"{warning}<section><h2>Map</h2><p class='aside'>Each dot is a user, placed by the two directions in which "
        f"tastes differ most; segments differ in more.</p>{_map(found, known)}</section>"
        "<section><h2>Segments</h2><div class='wide'><table><tr><th></th><th>id</th><th>name</th><th>users</th>"
        "<th>share</th><th>cohesion</th><th>shared with the run before</th><th>typical (share of its users, of all)"
        f"</th></tr>{rows}</table></div></section></main></body></html>\n"
    )


def _row(number: int, segment: Segment, users: int) -> str:
    typical = "<br>".join(
        f"{escape(kind)}: {escape(', '.join(map(_told, names)))}" for kind, names in segment.top.items() if names
    )
    shared = "new" if segment.shared is None else f"{segment.shared:.0%}"
    return (
        f"<tr><td><span style='color:{_colour(number)}'>●</span></td><td class='number'>{segment.id}</td>"
        f"<td>{escape(segment.name)}</td><td class='number'>{segment.size:,}</td>"
        f"<td class='number'>{segment.size / max(1, users):.1%}</td><td class='number'>{segment.cohesion:.2f}</td>"
        f"<td class='number'>{shared}</td><td>{typical}</td></tr>"
    )


def _told(top: TopName) -> str:
    return f"{top.name} ({top.share:.0%}, {top.share_of_all:.0%})"


def _map(found: Segmentation, known: UserVectors) -> str:
    numbers = {segment.id: number for number, segment in enumerate(found.segments)}
    shown = np.arange(0, len(known.vectors), max(1, -(-len(known.vectors) // _MOST_DOTS)))
    places = _flat(known.vectors)[shown]
    dots = "".join(
        f"<circle cx='{x:.1f}' cy='{y:.1f}' r='2.2' fill='{_colour(numbers[int(found.members[user])])}' "
        "fill-opacity='.55'/>"
        for user, (x, y) in zip(shown, places, strict=True)
    )
    return (
        f"<svg viewBox='0 0 {_SIDE} {_SIDE}' width='{_SIDE}' height='{_SIDE}' role='img' aria-label='map'>{dots}</svg>"
    )


def _flat(vectors: NDArray[np.float32]) -> NDArray[np.float64]:
    """``(n, 2)`` places in px: the two principal components."""
    centred = vectors.astype(np.float64) - vectors.mean(axis=0, dtype=np.float64)
    _, axes = np.linalg.eigh(centred.T @ centred)
    flat = centred @ axes[:, -1:-3:-1]
    flat *= np.sign(np.abs(flat).max(axis=0) - np.abs(flat.min(axis=0)) + 1e-12)  # an axis has no direction of its own
    span = np.maximum(np.ptp(flat, axis=0), 1e-12)
    places: NDArray[np.float64] = _MARGIN + (flat - flat.min(axis=0)) / span * (_SIDE - 2 * _MARGIN)
    return places


def _colour(number: int) -> str:
    return f"hsl({number * _GOLDEN_ANGLE % 360:.0f} 62% 50%)"
