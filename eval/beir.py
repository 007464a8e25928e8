"""Runs the retrieval core on a BEIR-like folder (Thakur et al., 2021, arXiv:2104.08663).

A folder holds `corpus*.jsonl` (id, lang, title, text), `queries*.jsonl` (id, lang, text) and
`qrels*.tsv` (query_id, doc_id, relevance), each plain or with `.gz`. Corpora mix languages: one
language a side.
"""

import gzip
import json
import statistics
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

import numpy as np
from pydantic import TypeAdapter

from ccs_qa.encoder.encoder import Encoder, Role, Vectors, unit_rows
from ccs_qa.encoder.folder import Progress
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
        with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8") as handle:
            yield from handle


def load_beir(folder: Path, queries: Language, documents: Language) -> BeirSet:
    """Read one direction of a folder; queries without a relevant document are left out."""
    texts, asked = (
        {
            row["id"]: f"{row.get('title') or ''} {row['text']}".strip()
            for row in map(json.loads, _lines(folder, pattern))
            if row.get("lang", language) == language
        }
        for pattern, language in (("corpus*.jsonl", documents), ("queries*.jsonl", queries))
    )
    relevant: dict[str, dict[str, int]] = {}
    for line in islice(_lines(folder, "qrels*.tsv"), 1, None):
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
    data: BeirSet, encoder: Encoder, progress: Progress, documents_as: Role = "passage"
) -> dict[str, dict[str, float]]:
    """Score pooled vectors, and late interaction over their first hundred."""
    documents, told = _encode(encoder, list(data.documents.values()), documents_as, progress)
    queries, asked = _encode(encoder, list(data.queries.values()), "query", progress)
    names = list(data.documents)
    mean, question_mean = (np.concatenate(tokens).mean(axis=0) for tokens in (told, asked))
    # In half precision, since a large set holds millions of tokens.
    centred = [unit_rows(rows - mean).astype(np.float16) for rows in told]
    rankings: dict[str, dict[str, list[str]]] = {"dense": {}, "late": {}}
    for query, pooled, tokens in zip(data.queries, queries, asked, strict=True):
        first = np.argsort(-(documents @ pooled), kind="stable")[:_DEPTH]
        said = unit_rows(tokens - question_mean)
        late = [(said @ centred[at].astype(np.float32).T).max(axis=1).mean() for at in first]
        again = first[np.argsort(-np.asarray(late), kind="stable")]
        for name, order in (("dense", first), ("late", again)):
            rankings[name][query] = [names[at] for at in order[:_KEPT]]
    found = {name: score_rankings(data.relevant, ranked) for name, ranked in rankings.items()}
    return {
        name: {
            measure: statistics.fmean(row[measure] for row in scores.values())
            for measure in RANKING
        }
        for name, scores in found.items()
    }


def _encode(
    encoder: Encoder, texts: list[str], role: Role, progress: Progress
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
    progress: Progress,
    documents_as: Role = "passage",
) -> Figures:
    """Score each pair of languages that has queries: direction, ranking, measure."""
    found: Figures = {}
    for queries, documents in directions:
        data = load_beir(folder, queries, documents)
        data = sample_beir(data, *sample) if sample else data
        if data.queries:
            found[f"{queries}→{documents}"] = score_beir(data, encoder, progress, documents_as)
    return found


def figures_table(name: str, found: Figures) -> Table:
    """Tabulate the figures of a folder."""
    rows = [
        [direction, system, *(f"{scores[measure]:.3f}" for measure in _SHOWN)]
        for direction, systems in found.items()
        for system, scores in systems.items()
    ]
    return Table(name, [["direction", "ranking", *_SHOWN], *rows])


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
