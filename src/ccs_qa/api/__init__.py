"""The HTTP edge for internal tools: routes, schemas, one error table."""

from ccs_qa.api.feedback import feedback_router
from ccs_qa.api.problems import (
    MOST_BODY_BYTES,
    BodySizeError,
    identify,
    problem_response,
    status_of,
)
from ccs_qa.api.routes import get_service, health, router
from ccs_qa.api.stream import stream

__all__ = [
    "MOST_BODY_BYTES",
    "BodySizeError",
    "feedback_router",
    "get_service",
    "health",
    "identify",
    "problem_response",
    "router",
    "status_of",
    "stream",
]
