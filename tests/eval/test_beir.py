"""BEIR-like folders: one language a side, and the real model on obvious matches."""

import gzip
import json
from pathlib import Path

import pytest

from ccs_qa.encoder.encoder import Encoder
from ccs_qa.records import Language
from eval.beir import BeirSet, external_section, load_beir, sample_beir, score_beir

DOCUMENTS = [
    ("cat-fr", "fr", "Animaux", "Le chat dort sur le canapé du salon."),
    ("cat-en", "en", "Animals", "The cat sleeps on the living room couch."),
    ("tax-fr", "fr", "", "Les impôts sont à payer avant la fin du mois d'avril."),
    ("tax-en", "en", "", "Taxes must be paid before the end of April."),
    ("snow-fr", "fr", "", "La neige a fermé les routes de montagne."),
    ("snow-en", "en", "", "Snow has closed the mountain roads."),
]
QUERIES = [
    ("q-cat-fr", "fr", "Où dort le chat?"),
    ("q-cat-en", "en", "Where does the cat sleep?"),
    ("q-tax-fr", "fr", "Quand faut-il payer ses impôts?"),
    ("q-tax-en", "en", "When are taxes due?"),
    ("q-snow-en", "en", "Why are the roads in the mountains closed?"),
]
QRELS = [
    ("q-cat-fr", "cat-fr", 1),
    ("q-cat-fr", "cat-en", 1),
    ("q-cat-en", "cat-fr", 2),
    ("q-cat-en", "cat-en", 1),
    ("q-cat-en", "tax-en", 0),
    ("q-tax-fr", "tax-fr", 1),
    ("q-tax-fr", "tax-en", 1),
    ("q-tax-en", "tax-fr", 1),
    ("q-tax-en", "tax-en", 1),
    ("q-snow-en", "snow-en", 1),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three documents in each language, and five queries."""
    documents = [
        {"id": name, "lang": lang, "title": title, "text": text}
        for name, lang, title, text in DOCUMENTS
    ]
    queries = [{"id": name, "lang": lang, "text": text} for name, lang, text in QUERIES]
    for file, rows in (("corpus.jsonl", documents), ("queries.jsonl", queries)):
        (tmp_path / file).write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    lines = ["query_id\tdoc_id\trelevance", *("\t".join(map(str, row)) for row in QRELS)]
    (tmp_path / "qrels.tsv").write_text("\n".join(lines) + "\n", "utf-8")
    return tmp_path


def test_a_direction_keeps_one_language_a_side(folder: Path) -> None:
    """English to French: the query about snow has no French document and goes."""
    assert load_beir(folder, "en", "fr") == BeirSet(
        queries={"q-cat-en": "Where does the cat sleep?", "q-tax-en": "When are taxes due?"},
        documents={
            "cat-fr": "Animaux Le chat dort sur le canapé du salon.",
            "tax-fr": "Les impôts sont à payer avant la fin du mois d'avril.",
            "snow-fr": "La neige a fermé les routes de montagne.",
        },
        relevant={"q-cat-en": {"cat-fr": 2}, "q-tax-en": {"tax-fr": 1}},
    )


def test_grade_zero_is_not_relevant(folder: Path) -> None:
    """A judged document that does not answer is left out."""
    assert load_beir(folder, "en", "en").relevant["q-cat-en"] == {"cat-en": 1}


def test_files_may_be_split_and_compressed(folder: Path) -> None:
    """Two corpus files, one of them compressed, read like one."""
    whole = load_beir(folder, "en", "fr")
    lines = (folder / "corpus.jsonl").read_text("utf-8").splitlines(keepends=True)
    (folder / "corpus.jsonl").write_text("".join(lines[:2]), "utf-8")
    (folder / "corpus_more.jsonl.gz").write_bytes(gzip.compress("".join(lines[2:]).encode()))
    assert load_beir(folder, "en", "fr") == whole


def test_a_folder_without_queries_is_refused(folder: Path) -> None:
    """The missing file is named."""
    (folder / "queries.jsonl").unlink()
    with pytest.raises(FileNotFoundError, match=r"queries\*\.jsonl"):
        load_beir(folder, "en", "fr")


@pytest.mark.parametrize(("queries", "documents", "kept"), [(1, 2, 2), (1, 1, 1), (2, 2, 2)])
def test_a_sample_keeps_what_its_queries_need(
    folder: Path, queries: int, documents: int, kept: int
) -> None:
    """Every relevant document of a query that is kept stays; the sample is drawn alike twice."""
    data = load_beir(folder, "fr", "fr")
    sample = sample_beir(data, queries, documents)
    assert (len(sample.queries), len(sample.documents)) == (queries, kept)
    assert all(set(sample.relevant[name]) <= set(sample.documents) for name in sample.queries)
    assert sample == sample_beir(data, queries, documents)


@pytest.mark.parametrize(("asked", "told"), [("fr", "fr"), ("en", "en"), ("en", "fr")])
def test_obvious_matches_come_first(
    folder: Path, encoder: Encoder, asked: Language, told: Language
) -> None:
    """Cat to cat and taxes to taxes, by pooled vectors and by late interaction."""
    texts: list[tuple[str, int]] = []
    data = load_beir(folder, asked, told)
    scores = score_beir(data, encoder, lambda step, _done, total: texts.append((step, total)))
    assert {system: found["success@1"] for system, found in scores.items()} == {
        "dense": 1.0,
        "late": 1.0,
    }
    assert texts == [("passage", 3), ("query", len(data.queries))]


def test_figures_are_read_back_as_they_were_written(tmp_path: Path) -> None:
    """And shown by direction and ranking."""
    file = tmp_path / "laws.json"
    scores = {"ndcg@10": 0.5, "success@1": 0.25, "recall@5": 0.75, "rr@10": 1.0}
    file.write_text(json.dumps({"fr→en": {"dense": scores}}), "utf-8")
    (table,) = external_section([file]).tables
    assert table.title == "laws"
    assert table.rows == [
        ["direction", "ranking", "ndcg@10", "success@1", "recall@5"],
        ["fr→en", "dense", "0.500", "0.250", "0.750"],
    ]


def test_without_figures_the_command_that_writes_some_is_named() -> None:
    """There is no table then."""
    section = external_section([])
    assert section.tables == ()
    assert "python -m eval beir" in section.lead
