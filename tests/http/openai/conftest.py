"""The official client of OpenAI in front of the real application."""

from collections.abc import Iterator

import pytest
from openai import OpenAI


@pytest.fixture(scope="session")
def openai(origin: str) -> Iterator[OpenAI]:
    """The official client, with the address as its only setting."""
    with OpenAI(base_url=f"{origin}/v1", api_key="none", max_retries=0) as client:
        yield client
