"""What channels/ raises.

ChannelError
├── BodyTooLargeError            a request of more bytes than MAX_BODY
├── ConversationNotFoundError    no such conversation, or its token is not ours
├── EmptyMessageError            nothing to answer
├── HandoffError                 a clerk's move was not made; its text tells the clerk why and what to do
│   ├── ChoiceGoneError          a desk, a person or an entry that was chosen is no more
│   ├── HandoffGoneError         the resident has deleted the conversation
│   ├── MoveRefusedError         not from where the handoff stands, or another clerk has it
│   ├── StaffWordsError          a clerk's words are empty or too long
│   └── UnheardWordsError        the resident has said something that the clerk's page has not shown
├── LineMenuError                LINE did not do what was asked of a menu (line/menu_account.py)
├── MessageTooLongError          longer than MAX_TEXT
├── NoticeFailedError            the mail server or a webhook did not take a notice (notices/)
├── NothingToShowError           there is no menu to show or go back to (line/menu_deploy.py)
├── StaffError                   what the staff are told; its text is for them, in Japanese
│   ├── AccountNotFoundError     no such account
│   ├── AccountRejectedError     an account cannot be made or changed like this
│   ├── ForgedRequestError       a form without its token, or sent by another site
│   ├── NotAllowedError          signed in, but not in a role for this
│   ├── OpenIdFailedError        the city's OpenID provider did not prove who somebody is
│   ├── PasswordRejectedError    a new password that breaks a rule
│   ├── SignInNeededError        nobody is signed in, or a step of signing in is still to do
│   └── SignInRefusedError       not let in; says when to try again after too many failures
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


class ChoiceGoneError(HandoffError):
    """What was chosen on a page that was open for long is not there any more."""

    def __init__(self) -> None:
        super().__init__("選んだものが、いまはありません。ページを開き直して、選び直してください。")


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


class NoticeFailedError(ChannelError):
    """A notice to staff was not taken; it is tried again. The text is a word for the log, without addresses.

    `whole` says whether the whole server failed, so that other letters to it need not be tried now.
    """

    def __init__(self, why: str, *, whole: bool) -> None:
        super().__init__(why)
        self.whole = whole


class StaffError(ChannelError):
    """What the staff are told: the text says, in Japanese, what is wrong and what to do."""


class AccountNotFoundError(StaffError):
    """No such account."""

    def __init__(self) -> None:
        super().__init__("その職員のアカウントはありません。ログイン名を確かめてください。")


class AccountRejectedError(StaffError):
    """An account cannot be made or changed like this."""


class ForgedRequestError(StaffError):
    """A form came without its token, or from another site."""

    def __init__(self) -> None:
        super().__init__(
            "この画面からの操作と確かめられませんでした。ページを開きなおして、もう一度してください。"
        )


class NotAllowedError(StaffError):
    """Signed in, but in no role that may do this."""

    def __init__(self) -> None:
        super().__init__("このページを開く権限がありません。必要なときは、管理者に相談してください。")


class OpenIdFailedError(StaffError):
    """The city's OpenID provider cannot be reached, or did not prove who somebody is."""

    def __init__(self) -> None:
        super().__init__(
            "市の認証でログインできませんでした。もう一度してください。続くときは、管理者に知らせてください。"
        )


class PasswordRejectedError(StaffError):
    """A new password breaks a rule."""


class SignInNeededError(StaffError):
    """Nobody is signed in, or a step of signing in is still to do."""

    def __init__(self, at: str) -> None:
        super().__init__("ログインが必要です。ログインしてから、もう一度してください。")
        self.at = at
        """The path of the page to go on at."""


class SignInRefusedError(StaffError):
    """Not let in. The words are the same whether the account exists or not."""

    def __init__(self, message: str, retry_after: int = 0) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        """Seconds until another try is looked at; 0 for at once."""


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
