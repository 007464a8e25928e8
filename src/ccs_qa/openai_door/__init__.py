"""A door for programs that speak to OpenAI: the same answers, in the form they read."""

from ccs_qa.openai_door.errors import error_response
from ccs_qa.openai_door.routes import PREFIX, openai_door

__all__ = ["PREFIX", "error_response", "openai_door"]
