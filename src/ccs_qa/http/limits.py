"""How much a caller may ask for, and how that is said.

The headers are those of draft-ietf-httpapi-ratelimit-headers-10: `RateLimit-Policy` names each
quota (`q` units in `w` seconds), `RateLimit` what is left of it (`r`) and for how many seconds that
holds (`t`). A window slides: in any `w` seconds no more than `q` units are let through, and who is
refused is let through after `Retry-After`, unless they took from it meanwhile.

Where several processes count together, in Redis, and it does not answer, each counts by itself,
in memory, until it answers again: nobody is refused for a fault of ours, and a caller may then
make as many requests of each process as of all of them before.
"""

import hashlib
import json
import logging
import math
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from limits import RateLimitItem, parse
from limits.aio.storage.redis import RedisStorage
from limits.aio.storage.redis.redispy import RedispyBridge
from limits.errors import ConfigurationError, StorageError
from limits.storage import storage_from_string

from ccs_qa.errors import SettingsError
from ccs_qa.settings import Settings

_LOG = logging.getLogger(__name__)
_AUTO = {"limit": "600/minute", "user_limit": "150/minute", "feedback_limit": "60/hour"}
# Callers remembered at once; whoever has been silent longest is forgotten first.
_MOST_CALLERS = 50_000
# Seconds for which a storage that did not answer is left alone.
_PAUSE = 5.0


