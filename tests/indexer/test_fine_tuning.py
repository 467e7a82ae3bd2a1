"""A toy shop's encoder, tuned by the real fine-tuner, from the settings to a snapshot."""

from pathlib import Path

import numpy as np
import pytest
import torch

from firstlight_encoder.checkpoint import Checkpoint
from firstlight_encoder.onnx_encoder import OnnxTextEncoder
from firstlight_encoder.split import UserSplit, split_users
from firstlight_encoder.torch_encoder import TorchTextEncoder
from firstlight_encoder.training.stage_b.fine_tune_settings import FineTuneSettings
from firstlight_indexer.catalogue import Catalogue
from firstlight_indexer.cleaning import clean
from firstlight_indexer.domain_file import load_domain
from firstlight_indexer.errors import DomainFileError
from firstlight_indexer.event_log import read_interactions
from firstlight_indexer.fine_tuning import fine_tuned
from firstlight_indexer.pipeline import build
from firstlight_indexer.pipeline_settings import FineTuneTable, pipeline_settings
from firstlight_indexer.progress import Progress, silent
from firstlight_store import SnapshotStore
from tests.encoder.tiny_checkpoint import WORDS, say_pooling, write_tiny_checkpoint
from tests.indexer.toy_shop import write_toy_shop

SETTINGS = FineTuneSettings(steps=4, batch=16, check_every=2, threads=1)
TRAIN = "dimension = 15\nsteps = 10\nbatch = 64\nranker_parts = 0\n"
TUNED = '[encoder]\npath = "tiny"\n[encoder.fine_tune]\nsteps = 4\nbatch = 16\ncheck_every = 2\nthreads = 1\n'
TEXTS = ["red tea", "", "green pot white cup", " ".join(WORDS) * 9]


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    say_pooling(write_tiny_checkpoint(tmp_path / "shop" / "tiny"), {"pooling_mode": "cls"})
    return write_toy_shop(tmp_path / "shop", train=TRAIN, rest=TUNED, users=90)


@pytest.fixture
def base(shop: Path) -> Checkpoint:
    return Checkpoint.open(shop / "tiny")


class Bench:
    """A cleaned shop whose encoder is tuned into a folder, with another setting, another split or another listener."""

    def __init__(self, shop: Path, base: Checkpoint, folder: Path) -> None:
        cleaned = clean(load_domain(shop), folder / "clean", progress=silent)
        self._base, self._cache = base, folder / "encoders"
        self._catalogue = Catalogue.read(cleaned)
        self._log = read_interactions(cleaned, self._catalogue)

    def split(self, *, seed: int = 0) -> UserSplit:
        return split_users(self._log, seed=seed, test_share=0.2, time_quantile=None)

    def tune(
        self, settings: FineTuneSettings | None = SETTINGS, *, split_seed: int = 0, progress: Progress = silent
    ) -> Checkpoint:
        split = self.split(seed=split_seed)
        return fine_tuned(self._base, split, self._catalogue, settings=settings, cache=self._cache, progress=progress)


@pytest.fixture
def bench(shop: Path, base: Checkpoint, tmp_path: Path) -> Bench:
    return Bench(shop, base, tmp_path)


def test_without_settings_the_encoder_stays_what_it_is(bench: Bench, base: Checkpoint) -> None:
    assert bench.tune(None) == base
    assert FineTuneTable().settings(device="auto") is None


def test_what_was_tuned_is_not_tuned_again(bench: Bench, base: Checkpoint) -> None:
    steps: list[int] = []
    first = bench.tune(progress=lambda stage, done, total: steps.append(done))
    again = bench.tune(progress=lambda stage, done, total: steps.append(done))
    assert steps == [1, 2, 3, 4, 4]
    assert first == again
    assert first.fingerprint != base.fingerprint
    assert (first.directory / "losses.csv").read_text().count("\n") == 4


def test_other_users_or_settings_are_tuned_apart(bench: Bench) -> None:
    folders = {bench.tune().directory, bench.tune(split_seed=1).directory,
               bench.tune(FineTuneSettings(steps=3, batch=16, threads=1)).directory}  # fmt: skip
    assert len(folders) == 3


def test_a_killed_run_goes_on_where_it_was(bench: Bench) -> None:
    def kill(stage: str, done: int, total: int | None) -> None:
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bench.tune(progress=kill)
    steps: list[int] = []
    folder = bench.tune(progress=lambda stage, done, total: steps.append(done)).directory
    assert steps == [3, 4, 4]
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


def test_the_snapshot_holds_the_tuned_encoder_its_vectors_are_of(shop: Path, base: Checkpoint, tmp_path: Path) -> None:
    """Its upper layer by low-rank changes, which are merged: the tuned encoder is exported like any other."""
    toml, store = shop / "firstlight.toml", SnapshotStore(tmp_path / "data")
    toml.write_text(toml.read_text().replace("[encoder.fine_tune]", "[encoder.fine_tune]\nlora_rank = 4"))
    facts = build(load_domain(shop), workdir=tmp_path / "work", store=store).manifest.facts
    assert facts.encoder_fingerprint != base.fingerprint
    with store.open() as snapshot:
        online = OnnxTextEncoder.load(snapshot.path("text"))
        assert online.fingerprint == facts.encoder_fingerprint
        (tuned,) = (tmp_path / "work" / "encoders").iterdir()
        offline = TorchTextEncoder(Checkpoint.open(tuned), dtype=torch.float32)
        np.testing.assert_allclose(online.encode(TEXTS), offline.encode(TEXTS), atol=1e-5)


def test_a_bad_key_of_the_fine_tuning_is_named_with_those_allowed(shop: Path) -> None:
    toml = shop / "firstlight.toml"
    toml.write_text(toml.read_text().replace("check_every", "check_evry"))
    with pytest.raises(DomainFileError, match=r"\[encoder.fine_tune\] check_evry = 2: unknown key; .*check_every\?"):
        pipeline_settings(load_domain(shop))
