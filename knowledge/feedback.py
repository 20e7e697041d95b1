"""Whether an answer helped: buttons under it, and what pressing one does."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from knowledge.answer import Answer, AnswerChoice, AnswerKind, Feedback, Verdict
from knowledge.entries import Entry
from knowledge.loader import Content
from knowledge.tokens import squeeze

ASKED = (Verdict.SOLVED, Verdict.UNSOLVED)
REASONS = (Verdict.WRONG, Verdict.HARD, Verdict.MISSING, Verdict.OTHER)


class FeedbackWords:
    """The buttons of `content`."""

    def __init__(self, content: Content) -> None:
        self._content = content
        self._phrases = content.phrases.feedback

    def asking(self, answer: Answer) -> Answer:
        """The same Answer, with the buttons where an entry was answered."""
        entry = self._content.entries.get(answer.entry or "")
        if entry is None or answer.kind is not AnswerKind.ANSWER:
            return answer
        return answer.model_copy(update={"choices": (*answer.choices, *self._buttons(entry, ASKED))})

    def pressed(self, text: str) -> tuple[Entry, Verdict] | None:
        """The entry and the verdict that a button stands for, None when `text` is none of ours."""
        said = squeeze(text)
        for verdict, label in self._phrases.labels.items():
            if said.startswith(squeeze(label)):
                for entry in self._content.entries.values():
                    if squeeze(self._says(entry, verdict)) == said:
                        return entry, verdict
        return None

    def reply(self, text: str, refer: Callable[[str], Answer]) -> Answer | None:
        """What is said to a verdict: why not, thanks, or `refer` with whom to ask; None when it is none."""
        found = self.pressed(text)
        if found is None:
            return None
        entry, verdict = found
        if verdict is Verdict.UNSOLVED:
            choices = tuple(self._buttons(entry, REASONS))
            answer = Answer(kind=AnswerKind.TALK, text=self._phrases.why, choices=choices)
        elif verdict is Verdict.SOLVED:
            answer = Answer(kind=AnswerKind.TALK, text=self._phrases.thanks)
        else:
            answer = refer(self._phrases.sorry)
        return answer.model_copy(update={"feedback": Feedback(entry=entry.id, verdict=verdict)})

    def _buttons(self, entry: Entry, verdicts: Iterable[Verdict]) -> Iterable[AnswerChoice]:
        for verdict in verdicts:
            yield AnswerChoice(label=self._phrases.labels[verdict], says=self._says(entry, verdict))

    def _says(self, entry: Entry, verdict: Verdict) -> str:
        return self._phrases.says.format(label=self._phrases.labels[verdict], title=entry.title)
