"""Page forms of advisory bodies import whole, or are refused at the line to mend."""

from pathlib import Path

import pytest

from ccs_qa.corpus.convert import page_text
from ccs_qa.errors import PageError
from tests.corpus.forms import FORMS, Form


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_a_form_imports_whole_or_names_its_line(form: Form, tmp_path: Path) -> None:
    """The page says every word of it, or the place in the file and the reason are told."""
    file = tmp_path / form.file
    file.write_text(form.source, "utf-8")
    if form.refused is None:
        assert page_text(file).splitlines() == form.page.splitlines()
        return
    with pytest.raises(PageError) as caught:
        page_text(file)
    told = caught.value.details
    assert (told["document"], told["line"], told["reason"]) == (form.file, *form.refused)
