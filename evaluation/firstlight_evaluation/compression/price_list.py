"""The rows of the report: what every build saves, and what it costs at every point of the curve.

Knows nothing of files or drawing.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from firstlight_encoder.cases import Case
from firstlight_evaluation.bootstrap import paired_difference
from firstlight_evaluation.compression.compressed_build import CompressedBuild, Part, ServedScorer
from firstlight_evaluation.contender import ALWAYS, Contender
from firstlight_evaluation.curve import measure_curve
from firstlight_evaluation.measurement import Measurement
from firstlight_evaluation.metrics import MAIN_METRIC
from firstlight_evaluation.points import Point
from firstlight_evaluation.rows import PointRow
from firstlight_indexer.compression_price import Price


@dataclass(frozen=True, kw_only=True)
class PointPrice(PointRow):
    """What one build costs test users at one point: the paired difference of NDCG@10, this build minus the full one.

    Attributes:
        full: NDCG@10 of the full build.
    """

    full: float


@dataclass(frozen=True)
class PriceRow:
    """One build.

    Attributes:
        part: what is smaller.
        build: its name.
        megabytes: of the file that servers map, 10^6 bytes.
        milliseconds: processor time of one short text encoded, or one query searched; the median of interleaved turns.
        closeness: mean cosine to the full encoder, or recall@10.
        loss: share of NDCG@10 lost on validation users, over all points.
        loss_error: its standard error.
        refused: whether a build would be refused for it.
        points: the price on test users.
    """

    part: str
    build: str
    megabytes: float
    milliseconds: float
    closeness: float
    loss: float
    loss_error: float
    refused: bool
    points: tuple[PointPrice, ...]


def price_rows(
    builds: Sequence[CompressedBuild],
    *,
    milliseconds: Mapping[str, float],
    validation: Sequence[Case],
    test: Mapping[Point, Sequence[Case]],
    allow_loss: float,
    seed: int,
) -> Iterator[PriceRow]:
    """One row a build.

    Args:
        builds: all of one part, the full one first.
        milliseconds: of every build, by name.
        validation: cases that decide whether a build is refused.
        test: cases of the curve.
        allow_loss: what a build may lose.
        seed: breaks ties and draws the resamples.
    """
    full_quality = builds[0].served.quality(validation)
    full_curve = _curve(builds[0], test, seed=seed)
    for build in builds:
        price = Price.of(full_quality, build.served.quality(validation))
        curve = full_curve if build is builds[0] else _curve(build, test, seed=seed)
        yield PriceRow(
            part=build.part.value,
            build=build.name,
            megabytes=build.size_bytes / 1e6,
            milliseconds=milliseconds[build.name],
            closeness=build.closeness,
            loss=price.loss,
            loss_error=price.error / price.full if price.full else 0.0,
            refused=price.loss > allow_loss,
            points=tuple(_point(own, full, seed=seed) for own, full in zip(curve, full_curve, strict=True)),
        )


def of_part(rows: Sequence[PriceRow], part: Part) -> list[PriceRow]:
    """The rows of one part."""
    return [row for row in rows if row.part == part.value]


def _curve(build: CompressedBuild, test: Mapping[Point, Sequence[Case]], *, seed: int) -> list[Measurement]:
    return measure_curve([Contender(ServedScorer(build), ALWAYS, baseline=False)], test, seed=seed)


def _point(own: Measurement, full: Measurement, *, seed: int) -> PointPrice:
    difference = paired_difference(own.values[MAIN_METRIC], full.values[MAIN_METRIC], seed=seed)
    return PointPrice(
        k=own.point.k,
        declared=own.point.declared,
        full=float(full.values[MAIN_METRIC].mean()),
        value=difference.value,
        low=difference.low,
        high=difference.high,
        users=len(own.users),
    )