@dataclass(frozen=True, slots=True)
class Quota:
    """How much of a limit is left.

    Attributes:
        most: Units in a window.
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


def hidden(name: str) -> str:
    """Hide who asks from whoever reads the counts."""
    return hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()


@dataclass(frozen=True, slots=True)
class Demand:
    """What a request takes, and of whom.

    Attributes:
        user: The person whom the caller names; empty for nobody.
        cost: Units; a request that costs more than a whole window takes that.
        feedback: Whether it brings feedback.
        spared: Whether it comes from this machine, which no limit of ours is to slow down.
    """

    caller: str
    user: str = ""
    cost: int = 1
    feedback: bool = False
    spared: bool = False


class _Windows(Protocol):
    """Counts what each name took."""

    async def take(self, item: RateLimitItem, name: str, cost: int) -> tuple[bool, int, float]:
        """Take it if there is room; tell that, what is used, and seconds until there is more."""


@dataclass(frozen=True, slots=True)
class Memory:
    """Windows of one process, all of one length: when each name took how much, oldest first."""

    now: Callable[[], float]
    taken: OrderedDict[str, deque[tuple[float, int]]] = field(default_factory=OrderedDict)

    async def take(self, item: RateLimitItem, name: str, cost: int) -> tuple[bool, int, float]:
        """Keep each request until its window is over."""
        now, length = self.now(), item.get_expiry()
        window = self.taken.setdefault(name, deque())
        self.taken.move_to_end(name)
        while window and now - window[0][0] >= length:
            window.popleft()
        used = sum(units for _, units in window)
        room = used + cost <= item.amount
        if room:
            window.append((now, cost))
            used += cost
        if len(self.taken) > _MOST_CALLERS:
            self.taken.popitem(last=False)
        # The oldest go one by one; for a request that was refused, until it fits.
        left, wait = used, 0.0
        for moment, units in window:
            left, wait = left - units, length - (now - moment)
            if room or left + cost <= item.amount:
                break
        return room, used, wait


@dataclass(frozen=True, slots=True)
class _Shared:
    """Windows of several processes, in Redis."""

    storage: RedisStorage

    async def take(self, item: RateLimitItem, name: str, cost: int) -> tuple[bool, int, float]:
        """Keep each unit until its window is over."""
        most, length = item.amount, item.get_expiry()
        room = await self.storage.acquire_entry(name, most, length, cost)
        first, used = await self.storage.get_moving_window(name, most, length)
        if not room:  # the unit whose end makes room is the oldest of so many of the newest
            first, _ = await self.storage.get_moving_window(name, most - cost + 1, length)
        return room, used, length - (time.time() - first)


class Limiter:
    """Counts requests against the limits; of one event loop."""

    def __init__(
        self,
        *,
        shared: RedisStorage | None = None,
        now: Callable[[], float] = time.monotonic,
        spares: bool = False,
        **limits: str | None,
    ) -> None:
        """Bind the limits.

        Args:
            shared: Where several processes count together; None for in this one alone.
            now: A clock that never goes back, in seconds.
            spares: Whether what comes from this machine is not counted, but for feedback.
            limits: Of a `caller`, a `user` and of `feedback`, as `600/minute`; None for none.
        """
        self._storage = shared
        self._items = {name: parse(text) for name, text in limits.items() if text}
        # Windows of one length lie together, so that who was silent longest is known.
        self._own: dict[str, _Windows] = {name: Memory(now) for name in self._items}
        self._shared: dict[str, _Windows] = (
            dict.fromkeys(self._items, _Shared(shared)) if shared else self._own
        )
        self._now = now
        self._spares = spares
        # When a storage that did not answer is asked again; None while it answers.
        self._again: float | None = None

    @property
    def counts_users(self) -> bool:
        """Whether it matters for whom a caller asks."""
        return "user" in self._items

    async def take(self, demand: Demand) -> tuple[Quota, ...]:
        """Count a request, of what nothing refuses before."""
        if self._again is not None and self._now() < self._again:
            return await self._take(self._own, demand)
        try:
            quotas = await self._take(self._shared, demand)
        except StorageError as error:
            self._note_failure(type(error.storage_error).__name__)
            return await self._take(self._own, demand)
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

    async def _take(self, windows: dict[str, _Windows], demand: Demand) -> tuple[Quota, ...]:
        counted = not (self._spares and demand.spared)
        wanted = {
            "caller": (demand.cost if counted else 0, demand.caller),
            "user": (demand.cost if demand.user else 0, f"{demand.caller}/{hidden(demand.user)}"),
            "feedback": (int(demand.feedback), demand.caller),
        }
        quotas: list[Quota] = []
        for name, (cost, who) in wanted.items():
            # What is refused already does not use up what a person has left.
            if name in self._items and cost and not any(quota.refused for quota in quotas):
                quotas.append(await _count(windows[name], self._items[name], name, who, cost))
        return tuple(quotas)


async def _count(windows: _Windows, item: RateLimitItem, name: str, who: str, cost: int) -> Quota:
    room, used, wait = await windows.take(item, item.key_for(name, who), min(cost, item.amount))
    return Quota(
        name=name,
        most=item.amount,
        window=item.get_expiry(),
        left=item.amount - used,
        # Told to wait 0 seconds, a client would be back at once.
        wait=max(1, math.ceil(wait)),
        refused=not room,
    )


def open_limiter(settings: Settings, mode: Literal["open", "keys"]) -> Limiter | None:
    """Set up the limits; None where nothing is limited.

    Raises:
        SettingsError: Requests cannot be counted there.
    """
    # Without keys a caller names whom they like.
    auto = {**_AUTO, "user_limit": _AUTO["user_limit"] if mode == "keys" else "off"}
    given: dict[str, str] = {name: getattr(settings, name) for name in _AUTO}
    chosen = {name: auto[name] if text == "auto" else text for name, text in given.items()}
    set_up = {name: None if text == "off" else text for name, text in chosen.items()}
    if not any(set_up.values()):
        return None
    return Limiter(
        shared=_storage(settings),
        spares=settings.limit == "auto",
        caller=set_up["limit"],
        user=set_up["user_limit"],
        feedback=set_up["feedback_limit"],
    )


def _storage(settings: Settings) -> RedisStorage | None:
    url = settings.limit_storage.get_secret_value()
    if url == "memory://":
        return None
    # A store of counts that does not answer costs a request at most a second.
    redis = {"implementation": "redispy", "socket_timeout": 1.0, "socket_connect_timeout": 1.0}
    options: dict[str, Any] = {"wrap_exceptions": True, **redis}
    try:
        storage = storage_from_string(f"async+{url}", **options)
    except (ConfigurationError, ValueError, TypeError):
        storage = None
    if not isinstance(storage, RedisStorage):
        name = "CCS_QA_LIMIT_STORAGE"
        raise SettingsError(problem="limit-storage", name=name, known=name)
    return storage
