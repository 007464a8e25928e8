"""From a conversation to a question and its history."""

from dataclasses import dataclass

from ccs_qa.api.problems import ChatError, ModelNameError
from ccs_qa.contract.schemas import MOST_HISTORY
from ccs_qa.openai_door.schemas import MODEL, ChatRequest, MessageIn
from ccs_qa.text import words


@dataclass(frozen=True, slots=True)
class Asked:
    """What a conversation asks.

    Attributes:
        question: The last message of the user.
        history: The earlier ones, oldest first.
    """

    question: str
    history: tuple[str, ...]

    @property
    def length(self) -> int:
        """How many words were read."""
        return sum(len(words(text)) for text in (self.question, *self.history))


def check_model(name: str) -> None:
    """Refuse a model that is not here.

    Args:
        name: Its name.

    Raises:
        ModelNameError: There is none of that name.
    """
    if name != MODEL:
        raise ModelNameError(model=name, known=MODEL, param="model")


def read_chat(request: ChatRequest) -> Asked:
    """Read a conversation.

    Args:
        request: The request.

    Returns:
        What it asks.

    Raises:
        ModelNameError: There is no model of that name.
        ChatError: It asks for what is not done here, or asks nothing.
    """
    check_model(request.model)
    if request.n not in {1, None}:
        raise ChatError(problem="choices", param="n")
    if request.tools or request.functions:
        raise ChatError(problem="tools", param="tools" if request.tools else "functions")
    if request.response_format is not None and request.response_format.type != "text":
        raise ChatError(problem="format", param="response_format")
    texts = [
        _text(message, f"messages.{number}.content")
        for number, message in enumerate(request.messages)
        if message.role == "user"
    ]
    if not texts:
        raise ChatError(problem="empty", param="messages")
    # A long conversation goes on; the service heeds the latest questions only.
    return Asked(texts[-1], tuple(texts[:-1][-MOST_HISTORY:]))


def _text(message: MessageIn, place: str) -> str:
    if isinstance(message.content, str):
        return message.content
    parts = [part.text for part in message.content or () if part.type == "text"]
    texts = [text for text in parts if text is not None]
    if message.content is None or len(texts) != len(message.content):
        raise ChatError(problem="content", param=place)
    return "\n".join(texts)
