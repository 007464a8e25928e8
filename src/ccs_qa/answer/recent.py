"""The latest answers, given again when the same is asked."""

import datetime as dt
import threading
from collections import OrderedDict
from collections.abc import Callable

from ccs_qa.records import Answer, Found, Question, Rendition

# What was found for a question, and the answer.
Given = tuple[Found, Answer]
# Stage of an answer that was given before: the only one that it has.
RECALL = "recall"
# What is longer, its conversation included, nobody asks in the same words again.
_LONGEST_KEPT = 1000


class Recent:
    """The latest answers of a day, so many at most, for when the same is asked again.

    It belongs to one service, and so to one edition; it may be used from several threads.
    """

    def __init__(self, most: int, today: Callable[[], dt.date] = dt.date.today) -> None:
        """Remember nothing yet."""
        self._most = most
        self._today = today
        self._day = today()
        self._given: OrderedDict[Question, Given] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, question: Question) -> Given | None:
        """Find what was given to a question today; None for nothing."""
        with self._lock:
            # "Last year" means another one from one day to the next.
            if self._day != (today := self._today()):
                self._day = today
                self._given.clear()
            if question in self._given:
                self._given.move_to_end(question)
            return self._given.get(question)

    def keep(self, question: Question, given: Given) -> None:
        """Remember an answer, in the place of the one asked for longest ago."""
        if sum(map(len, (question.text, *question.history))) > _LONGEST_KEPT:
            return
        with self._lock:
            self._given[question] = given
            while len(self._given) > self._most:
                self._given.popitem(last=False)


def lines_of(answer: Answer) -> tuple[Rendition, ...]:
    """List every rendition that an answer shows."""
    hits = (*answer.nearest, *(item.hit for item in answer.citations))
    return tuple(line for hit in hits for line in hit.passage.renditions.spoken)
