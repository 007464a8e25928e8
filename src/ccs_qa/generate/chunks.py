"""What is asked in either form of the protocol, and what each piece of a reply says."""

from dataclasses import dataclass
from typing import Literal

from openai.types.chat import ChatCompletionMessageParam

from ccs_qa.errors import EndpointError
from ccs_qa.records import Prompt

Style = Literal["chat", "completion"]


@dataclass(frozen=True, slots=True)
class Chunk:
    """One piece of a reply; `finish` says why it ends here, empty where it goes on."""

    text: str = ""
    finish: str = ""


def messages(prompt: Prompt) -> list[ChatCompletionMessageParam]:
    """Word a prompt as a conversation."""
    said: list[ChatCompletionMessageParam] = [{"role": "system", "content": prompt.instructions}]
    for request, reply in prompt.examples:
        said.append({"role": "user", "content": request})
        said.append({"role": "assistant", "content": reply})
    return [*said, {"role": "user", "content": prompt.request}]


def text_to_go_on(prompt: Prompt) -> str:
    """Word a prompt as one text that a base model goes on with."""
    shown = [f"{request}\n{reply}" for request, reply in prompt.examples]
    return "\n\n".join([prompt.instructions, *shown, f"{prompt.request}\n"])


def read_chunk(chunk: object, style: Style, model: str) -> Chunk:
    """Read whatever shape the client passes on; `EndpointError` for an unknown one or model."""
    named = getattr(chunk, "model", None)
    if isinstance(named, str) and named and not _same_model(named, model):
        raise EndpointError(fault="model")
    choices = getattr(chunk, "choices", None)
    if not isinstance(choices, list):
        raise EndpointError(fault="malformed")
    if not choices:  # it tells how much was used, or nothing
        return Chunk()
    # A model that thinks aloud first sends pieces that add no text.
    text = getattr(
        choices[0].delta if style == "chat" else choices[0],
        "content" if style == "chat" else "text",
        None,
    )
    finish = getattr(choices[0], "finish_reason", None)
    return Chunk(_checked(text), _checked(finish))


def _same_model(named: str, asked: str) -> bool:
    """Take a dated edition of the model asked for as that model."""
    return named == asked or (
        named.startswith(f"{asked}-") and named[len(asked) :].replace("-", "").isdecimal()
    )


def _checked(text: object) -> str:
    if text is None:
        return ""
    if not isinstance(text, str):
        raise EndpointError(fault="malformed")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:  # half of a character, which nobody could be sent
        raise EndpointError(fault="malformed") from None
    return text
