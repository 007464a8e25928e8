"""The real service with an endpoint behind it, for whatever has to see an answer phrased."""

from dataclasses import replace

from ccs_qa.generate.ask import AnswerGenerator
from ccs_qa.generate.opening import open_endpoint
from ccs_qa.service import QAService
from ccs_qa.settings import Settings
from tests.generate.fault_server import MODEL

# Seconds: few for an endpoint that keeps people waiting, else more than a busy machine takes.
QUICK = {"llm_connect": 0.5, "llm_silence": 0.6, "llm_budget": 1.0}
_PATIENT = dict.fromkeys(QUICK, 60.0)


def phrasing_service(
    service: QAService, settings: Settings, url: str, **changed: object
) -> QAService:
    """The service that asks the endpoint at an address, with other settings if any."""
    asked = settings.model_copy(update={**_PATIENT, "llm_model": MODEL, "llm_url": url, **changed})
    endpoint = open_endpoint(asked)
    assert endpoint is not None
    return replace(service, generator=AnswerGenerator(endpoint), endpoint=endpoint)
