"""How many requests a caller may make, and how that is said.

The headers are those of draft-ietf-httpapi-ratelimit-headers-10: `RateLimit-Policy` names each
quota (`q` requests in `w` seconds), `RateLimit` what is left of it (`r`) and for how many
seconds that holds (`t`). A window slides: what was used in the last one weighs on this one.

Where several processes count together, in Redis, and it does not answer, each counts by itself,
in memory, until it answers again: nobody is refused for a fault of ours, and a caller may then
make as many requests of each process as of all of them before.
"""

import hashlib
import json
import logging
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage, Storage
from limits.aio.storage.redis.redispy import RedispyBridge
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from limits.errors import ConfigurationError, StorageError
from limits.storage import storage_from_string

from ccs_qa.errors import SettingsError
from ccs_qa.settings import Settings

_LOG = logging.getLogger(__name__)
_WITH_KEYS = {"limit": "120/minute", "user_limit": "30/minute"}
# Seconds for which a storage that did not answer is left alone.
_PAUSE = 5.0


@dataclass(frozen=True, slots=True)
class Quota:
    """How much of a limit is left.

    Attributes:
        most: Requests in a window.
        window: Length of the window, in seconds.
        wait: Seconds until there are more, at least 1.
    """

    name: str
    most: int
    window: int
    left: int
    wait: int
    refused: bool


def quota_headers(quotas: Sequence[Quota]) -> dict[str, str]:
    """Say what is left; none without limits."""
    if not quotas:
        return {}
    headers = {
        "RateLimit-Policy": ", ".join(
            f'"{item.name}";q={item.most};w={item.window}' for item in quotas
        ),
        "RateLimit": ", ".join(f'"{item.name}";r={item.left};t={item.wait}' for item in quotas),
    }
    waits = [item.wait for item in quotas if item.refused]
    return {**headers, "Retry-After": str(max(waits))} if waits else headers


def named_user(body: bytes) -> str:
    """Read for whom a caller asks, in the form of OpenAI; empty where there is none."""
    try:
        named = json.loads(body)["user"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""
    return named if isinstance(named, str) else ""


class Limiter:
    """Counts requests against the limits; of one event loop."""

    def __init__(
        self,
        storage: Storage,
        caller: str | None,
        user: str | None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """Bind the limits.

        Args:
            caller: Limit of a caller, as `120/minute`; None for none.
            now: A clock that never goes back, in seconds.
        """
        self._storage = storage
        self._shared = SlidingWindowCounterRateLimiter(storage)
        self._own = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._caller = parse(caller) if caller else None
        self._user = parse(user) if user else None
        self._now = now
        # When a storage that did not answer is asked again; None while it answers.
        self._again: float | None = None

    @property
    def counts_users(self) -> bool:
        """Whether it matters for whom a caller asks."""
        return self._user is not None

    async def take(self, caller: str, user: str = "") -> tuple[Quota, ...]:
        """Count a request of a caller, and of the user named, unless that is empty."""
        if self._again is not None and self._now() < self._again:
            return await self._take(self._own, caller, user)
        try:
            quotas = await self._take(self._shared, caller, user)
        except StorageError as error:
            self._note_failure(type(error.storage_error).__name__)
            return await self._take(self._own, caller, user)
        if self._again is not None:
            self._again = None
            _LOG.warning("limits: requests are counted together again")
        return quotas

    async def close(self) -> None:
        """Let go of the storage."""
        bridge = getattr(self._storage, "bridge", None)
        if isinstance(bridge, RedispyBridge):
            client: Any = bridge.get_connection()  # `limits` types less of it than there is
            await client.aclose()

    def _note_failure(self, kind: str) -> None:
        if self._again is None:  # once for as long as it lasts
            _LOG.error("limits: requests are counted by each process alone (%s)", kind)
        self._again = self._now() + _PAUSE

    async def _take(
        self, limiter: SlidingWindowCounterRateLimiter, caller: str, user: str
    ) -> tuple[Quota, ...]:
        quotas = []
        if self._caller is not None:
            quotas.append(await _count(limiter, self._caller, "caller", caller))
        # What is refused already does not use up what a person has left.
        if self._user is not None and user and not any(item.refused for item in quotas):
            # Whoever reads the counts need not learn who asked.
            hidden = hashlib.sha256(user.encode("utf-8", "replace")).hexdigest()
            quotas.append(await _count(limiter, self._user, "user", caller, hidden))
        return tuple(quotas)


async def _count(
    limiter: SlidingWindowCounterRateLimiter, limit: RateLimitItem, name: str, *who: str
) -> Quota:
    taken = await limiter.hit(limit, name, *who)
    stats = await limiter.get_window_stats(limit, name, *who)
    return Quota(
        name=name,
        most=limit.amount,
        window=limit.get_expiry(),
        left=stats.remaining if taken else 0,
        # Told to wait 0 seconds, a client would be back at once.
        wait=max(1, math.ceil(stats.reset_time - time.time())),
        refused=not taken,
    )


def open_limiter(settings: Settings, mode: Literal["open", "keys"]) -> Limiter | None:
    """Set up the limits; None where nothing is limited.

    Raises:
        SettingsError: Requests cannot be counted there.
    """
    limits = {
        name: _WITH_KEYS[name] if given == "auto" and mode == "keys" else given
        for name, given in (("limit", settings.limit), ("user_limit", settings.user_limit))
    }
    set_up = {name: None if given in {"auto", "off"} else given for name, given in limits.items()}
    if not any(set_up.values()):
        return None
    return Limiter(_storage(settings), set_up["limit"], set_up["user_limit"])


def _storage(settings: Settings) -> Storage:
    url = settings.limit_storage.get_secret_value()
    # A store of counts that does not answer costs a request at most a second.
    redis = {"implementation": "redispy", "socket_timeout": 1.0, "socket_connect_timeout": 1.0}
    options: dict[str, Any] = {} if url.startswith("memory") else redis
    try:
        storage = storage_from_string(f"async+{url}", wrap_exceptions=True, **options)
    except (ConfigurationError, ValueError):
        name = "CCS_QA_LIMIT_STORAGE"
        raise SettingsError(problem="limit-storage", name=name, known=name) from None
    assert isinstance(storage, Storage)  # noqa: S101 - what `async+` asks for
    return storage
