"""Runs the retrieval core on a BEIR-like folder (Thakur et al., 2021, arXiv:2104.08663).

A folder holds `corpus*.jsonl` (id, lang, title, text), `queries*.jsonl` (id, lang, text) and
`qrels*.tsv` (query_id, doc_id, relevance), each plain or with `.gz`. Corpora mix languages: one
language a side.
"""

import gzip
import json
import statistics
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import TypeAdapter

from ccs_qa.encoder.encoder import Encoder, Role, Vectors, unit_rows
from ccs_qa.records import Language
from eval.metrics import RANKING, score_rankings
from eval.report import Section, Table

_SEED = 7
_DEPTH = 100
_KEPT = 10
_SHOWN = ("ndcg@10", "success@1", "recall@5")
# Direction, ranking, measure.
Figures = dict[str, dict[str, dict[str, float]]]


@dataclass(frozen=True, slots=True)
class BeirSet:
    """One direction of a folder."""

    queries: dict[str, str]
    documents: dict[str, str]
    relevant: dict[str, dict[str, int]]


def _lines(folder: Path, pattern: str) -> Iterator[str]:
    files = sorted([*folder.glob(pattern), *folder.glob(f"{pattern}.gz")])
    if not files:
        raise FileNotFoundError(f"{folder.name}: no {pattern}")
    for path in files:
        read = gzip.open if path.suffix == ".gz" else open
        with read(path, "rt", encoding="utf-8") as handle:
            yield from handle


def _rows(folder: Path, pattern: str) -> Iterator[dict[str, Any]]:
    return map(json.loads, _lines(folder, pattern))


def load_beir(folder: Path, queries: Language, documents: Language) -> BeirSet:
    """Read one direction of a folder; queries without a relevant document are left out."""
    texts = {
        row["id"]: f"{row.get('title') or ''} {row['text']}".strip()
        for row in _rows(folder, "corpus*.jsonl")
        if row.get("lang", documents) == documents
    }
    asked = {
        row["id"]: row["text"]
        for row in _rows(folder, "queries*.jsonl")
        if row.get("lang", queries) == queries
    }
    relevant: dict[str, dict[str, int]] = {}
    lines = _lines(folder, "qrels*.tsv")
    for line in islice(lines, 1, None):
        query, document, grade = line.split("\t")
        if query in asked and document in texts and int(grade) > 0:
            relevant.setdefault(query, {})[document] = int(grade)
    return BeirSet({name: asked[name] for name in relevant}, texts, relevant)


def sample_beir(data: BeirSet, queries: int, documents: int) -> BeirSet:
    """Draw a smaller set at random, the same each time."""
    rng = np.random.default_rng(_SEED)
    asked = _draw(rng, list(data.queries), queries)
    needed = {document for query in asked for document in data.relevant[query]}
    rest = [document for document in data.documents if document not in needed]
    kept = needed | _draw(rng, rest, max(0, documents - len(needed)))
    return replace(
        data,
        queries={name: text for name, text in data.queries.items() if name in asked},
        documents={name: text for name, text in data.documents.items() if name in kept},
        relevant={name: found for name, found in data.relevant.items() if name in asked},
    )


def _draw(rng: np.random.Generator, names: list[str], count: int) -> set[str]:
    if count >= len(names):
        return set(names)
    return {names[at] for at in rng.choice(len(names), count, replace=False)}


def score_beir(
    data: BeirSet,
    encoder: Encoder,
    progress: Callable[[str, int, int], None],
    documents_as: Role = "passage",
) -> dict[str, dict[str, float]]:
    """Score pooled vectors, and late interaction over their first hundred."""
    documents = _encode(encoder, list(data.documents.values()), documents_as, progress)
    queries = _encode(encoder, list(data.queries.values()), "query", progress)
    names = np.asarray(list(data.documents))
    mean = np.concatenate(documents[1]).mean(axis=0)
    question_mean = np.concatenate(queries[1]).mean(axis=0)
    # In half precision, since a large set holds millions of tokens.
    centred = [unit_rows(rows - mean).astype(np.float16) for rows in documents[1]]
    dense: dict[str, list[str]] = {}
    late: dict[str, list[str]] = {}
    for query, pooled, tokens in zip(data.queries, queries[0], queries[1], strict=True):
        cosine = documents[0] @ pooled
        first = np.argsort(-cosine, kind="stable")[:_DEPTH]
        dense[query] = [str(name) for name in names[first[:_KEPT]]]
        asked = unit_rows(tokens - question_mean)
        scores = np.asarray(
            [(asked @ centred[at].astype(np.float32).T).max(axis=1).mean() for at in first]
        )
        best = first[np.argsort(-scores, kind="stable")[:_KEPT]]
        late[query] = [str(name) for name in names[best]]
    return {
        name: {
            measure: statistics.fmean(row[measure] for row in scores.values())
            for measure in RANKING
        }
        for name, scores in (
            ("dense", score_rankings(data.relevant, dense)),
            ("late", score_rankings(data.relevant, late)),
        )
    }


def _encode(
    encoder: Encoder, texts: list[str], role: Role, progress: Callable[[str, int, int], None]
) -> tuple[Vectors, list[Vectors]]:
    pooled, tokens = [], []
    for start in range(0, len(texts), 64):
        progress(str(role), start, len(texts))
        encoded = encoder.encode(texts[start : start + 64], role)
        pooled.append(encoded.pooled)
        tokens += list(encoded.tokens)
    return np.concatenate(pooled), tokens


def score_directions(
    folder: Path,
    encoder: Encoder,
    directions: Iterable[tuple[Language, Language]],
    *,
    sample: tuple[int, int] | None,
    progress: Callable[[str, int, int], None],
    documents_as: Role = "passage",
) -> Figures:
    """Score each pair of languages that has queries: direction, ranking, measure."""
    found: Figures = {}
    for queries, documents in directions:
        data = load_beir(folder, queries, documents)
        if sample is not None:
            data = sample_beir(data, *sample)
        if data.queries:
            found[f"{queries}→{documents}"] = score_beir(data, encoder, progress, documents_as)
    return found


def figures_table(name: str, found: Figures) -> Table:
    """Tabulate the figures of a folder."""
    rows = [["direction", "ranking", *_SHOWN]]
    for direction, systems in found.items():
        for system, scores in systems.items():
            rows.append([direction, system, *(f"{scores[measure]:.3f}" for measure in _SHOWN)])
    return Table(name, rows)


def external_section(files: Sequence[Path]) -> Section:
    """Show what `python -m eval beir --json` wrote, or how to measure some."""
    lead = (
        "Whether late interaction ranks text that is not ours at least as well as pooled vectors "
        "of the same model (dense)."
    )
    if not files:
        lead += (
            " No figures were given: measure a BEIR-like folder (python -m eval beir FOLDER --json "
            "FILE), then name the file (python -m eval report --beir FILE)."
        )
    reader = TypeAdapter(Figures)
    tables = [figures_table(file.stem, reader.validate_json(file.read_bytes())) for file in files]
    return Section("External sets", lead, tuple(tables))
