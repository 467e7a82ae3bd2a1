"""The bugs that M1 plants, each a small change of one file, and the tests that must turn red. To add one, append it.

Knows nothing of how they are planted.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Plant:
    """One bug.

    Attributes:
        name: the bug, in words.
        file: the file that it changes.
        before: a text that stands there exactly once.
        after: what is put in its place.
        tests: the tests of which at least one must fail, as pytest takes them.
    """

    name: str
    file: str
    before: str
    after: str
    tests: tuple[str, ...]


_STORE, _SERVER = "store/firstlight_store", "server/firstlight_server"
_LOG = f"{_STORE}/event_log"
_CRASHES, _CORRUPTION = "tests/store/test_crashes.py", "tests/store/test_corruption.py"

PLANTS: Final[tuple[Plant, ...]] = (
    Plant(
        "no fsync of a snapshot's files",
        f"{_STORE}/durable_files.py",
        "                self._filesystem.make_read_only(path)\n            self._fsync(path)\n",
        "                self._filesystem.make_read_only(path)\n",
        (_CRASHES, "-k", "power_cut"),
    ),
    Plant(
        "no fsync of a pointer's bytes",
        f"{_STORE}/durable_files.py",
        "        self._filesystem.write_bytes(path, data)\n        self._fsync(path)\n",
        "        self._filesystem.write_bytes(path, data)\n",
        (_CRASHES, "tests/store/test_canary.py", "-k", "power_cut"),
    ),
    Plant(
        "no fsync of a rename",
        f"{_STORE}/durable_files.py",
        "        self._filesystem.rename(source, target)\n        self._fsync(target.parent)\n",
        "        self._filesystem.rename(source, target)\n",
        (_CRASHES, "-k", "power_cut"),
    ),
    Plant(
        "a pointer overwritten in place",
        f"{_STORE}/durable_files.py",
        "            self.write(temporary, data)\n            self.publish(temporary, path)\n",
        "            self.write(path, data)\n",
        (_CRASHES,),
    ),
    Plant(
        "a failed fsync tried again",
        f"{_STORE}/durable_files.py",
        '            self._lost = f"fsync of {path} failed: {error}"\n',
        "            self._filesystem.fsync(path)\n",
        ("tests/store/test_disk_faults.py",),
    ),
    Plant(
        "CURRENT moved before the promoted canary is cleared",
        f"{_STORE}/snapshot_store.py",
        "            self._canary.clear()\n        self._pointer.move(snapshot_id, earlier=earlier)\n",
        "            self._pointer.move(snapshot_id, earlier=earlier)\n            self._canary.clear()\n"
        "        self._pointer.move(snapshot_id, earlier=earlier)\n",
        ("tests/benchmarks/chaos/test_snapshot_faults.py", "-k", "R1 or R2"),
    ),
    Plant(
        "no checksum",
        f"{_STORE}/verification.py",
        "    if actual != expected:\n",
        "    if actual.size != expected.size:\n",
        (_CORRUPTION,),
    ),
    Plant(
        "files that the manifest does not list are let pass",
        f"{_STORE}/verification.py",
        "    if extra := sorted(present - listed.keys()):\n",
        "    if extra := sorted(()):\n",
        (_CORRUPTION,),
    ),
    Plant(
        "any file name accepted, a pickle's too",
        f"{_STORE}/names.py",
        '    parts = name.split("/")\n',
        '    return name\n    parts = name.split("/")\n',
        (_CORRUPTION,),
    ),
    Plant(
        "holds ignored by the collection",
        f"{_STORE}/tenant_directory.py",
        "        hold = try_hold_alone(snapshot)\n        if hold is None:\n            return False\n        try:\n"
        "            self.doom(snapshot)\n        finally:\n            hold.close()\n",
        "        self.doom(snapshot)\n",
        ("tests/store/test_snapshot_store.py",),
    ),
    Plant(
        "the canary collected",
        f"{_STORE}/snapshot_store.py",
        "            kept |= {canary.snapshot_id} if canary else set()\n",
        "",
        ("tests/store/test_canary.py",),
    ),
    Plant(
        "a race for CURRENT won by both",
        f"{_STORE}/snapshot_store.py",
        "            if replacing is not None and before != replacing:\n",
        "            if False:\n",
        ("tests/store/test_concurrent_publishers.py",),
    ),
    Plant(
        "a stored NaN let pass",
        f"{_STORE}/vector_index.py",
        "        if not bool(finite.all()):\n",
        "        if False:\n",
        ("tests/server/test_recall_check.py", "tests/store/test_exact_index.py"),
    ),
    Plant(
        "the recall gate skipped",
        f"{_SERVER}/recall_check.py",
        "    if estimate + _SURE * error < min_recall:\n",
        "    if False:\n",
        ("tests/server/test_recall_check.py",),
    ),
    Plant(
        "a bad snapshot tried again at every look",
        f"{_SERVER}/arrivals.py",
        "        if name not in self._refused:\n            self._refused.add(name)\n",
        "        if name not in self._refused:\n",
        ("tests/server/test_snapshots.py",),
    ),
    Plant(
        "a reply that names the live version, whichever answered",
        f"{_SERVER}/recommendation_service.py",
        "recommend_response(answers[0], snapshot_id=answering.id,",
        "recommend_response(answers[0], snapshot_id=self._tenants.find(request.tenant).live.id,",
        ("tests/server/test_canary.py",),
    ),
    Plant(
        "a canary's users drawn anew by every process",
        f"{_SERVER}/assignment.py",
        '    key = blake2b(f"{tenant}/{drawing}".encode(), digest_size=32).digest()\n',
        '    key = blake2b(f"{id(blake2b)}{tenant}/{drawing}".encode(), digest_size=32).digest()\n',
        ("tests/server/test_assignment.py",),
    ),
    Plant(
        "nothing kept loaded to go back to",
        f"{_SERVER}/versions.py",
        "        kept = self._earlier[-self._keep :] if self._keep else []\n",
        "        kept = self._earlier[:0]\n",
        ("tests/server/test_rollback.py",),
    ),
    Plant(
        "SERVING before anything is loaded",
        f"{_SERVER}/app.py",
        "    await health.set_serving(False)\n",
        "    await health.set_serving(True)\n",
        ("tests/server/test_health.py",),
    ),
    Plant(
        "the deadline check dropped",
        f"{_SERVER}/micro_batches.py",
        "        one.deadline.check()\n",
        "        pass\n",
        ("tests/server/test_micro_batches.py",),
    ),
    Plant(
        "validation skipped",
        f"{_SERVER}/recommendation_service.py",
        "            validation.check_recommend(request)\n",
        "",
        ("tests/server/test_errors.py", "tests/benchmarks/chaos/test_snapshot_faults.py", "-k", "I1 or test_errors"),
    ),
    Plant(
        "excluded items returned",
        f"{_SERVER}/selection.py",
        "        banned.update(without)\n",
        "        banned = set(without)\n",
        ("tests/server/test_invariants.py",),
    ),
    Plant(
        "a method without a policy",
        f"{_SERVER}/identity/policy.py",
        '    "/firstlight.v1.IndexService/SetCanary": Policy(ACTIVATE_SNAPSHOTS, of_tenant=True),\n',
        "",
        ("tests/server/test_tokens.py", "-x"),
    ),
    Plant(
        "the scope of a token not looked at",
        f"{_SERVER}/identity/identity_interceptor.py",
        "            identity.require_scope(policy.scope)\n",
        "",
        ("tests/server/test_tokens.py", "-x"),
    ),
    Plant(
        "a call that may not be made lets another's quota be spent",
        f"{_SERVER}/interceptor.py",
        '    permit.check(getattr(message, "tenant", None))\n',
        "",
        ("tests/server/test_two_tenants.py",),
    ),
    Plant(
        "a job done with another snapshot's jobs",
        f"{_SERVER}/micro_batches.py",
        "one.key != batch[0].key or one.size > room",
        "one.size > room",
        ("tests/server/test_micro_batches.py",),
    ),
    Plant(
        "ranks turned upside down",
        "encoder/firstlight_encoder/second_stage/features.py",
        "    order = descending(lists.padded(values, -np.inf))\n",
        "    order = descending(lists.padded(-values, -np.inf))\n",
        ("tests/encoder/second_stage/test_features.py",),
    ),
    Plant(
        "an acknowledgement of events that were not stored",
        f"{_SERVER}/memory/feedback_service.py",
        '"unavailable", len(events))\n            raise\n',
        '"unavailable", len(events))\n            return Recorded(len(events), 0)\n',
        ("tests/server/test_feedback_faults.py",),
    ),
    Plant(
        "stored events of another tenant's user of the same id",
        f"{_SERVER}/memory/recall.py",
        "            users = [(tenant, names.of(tenant, user)) for user in known]\n",
        '            users = [("shop-a", names.of("shop-a", user)) for user in known]\n',
        ("tests/server/test_feedback.py", "-k", "two_tenants"),
    ),
    Plant(
        "a deletion that forgets what is about to be stored",
        f"{_SERVER}/memory/feedback_service.py",
        "    async def _change(self, change: Change) -> UserCounts:\n        self._backlog.flush()\n",
        "    async def _change(self, change: Change) -> UserCounts:\n",
        ("tests/server/test_feedback.py", "-k", "deleted"),
    ),
    Plant(
        "an event acknowledged before it is durable",
        f"{_LOG}/engines.py",
        '        "synchronous=FULL",\n',
        '        "synchronous=OFF",\n',
        ("tests/store/event_log/test_fsync.py",),
    ),
    Plant(
        "events written after a failed fsync",
        f"{_LOG}/faults.py",
        "    return code in _FSYNC_FAILED or",
        "    return",
        ("tests/store/event_log/test_fsync.py",),
    ),
    Plant(
        "what is deleted of a user left on the disk",
        f"{_LOG}/engines.py",
        '"secure_delete=ON"',
        '"secure_delete=OFF"',
        ("tests/store/event_log/test_failing.py", "-k", "deleted_user"),
    ),
    Plant(
        "the place of a deleted event given again",
        f"{_LOG}/migrations/versions/r0001_events_impressions_states.py",
        'name="one_event_an_id"),\n        sqlite_autoincrement=True,\n',
        'name="one_event_an_id"),\n',
        ("tests/store/event_log/test_storing.py", "-k", "given_again and sqlite"),
    ),
    Plant(
        "an event of two calls in one commit counted twice",
        f"{_LOG}/recording.py",
        "known.get(key) or fresh.get(key) or taken.get(key)",
        "known.get(key) or taken.get(key)",
        ("tests/store/event_log/test_event_log.py", "-k", "sqlite"),
    ),
    Plant(
        "two servers writing at once",
        f"{_LOG}/database.py",
        '                    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _WRITER_LOCK})\n',
        "                    pass\n",
        ("tests/store/event_log/test_failing.py", "-k", "writer_on_postgresql"),
    ),
)
