"""Who may: whom a request comes from, and whether they may ask for what its address asks for.

The pages and the health checks are open: they stand behind the department's own gate. What
programs call (`/api`, `/v1`, `/mcp`, `/metrics`) asks for the scope of a key where the service
is set so. `Gate` guards all of it at once, mounted applications included, so that a
new route of one of these channels cannot be left open by being forgotten.
"""

import datetime as dt
import hashlib
import ipaddress
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Literal

from starlette.datastructures import Headers
from starlette.types import Receive, Scope

from ccs_qa.errors import CcsQaError, OpenHostError, StoreError
from ccs_qa.http.limits import Limiter, Quota, named_user, quota_headers
from ccs_qa.http.middleware import KEY_ID, read_body
from ccs_qa.http.problems import (
    MOST_BODY_BYTES,
    KeyRequiredError,
    ScopeError,
    TooManyError,
)
from ccs_qa.settings import Settings
from ccs_qa.store.keys import ApiKey, KeyScope

Mode = Literal["open", "keys"]
_EVERYONE: frozenset[KeyScope] = frozenset({"read", "feedback"})
_MACHINE = frozenset({"127.0.0.1", "::1", "[::1]", "localhost"})
# Whoever has one address of IPv6 has a network of this size.
_IPV6_PREFIX = 64


@dataclass(frozen=True, slots=True)
class Caller:
    """Whom a request comes from, as far as that can be told.

    Attributes:
        who: Name under which requests are counted: of a key, a person or an address.
        key: Name of the key shown; None without a valid one.
        user: The person whom a trusted proxy names; empty for nobody.
        problem: Why a key that was asked for does not count; None where one is not missed.
    """

    who: str
    scopes: Collection[KeyScope]
    key: str | None = None
    user: str = ""
    problem: str | None = None


def choose_mode(settings: Settings) -> Mode:
    """Decide who may call.

    Raises:
        OpenHostError: Other machines could call, and nobody said that they may.
    """
    if settings.access != "auto":
        return settings.access
    if not _is_loopback(settings.host):
        # A service is not opened to a network by forgetting a setting.
        raise OpenHostError(host=settings.host)
    return "open"


def on_this_machine(client: str | None, headers: Mapping[str, str]) -> bool:
    """Tell whether a request, its headers by lower-case name, comes from this machine itself."""
    # Behind a proxy on this machine everyone looks local. The host asked for has to be this
    # machine too: another site could give its own name our address.
    forwarded = any(name in {"forwarded", "via"} or name.startswith("x-") for name in headers)
    name = re.sub(r":\d+$", "", headers.get("host", ""))
    return client in _MACHINE and name in _MACHINE and not forwarded


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _is_loopback(host: str) -> bool:
    place = _address(host.strip("[]"))
    return place.is_loopback if place else host == "localhost"


@dataclass(frozen=True, slots=True)
class Admission:
    """Whether a request goes on.

    Attributes:
        error: Why it does not; None where it does.
        headers: What its response says of that.
        receive: Gives its body, from the beginning.
    """

    error: CcsQaError | None
    headers: Mapping[str, str]
    receive: Receive


