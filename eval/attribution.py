"""Measures the labels that tell who says a passage, against what a person read.

Three sets lie in `eval/gold/attribution/`: every statement and objective of the two pages, and
fictional passages of a meeting that no page holds, those looked at while the rules were written
and those written afterwards and looked at once.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ccs_qa.corpus import Corpus
from ccs_qa.corpus.attribution import agreed, label
from ccs_qa.records import LANGUAGES, Attribution, Bilingual, Language
from eval.intervals import interval_text, wilson
from eval.opened import HERE
from eval.report import Rows

ATTRIBUTION = HERE / "gold" / "attribution"
SETS = ("summaries", "fictional", "unseen")
CLASSES: tuple[Attribution, ...] = ("presented", "observed", "advised")


@dataclass(frozen=True, slots=True)
class Labelled:
    """A passage, what a person read in it and what the rules do.

    Attributes:
        gold: The label that a person gave; None where the page does not make it plain.
        told: The label of each rendition and, under `both`, of the passage.
    """

    gold: Attribution | None
    told: dict[str, Attribution | None]


def label_set(name: str, corpus: Corpus) -> tuple[Labelled, ...]:
    """Label the passages of a set.

    Args:
        name: One of `SETS`.
        corpus: The pages, for the set of their passages.

    Returns:
        The passages, in the order of the file.
    """
    lines = (ATTRIBUTION / f"{name}.jsonl").read_text("utf-8").splitlines()
    return tuple(_labelled(json.loads(line), corpus) for line in lines)


def _labelled(row: dict[str, Any], corpus: Corpus) -> Labelled:
    gold = None if row["label"] == "none" else row["label"]
    passage = corpus.passage(row["passage"]) if "passage" in row else None
    if passage is not None and passage.kind != "statement":
        return Labelled(gold, dict.fromkeys((*LANGUAGES, "both"), passage.attribution))
    told: dict[str, Attribution | None] = {}
    for language in LANGUAGES:
        if passage is None:
            text, heading = row[language], (row["section"] or {}).get(language, "")
            leads = [row["lead_in"][language]] if row["lead_in"] else []
        else:
            text, heading = (
                _text(item, language) for item in (passage.renditions, passage.section)
            )
            leads = [_text(item.renditions, language) for item in corpus.lead_ins(passage)]
        told[language] = label(text, leads, heading, language, members_view=True)
    both = agreed(told.values()) if passage is None else passage.attribution
    return Labelled(gold, {**told, "both": both})


def _text(value: Bilingual | None, language: Language) -> str:
    found = value.get(language) if value else None
    return found.text if found else ""


def attribution_rows(corpus: Corpus) -> Rows:
    """Tabulate precision and coverage by set, class and rendition.

    Args:
        corpus: The pages.

    Returns:
        A header and one row each; precision of the labels given, coverage of those of a person.
    """
    rows = [["passages", "class", "read in", "labels", "precision", "95 %", "coverage", "95 %"]]
    for name in SETS:
        items = label_set(name, corpus)
        for kind in (*CLASSES, "all"):
            rows += [
                [name, kind, view, *_cells(items, kind, view)] for view in (*LANGUAGES, "both")
            ]
    return rows


def _cells(items: tuple[Labelled, ...], kind: str, view: str) -> Iterator[str]:
    def meant(value: Attribution | None) -> bool:
        return value is not None and kind in {value, "all"}

    told = [item for item in items if meant(item.told[view])]
    gold = [item for item in items if meant(item.gold)]
    yield str(len(told))
    for among in (told, gold):
        right = sum(item.told[view] == item.gold for item in among)
        yield f"{right}/{len(among)}" + (f" = {right / len(among):.2f}" if among else "")
        yield interval_text(*wilson(right, len(among))) if among else ""
