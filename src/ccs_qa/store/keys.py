"""Keys of the API: made once, kept as digests, recognised, revoked.

A key reads `ccsqa_<id>_<secret>`. The secret is 256 random bits, so a plain SHA-256 of the key
is kept: a salt, a keyed or a slow hash protects what people choose and what can be guessed,
and nobody tries 2^256 keys. What leaks from the database opens nothing.
"""

import datetime as dt
import hashlib
import hmac
import re
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from sqlalchemy import Engine, func, insert, literal, select, update
from sqlalchemy.exc import IntegrityError

from ccs_qa.errors import KeyDayError, KeyNameError, NotFoundError
from ccs_qa.store.connection import connect
from ccs_qa.store.tables import KEYS, read_row

KeyScope = Literal["read", "feedback", "admin"]
KeyState = Literal["valid", "revoked", "expired"]
KEY_SCOPES: tuple[KeyScope, ...] = get_args(KeyScope)
_KEY = re.compile(r"ccsqa_([0-9a-f]{12})_([A-Za-z0-9_-]{43})", re.ASCII)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", re.ASCII)
_SHOWN = 6
# The last use is noted at most so often: a request need not cost a write.
_NOTED = dt.timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key as it is kept, which is without its secret.

    Attributes:
        name: What it is called; no two keys, revoked ones included, share a name.
        created: When it was made, UTC.
        last_day: Last day (UTC) on which it opens anything; None for no end.
        revoked: When it was revoked; None while it was not.
        used: When it was last used, to the hour; None while it was not.
    """

    id: str
    name: str
    scopes: frozenset[KeyScope]
    start: str
    created: dt.datetime
    last_day: dt.date | None
    revoked: dt.datetime | None
    used: dt.datetime | None

    def state(self, now: dt.datetime) -> KeyState:
        """Tell whether the key still opens anything: `valid`, or why it does not."""
        if self.revoked is not None:
            return "revoked"
        expired = self.last_day is not None and now.astimezone(dt.UTC).date() > self.last_day
        return "expired" if expired else "valid"


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys that are kept; may be used from several threads."""

    engine: Engine

    def create(
        self,
        name: str,
        scopes: Collection[KeyScope],
        last_day: dt.date | None = None,
        now: dt.datetime | None = None,
    ) -> str:
        """Make a key.

        Args:
            last_day: Last day (UTC) on which it opens anything; None for no end.
            now: The time; None for the clock's.

        Returns:
            The key, which nobody can be told again.

        Raises:
            KeyNameError: The name is taken or is none.
            KeyDayError: The last day is past.
        """
        if not _NAME.fullmatch(name):
            raise KeyNameError(problem="name", name=name)
        now = now or dt.datetime.now(dt.UTC)
        today = now.astimezone(dt.UTC).date()
        if last_day is not None and last_day < today:
            raise KeyDayError(day=last_day.isoformat(), today=today.isoformat())
        identifier, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
        key = f"ccsqa_{identifier}_{secret}"
        row = insert(KEYS).values(
            id=identifier,
            name=name,
            scopes=[scope for scope in KEY_SCOPES if scope in scopes],
            start=secret[:_SHOWN],
            digest=_digest(key),
            created=now,
            last_day=last_day,
        )
        with connect(self.engine) as connection:
            try:
                connection.execute(row)
            except IntegrityError:
                raise KeyNameError(problem="taken", name=name) from None
        return key

    def all(self) -> Sequence[ApiKey]:
        """List the keys, by name."""
        with connect(self.engine) as connection:
            found = connection.execute(select(KEYS).order_by(KEYS.c.name)).mappings()
            return tuple(read_row(ApiKey, row) for row in found)

    def revoke(self, name: str, now: dt.datetime | None = None) -> None:
        """Let a key open nothing from now on; it stays listed."""
        # Revoked again, it keeps the day of the first time.
        today = literal(now or dt.datetime.now(dt.UTC), KEYS.c.revoked.type)
        first = func.coalesce(KEYS.c.revoked, today)
        with connect(self.engine) as connection:
            wanted = update(KEYS).where(KEYS.c.name == name).values(revoked=first)
            if not connection.execute(wanted).rowcount:
                raise NotFoundError(what="key", name=name)

    def known(self) -> "KnownKeys":
        """Read all keys, to recognise them without the database."""
        with connect(self.engine) as connection:
            rows = connection.execute(select(KEYS)).mappings().all()
        return KnownKeys({row["id"]: (row["digest"], read_row(ApiKey, row)) for row in rows})

    def note_use(self, key: ApiKey, now: dt.datetime) -> None:
        """Note that a key was used, where that was not noted within the hour."""
        if key.used is not None and now - key.used < _NOTED:
            return
        with connect(self.engine) as connection:
            connection.execute(update(KEYS).where(KEYS.c.id == key.id).values(used=now))


@dataclass(frozen=True, slots=True)
class KnownKeys:
    """The keys as they stood when they were read, each with its digest, by their id."""

    kept: Mapping[str, tuple[str, ApiKey]]

    def find(self, text: str) -> ApiKey | None:
        """Recognise a key, whatever its state; None when it is none of ours."""
        found = _KEY.fullmatch(text)
        digest, key = self.kept.get(found[1], ("", None)) if found else ("", None)
        # In constant time: how long it takes tells nothing of the digest.
        return key if hmac.compare_digest(digest, _digest(text)) else None


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
