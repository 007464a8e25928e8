"""A model that mixes true sentences with false ones, behind the protocol of OpenAI on loopback.

It reads the numbered quotes of the prompt as any model would, and keeps its own record of what it
did to each sentence, so that whoever scores need not ask the verifier.
"""

import contextlib
import json
import re
import threading
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy as np

from ccs_qa.corpus import Corpus
from ccs_qa.records import LANGUAGES, SEARCHED_KINDS, Language, other
from ccs_qa.text import detect_language, sentences
from eval.alterations import ALTERED, FAITHFUL, Given, make

MODEL = "adversary"
# What a person reads of a reply is at least half of it true, so most of a reply has to be.
_TRUE_SHARE = 0.65
_SENTENCES = 6
_TRIES = 40
_PIECE = 16
# A sentence of a quote, and its number behind it.
_NUMBERED = re.compile(r"([^\[\]\n]+?)\s*\[(\d+)\]")


@dataclass(frozen=True, slots=True)
class Offered:
    """A sentence of a reply and what was done to it.

    Attributes:
        kind: One of `FAITHFUL` or `ALTERED`.
        text: Its words, without citations.
    """

    kind: str
    text: str


class Adversary:
    """Writes replies and remembers what it did; for one question at a time.

    Attributes:
        replies: The sentences of each reply, in order of the requests.
    """

    def __init__(self, corpus: Corpus, seed: int) -> None:
        """Read what is needed to mislead.

        Args:
            corpus: Where translations and true but unrelated sentences come from.
            seed: Seed of all choices; a reply depends on it and on the request alone.
        """
        self.replies: list[tuple[Offered, ...]] = []
        self._seed = seed
        self._translated: dict[str, str] = {}
        self._known: dict[Language, list[str]] = {"fr": [], "en": []}
        for passage in corpus.passages:
            texts = [passage.renditions.get(language) for language in LANGUAGES]
            if passage.kind not in SEARCHED_KINDS or None in texts:
                continue
            parts = {item.language: _parts(item.text) for item in texts if item is not None}
            for language, mine in parts.items():
                self._known[language] += mine
                if len(mine) == len(theirs := parts[other(language)]):
                    self._translated.update(zip(mine, theirs, strict=True))

    def reply(self, request: str) -> str:
        """Write a reply.

        Args:
            request: The last thing that the model is told: question, quotes, and where to go on.

        Returns:
            True and false sentences, some of them cut, on one line or several.
        """
        data = request.rpartition("<quotes>")[2].partition("</quotes>")[0]
        quotes: dict[int, str] = {}
        for text, number in _NUMBERED.findall(data):
            quotes[int(number)] = f"{quotes.get(int(number), '')} {text.strip()}".strip()
        rng = np.random.default_rng([self._seed, zlib.crc32(request.encode())])
        language = detect_language(" ".join(quotes.values()))
        made: list[Offered] = []
        lines: list[str] = []
        for _ in range(_TRIES if quotes else 0):
            if len(made) == _SENTENCES:
                break
            kinds = FAITHFUL if rng.random() < _TRUE_SHARE else ALTERED
            kind = kinds[int(rng.integers(len(kinds)))]
            given = self._given(language, quotes, rng)
            sentence = make(kind, given, rng)
            if sentence is None or any(sentence.text == item.text for item in made):
                continue
            made.append(Offered(kind, sentence.text))
            # What is not ended would run into the next sentence.
            end = " " if sentence.text.endswith((".", "!")) else "\n"
            lines.append(f"{sentence.text} {sentence.mark}".strip() + end)
        self.replies.append(tuple(made))
        return "".join(lines).strip()

    def _given(self, language: Language, quotes: dict[int, str], rng: np.random.Generator) -> Given:
        cut = {number: tuple(_parts(text)) for number, text in quotes.items()}
        number = list(cut)[int(rng.integers(len(cut)))]
        sentence = cut[number][int(rng.integers(len(cut[number])))]
        given = {text for texts in cut.values() for text in texts}
        unrelated = [text for text in self._known[language] if text not in given]
        return Given(
            language,
            number,
            sentence,
            quotes,
            cut,
            self._translated.get(sentence, ""),
            tuple(unrelated[int(rng.integers(len(unrelated)))] for _ in range(4) if unrelated),
        )


def _parts(text: str) -> list[str]:
    return [f"{part.rstrip('.;:')}." for part in sentences(text)]


@contextlib.contextmanager
def serving(adversary: Adversary) -> Iterator[str]:
    """Serve an adversary on loopback until the block ends.

    Args:
        adversary: Who replies.

    Yields:
        The base address of its protocol.
    """

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            chat = "messages" in body
            asked = body["messages"][-1]["content"] if chat else body["prompt"]
            text = adversary.reply(asked)
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.end_headers()
            # Whoever has read enough hangs up.
            with contextlib.suppress(ConnectionError):
                for at in range(0, len(text), _PIECE):
                    self._send(_chunk(text[at : at + _PIECE], chat=chat))
                self._send(_chunk("", chat=chat, finish="stop"))
                self.wfile.write(b"data: [DONE]\n\n")

        def _send(self, chunk: dict[str, Any]) -> None:
            self.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - inherited
            """Say nothing on the terminal."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/v1"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _chunk(text: str, *, chat: bool, finish: str | None = None) -> dict[str, Any]:
    said = {"delta": {"content": text}} if chat else {"text": text}
    return {
        "id": "reply",
        "object": "chat.completion.chunk" if chat else "text_completion",
        "created": 0,
        "model": MODEL,
        "choices": [{"index": 0, "finish_reason": finish, **said}],
    }
