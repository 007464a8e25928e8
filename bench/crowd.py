"""Command: ask a server more than it can answer, and tell what its clients see of it.

`python -m bench.crowd` prints, at four fifths of what one server answers and at five times that:
answers, refusals and broken connections; the time of each and that of `/health/live`, half and
99 of 100 below it; the memory of the server. Beside other work only the ratios count.
"""

import asyncio
import itertools
import json
import time
from collections import defaultdict

import numpy as np
import typer

from bench.http import memory_of, running_service

_FORMS = ("What was said about {}?", "Why does {} matter?", "Que dit-on de {} ?", "{}")
_TOPICS = (
    *("trust", "passports", "artificial intelligence", "call centres", "identity", "fraud"),
    *("employment insurance", "seniors", "newcomers", "plain language", "privacy", "outreach"),
    *("la confiance", "les passeports", "la fraude", "l’accessibilité", "les aînés"),
    *("les délais", "les jeunes", "les langues autochtones", "la littératie", "les données"),
)
# No two in a row alike, however many are asked.
QUESTIONS = (
    form.format(topic) + f" {number}"
    for number in itertools.count()
    for topic in _TOPICS
    for form in _FORMS
)
Times = dict[str, list[float]]


async def visit(port: int, sent: bytes) -> str:
    """Send a request on a connection of its own; gives the status, or that none came."""
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(sent)
        found = await reader.read()
        writer.close()
    except OSError:
        return "broken"
    return found[9:12].decode() or "broken"


def asking(question: str) -> bytes:
    """Write a question as a request."""
    body = json.dumps({"question": question}).encode()
    head = "POST /api/v1/ask HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
    head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


LIVE = b"GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


async def visited(times: Times, name: str, port: int, sent: bytes) -> None:
    """Note the milliseconds of a visit under its outcome."""
    start = time.perf_counter()
    status = await visit(port, sent)
    times[f"{name} {status}"].append((time.perf_counter() - start) * 1000)


async def capacity(port: int, seconds: float) -> float:
    """Count the answers a second that four clients get, one after the other."""
    times: Times = defaultdict(list)
    end = time.perf_counter() + seconds

    async def client() -> None:
        while time.perf_counter() < end:
            await visited(times, "ask", port, asking(next(QUESTIONS)))

    await asyncio.gather(*(client() for _ in range(4)))
    return len(times["ask 200"]) / seconds


async def crowd(port: int, rate: float, seconds: float) -> Times:
    """Ask at a rate, whether or not answers come, and look at the health ten times a second."""
    times: Times = defaultdict(list)
    async with asyncio.TaskGroup() as group:
        begin = time.perf_counter()
        end, following, look = begin + seconds, begin, begin
        while (now := time.perf_counter()) < end:
            if now >= following:
                sent = asking(next(QUESTIONS))
                group.create_task(visited(times, "ask", port, sent))
                following += 1 / rate
            if now >= look:
                group.create_task(visited(times, "live", port, LIVE))
                look += 0.1
            await asyncio.sleep(max(0.0, min(following, look) - time.perf_counter()))
    return times


def main(seconds: float = 60.0) -> None:
    """Measure."""
    with running_service() as server:
        port = server.port
        asyncio.run(capacity(port, seconds / 2))  # what is done once is not what is measured
        answered = asyncio.run(capacity(port, seconds / 2))
        typer.echo(f"capacity {answered:.1f} answers a second")
        for share in (0.8, 5.0, 0.8):
            times = asyncio.run(crowd(port, answered * share, seconds))
            typer.echo(f"at {share:g} of it; {memory_of(server.pid):.0f} MB")
            for name, values in sorted(times.items()):
                half, most = np.percentile(values, (50, 99))
                typer.echo(f"  {name}: {len(values)}, {half:.0f}, {most:.0f} ms")


if __name__ == "__main__":
    typer.run(main)
