"""Asks a question where there is no network, and prints what was read, as JSON.

`test_offline.py` runs it in a network namespace of its own, where only loopback can be there.
"""

import fcntl
import json
import socket
import struct

from bench.http import running_server
from tests.browser.chromium import running_chromium

_FRENCH = "Que dit-on des passeports et de la confiance ?"
# From <linux/sockios.h> and <linux/if.h>: set the flags of an interface, one of which is up.
_SIOCSIFFLAGS = 0x8914
_IFF_UP = 0x1
# An address kept for documentation (RFC 5737): nobody answers there, and no name is looked up.
_ELSEWHERE = ("192.0.2.1", 80)


def bring_loopback_up() -> None:
    """Let the machine speak to itself; a new namespace starts with all interfaces down."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        fcntl.ioctl(probe, _SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", _IFF_UP))


def why_nothing_else_answers() -> str:
    """Try to leave the machine; empty when the way is open."""
    try:
        socket.create_connection(_ELSEWHERE, timeout=2).close()
    except OSError as error:
        return str(error)
    return ""


def main() -> None:
    """Start the server and Chromium, ask, read."""
    bring_loopback_up()
    seen: dict[str, object] = {
        "interfaces": [name for _, name in socket.if_nameindex()],
        "elsewhere": why_nothing_else_answers(),
    }
    with running_server() as port, running_chromium() as browser:
        tab = browser.new_page()
        tab.goto(f"http://127.0.0.1:{port}/fr/")
        tab.locator("#q").fill(_FRENCH)
        tab.locator("#q").press("Enter")
        quote = tab.locator(".turn:not([aria-busy]) article.passage blockquote[lang=fr]").first
        seen["quote"] = quote.inner_text()
        seen["font"] = tab.evaluate("document.fonts.check('1rem Lato')")
    print(json.dumps(seen))  # noqa: T201 - the one thing that the test reads


if __name__ == "__main__":
    main()
