"""`GET /metrics`: what the service did, in numbers, for Prometheus. No words, no addresses."""

from collections.abc import Callable
from functools import partial
from typing import get_args

from fastapi import APIRouter, Request, Response
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    Info,
    generate_latest,
)
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from ccs_qa import __version__
from ccs_qa.answer.recent import RECALL
from ccs_qa.generate.breaker import Guarded
from ccs_qa.http.middleware import CHANNEL
from ccs_qa.records import Answer, BreakerState, Generation, Hit

# Seconds; encoding takes some milliseconds, a whole answer on two cores rarely half a second,
# and a language model as long as the settings allow.
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
metrics_router = APIRouter(include_in_schema=False)


class Metrics:
    """The numbers of one application; an observer of the service."""

    def __init__(self) -> None:
        """Start all of them at nothing, in a registry that nobody else sees."""
        self._registry = CollectorRegistry()
        counter = partial(Counter, registry=self._registry)
        self._answers = counter(
            "ccs_qa_answers", "Answers given.", ("channel", "status", "language")
        )
        self._recalled = counter(
            "ccs_qa_answers_recalled", "Answers that were given before, to the same question."
        )
        self._stages = Histogram(
            "ccs_qa_stage_seconds",
            "Time spent in each stage of an answer.",
            ("stage",),
            buckets=_BUCKETS,
            registry=self._registry,
        )
        self._requests = counter(
            "ccs_qa_requests", "Requests, by the pattern of their address.", ("route", "status")
        )
        self._quotes = counter(
            "ccs_qa_quotes_dropped", "Quotes left out because they did not match their document."
        )
        self._audit = counter("ccs_qa_audit_dropped", "Records of answers that could not be kept.")
        self._models = counter(
            "ccs_qa_llm_requests", "Answers that a language model was to phrase.", ("outcome",)
        )
        self._kept = counter(
            "ccs_qa_sentences_kept", "Sentences of a language model that passed every check."
        )
        self._left_out = counter(
            "ccs_qa_sentences_dropped",
            "Sentences of a language model left out, by the check that they failed.",
            ("reason",),
        )
        self._breaker = Gauge(
            "ccs_qa_llm_breaker_state",
            "Whether the language model is asked: 1 for the state that holds.",
            ("state",),
            registry=self._registry,
        )
        self._refused = counter(
            "ccs_qa_answers_refused", "Requests that got no answer, by why.", ("reason",)
        )
        self._build = Info("ccs_qa_build", "What answers.", registry=self._registry)

    def describe(self, model: str, index_id: str) -> None:
        """Say what answers."""
        self._build.info({"version": __version__, "model": model, "index_id": index_id})

    def watch(self, endpoint: Guarded | None) -> None:
        """Show whether a language model is asked, where there is one."""
        if endpoint is not None:
            for state in get_args(BreakerState):
                self._breaker.labels(state).set_function(partial(_holds, endpoint, state))

    def gauge(self, name: str, told: str, value: Callable[[], float]) -> None:
        """Show a number that is read when it is asked for."""
        Gauge(name, told, registry=self._registry).set_function(value)

    def refused(self, reason: str) -> None:
        """Count a request that got no turn to be answered."""
        self._refused.labels(reason).inc()

    def answered(self, answer: Answer, hits: tuple[Hit, ...]) -> None:  # noqa: ARG002 - Observer
        """Count an answer."""
        self._answers.labels(CHANNEL.get(), answer.status, answer.language).inc()
        self._recalled.inc(RECALL in answer.timings_ms)
        self._quotes.inc(answer.dropped)
        for stage, spent in answer.timings_ms.items():
            self._stages.labels(stage).observe(spent / 1000)
        if answer.generation is not None:
            self._generated(answer.generation)

    def _generated(self, generation: Generation) -> None:
        if generation.outcome == "unneeded":  # no model was asked
            return
        self._models.labels(generation.fault or generation.outcome).inc()
        self._kept.inc(generation.kept)
        for reason in generation.dropped:
            self._left_out.labels(reason).inc()

    def requested(self, route: str, status: int) -> None:
        """Count a request."""
        self._requests.labels(route, str(status)).inc()

    def audit_dropped(self, number: int) -> None:
        """Count records that could not be kept."""
        self._audit.inc(number)

    def text(self) -> bytes:
        """Word all numbers in the text format of Prometheus, version 0.0.4."""
        return generate_latest(self._registry)


def _holds(endpoint: Guarded, state: BreakerState) -> float:
    return float(endpoint.state == state)


@metrics_router.get("/metrics")
async def metrics(request: Request) -> Response:
    """Give the numbers."""
    found: Metrics = request.app.state.metrics
    headers = {"Content-Type": CONTENT_TYPE_PLAIN_0_0_4, "Cache-Control": "no-store"}
    return Response(found.text(), headers=headers)
