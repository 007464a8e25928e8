"""Our ranking beside what others would build, in one process with the same model."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import faiss
import numpy as np
from langchain_text_splitters import RecursiveCharacterTextSplitter

from ccs_qa.search import ABLATION, HYBRID
from ccs_qa.service import QAService
from eval.ablation import RecipeScores, score_recipe
from eval.gold import GoldRow, relevance
from eval.metrics import context_recall, score_rankings

_RRF = 60
_CHUNK = 1000
_OVERLAP = 200


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of the French page, as a default stack cuts it.

    Attributes:
        text: Its text.
        start: First character in the page.
    """

    text: str
    start: int


def default_chunks(page: str) -> list[Chunk]:
    """Cut a page as the LangChain tutorials do: 1,000 characters, 200 overlap.

    Args:
        page: The page.

    Returns:
        The chunks in order.
    """
    splitter = RecursiveCharacterTextSplitter(
        chunk_size=_CHUNK, chunk_overlap=_OVERLAP, add_start_index=True
    )
    return [
        Chunk(item.page_content, int(item.metadata["start_index"]))
        for item in splitter.create_documents([page])
    ]


def default_stack(service: QAService, rows: Sequence[GoldRow]) -> tuple[RecipeScores, float]:
    """Rank with chunks, pooled vectors and FAISS.

    Args:
        service: Gives the page and the model.
        rows: The questions.

    Returns:
        Scores, each chunk standing for the passages that it holds whole or in part, and
        the context recall at 2,000 characters.
    """
    encoder, corpus = service.retriever.encoder, service.corpus
    page = next(item for item in corpus.documents.values() if item.language == "fr")
    chunks = default_chunks(page.text)
    index = faiss.IndexFlatIP(encoder.dimension)
    index.add(encoder.encode([chunk.text for chunk in chunks], "passage").pooled)
    inside = [
        [
            passage.id
            for passage in corpus.passages
            if (item := passage.renditions.fr) is not None
            and item.start < chunk.start + len(chunk.text)
            and item.end > chunk.start
        ]
        for chunk in chunks
    ]
    asked = [row for row in rows if row.answerable]
    rankings: dict[str, list[str]] = {}
    recalls: list[float] = []
    for row in asked:
        vector = encoder.encode([row.question], "query").pooled
        _, found = index.search(vector, 10)
        order = [int(at) for at in found[0]]
        rankings[row.id] = list(dict.fromkeys(name for at in order for name in inside[at]))[:10]
        needed = [item.snippet for item in row.relevant if item.grade == 2]
        recalls.append(context_recall(needed, [chunks[at].text for at in order]))
    relevant = {row.id: relevance(row, corpus) for row in asked}
    scores = RecipeScores(
        "LangChain default (1,000/200, FAISS)", score_rankings(relevant, rankings)
    )
    return scores, float(np.mean(recalls))


def reciprocal_rank(service: QAService, rows: Sequence[GoldRow]) -> RecipeScores:
    """Fuse French BM25 with dense by reciprocal rank (Cormack et al., 2009).

    Args:
        service: The service.
        rows: The questions.

    Returns:
        Its scores.
    """
    asked = [row for row in rows if row.answerable]
    rankings: dict[str, list[str]] = {}
    for row in asked:
        fused: dict[str, float] = {}
        for recipe in (ABLATION[0], ABLATION[1]):
            hits = service.search(row.question, k=100, recipe=recipe).hits
            for place, hit in enumerate(hits, 1):
                fused[hit.passage.id] = fused.get(hit.passage.id, 0.0) + 1 / (_RRF + place)
        rankings[row.id] = sorted(fused, key=lambda name: -fused[name])[:10]
    relevant = {row.id: relevance(row, service.corpus) for row in asked}
    return RecipeScores("BM25 + dense, reciprocal rank", score_rankings(relevant, rankings))


def compare(service: QAService, rows: Sequence[GoldRow]) -> list[RecipeScores]:
    """Score what others would build, and ours.

    Args:
        service: The service.
        rows: The questions.

    Returns:
        One entry a system, ours last.
    """
    ours = replace(HYBRID, name="ours")
    return [
        score_recipe(service, rows, ABLATION[0]),
        score_recipe(service, rows, ABLATION[1]),
        default_stack(service, rows)[0],
        reciprocal_rank(service, rows),
        score_recipe(service, rows, ours),
    ]
