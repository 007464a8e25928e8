"""The store on a real SQLite file: migrations, writers at once, what is found and forgotten."""

import datetime as dt
import sqlite3
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect

from ccs_qa.errors import FeedbackError, NotFoundError, StoreError
from ccs_qa.store import Feedback, Remark, Store, StoreDoor, make_feedback, open_store
from ccs_qa.store.models import Base
from ccs_qa.store.opening import migrate, open_engine

PASSAGE = "2024-11-01-s-9f742ebe"
REMARK = Remark(
    useful=True,
    reason=None,
    comment="",
    question="How could AI help?",
    history=(),
    language="en",
    status="answered",
    answer_id="ab12",
    index_id="cd34",
    citations=(PASSAGE,),
)


def kept(day: int = 1, **changes: object) -> Feedback:
    """A feedback of a day of November 2026, at noon."""
    made = make_feedback(replace(REMARK, **changes), {PASSAGE})  # type: ignore[arg-type]
    return replace(made, time=dt.datetime(2026, 11, day, 12, tzinfo=dt.UTC))


@pytest.fixture
def url(tmp_path: Path) -> str:
    """The address of a database that does not exist yet, in a folder with a sign of its own."""
    return f"sqlite:///{tmp_path / '100%' / 'kept.sqlite3'}"


@pytest.fixture
def store(url: str) -> Store:
    """An empty store."""
    return open_store(url)


def test_what_is_kept_is_read_again(store: Store) -> None:
    """Every field, the time in UTC, by id and in the list."""
    wanted = kept(useful=False, reason="other", comment="é\nb", history=("x", "y"), language="fr")
    store.save_feedback(wanted)
    assert store.one(wanted.id) == wanted
    assert store.feedback() == (wanted,)
    with pytest.raises(NotFoundError):
        store.one("none")
    store.close()


def test_the_list_is_newest_first_limited_and_counted(store: Store) -> None:
    """Days 1 to 4, useful on odd ones."""
    items = [kept(day, useful=day % 2 == 1) for day in (2, 4, 1, 3)]
    for item in items:
        store.save_feedback(item)
    third = dt.datetime(2026, 11, 3, tzinfo=dt.UTC)
    assert [item.time.day for item in store.feedback()] == [4, 3, 2, 1]
    assert [item.time.day for item in store.feedback(third)] == [4, 3]
    assert [item.time.day for item in store.feedback(limit=2, offset=1)] == [3, 2]
    assert [item.time.day for item in store.feedback(useful=True)] == [3, 1]
    assert (store.count(), store.count(third), store.count(useful=False)) == (4, 2, 2)
    store.close()


def test_purging_forgets_what_is_older_for_good(store: Store, tmp_path: Path) -> None:
    """The day named is kept, and no file holds the words of what is gone."""
    for day in (1, 2, 3):
        store.save_feedback(kept(day, comment=f"mot-secret-{day}"))
    assert store.purge(dt.datetime(2026, 11, 3, tzinfo=dt.UTC)) == 2
    assert [item.time.day for item in store.feedback()] == [3]
    store.close()
    held = b"".join(path.read_bytes() for path in tmp_path.rglob("kept*"))
    assert b"mot-secret-3" in held
    assert b"mot-secret-1" not in held


def test_opening_at_once_migrates_once_and_writers_wait(url: str) -> None:
    """Eight threads open the same new file and keep ten each: eighty are kept."""
    failures: list[Exception] = []

    def work() -> None:
        try:
            own = open_store(url)
            for _ in range(10):
                own.save_feedback(kept())
            own.close()
        except StoreError as error:  # pragma: no cover - only when the test fails
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    store = open_store(url)
    assert store.count() == 80
    store.close()


def test_migrations_make_the_tables_of_the_models_and_take_them_away(url: str) -> None:
    """Up, nothing differs from the models; down, no table but Alembic's own is left."""
    engine = open_engine(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, Base.metadata) == []
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
    migrate(engine, "base")
    assert inspect(engine).get_table_names() == ["alembic_version"]
    migrate(engine)
    assert "feedback" in inspect(engine).get_table_names()
    engine.dispose()


def refused(url: str) -> object:
    """Open a store that must be refused, and take the reason."""
    with pytest.raises(StoreError) as caught:
        open_store(url)
    return caught.value.details["problem"]


def test_a_database_that_cannot_be_used_is_refused_by_name(url: str, tmp_path: Path) -> None:
    """No URL, no driver, no database file, a folder that is a file, a newer layout."""
    assert refused("nonsense") == "url"
    assert refused("nosuch://x") == "url"
    (tmp_path / "text").write_text("not a database" * 100)
    assert refused(f"sqlite:///{tmp_path / 'text'}") == "unreachable"
    assert refused(f"sqlite:///{tmp_path / 'text' / 'x.sqlite3'}") == "url"
    engine = open_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    engine.dispose()
    assert refused(url) == "newer"


def test_a_password_never_stands_in_an_error(tmp_path: Path) -> None:
    """The address is noted for the log with stars in its place."""
    (tmp_path / "text").write_text("not a database" * 100)
    with pytest.raises(StoreError) as caught:
        open_store(f"sqlite://me:hunter2@/{tmp_path / 'text'}")  # pragma: allowlist secret
    assert "hunter2" not in str(caught.value)


def test_a_read_only_database_is_read_and_says_so_when_written(url: str) -> None:
    """Opening and listing work; keeping raises."""
    store = open_store(url)
    store.save_feedback(kept())
    store.close()
    path = url.removeprefix("sqlite:///")
    engine = create_engine(
        "sqlite://", creator=lambda: sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    )
    readonly = Store(engine)
    assert readonly.count() == 1
    with pytest.raises(StoreError):
        readonly.save_feedback(kept())
    readonly.close()


def test_the_door_opens_again_after_a_failure(tmp_path: Path) -> None:
    """A file in the way of the folder is refused; once it is gone the store opens."""
    blocked = tmp_path / "folder"
    blocked.write_text("")
    door = StoreDoor(f"sqlite:///{blocked / 'kept.sqlite3'}")
    with pytest.raises(StoreError):
        door.store()
    blocked.unlink()
    assert door.store() is door.store()
    assert door.store().count() == 0
    door.close()
    door.close()


def test_a_remark_is_redacted_and_tidied() -> None:
    """Question, history and comment; each passage once; kinds of all three together."""
    made = kept(
        question=" Is\u200b 130 692 544 mine? ",
        history=("a@b.ca", "\u200b"),
        comment=" call 613-555-0199 \r\n\r\nnow ",
        citations=(PASSAGE, PASSAGE),
    )
    assert made.remark.question == "Is [NAS/SIN] mine?"
    assert made.remark.history == ("[courriel/e-mail]",)
    assert made.remark.comment == "call [téléphone/telephone]\n\nnow"
    assert made.remark.citations == (PASSAGE,)
    assert made.removed == ("sin", "email", "telephone")


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"citations": ("2020-01-01-s-00000000",)}, "passage"),
        ({"answer_id": "130 692 544"}, "name"),
        ({"index_id": "x"}, "name"),
        ({"question": "\u200b "}, "question"),
        ({"comment": "a" * 2001}, "comment"),
    ],
)
def test_what_the_service_never_gave_is_refused(changes: dict[str, object], problem: str) -> None:
    """An unknown passage, a name that is none, no question, too long a comment."""
    with pytest.raises(FeedbackError) as caught:
        kept(1, **changes)
    assert caught.value.details["problem"] == problem