@dataclass(frozen=True, slots=True)
class Gate:
    """Lets through what a caller may ask for, as often as they may.

    Attributes:
        proxy_header: Header in which the proxy names the person; empty for none.
        limiter: Counts requests; None where callers may ask as often as they like.
        find_key: Recognises a key at a time, without waiting for what keeps them.
    """

    mode: Mode
    proxy_header: str
    proxy_addresses: tuple[IPv4Network | IPv6Network, ...]
    limiter: Limiter | None
    find_key: Callable[[str, dt.datetime], ApiKey | None]

    async def admit(self, scope: Scope, path: str, wanted: KeyScope, receive: Receive) -> Admission:
        """Decide on a request to an address that asks for a scope."""
        try:
            caller = self._identify(scope)
        except StoreError as error:
            return Admission(error, {}, receive)
        KEY_ID.set(caller.key)
        quotas, receive = await self._count(caller, path, receive)
        refused = _refusal(caller, wanted, quotas)
        return Admission(refused, quota_headers(quotas) | _challenge(refused, caller), receive)

    async def _count(
        self, caller: Caller, path: str, receive: Receive
    ) -> tuple[tuple[Quota, ...], Receive]:
        if self.limiter is None:
            return (), receive
        user = caller.user
        # Only conversations in the form of OpenAI say in their body for whom they ask.
        if self.limiter.counts_users and path.startswith("/v1/"):
            body, receive = await read_body(receive, MOST_BODY_BYTES)
            user = named_user(body) or user
        return await self.limiter.take(caller.who, user), receive

    def _identify(self, scope: Scope) -> Caller:
        # A key is looked up, which may raise `StoreError`.
        headers = Headers(scope=scope)
        address = scope["client"][0] if scope.get("client") else ""
        user = self._user(address, headers)
        key, problem = self._key(headers)
        if key is not None:
            everyone = _EVERYONE if self.mode == "open" else frozenset()
            return Caller(f"key {key.id}", everyone | key.scopes, key.name, user)
        # The counts name a person as little as they name a question.
        who = f"user {_hidden(user)}" if user else f"address {_network(address)}"
        if self.mode == "open":
            local = on_this_machine(address, headers)
            return Caller(who, _EVERYONE | {"admin"} if local else _EVERYONE, None, user)
        return Caller(who, _EVERYONE if user else frozenset(), None, user, problem)

    def _user(self, address: str, headers: Headers) -> str:
        place = _address(address)
        if not self.proxy_header or place is None:
            return ""
        # Anyone can send the header; only the proxy's word counts.
        trusted = any(place in network for network in self.proxy_addresses)
        return headers.get(self.proxy_header, "").strip() if trusted else ""

    def _key(self, headers: Headers) -> tuple[ApiKey | None, str]:
        # Of two headers a proxy might believe the one and we the other: then neither counts.
        shown = headers.getlist("authorization")
        scheme, _, text = shown[0].partition(" ") if len(shown) == 1 else ("", "", "")
        if scheme.lower() != "bearer":
            return None, "missing"
        now = dt.datetime.now(dt.UTC)
        try:
            key = self.find_key(text.strip(), now)
        except StoreError:
            # Where anyone may call, a key that cannot be looked up only opens nothing more.
            if self.mode == "keys":
                raise
            return None, "unknown"
        if key is None:
            return None, "unknown"
        if key.state(now) != "valid":
            return None, key.state(now)
        return key, ""


def _network(address: str) -> str:
    place = _address(address)
    if place is None or place.version == 4:
        return address
    # On a socket for both, a caller of IPv4 is still one address.
    mapped = place.ipv4_mapped
    return str(mapped or ipaddress.ip_network((place, _IPV6_PREFIX), strict=False))


def _hidden(name: str) -> str:
    return hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()


def _refusal(caller: Caller, wanted: KeyScope, quotas: Collection[Quota]) -> CcsQaError | None:
    waits = [item.wait for item in quotas if item.refused]
    if waits:
        return TooManyError(seconds=max(waits))
    if wanted in caller.scopes:
        return None
    # Only someone who is known can be told that a scope is missing.
    if caller.key is None and not caller.user:
        return KeyRequiredError(problem=caller.problem or "missing")
    return ScopeError(scope=wanted)


def _challenge(error: CcsQaError | None, caller: Caller) -> dict[str, str]:
    if isinstance(error, KeyRequiredError):
        known = caller.problem in {None, "missing"}
        return {"WWW-Authenticate": "Bearer" if known else 'Bearer error="invalid_token"'}
    if isinstance(error, ScopeError):
        scope = error.details["scope"]
        return {"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{scope}"'}
    return {}
