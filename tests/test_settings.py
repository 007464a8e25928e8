"""Settings: their bounds, what is refused, and where the data folders are."""

import os
from pathlib import Path

import pytest
from pydantic import ValidationError

from ccs_qa import settings as room
from ccs_qa.errors import SettingsError
from ccs_qa.settings import Settings, data_folder, load_settings
from tests.conftest import ROOT


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment without any setting."""
    for name in list(os.environ):
        if name.upper().startswith("CCS_QA_"):
            monkeypatch.delenv(name)


def refused() -> dict[str, object]:
    """Load settings that must be refused, and take the details of the error."""
    with pytest.raises(SettingsError) as caught:
        load_settings()
    return caught.value.details


def test_without_any_variable_the_defaults_hold() -> None:
    """Local address, embedded model, the corpus and the index of the checkout."""
    found = load_settings()
    assert (found.host, found.port, found.model) == ("127.0.0.1", 8000, "embedded")
    assert (found.corpus, found.index) == (ROOT / "corpus", ROOT / "index")
    assert found.cache.is_absolute()


@pytest.mark.parametrize(
    ("name", "lowest", "highest"),
    [
        ("threads", 0, 64),
        ("candidates", 10, 1000),
        ("max_question", 50, 6000),
        ("max_history", 0, 20),
        ("port", 1, 65535),
        ("heartbeat", 1, 300),
        ("audit_days", 1, 3650),
    ],
)
def test_numbers_have_bounds(
    monkeypatch: pytest.MonkeyPatch, name: str, lowest: int, highest: int
) -> None:
    """The bounds themselves are taken; one beyond either is refused by name."""
    variable = f"CCS_QA_{name.upper()}"
    for value in (lowest, highest):
        monkeypatch.setenv(variable, str(value))
        assert getattr(load_settings(), name) == value
    for value in (lowest - 1, highest + 1):
        monkeypatch.setenv(variable, str(value))
        assert refused()["name"] == variable


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("CCS_QA_PORT", "http"),
        ("CCS_QA_PORT", ""),
        ("CCS_QA_THREADS", "1.5"),
        ("CCS_QA_LOG_LEVEL", "loud"),
        ("CCS_QA_LOG_LEVEL", "INFO"),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    """The error names the variable and says what is wrong with it."""
    monkeypatch.setenv(variable, value)
    details = refused()
    assert details["name"] == variable
    assert details["problem"]


@pytest.mark.parametrize("name", ["CCS_QA_PROT", "CCS_QA_", "ccs_qa_index_folder"])
def test_an_unknown_variable_is_refused(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Whatever its case; the error lists the settings there are."""
    monkeypatch.setenv(name, "1")
    details = refused()
    assert (details["name"], details["problem"]) == (name, "unknown")
    assert details["known"] == ", ".join(
        sorted(f"CCS_QA_{field.upper()}" for field in Settings.model_fields)
    )


@pytest.mark.parametrize("name", ["CCS_PORT", "CCSQA_PORT", "PORT", "MY_CCS_QA_PORT"])
def test_other_variables_are_none_of_ours(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Only the prefix makes a setting."""
    monkeypatch.setenv(name, "9")
    assert load_settings().port == 8000


def test_settings_do_not_change() -> None:
    """A frozen value; an unknown field is refused in code as well."""
    found = load_settings()
    with pytest.raises(ValidationError):
        setattr(found, "port", 1)  # noqa: B010 - the type checker refuses it as well
    with pytest.raises(ValidationError):
        Settings.model_validate({"prot": 1})


def test_folders_are_taken_from_variables(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Corpus, index and cache, each by its own."""
    for name in ("corpus", "index", "cache"):
        monkeypatch.setenv(f"CCS_QA_{name.upper()}", str(tmp_path / name))
    found = load_settings()
    assert (found.corpus, found.index, found.cache) == (
        tmp_path / "corpus",
        tmp_path / "index",
        tmp_path / "cache",
    )


@pytest.mark.parametrize(
    ("folder", "file"), [("corpus", "manifest.json"), ("web", "templates/base.html")]
)
def test_a_checkout_uses_its_own_data(folder: str, file: str) -> None:
    """Corpus and page lie at the top of the repository."""
    assert data_folder(folder) == ROOT / folder
    assert (data_folder(folder) / file).is_file()


def test_an_installed_wheel_uses_the_data_it_carries(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Data inside the package wins; the index then goes to the user's folder, not beside it."""
    monkeypatch.setattr(room, "_PACKAGE", tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    (tmp_path / "_data" / "corpus").mkdir(parents=True)
    found = load_settings()
    assert found.corpus == data_folder("corpus") == tmp_path / "_data" / "corpus"
    assert found.index == tmp_path / "home" / "ccs-qa" / "index"
    assert data_folder("web") == ROOT / "web"
