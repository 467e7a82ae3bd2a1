"""Callers that make calls of their own without a pause, and make each again until it is acknowledged.

They know nothing of what is written, nor of why a call fails.
"""

import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

import grpc

DEADLINE_S: Final = 10.0
_PAUSE_S = 0.01
_CHANNEL = (("grpc.initial_reconnect_backoff_ms", 20), ("grpc.min_reconnect_backoff_ms", 20),
            ("grpc.max_reconnect_backoff_ms", 100), ("grpc.use_local_subchannel_pool", 1))  # fmt: skip
_WORTH_ANOTHER_TRY = (
    grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED, grpc.StatusCode.RESOURCE_EXHAUSTED,
    grpc.StatusCode.CANCELLED, grpc.StatusCode.UNKNOWN,
)  # fmt: skip


@dataclass
class Writers(ABC):
    """What was sent so far, by all writers.

    Attributes:
        target: the server's address, also after it was started again.
        count: how many write at once.
        written: how much was acknowledged, in the unit of who writes.
        retried: calls that were sent again.
        failures: calls that nobody should send again, and answers that are not as promised, in words.
        threads: the writers.
    """

    target: str
    count: int = 8
    written: int = 0
    retried: int = 0
    failures: list[str] = field(default_factory=list[str])
    threads: list[threading.Thread] = field(default_factory=list[threading.Thread])
    lock: threading.Lock = field(default_factory=threading.Lock)
    _stop: threading.Event = field(default_factory=threading.Event)
    _give_up: threading.Event = field(default_factory=threading.Event)

    @abstractmethod
    def call(self, channel: grpc.Channel, writer: int, number: int) -> None:
        """Makes a writer's next call, the same each time it is asked for the same number; counts it if it succeeds.

        Raises:
            grpc.RpcError: it did not.
        """

    @property
    def are_at_rest(self) -> bool:
        """Whether they were told to stop."""
        return self._stop.is_set()

    def until_written(self, least: int) -> None:
        """Waits until as much was acknowledged, or a writer has given up."""
        while self.written < least and not self.failures:
            time.sleep(_PAUSE_S)

    def stop_and_wait(self) -> None:
        """Lets the writers end; what they had begun is acknowledged."""
        self._stop.set()
        for thread in self.threads:
            thread.join()

    def _write(self, writer: int) -> None:
        """One writer, until all are stopped; its last call is acknowledged too."""
        with grpc.insecure_channel(self.target, options=_CHANNEL) as channel:
            number = 0
            while not self._stop.is_set() and not self.failures:
                while not self._is_done(channel, writer, number) and not self._give_up.is_set():
                    time.sleep(_PAUSE_S)
                number += 1

    def _is_done(self, channel: grpc.Channel, writer: int, number: int) -> bool:
        """Whether the writer is done with a call: it was acknowledged, or must not be sent again."""
        try:
            self.call(channel, writer, number)
        except grpc.RpcError as error:
            again = error.code() in _WORTH_ANOTHER_TRY
            with self.lock:
                self.retried += again
                if not again:
                    self.failures.append(f"{error.code().name}: {error.details()}")
            return not again
        return True

    @contextmanager
    def writing(self) -> Generator[None]:
        """Writes until they are told to stop, at the latest when the block ends."""
        self.threads += [threading.Thread(target=self._write, args=(number,)) for number in range(self.count)]
        for thread in self.threads:
            thread.start()
        try:
            yield
        finally:
            self._give_up.set()
            self.stop_and_wait()
