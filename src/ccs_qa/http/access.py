"""Who may: whom a request comes from, and whether they may ask for what its address asks for.

The pages and the health checks are open: they stand behind the department's own gate. What
programs call (`/api`, `/v1`, `/mcp`, `/metrics`) asks for the scope of a key where the service
is set so. `Gate` guards all of it at once, mounted applications included, so that a
new route of one of these channels cannot be left open by being forgotten. Pages pass it too: they
are counted, and asked for by a name of the service.
"""

import datetime as dt
import ipaddress
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from typing import Literal
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import Receive, Scope

from ccs_qa.errors import CcsQaError, OpenHostError, StoreError
from ccs_qa.http.channels import scope_needed
from ccs_qa.http.costs import brings_feedback, cost_of, is_free
from ccs_qa.http.limits import Demand, Limiter, Quota, hidden, named_user, quota_headers
from ccs_qa.http.middleware import KEY_ID, path_below, read_body
from ccs_qa.http.problems import (
    MOST_BODY_BYTES,
    HostNameError,
    KeyRequiredError,
    ScopeError,
    TooManyError,
)
from ccs_qa.settings import Settings
from ccs_qa.store.keys import ApiKey, KeyScope

Mode = Literal["open", "keys"]
_EVERYONE: frozenset[KeyScope] = frozenset({"read", "feedback"})
_MACHINE = frozenset({"127.0.0.1", "::1", "[::1]", "localhost"})
# How far back a chain of proxies is believed.
_MOST_PROXIES = 20
# Whoever has one address of IPv6 has a network of this size.
_IPV6_PREFIX = 64


@dataclass(frozen=True, slots=True)
class Caller:
    """Whom a request comes from, as far as that can be told.

    Attributes:
        who: Name under which requests are counted: of a key, a person or an address.
        near: Whether the address is of this machine or of a proxy, and no proxy says for whom it
            asks.
        key: Name of the key shown; None without a valid one.
        user: The person whom a trusted proxy names; empty for nobody.
        problem: Why a key that was asked for does not count; None where one is not missed.
    """

    who: str
    scopes: Collection[KeyScope]
    near: bool
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
    """Tell whether a request, its headers by lower-case name, seems to come from this machine.

    A proxy on it that changes `Host` and says nothing of itself seems to be this machine too, as
    nginx does by default: alone this opens nothing.
    """
    # The host asked for has to be this machine too: another site could give its own name our
    # address.
    forwarded = any(name in {"forwarded", "via"} or name.startswith("x-") for name in headers)
    return (
        client in _MACHINE and _without_port(headers.get("host", "")) in _MACHINE and not forwarded
    )


def _without_port(host: str) -> str:
    return re.sub(r":\d+$", "", host)


