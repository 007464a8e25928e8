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
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal, cast, get_args

from sqlalchemy import JSON, Date, DateTime, Engine, String, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from ccs_qa.errors import KeyDayError, KeyNameError, NotFoundError
from ccs_qa.store.models import Base, to_stored
from ccs_qa.store.session import open_session

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


class KeyRow(Base):
    """One key; times are UTC without saying so, as SQLite keeps no zone."""

    __tablename__ = "api_keys"

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    name: Mapped[str] = mapped_column(String(64), index=True, unique=True)
    scopes: Mapped[list[str]] = mapped_column(JSON)
    start: Mapped[str] = mapped_column(String(6))
    digest: Mapped[str] = mapped_column(String(64))
    created: Mapped[dt.datetime] = mapped_column(DateTime)
    last_day: Mapped[dt.date | None] = mapped_column(Date)
    revoked: Mapped[dt.datetime | None] = mapped_column(DateTime)
    used: Mapped[dt.datetime | None] = mapped_column(DateTime)


class Keys:
    """The keys that are kept; may be used from several threads."""

    def __init__(self, engine: Engine) -> None:
        """Bind the database."""
        self._engine = engine

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
        row = KeyRow(
            id=identifier,
            name=name,
            scopes=[scope for scope in KEY_SCOPES if scope in scopes],
            start=secret[:_SHOWN],
            digest=_digest(key),
            created=to_stored(now),
            last_day=last_day,
        )
        with open_session(self._engine) as session:
            if session.scalar(select(KeyRow.id).where(KeyRow.name == name)) is not None:
                raise KeyNameError(problem="taken", name=name)
            session.add(row)
            try:
                session.commit()
            except IntegrityError:  # someone else took the name meanwhile
                raise KeyNameError(problem="taken", name=name) from None
        return key

    def all(self) -> Sequence[ApiKey]:
        """List the keys, by name."""
        with open_session(self._engine) as session:
            return tuple(
                _from_row(row) for row in session.scalars(select(KeyRow).order_by(KeyRow.name))
            )

    def revoke(self, name: str, now: dt.datetime | None = None) -> None:
        """Let a key open nothing from now on; it stays listed.

        Args:
            now: The time; None for the clock's.

        Raises:
            NotFoundError: There is none of that name.
        """
        with open_session(self._engine) as session:
            row = session.scalar(select(KeyRow).where(KeyRow.name == name))
            if row is None:
                raise NotFoundError(what="key", name=name)
            # Revoked again, it keeps the day of the first time.
            row.revoked = row.revoked or to_stored(now or dt.datetime.now(dt.UTC))
            session.commit()

    def find(self, text: str) -> ApiKey | None:
        """Recognise a key, whatever its state; None when it is none of ours."""
        found = _KEY.fullmatch(text)
        if found is None:
            return None
        with open_session(self._engine) as session:
            row = session.get(KeyRow, found[1])
            # In constant time: how long it takes tells nothing of the digest.
            if row is None or not hmac.compare_digest(row.digest, _digest(text)):
                return None
            return _from_row(row)

    def note_use(self, key: ApiKey, now: dt.datetime) -> None:
        """Note that a key was used, where that was not noted within the hour."""
        if key.used is not None and now - key.used < _NOTED:
            return
        with open_session(self._engine) as session:
            session.execute(update(KeyRow).where(KeyRow.id == key.id).values(used=to_stored(now)))
            session.commit()


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def _from_row(row: KeyRow) -> ApiKey:
    return ApiKey(
        id=row.id,
        name=row.name,
        scopes=cast("frozenset[KeyScope]", frozenset(row.scopes)),
        start=row.start,
        created=row.created.replace(tzinfo=dt.UTC),
        last_day=row.last_day,
        revoked=row.revoked.replace(tzinfo=dt.UTC) if row.revoked else None,
        used=row.used.replace(tzinfo=dt.UTC) if row.used else None,
    )
