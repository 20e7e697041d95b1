"""What channels/ raises.

ChannelError
├── BodyTooLargeError            a request of more bytes than MAX_BODY
├── ConversationNotFoundError    no such conversation, or its token is not ours
├── EmptyMessageError            nothing to answer
├── HandoffError                 a clerk's move was not made; its text tells the clerk why and what to do
│   ├── HandoffGoneError         the resident has deleted the conversation
│   ├── MoveRefusedError         not from where the handoff stands, or another clerk has it
│   ├── StaffWordsError          a clerk's words are empty or too long
│   └── UnheardWordsError        the resident has said something that the clerk's page has not shown
├── LineMenuError                LINE did not do what was asked of a menu (line/menu_account.py)
├── MessageTooLongError          longer than MAX_TEXT
├── NothingToShowError           there is no menu to show or go back to (line/menu_deploy.py)
├── TooManyRequestsError         more than a person sends; says when to try again
├── TurnFailedError              Rasa or the action server gave no usable answer
└── TurnPostponedError           this turn must be tried again later
"""

from __future__ import annotations


class ChannelError(Exception):
    """Base of everything raised here."""


class BodyTooLargeError(ChannelError):
    """The request has more bytes than `MAX_BODY`."""


class ConversationNotFoundError(ChannelError):
    """No such conversation, or the caller holds no token for it: both look the same."""


class EmptyMessageError(ChannelError):
    """The message has no visible character."""


class HandoffError(ChannelError):
    """A clerk's move was not made; the text is Japanese and says what to do."""


class HandoffGoneError(HandoffError):
    """The resident has deleted the conversation, or its time was over."""

    def __init__(self) -> None:
        super().__init__("この会話は、住民が消しました。一覧から、別の相談を選んでください。")


class MoveRefusedError(HandoffError):
    """The move is not allowed from where the handoff stands, or not to this clerk."""


class StaffWordsError(HandoffError):
    """A clerk's words are empty or too long."""


class UnheardWordsError(HandoffError):
    """The resident has said something that the clerk's page has not shown yet."""

    def __init__(self, unheard: int) -> None:
        super().__init__(
            f"まだ画面に出ていない住民の発言が{unheard}件あります。読んでから、もう一度押してください。"
        )
        self.unheard = unheard


class MessageTooLongError(ChannelError):
    """The message is longer than `MAX_TEXT` characters."""


class TooManyRequestsError(ChannelError):
    """More in a minute than a person, or the people behind one address, send."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"try again in {retry_after} s")
        self.retry_after = retry_after
        """Seconds."""


class TurnFailedError(ChannelError):
    """Rasa or the action server gave no usable answer."""


class TurnPostponedError(ChannelError):
    """The turn is put back into the queue."""