def known_hosts(settings: Settings) -> frozenset[str]:
    """List the names by which the service may be asked for; one without a port has every port."""
    site = urlsplit(settings.public_url).netloc
    # Where it listens on every address, none of them is its name.
    named = f"{settings.hosts},{settings.mcp_hosts}".replace(",", " ").split()
    place = f"[{settings.host}]" if ":" in settings.host else settings.host
    address = _address(settings.host)
    own = set() if address is not None and address.is_unspecified else {place}
    return frozenset(name.lower() for name in {*_MACHINE, *own, site, *named} - {""})


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
        hosts: Names by which the service may be asked for, in lower case.
        limiter: Counts requests; None where callers may ask as often as they like.
        find_key: Recognises a key at a time, without waiting for what keeps them.
    """

    settings: Settings
    mode: Mode
    hosts: frozenset[str]
    limiter: Limiter | None
    find_key: Callable[[str, dt.datetime], ApiKey | None]

    async def admit(self, scope: Scope, receive: Receive) -> Admission:
        """Decide on a request; one to an address that costs nothing goes on unseen."""
        path = path_below(scope)
        wanted = scope_needed(scope["method"], path)
        if is_free(path):
            return Admission(None, {}, receive)
        try:
            caller = self._identify(scope, wanted)
        except StoreError as error:
            return Admission(error, {}, receive)
        KEY_ID.set(caller.key)
        # What only maintainers see among the pages looks here.
        scope.setdefault("state", {})["scopes"] = caller.scopes
        quotas, receive = await self._count(scope, caller, path, wanted, receive)
        named = caller.key is not None or self._knows(Headers(scope=scope).get("host", ""))
        refused = _refusal(caller, wanted, quotas, named)
        return Admission(refused, quota_headers(quotas), receive)

    def _knows(self, host: str) -> bool:
        # Only a browser can be led here by a name of another site: it names one, and has no key.
        name = host.lower()
        bare = _without_port(name)
        # Nor can a site be pointed here by an address, or by a name without a dot, which no
        # public DNS has.
        own = name in self.hosts or bare in self.hosts
        return own or "." not in bare or _address(bare) is not None

    async def _count(
        self, scope: Scope, caller: Caller, path: str, wanted: KeyScope | None, receive: Receive
    ) -> tuple[tuple[Quota, ...], Receive]:
        if self.limiter is None:
            return (), receive
        user = caller.user
        # Only conversations in the form of OpenAI say in their body for whom they ask.
        if self.limiter.counts_users and path.startswith("/v1/"):
            body, receive = await read_body(receive, MOST_BODY_BYTES)
            user = named_user(body) or user
        demand = Demand(
            caller.who,
            user,
            cost_of(path, scope["query_string"].decode("latin-1")),
            feedback=brings_feedback(scope["method"], path),
            # Trying keys is limited from anywhere.
            spared=caller.near and (wanted is None or self.mode == "open"),
        )
        return await self.limiter.take(demand), receive

    def _identify(self, scope: Scope, wanted: KeyScope | None) -> Caller:
        # A key is looked up, which may raise `StoreError`.
        headers = Headers(scope=scope)
        peer = scope["client"][0] if scope.get("client") else ""
        user = self._user(peer, headers)
        address = self._address(peer, headers)
        near = not user and self._is_near(address)
        key, problem = self._key(headers, needed=wanted is not None)
        if key is not None:
            everyone = _EVERYONE if self.mode == "open" else frozenset()
            return Caller(f"key {key.id}", everyone | key.scopes, near, key.name, user)
        who = f"user {hidden(user)}" if user else f"address {_network(address)}"
        scopes = _EVERYONE if user or self.mode == "open" else frozenset[KeyScope]()
        if self.settings.local_admin and on_this_machine(peer, headers):
            scopes |= {"admin"}
        return Caller(
            who, scopes, near, user=user, problem=problem if self.mode == "keys" else None
        )

    def _believes(self, address: str) -> bool:
        place = _address(address)
        return place is not None and any(
            place in network for network in self.settings.proxy_addresses
        )

    def _is_near(self, address: str) -> bool:
        place = _address(address)  # a socket of the machine itself has none
        return place is None or place.is_loopback or self._believes(address)

    def _address(self, peer: str, headers: Headers) -> str:
        """Find who asks: each proxy adds at the end whom it was asked by."""
        told = ",".join(headers.getlist("x-forwarded-for")).split(",")[-_MOST_PROXIES:]
        while self._believes(peer) and told and _address(told[-1].strip()):
            peer = told.pop().strip()
        return peer

    def _user(self, peer: str, headers: Headers) -> str:
        # Anyone can send the header; only the proxy's word counts.
        name = self.settings.proxy_header
        return headers.get(name, "").strip() if name and self._believes(peer) else ""

    def _key(self, headers: Headers, *, needed: bool) -> tuple[ApiKey | None, str]:
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
            if needed and self.mode == "keys":
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


def _refusal(
    caller: Caller, wanted: KeyScope | None, quotas: Collection[Quota], named: bool
) -> CcsQaError | None:
    waits = [item.wait for item in quotas if item.refused]
    if waits:
        return TooManyError(seconds=max(waits))
    if not named:
        return HostNameError()
    if wanted is None or wanted in caller.scopes:
        return None
    # Only someone who is known can be told that a scope is missing.
    if caller.key is None and not caller.user:
        return KeyRequiredError(problem=caller.problem or "missing")
    return ScopeError(scope=wanted)
