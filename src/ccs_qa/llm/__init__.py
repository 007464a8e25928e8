"""The one door to a language model: any endpoint that speaks the protocol of OpenAI."""

from ccs_qa.llm.breaker import Breaker, Guarded, Model
from ccs_qa.llm.opening import may_be_asked, open_endpoint

__all__ = ["Breaker", "Guarded", "Model", "may_be_asked", "open_endpoint"]
