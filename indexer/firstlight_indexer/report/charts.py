"""Draws a distribution as a small inline SVG of horizontal bars."""

from html import escape

from firstlight_indexer.report.report import Distribution

_ROW, _LABEL, _BAR, _COUNT = 20, 92, 210, 64  # px
MOST_BARS = 36


def bar_chart(distribution: Distribution) -> str:
    """Return a figure with one bar for each of the distribution's last 36 bars, longest = widest."""
    bars = distribution.bars[-MOST_BARS:]
    largest = max((bar.count for bar in bars), default=0) or 1
    rows = "".join(_bar(bar.label, bar.count, bar.count / largest, top=index * _ROW) for index, bar in enumerate(bars))
    width, height = _LABEL + _BAR + _COUNT, max(1, len(bars)) * _ROW
    title = escape(distribution.title)
    return (
        f"<figure><figcaption>{title} <span class='aside'>({escape(distribution.unit)})</span></figcaption>"
        f"<svg viewBox='0 0 {width} {height}' width='{width}' height='{height}' role='img' aria-label='{title}'>"
        f"{rows}</svg></figure>"
    )


def _bar(label: str, count: int, share: float, *, top: int) -> str:
    middle, width = top + _ROW * 0.7, max(1.0, share * _BAR) if count else 0.0
    return (
        f"<text x='{_LABEL - 8}' y='{middle:.0f}' text-anchor='end'>{escape(label)}</text>"
        f"<rect x='{_LABEL}' y='{top + 3}' width='{width:.1f}' height='{_ROW - 6}' rx='2'/>"
        f"<text x='{_LABEL + width + 6:.1f}' y='{middle:.0f}' class='value'>{count:,}</text>"
    )
