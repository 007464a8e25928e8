"""From a conversation to a question and its history."""

from ccs_qa.http.openai.schemas import GENERATIVE, MODEL, ChatRequest, MessageIn
from ccs_qa.http.problems import ChatError, ModelNameError
from ccs_qa.present.schemas import MOST_HISTORY
from ccs_qa.records import AnswerMode, Question
from ccs_qa.text.strings import words


def length_of(question: Question) -> int:
    """Tell how many words of a conversation were read."""
    return sum(len(words(text)) for text in (question.text, *question.history))


def model_names(*, generative: bool) -> tuple[str, ...]:
    """Name the ways of answering."""
    return (MODEL, GENERATIVE) if generative else (MODEL,)


def check_model(name: str, known: tuple[str, ...]) -> None:
    """Refuse a model that is not here (`ModelNameError`)."""
    if name not in known:
        raise ModelNameError(model=name, known=", ".join(known), param="model")


def read_chat(request: ChatRequest, known: tuple[str, ...]) -> Question:
    """Read what a conversation asks; `ChatError` where that is nothing, or not done here."""
    check_model(request.model, known)
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
    mode: AnswerMode = "generative" if request.model == GENERATIVE else "extractive"
    return Question(texts[-1], history=tuple(texts[:-1][-MOST_HISTORY:]), mode=mode)


def _text(message: MessageIn, place: str) -> str:
    if isinstance(message.content, str):
        return message.content
    parts = [part.text for part in message.content or () if part.type == "text"]
    texts = [text for text in parts if text is not None]
    if message.content is None or len(texts) != len(message.content):
        raise ChatError(problem="content", param=place)
    return "\n".join(texts)
