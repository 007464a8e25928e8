"""Figures of sets that are not ours: read, refused and tabulated."""

import json
from pathlib import Path

import pytest

from eval.external import ExternalError, external_rows, load_external

DENSE = {"ndcg@10": 0.5, "success@1": 0.25, "recall@5": 0.75}


def figures(folder: Path, late: float) -> Path:
    """Write what `beir --json` writes, for one direction."""
    file = folder / "laws.json"
    found = {"fr→en": {"dense": DENSE, "late": {**DENSE, "ndcg@10": late}}}
    file.write_text(json.dumps(found, ensure_ascii=False), "utf-8")
    return file


@pytest.mark.parametrize(
    ("late", "gain", "verdict"),
    [(0.75, "+0.250", "yes"), (0.5, "+0.000", "yes"), (0.25, "-0.250", "no")],
)
def test_late_interaction_is_set_beside_dense(
    late: float, gain: str, verdict: str, tmp_path: Path
) -> None:
    """The set is named like the file; a tie is as good."""
    rows = external_rows(load_external([figures(tmp_path, late)]))
    assert rows[1:] == [["laws", "fr→en", "0.500", f"{late:.3f}", gain, "0.250", "0.250", verdict]]


@pytest.mark.parametrize(
    "text", ["", "[]", '{"fr→en": {"dense": {"ndcg@10": 1}}}'], ids=["empty", "list", "half"]
)
def test_another_file_is_refused_by_name(text: str, tmp_path: Path) -> None:
    """With the command that writes such files, and without the folder."""
    file = tmp_path / "odd.json"
    file.write_text(text, "utf-8")
    with pytest.raises(ExternalError, match=r"^odd\.json: .*python -m eval beir"):
        load_external([file])


def test_a_missing_file_is_refused_by_name(tmp_path: Path) -> None:
    """The folder is not said."""
    with pytest.raises(ExternalError, match=r"^none\.json: cannot be read$"):
        load_external([tmp_path / "none.json"])
