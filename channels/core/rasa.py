"""Ask Rasa for one turn. Anything but one usable Answer is a failure (platforms: Rasa swallows errors)."""

from __future__ import annotations

from dataclasses import asdict
from uuid import UUID

import httpx
from pydantic import ValidationError

from channels.core.context import Context
from channels.core.tracker import sender
from channels.errors import TurnFailedError
from knowledge.answer import Answer


class Rasa:
    """Rasa's REST channel. The caller must send one turn at a time for a conversation."""

    def __init__(self, client: httpx.AsyncClient, url: str, timeout: float) -> None:
        """`url` without a path; `timeout` in seconds for the whole turn."""
        self._client = client
        self._webhook = f"{url.rstrip('/')}/webhooks/rest/webhook"
        self._timeout = timeout

    async def turn(self, conversation: UUID, said: str, context: Context) -> list[Answer]:
        """The Answers to `said`; raises TurnFailedError with the reason."""
        message = {
            "sender": sender(conversation),
            "message": _plain(said),
            "metadata": asdict(context),
        }
        try:
            response = await self._client.post(self._webhook, json=message, timeout=self._timeout)
            response.raise_for_status()
            answers = [Answer.model_validate(part["custom"]) for part in response.json()]
        except httpx.HTTPError as error:
            raise TurnFailedError(f"rasa: {type(error).__name__}") from error
        except ValidationError as error:
            raise TurnFailedError("rasa: not an Answer") from error
        except (KeyError, TypeError, ValueError) as error:
            raise TurnFailedError("rasa: not JSON Answers") from error
        if not answers:
            raise TurnFailedError("rasa: empty reply")
        return answers


def _plain(said: str) -> str:
    """`said` without Rasa's command syntax: a leading / would name an intent outright."""
    return f"／{said.lstrip()[1:]}" if said.lstrip().startswith("/") else said
