"""The store: migrations, writers at once, what is found and forgotten."""

import datetime as dt
import socket
import sqlite3
import threading
import traceback
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect

from ccs_qa.errors import FeedbackError, NotFoundError, StoreError
from ccs_qa.store import opening
from ccs_qa.store.opening import open_engine
from ccs_qa.store.records import Feedback, Remark, add_words, make_feedback
from ccs_qa.store.store import LazyStore, Store, open_store
from ccs_qa.store.tables import METADATA
from tests.databases import Postgresql

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
    made = make_feedback(replace(REMARK, **changes), {PASSAGE})  # type: ignore[arg-type]  # any field
    return replace(made, time=dt.datetime(2026, 11, day, 12, tzinfo=dt.UTC))


def test_what_is_kept_is_read_again(store: Store) -> None:
    """Every field, the time in UTC, by id and in the list."""
    wanted = kept(useful=False, reason="other", comment="é\nb", history=("x", "y"), language="fr")
    store.save_feedback(wanted)
    assert store.one(wanted.id) == wanted
    assert store.feedback() == (wanted,)
    with pytest.raises(NotFoundError):
        store.one("none")


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


def test_what_is_said_is_tallied_and_limits_the_list(store: Store) -> None:
    """Every combination that was kept is counted, and found by its parts."""
    store.save_feedback(kept(1))
    store.save_feedback(kept(2, useful=False, reason="unclear"))
    store.save_feedback(kept(3, useful=False, reason="unclear", status="related"))
    assert store.tally() == {
        (True, None, "answered"): 1,
        (False, "unclear", "answered"): 1,
        (False, "unclear", "related"): 1,
    }
    assert [item.time.day for item in store.feedback(reason="unclear")] == [3, 2]
    assert [item.time.day for item in store.feedback(useful=False, status="answered")] == [2]
    assert store.count(status="related") == 1


def test_words_are_added_once(store: Store) -> None:
    """Redacted; what was said is not replaced, and what does not exist is not made."""
    tapped = kept(question="Is 130 692 544 mine?")
    store.save_feedback(tapped)
    said = add_words(store.one(tapped.id), "other", " a@b.ca ")
    store.add_words(said)
    found = store.one(tapped.id)
    assert (found.remark.reason, found.remark.comment) == ("other", "[courriel/e-mail]")
    assert found.removed == ("sin", "email")
    store.add_words(add_words(found, "unclear", "later"))
    assert store.one(tapped.id) == found
    store.add_words(replace(said, id="none"))
    assert store.count() == 1
    with pytest.raises(FeedbackError):
        add_words(tapped, None, "a" * 2001)


def test_purging_forgets_what_is_older(store: Store) -> None:
    """The day named is kept."""
    for day in (1, 2, 3):
        store.save_feedback(kept(day))
    assert store.purge(dt.datetime(2026, 11, 3, tzinfo=dt.UTC)) == 2
    assert [item.time.day for item in store.feedback()] == [3]


def test_purging_a_file_leaves_no_word_in_it(file_url: str, tmp_path: Path) -> None:
    """Nor in the log beside it."""
    store = open_store(file_url)
    for day in (1, 2, 3):
        store.save_feedback(kept(day, comment=f"mot-secret-{day}"))
    store.purge(dt.datetime(2026, 11, 3, tzinfo=dt.UTC))
    store.close()
    held = b"".join(path.read_bytes() for path in tmp_path.rglob("kept*"))
    assert b"mot-secret-3" in held
    assert b"mot-secret-1" not in held


def test_opening_at_once_migrates_once_and_writers_wait(url: str) -> None:
    """Eight threads open the same new database and keep ten each: eighty are kept."""
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


def test_migrations_make_the_tables(url: str) -> None:
    """Nothing differs from them, and there is no other table but Alembic's own."""
    engine = open_engine(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, METADATA) == []
    assert set(inspect(engine).get_table_names()) == {*METADATA.tables, "alembic_version"}
    engine.dispose()


def test_a_file_lets_readers_and_a_writer_work_at_once(file_url: str) -> None:
    """It keeps a log of what is written ahead, and says so to whoever opens it next."""
    open_store(file_url).close()
    with sqlite3.connect(file_url.removeprefix("sqlite:///")) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()


def refused(url: str) -> object:
    """Open a store that must be refused, and take the reason."""
    with pytest.raises(StoreError) as caught:
        open_store(url)
    return caught.value.details["problem"]


