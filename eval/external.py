"""Reads the figures that `python -m eval beir --json` wrote for sets that are not ours."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from eval.report import Rows


class ExternalError(ValueError):
    """A file of figures cannot be used; the message names the file and the reason."""


class Scores(BaseModel):
    """What one ranking scored; other figures in the file are left aside.

    Attributes:
        ndcg: nDCG at 10.
        success: Success at 1.
    """

    ndcg: float = Field(alias="ndcg@10")
    success: float = Field(alias="success@1")


class Systems(BaseModel):
    """Both rankings of one direction.

    Attributes:
        dense: Pooled vectors.
        late: Late interaction over the first of them.
    """

    dense: Scores
    late: Scores


@dataclass(frozen=True, slots=True)
class ExternalSet:
    """A set and its figures.

    Attributes:
        name: Its name, that of the file.
        directions: Both rankings by direction, e.g. `fr→en`.
    """

    name: str
    directions: dict[str, Systems]


def load_external(files: Sequence[Path]) -> tuple[ExternalSet, ...]:
    """Read files of figures.

    Args:
        files: JSON files.

    Returns:
        One set a file.

    Raises:
        ExternalError: A file is absent or holds something else.
    """
    adapter = TypeAdapter(dict[str, Systems])
    found = []
    for file in files:
        try:
            found.append(ExternalSet(file.stem, adapter.validate_json(file.read_bytes())))
        except OSError:
            raise ExternalError(f"{file.name}: cannot be read") from None
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"]) or "file"
            raise ExternalError(
                f"{file.name}: {where}: {first['msg']}; "
                "`python -m eval beir FOLDER --json FILE` writes such files"
            ) from None
    return tuple(found)


def external_rows(sets: Sequence[ExternalSet]) -> Rows:
    """Tabulate external sets.

    Args:
        sets: The sets.

    Returns:
        A header and one row a direction, which says whether late interaction ranks at least
        as well as pooled vectors by nDCG@10.
    """
    rows = [
        [
            "set",
            "direction",
            "dense nDCG@10",
            "late nDCG@10",
            "difference",
            "dense S@1",
            "late S@1",
            "late at least as good",
        ]
    ]
    for item in sets:
        for direction, found in item.directions.items():
            gain = found.late.ndcg - found.dense.ndcg
            rows.append(
                [
                    item.name,
                    direction,
                    f"{found.dense.ndcg:.3f}",
                    f"{found.late.ndcg:.3f}",
                    f"{gain:+.3f}",
                    f"{found.dense.success:.3f}",
                    f"{found.late.success:.3f}",
                    "yes" if gain >= 0 else "no",
                ]
            )
    return rows
