"""The real service with an endpoint behind it, for whatever has to see an answer phrased."""

from dataclasses import replace

from ccs_qa.generate.ask import AnswerGenerator
from ccs_qa.generate.opening import open_endpoint
from ccs_qa.service import QAService
from ccs_qa.settings import Settings
from tests.generate.fault_server import MODEL

# Seconds; the application has to keep to them whatever an endpoint does.
BUDGET = 1.0
_QUICK = {"llm_connect": 0.5, "llm_silence": 0.6, "llm_budget": BUDGET, "llm_model": MODEL}


def phrasing_service(
    service: QAService, settings: Settings, url: str, **changed: object
) -> QAService:
    """The service that asks the endpoint at an address, with other settings if any."""
    asked = settings.model_copy(update={**_QUICK, "llm_url": url, **changed})
    endpoint = open_endpoint(asked)
    assert endpoint is not None
    return replace(service, generator=AnswerGenerator(endpoint), endpoint=endpoint)
