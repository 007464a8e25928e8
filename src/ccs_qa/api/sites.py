"""Where the service is for its readers: what stands before a path to make an address."""

from starlette.requests import Request


def site_of(request: Request) -> str:
    """Say where the service is.

    Returns:
        The address of the setting where there is one, since whoever sends a request chooses
        what it says; else what the request says. Without a slash at its end.
    """
    public: str = getattr(request.app.state, "public_url", "")
    if not public:
        return str(request.base_url).rstrip("/")
    below: str = request.scope.get("app_root_path", request.scope.get("root_path", ""))
    return public + below.rstrip("/")
