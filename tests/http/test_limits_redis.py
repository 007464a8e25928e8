"""Counting together, on a real Redis that comes, goes and falls silent."""

import asyncio
import math
import random
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

import httpx2
import pytest
import redis
from fastapi.testclient import TestClient
from pydantic import SecretStr

from ccs_qa.http import limits
from ccs_qa.http.app import build_app
from ccs_qa.http.limits import Demand, open_limiter
from ccs_qa.service import QAService
from ccs_qa.settings import Settings
from tests.databases import Redis, redis_server
from tests.serving import served

MEETINGS = "/api/v1/meetings"


@pytest.fixture(scope="module")
def running() -> Iterator[Redis]:
    """A Redis that runs."""
    with redis_server() as found:
        yield found


@pytest.fixture
def counts(running: Redis) -> Iterator[Redis]:
    """The same, empty, and running again afterwards."""
    with redis.Redis.from_url(running.url) as client:
        client.flushall()
    yield running
    if running.process is None:
        running.start()


def limited(settings: Settings, url: str, **changes: object) -> Settings:
    """Settings with limits of an hour, counted at an address."""
    storage = SecretStr(url)
    return settings.model_copy(update={"limit": "10/hour", "limit_storage": storage, **changes})


@contextmanager
def two_servers(settings: Settings, service: QAService) -> Iterator[list[str]]:
    """Two applications, each on a server of its own."""
    with ExitStack() as stack:
        apps = [build_app(settings, lambda _: service) for _ in range(2)]
        yield [stack.enter_context(served(app)) for app in apps]


def test_two_servers_share_one_count(settings: Settings, service: QAService, counts: Redis) -> None:
    """Of forty requests at once, half to each, ten are answered."""
    changed = limited(settings, counts.url)
    with two_servers(changed, service) as origins, ThreadPoolExecutor(20) as pool:
        asked = [pool.submit(httpx2.get, origin + MEETINGS) for origin in origins * 20]
        answers = [item.result() for item in asked]
    assert Counter(item.status_code for item in answers) == {200: 10, 429: 30}
    assert all(item.headers["retry-after"] for item in answers if item.status_code == 429)
    left = sorted(item.headers["ratelimit"].partition(";t=")[0] for item in answers)
    assert left[0] == '"caller";r=0'


def test_the_counts_name_nobody(settings: Settings, service: QAService, counts: Redis) -> None:
    """Neither the person for whom a caller asks nor what they ask stands in Redis."""
    changed = limited(settings, counts.url, user_limit="5/hour")
    body = {"model": "none", "messages": [{"role": "user", "content": "passeports"}]}
    with TestClient(build_app(changed, lambda _: service)) as client:
        client.post("/v1/chat/completions", json={**body, "user": "alice"})
    with redis.Redis.from_url(counts.url) as client:
        names = list(client.scan_iter())
        held = b" ".join(names) + b" ".join(client.dump(name) or b"" for name in names)
    assert len(names) == 2
    assert b"alice" not in held
    assert b"passeports" not in held


def test_without_redis_each_server_counts_alone(
    settings: Settings,
    service: QAService,
    counts: Redis,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It goes: ten are answered by each, and one line a server says so; it returns: ten by both."""
    monkeypatch.setattr(limits, "_PAUSE", 0.0)
    caplog.set_level("INFO", logger=limits.__name__)
    with two_servers(limited(settings, counts.url), service) as origins:

        def statuses(number: int) -> list[Counter[int]]:
            return [
                Counter(httpx2.get(origin + MEETINGS).status_code for _ in range(number))
                for origin in origins
            ]

        assert statuses(2) == [{200: 2}, {200: 2}]
        counts.stop()
        assert statuses(12) == [{200: 10, 429: 2}] * 2
        counts.start()
        assert statuses(7) == [{200: 7}, {200: 3, 429: 4}]
    said = [item.getMessage() for item in caplog.records if item.name == limits.__name__]
    alone = "limits: requests are counted by each process alone (ConnectionError)"
    assert Counter(said) == {alone: 2, "limits: requests are counted together again": 2}
    assert counts.url not in caplog.text


def test_a_redis_that_never_ran_costs_no_answer(settings: Settings, service: QAService) -> None:
    """Nobody listens there: requests are answered and counted."""
    changed = limited(settings, "redis://127.0.0.1:1/0", limit="2/hour")
    with TestClient(build_app(changed, lambda _: service)) as client:
        answers = [client.get(MEETINGS) for _ in range(3)]
    assert [item.status_code for item in answers] == [200, 200, 429]
    assert answers[0].headers["ratelimit"].startswith('"caller";r=1;')


def test_a_redis_that_is_silent_is_left_alone(
    settings: Settings, service: QAService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It takes connections and says nothing: one request waits for it, the others do not ask it."""
    monkeypatch.setattr(limits, "_PAUSE", math.inf)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        held: list[socket.socket] = []

        def listen() -> None:
            try:
                while True:
                    held.append(silent.accept()[0])
            except OSError:
                return

        thread = threading.Thread(target=listen, daemon=True)
        thread.start()
        changed = limited(settings, f"redis://127.0.0.1:{port}/0")
        with TestClient(build_app(changed, lambda _: service)) as client:
            waited = []
            for _ in range(3):
                assert client.get(MEETINGS).status_code == 200
                waited.append(len(held))
        silent.shutdown(socket.SHUT_RDWR)
        thread.join()
        for item in held:
            item.close()
    assert waited == [1, 1, 1]


def test_windows_hold_what_they_say_there_too(
    settings: Settings, counts: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twelve a minute by requests of any cost, on a clock of the test, counted anew beside it."""
    now, drawn = 2_000_000_000.0, random.Random(7)  # noqa: S311 - no secret
    monkeypatch.setattr(time, "time", lambda: now)
    limiter = open_limiter(limited(settings, counts.url, limit="12/minute"), "open")
    assert limiter is not None
    let: list[tuple[float, int]] = []

    async def visit() -> None:
        nonlocal now
        for _ in range(150):
            now += drawn.randrange(1, 100) / 4
            cost = drawn.randrange(1, 10)
            used = sum(units for when, units in let if when + 60 >= now)
            (quota,) = await limiter.take(Demand("address 192.0.2.1", cost=cost))
            assert quota.refused == (used + cost > 12)
            if quota.refused:
                later = now + quota.wait + 0.001
                assert sum(units for when, units in let if when + 60 >= later) + cost <= 12
            else:
                let.append((now, cost))
            assert quota.left == 12 - sum(units for when, units in let if when + 60 >= now)
        await limiter.close()

    asyncio.run(visit())
    assert 20 < len(let) < 150