def test_a_database_that_cannot_be_used_is_refused_by_name(url: str, tmp_path: Path) -> None:
    """No URL, no driver, another kind, no database file, a folder that is a file, a newer one."""
    assert refused("nonsense") == "url"
    assert refused("nosuch://x") == "url"
    assert refused("mssql+pyodbc://x") == "url"
    assert refused("postgresql+pg8000://x") == "url"
    (tmp_path / "text").write_text("not a database" * 100)
    assert refused(f"sqlite:///{tmp_path / 'text'}") == "unreachable"
    assert refused(f"sqlite:///{tmp_path / 'text' / 'x.sqlite3'}") == "url"
    engine = open_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    engine.dispose()
    assert refused(url) == "newer"


def test_a_password_never_stands_in_an_error(tmp_path: Path, server: Postgresql) -> None:
    """Whether a file is no database, nobody listens, or the password is the wrong one."""
    (tmp_path / "text").write_text("not a database" * 100)
    wrong = f"me:hunter2@127.0.0.1:{server.port}"  # pragma: allowlist secret
    for url in (
        f"sqlite://me:hunter2@/{tmp_path / 'text'}",  # pragma: allowlist secret
        f"postgresql://{wrong}/postgres",
        f"postgresql://127.0.0.1:{server.port}/postgres?user=me&password=hunter2",
        f"postgresql://{wrong.replace(str(server.port), '1')}/postgres",
        f"postgresql+pg8000://{wrong}/postgres",
    ):
        with pytest.raises(StoreError) as caught:
            open_store(url)
        shown = "".join(traceback.format_exception(caught.value))
        assert "StoreError" in shown
        assert "hunter2" not in shown.replace(repr(url), "").replace(url, "")
        assert "hunter2" not in f"{caught.value} {caught.value.__cause__} {caught.value.details}"


def test_the_short_address_of_postgresql_is_understood(server: Postgresql, server_url: str) -> None:
    """Without a driver it means psycopg, the one that comes with this package."""
    short = server_url.replace("+psycopg", "")
    assert short.startswith("postgresql://keeper:")
    for url, other in ((short, server_url), (server_url, short)):
        one, two = open_store(url), open_store(other)
        one.save_feedback(kept())
        assert one.count() == two.count()
        one.close()
        two.close()
    assert str(server.port) in short


def test_a_connection_that_the_server_dropped_is_replaced(
    server: Postgresql, server_url: str
) -> None:
    """A server that was started again costs nobody what they send."""
    store = open_store(server_url)
    store.save_feedback(kept())
    server.run(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
    )
    store.save_feedback(kept())
    assert store.count() == 2
    store.close()


def test_a_read_only_file_is_read_and_says_so_when_written(file_url: str) -> None:
    """Opening and listing work; keeping raises."""
    store = open_store(file_url)
    store.save_feedback(kept())
    store.close()
    path = file_url.removeprefix("sqlite:///")
    engine = create_engine(
        "sqlite://", creator=lambda: sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    )
    readonly = Store(engine)
    assert readonly.count() == 1
    with pytest.raises(StoreError):
        readonly.save_feedback(kept())
    readonly.close()


def test_the_store_opens_again_after_a_failure(tmp_path: Path) -> None:
    """A file in the way is refused, and so is all for five seconds; then the store opens."""
    blocked, clock = tmp_path / "folder", [100.0]
    blocked.write_text("")
    lazy = LazyStore(f"sqlite:///{blocked / 'kept.sqlite3'}", lambda: clock[0])
    with pytest.raises(StoreError) as first:
        lazy.store()
    blocked.unlink()
    clock[0] += 4.9
    with pytest.raises(StoreError) as second:
        lazy.store()
    assert second.value.details == first.value.details
    clock[0] += 0.1
    assert lazy.store() is lazy.store()
    assert lazy.store().count() == 0
    lazy.close()
    lazy.close()


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


def test_a_server_that_is_silent_holds_up_one_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes connections and says nothing: one caller waits, twenty others are told at once."""
    monkeypatch.setattr(opening, "_BUSY_SECONDS", 1)
    tried: list[str] = []

    def trying(url: str) -> Store:
        tried.append(url)
        return open_store(url)

    monkeypatch.setattr("ccs_qa.store.store.open_store", trying)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        lazy = LazyStore(f"postgresql://me@127.0.0.1:{port}/kept", now=lambda: 0.0)

        def refused(_: int) -> bool:
            with pytest.raises(StoreError):
                lazy.store()
            return True

        with ThreadPoolExecutor(20) as pool:
            assert all(pool.map(refused, range(21)))
    assert len(tried) == 1
