"""Guards what programs call: lets a request through, or refuses it in words."""

from collections.abc import Callable, Collection

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ccs_qa.api.access import Access, Caller, scope_needed
from ccs_qa.api.doors import note_key
from ccs_qa.api.limits import Limiter, Quota, named_user, quota_headers
from ccs_qa.api.problems import KeyRequiredError, ScopeError, TooManyError
from ccs_qa.errors import CcsQaError, StoreError
from ccs_qa.store import KeyScope, Store, StoreDoor

# Gives the form of errors at an address: how one is worded as a response.
Form = Callable[[str], Callable[..., Response]]


class AccessControl:
    """Lets through what its caller may ask for, as often as they may."""

    def __init__(self, app: ASGIApp, access: Access, limiter: Limiter | None, form: Form) -> None:
        """Wrap an application; without a limiter, callers may ask as often as they like."""
        self._app = app
        self._access = access
        self._limiter = limiter
        self._form = form

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        path = scope.get("path", "").removeprefix(scope.get("root_path", ""))
        wanted = scope_needed(scope["method"], path) if scope["type"] == "http" else None
        if wanted is None:
            await self._app(scope, receive, send)
            return
        try:
            caller = await run_in_threadpool(self._access.identify, scope, _opener(scope))
        except StoreError as error:
            await self._form(path)(error, path)(scope, receive, send)
            return
        note_key(caller.key)
        quotas, receive = await self._count(caller, path, receive)
        headers = quota_headers(quotas)

        async def send_counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(headers)
            await send(message)

        refused = _refusal(caller, wanted, quotas)
        app: ASGIApp = self._app
        if refused is not None:
            app = self._form(path)(refused, path, headers=_challenge(refused, caller))
        await app(scope, receive, send_counted)

    async def _count(
        self, caller: Caller, path: str, receive: Receive
    ) -> tuple[tuple[Quota, ...], Receive]:
        if self._limiter is None:
            return (), receive
        user = caller.user
        # Only conversations in the form of OpenAI say in their body for whom they ask.
        if self._limiter.counts_users and path.startswith("/v1/"):
            body, receive = await _read(receive)
            user = named_user(body) or user
        return await self._limiter.take(caller.who, user), receive


def _opener(scope: Scope) -> Callable[[], Store]:
    def opened() -> Store:
        door = getattr(scope["app"].state, "store", None)
        if not isinstance(door, StoreDoor):  # the application was not started
            raise StoreError(problem="unreachable", where="")
        return door.store()

    return opened


async def _read(receive: Receive) -> tuple[bytes, Receive]:
    """Read a body, whose size the guard has bounded, and give it once more."""
    body, message = b"", await receive()
    while message["type"] == "http.request":
        body += message.get("body", b"")
        if not message.get("more_body", False):
            break
        message = await receive()
    held: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return held.pop() if held else await receive()

    return body, again


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


def _challenge(error: CcsQaError, caller: Caller) -> dict[str, str]:
    if isinstance(error, KeyRequiredError):
        known = caller.problem in {None, "missing"}
        return {"WWW-Authenticate": "Bearer" if known else 'Bearer error="invalid_token"'}
    if isinstance(error, ScopeError):
        scope = error.details["scope"]
        return {"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{scope}"'}
    return {}
