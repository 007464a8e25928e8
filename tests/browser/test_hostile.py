"""Hostile words in addresses, opened by a browser that would run them."""

from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Dialog

pytestmark = pytest.mark.browser

PAYLOADS = (
    "<script>window.ran=1</script>",
    '"><img src=x onerror=window.ran=1>',
    "' autofocus onfocus=window.ran=1 x='",
    "</title></template><svg onload=window.ran=1>",
    "javascript:window.ran=1",
    "{{window.ran=1}} [x](http://evil.example/x)",
    "a\u202eb\u2066c\u200bd\U000e0041",
)
FORMS = (
    "/{language}/?q={text}&h={text}",
    "/{language}/search?q={text}&meeting={text}&year={text}&text={text}",
    "/{language}/search?q={text}",
    "/{language}/timeline?topic={text}",
    "/{language}/passages/{text}",
    "/{language}/meetings/{text}?q={text}",
)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_nothing_typed_runs(browser: Browser, origin: str, language: str) -> None:
    """Scripts allowed: no dialog, no complaint but of the status, no request elsewhere."""
    context = browser.new_context(base_url=origin)
    tab = context.new_page()
    heard: list[str] = []
    asked: list[str] = []

    def dismiss(dialog: Dialog) -> None:
        heard.append(dialog.message)
        dialog.dismiss()

    tab.on("dialog", dismiss)
    tab.on("console", lambda message: heard.append(message.text))
    tab.on("pageerror", lambda error: heard.append(str(error)))
    tab.on("request", lambda request: asked.append(request.url))
    for form in FORMS:
        for text in PAYLOADS:
            address = form.format(language=language, text=quote(text, safe=""))
            tab.goto(address)
            assert tab.evaluate("typeof window.ran") == "undefined", address
    assert len(asked) >= len(FORMS) * len(PAYLOADS)
    assert [url for url in asked if not url.startswith(f"{origin}/")] == []
    assert [said for said in heard if "status of 4" not in said] == []
    context.close()
