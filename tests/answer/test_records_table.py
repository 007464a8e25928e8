"""Hundreds of questions of record, as people put them, against answers worked out by hand."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

import pytest

from ccs_qa.service import QAService
from tests.answer.records_table import Row, counted, meant, numbers, read_rows
from tests.conftest import DATES

ROWS = read_rows("records.tsv")
GROUPS: dict[tuple[str, str], list[Row]] = defaultdict(list)
for _row in ROWS:
    GROUPS[_row.kind, _row.language].append(_row)


def unlike(service: QAService, rows: Iterable[Row], dates: Sequence[str]) -> list[str]:
    """List the rows that are wrong."""
    return [wrong for row in rows if (wrong := row.wrong(service, dates))]


def test_the_table_is_wide() -> None:
    """No question twice, both languages, every kind, and no wrong name of a meeting."""
    assert len({row.question for row in ROWS}) == len(ROWS) >= 420
    assert {row.language for row in ROWS} == {"fr", "en"}
    assert all(meant(row.meetings, DATES) for row in ROWS)
    assert sum(counted(row.number) is not None for row in ROWS) > 80


def test_what_is_expected_is_worked_out_from_the_dates() -> None:
    """Beginnings of dates, what is taken away, the days of a span."""
    assert meant("2024", DATES) == ["2024-06-27", "2024-11-01"]
    assert meant("all -2023 -2025-0", DATES) == ["2024-06-27", "2024-11-01"]
    assert counted("2023-04-03..2023-10-03") == 183
    assert counted("7") == 7
    assert numbers("1,095 days, 2\u00a0001 jours, 3 meetings of 2024") == {1095, 2001, 3, 2024}


@pytest.mark.parametrize("group", GROUPS, ids=" ".join)
def test_every_question_is_answered_from_the_records(
    service: QAService, group: tuple[str, str]
) -> None:
    """The meetings shown are those meant, all of them and no other; a number is stated."""
    assert unlike(service, GROUPS[group], DATES) == []
