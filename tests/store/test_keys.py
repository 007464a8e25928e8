"""Keys: what is kept of them, how they are recognised, when they open nothing."""

import datetime as dt
import hashlib
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ccs_qa.errors import KeyDayError, KeyNameError, NotFoundError
from ccs_qa.store.keys import Keys
from ccs_qa.store.store import Store, open_store

NOW = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)
TODAY = NOW.date()


@pytest.fixture
def keys(store: Store) -> Keys:
    """Its keys."""
    return store.keys


def test_a_key_is_recognised(keys: Keys) -> None:
    """By its text alone; what is kept of it names its id and six characters of its secret."""
    text = keys.create("tool", ["feedback", "read"], TODAY, NOW)
    found = re.fullmatch(r"ccsqa_([0-9a-f]{12})_([A-Za-z0-9_-]{43})", text)
    assert found is not None
    key = keys.known().find(text)
    assert key is not None
    assert (key.id, key.name, key.start) == (found[1], "tool", found[2][:6])
    assert key.scopes == {"read", "feedback"}
    assert (key.created, key.last_day) == (NOW, TODAY)
    assert (key.revoked, key.used) == (None, None)


def test_a_key_is_recognised_and_only_its_digest_is_kept(file_url: str, tmp_path: Path) -> None:
    """The files hold the SHA-256 of the key and six characters of its secret, not the secret."""
    store = open_store(file_url)
    text = store.keys.create("tool", ["read"], TODAY, NOW)
    assert store.keys.known().find(text) is not None
    found = re.fullmatch(r"ccsqa_([0-9a-f]{12})_([A-Za-z0-9_-]{43})", text)
    assert found is not None
    store.close()
    held = b"".join(path.read_bytes() for path in tmp_path.rglob("kept*"))
    assert hashlib.sha256(text.encode()).hexdigest().encode() in held
    assert found[2].encode() not in held
    assert found[2][6:].encode() not in held


@pytest.mark.parametrize("change", ["", "x", "{}x", " {}", "ccsqa_{}", "{}\n"])
def test_what_is_no_key_is_not_recognised(keys: Keys, change: str) -> None:
    """Nothing, a word, a key with something more, or with a prefix twice."""
    text = keys.create("tool", ["read"])
    assert keys.known().find(change.format(text)) is None


def test_an_id_without_its_secret_is_not_recognised(keys: Keys) -> None:
    """Nor one key's id with another's secret."""
    one, two = keys.create("one", ["read"]), keys.create("two", ["read"])
    mixed = one[:19] + two[19:]
    assert len(mixed) == len(one)
    assert mixed[19:] == two[19:]
    assert keys.known().find(mixed) is None
    assert keys.known().find(one[:-43] + "A" * 43) is None


def test_no_two_keys_are_alike(keys: Keys) -> None:
    """A hundred keys share neither id nor secret."""
    made = [keys.create(f"tool-{number}", ["read"]) for number in range(100)]
    assert len({text[6:18] for text in made}) == len({text[19:] for text in made}) == 100


def test_of_many_who_want_a_name_at_once_one_gets_it(url: str) -> None:
    """Eight stores, one name: one key, and seven who are told that it is taken."""
    stores = [open_store(url) for _ in range(8)]

    def make(store: Store) -> str:
        try:
            return store.keys.create("tool", ["read"])
        except KeyNameError as error:
            return str(error.details["problem"])

    with ThreadPoolExecutor(len(stores)) as pool:
        made = sorted(pool.map(make, stores))
    assert made[1:] == ["taken"] * 7
    assert stores[0].keys.known().find(made[0]) is not None
    for store in stores:
        store.close()


def test_a_key_opens_to_the_end_of_its_last_day(keys: Keys) -> None:
    """In UTC, whatever the zone of the clock."""
    text = keys.create("tool", ["read"], TODAY, NOW)
    found = keys.known().find(text)
    assert found is not None
    end = dt.datetime(2026, 11, 24, 23, 59, 59, tzinfo=dt.UTC)
    assert found.state(end) == "valid"
    assert found.state(end + dt.timedelta(seconds=1)) == "expired"
    east = dt.timezone(dt.timedelta(hours=9))
    assert found.state(dt.datetime(2026, 11, 25, 8, 59, tzinfo=east)) == "valid"
    assert found.state(dt.datetime(2026, 11, 25, 9, tzinfo=east)) == "expired"


def test_a_last_day_that_is_past_is_refused(keys: Keys) -> None:
    """In UTC: where the clock already shows the next day, the one before may still be named."""
    east = dt.datetime(2026, 11, 25, 8, tzinfo=dt.timezone(dt.timedelta(hours=9)))
    text = keys.create("east", ["read"], TODAY, east)
    assert keys.known().find(text) is not None
    with pytest.raises(KeyDayError) as caught:
        keys.create("tool", ["read"], TODAY - dt.timedelta(days=1), NOW)
    assert caught.value.details == {"day": "2026-11-23", "today": "2026-11-24"}
    assert [key.name for key in keys.all()] == ["east"]


def test_a_revoked_key_stays_listed_and_keeps_its_day(keys: Keys) -> None:
    """Revoked twice, it says when it was first; a name that is none is an error."""
    text = keys.create("tool", ["read"], now=NOW)
    keys.revoke("tool", NOW)
    keys.revoke("tool", NOW + dt.timedelta(days=1))
    found = keys.known().find(text)
    assert found is not None
    assert (found.revoked, found.state(NOW)) == (NOW, "revoked")
    assert keys.all() == (found,)
    with pytest.raises(NotFoundError):
        keys.revoke("none")


@pytest.mark.parametrize("name", ["", "a b", "é", "-a", "a" * 65, "a\n"])
def test_a_name_is_plain(keys: Keys, name: str) -> None:
    """Anything else is refused, and so is a name that was ever used."""
    with pytest.raises(KeyNameError):
        keys.create(name, ["read"])
    keys.create("a" * 64, ["read"])
    keys.revoke("a" * 64)
    with pytest.raises(KeyNameError):
        keys.create("a" * 64, ["read"])
    assert len(keys.all()) == 1


def test_the_last_use_is_noted_once_an_hour(keys: Keys) -> None:
    """59 minutes later nothing is written; an hour later it is."""
    text = keys.create("tool", ["read"], now=NOW)

    def used_after(minutes: int) -> dt.datetime | None:
        found = keys.known().find(text)
        assert found is not None
        keys.note_use(found, NOW + dt.timedelta(minutes=minutes))
        again = keys.known().find(text)
        assert again is not None
        return again.used

    assert used_after(0) == NOW
    assert used_after(59) == NOW
    assert used_after(60) == NOW + dt.timedelta(hours=1)
