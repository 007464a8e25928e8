"""What the page says of slips of the keyboard that were read as other words."""

import pytest
from bs4 import BeautifulSoup
from fastapi.testclient import TestClient


@pytest.mark.parametrize(
    ("language", "question", "said", "undone"),
    [
        (
            "en",
            "Who should own benifit data?",
            "“benifit” was read as “benefit”.",
            "Who should own “benifit” data?",
        ),
        (
            "fr",
            "Le pasesport est-il trop cher ?",
            "«\u00a0pasesport\u00a0» a été lu comme «\u00a0passeport\u00a0».",
            "Le « pasesport » est-il trop cher ?",
        ),
    ],
)
def test_a_reading_is_said_and_undone(
    client: TestClient, language: str, question: str, said: str, undone: str
) -> None:
    """The link asks for the same words between quotation marks, which are then searched."""
    shown = BeautifulSoup(client.get(f"/{language}/", params={"q": question}).text, "html.parser")
    reading = next(line for line in shown.select(".understood p") if said in line.text)
    link = reading.select_one("a")
    assert link is not None
    again = BeautifulSoup(client.get(str(link["href"])).text, "html.parser")
    asked = again.select_one(".turn > h2")
    assert asked is not None
    assert " ".join(asked.text.split()).endswith(undone)
    assert said not in again.text
