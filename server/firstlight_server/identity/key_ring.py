"""The issuer's keys as last read: refreshed in the background, kept while the issuer cannot be reached.

A key that is not known is looked for at once, at most once in `UNKNOWN_KEY_WAIT_S`: a new key works before the next
refresh, and forged key ids cannot make this server a nuisance to the issuer. Knows nothing of tokens.
"""

import asyncio
import time
from collections.abc import Callable

from jwt import PyJWK
from structlog.typing import FilteringBoundLogger

from firstlight_server.errors import KeysUnavailableError, SettingsError, UnauthenticatedError
from firstlight_server.identity.key_set import KeySet
from firstlight_server.identity.key_source import KeySource, KeysUnreadable

UNKNOWN_KEY_WAIT_S = 10.0
_FIRST_RETRY_S = 5.0


class KeyRing:
    """Keys by id. Belongs to the event loop.

    Attributes:
        generation: counts changes of the keys, so that what was decided with old ones can be forgotten.
    """

    def __init__(
        self,
        source: KeySource,
        *,
        refresh_s: float,
        logger: FilteringBoundLogger,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.generation = 0
        self._source = source
        self._refresh_s = refresh_s
        self._logger = logger
        self._clock = clock
        self._keys = KeySet({})
        self._fault: str | None = None
        self._sought_at_s = -UNKNOWN_KEY_WAIT_S
        self._seeking: asyncio.Task[None] | None = None

    async def load(self) -> None:
        """Reads the keys for the first time.

        Raises:
            SettingsError: a file holds none. An issuer that cannot be reached yet is only logged: calls are
                UNAVAILABLE until it can.
        """
        await self.refresh()
        if self._fault is not None and not self._source.is_remote:
            raise SettingsError(f"token_keys: {self._fault}")

    async def run(self) -> None:
        """Refreshes until cancelled; soon again while there are no keys at all."""
        while True:
            await asyncio.sleep(self._refresh_s if self._keys else min(self._refresh_s, _FIRST_RETRY_S))
            await self.refresh()

    async def refresh(self) -> None:
        """Reads the keys again; those known stay where that fails, which is logged once."""
        try:
            keys = await asyncio.to_thread(self._source.read)
        except KeysUnreadable as error:
            if str(error) != self._fault:
                self._fault = str(error)
                self._logger.error("token keys not read; those known stay", fault=self._fault, known=len(self._keys))
            return
        self._fault = None
        if keys != self._keys:
            self._keys = keys
            self.generation += 1
            self._logger.info("token keys read", known=len(keys))

    async def key(self, key_id: str | None) -> PyJWK:
        """The key that a token names.

        Raises:
            UnauthenticatedError: the issuer publishes no such key.
            KeysUnavailableError: nothing was ever heard of the issuer.
        """
        found = self._keys.find(key_id)
        if found is None:
            await self._seek()
            found = self._keys.find(key_id)
        if found is not None:
            return found
        if not self._keys:
            raise KeysUnavailableError("tokens cannot be checked yet: the issuer's keys have not been read; try again")
        raise UnauthenticatedError("the token is signed with a key that its issuer does not publish")

    async def _seek(self) -> None:
        if self._clock() - self._sought_at_s >= UNKNOWN_KEY_WAIT_S:
            self._sought_at_s = self._clock()
            self._seeking = asyncio.create_task(self.refresh())
        if self._seeking is not None:
            # NOTE: shielded, since one caller's deadline must not end the search of all that wait.
            await asyncio.shield(self._seeking)
