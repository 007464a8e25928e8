"""Command: write `docs/settings.md` from the settings, as `python -m docs.settings`."""

import inspect
import re
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from annotated_types import Ge, Le
from pydantic import SecretStr
from pydantic.fields import FieldInfo

from ccs_qa.settings import PREFIX, Settings

PAGE = Path(__file__).with_name("settings.md")
_HEAD = """\
# Settings

Written by `make settings` from `src/ccs_qa/settings.py`; a test compares the two.

Environment variables, all with the prefix `CCS_QA_`. An unknown one is refused, and so is a value
out of range: a misspelt setting that is silently passed over is found last. `ccs-qa doctor` checks
them. Lists are separated by commas.

| variable | default | values | meaning |
|---|---|---|---|
"""
_TAIL = """
A folder that is computed lies in the checkout, or in the folders of the user where the package was
installed from a wheel. The corpus, the model, the way passages are cut and the format of the index
are recorded in the index: change one and `ccs-qa index build` is needed. What each setting is for
stands in [operating.md](operating.md).
"""
# Name and text of an attribute in a docstring; what is indented further goes on with it.
_ATTRIBUTE = re.compile(r"^    (\w+): (.+(?:\n {8}.+)*)$", re.MULTILINE)


def _default(field: FieldInfo) -> str:
    if field.default_factory is not None:
        return "computed"
    value = field.default
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, float):
        return f"`{value:g}`"
    return f"`{value}`" if value or value == 0 else "none"


def _values(field: FieldInfo) -> str:
    kind: Any = field.annotation
    if get_origin(kind) is Literal:
        return ", ".join(f"`{value}`" for value in get_args(kind))
    if kind is bool:
        return "`true`, `false`"
    bounds = {type(bound): bound for bound in field.metadata}
    if Ge in bounds and Le in bounds:
        return f"{bounds[Ge].ge:g} to {bounds[Le].le:g}"
    return ""


def page() -> str:
    """Write the page; every setting has to be described in the docstring of `Settings`."""
    meanings = {
        name: re.sub(r"\s+", " ", text)
        for name, text in _ATTRIBUTE.findall(inspect.getdoc(Settings) or "")
    }
    rows = (
        f"| `{PREFIX}{name.upper()}` | {_default(field)} | {_values(field)} | {meanings[name]} |\n"
        for name, field in Settings.model_fields.items()
    )
    return _HEAD + "".join(rows) + _TAIL


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
