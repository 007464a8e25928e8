"""From a conversation to a question and its history."""

from dataclasses import dataclass

from ccs_qa.http.openai.chores import reply_to_chore
from ccs_qa.http.openai.schemas import GENERATIVE, MODEL, ChatRequest, NoteOut
from ccs_qa.http.problems import ChatError, ModelNameError
from ccs_qa.messages.catalogue import catalogue
from ccs_qa.present.schemas import MOST_HISTORY
from ccs_qa.records import LANGUAGES, AnswerMode, Question
from ccs_qa.text.strings import words

_ROLES = frozenset({"system", "developer", "user", "assistant"})


@dataclass(frozen=True, slots=True)
class Chat:
    """What a conversation asks.

    Attributes:
        reply: What a program is told that asks for a title or the like; None for a question.
        notes: What was passed over.
    """

    question: Question
    reply: str | None
    notes: tuple[NoteOut, ...]

    @property
    def length(self) -> int:
        """How many words of it were read."""
        return sum(len(words(text)) for text in (self.question.text, *self.question.history))


def model_names(*, generative: bool) -> tuple[str, ...]:
    """Name the ways of answering."""
    return (MODEL, GENERATIVE) if generative else (MODEL,)


def check_model(name: str, known: tuple[str, ...]) -> None:
    """Refuse a model that is not here (`ModelNameError`)."""
    if name not in known:
        raise ModelNameError(model=name, known=", ".join(known), param="model")


def read_chat(request: ChatRequest, known: tuple[str, ...]) -> Chat:
    """Read what a conversation asks; `ChatError` where that is nothing, or not done here."""
    check_model(request.model, known)
    if request.n not in {1, None}:
        raise ChatError(problem="choices", param="n")
    for name in ("tool_choice", "function_call"):
        if _forces(getattr(request, name)):
            raise ChatError(problem="tools", param=name)
    read = [(str(message.role), *_read(message.content)) for message in request.messages]
    mine = [at for at, (role, _, _) in enumerate(read) if role == "user"]
    if not mine:
        raise ChatError(problem="empty", param="messages")
    *before, last = mine
    _, text, whole = read[last]
    if not whole:
        raise ChatError(problem="content", param=f"messages.{last}.content")
    earlier = tuple(read[at][1] for at in before if read[at][1].strip())
    given = "\n".join(said for role, said, _ in read if role in {"system", "developer"})
    form = request.response_format
    reply = reply_to_chore(text, earlier, given, form.asked if form else None)
    if reply is None and form is not None and form.type != "text":
        raise ChatError(problem="format", param="response_format")
    # A long conversation goes on; the service heeds the latest questions only.
    mode: AnswerMode = "generative" if request.model == GENERATIVE else "extractive"
    question = Question(text, history=earlier[-MOST_HISTORY:], mode=mode)
    passed_over = [name for name in ("tools", "functions") if getattr(request, name)]
    if any(role not in _ROLES or (role == "user" and not whole) for role, _, whole in read):
        passed_over.append("messages")
    return Chat(question, reply, tuple(map(_note, passed_over)))


def _note(field: str) -> NoteOut:
    key = "chat.note.messages" if field == "messages" else "chat.note.tools"
    return NoteOut(field=field, text={item: catalogue(item).text(key) for item in LANGUAGES})


def _forces(choice: object) -> bool:
    """Tell whether a tool has to be called: by its name, or any of those offered."""
    if isinstance(choice, dict):
        allowed = choice.get("allowed_tools")
        return _forces(allowed.get("mode")) if isinstance(allowed, dict) else True
    return choice not in (None, "none", "auto")


def _read(content: object) -> tuple[str, bool]:
    """Join the texts of a content; tell whether that is all of it."""
    if isinstance(content, str):
        return content, True
    parts = content if isinstance(content, list) else [None]
    texts = [
        part.get("text") if isinstance(part, dict) and part.get("type") == "text" else None
        for part in parts
    ]
    found = [text for text in texts if isinstance(text, str)]
    return "\n".join(found), len(found) == len(parts)
