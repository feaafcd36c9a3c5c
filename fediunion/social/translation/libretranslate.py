"""Asking a LibreTranslate service. Source: https://docs.libretranslate.com/guides/api_usage/"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson

from fediunion.activitypub.addresses import AddressPolicy
from fediunion.activitypub.transport import AiohttpTransport
from fediunion.kit.errors import FediUnionError, Unavailable
from fediunion.kit.urls import parse_remote_url
from fediunion.world import World

_MAX_BYTES: Final = 1_048_576
_SECONDS: Final = 20.0
_LANGUAGES_KEPT_SECONDS: Final = 3600.0

Languages = Mapping[str, Sequence[str]]
"""By source language the languages into which it can be translated."""


@dataclass(frozen=True)
class Translated:
    """Texts in their order, and the language that they were in."""

    texts: Sequence[str]
    source: str


class LibreTranslate:
    """The service of the configuration; connections to it only, and no redirect is followed.

    Its address comes from the operator: networks of the operator's own are allowed where named.
    """

    def __init__(self, world: World) -> None:
        translation = world.settings.translation
        self._base = translation.url.rstrip("/")
        self._key = translation.api_key
        own = translation.allow_private_addresses
        policy = AddressPolicy(allow_http=bool(own), allow_private=own, any_port=True)
        self._transport = AiohttpTransport(policy)
        self._languages = world.cache("translation-languages", 1, _LANGUAGES_KEPT_SECONDS)

    @property
    def is_there(self) -> bool:
        """Whether a service is configured."""
        return bool(self._base)

    async def languages(self) -> Languages:
        """Return what can be translated into what. Raises Unavailable where the service does not say."""

        async def read() -> Languages:
            return _languages_in(await self._ask("GET", "/languages", None))

        return await self._languages.load("languages", read)

    async def translate(self, texts: Sequence[str], source: str | None, target: str) -> Translated:
        """Return HTML texts in the language `target`; the service finds out the `source` where it is None.

        What comes back is not believed to be clean. Raises Unavailable.
        """
        wish = {"q": list(texts), "source": source or "auto", "target": target, "format": "html"}
        answer = await self._ask("POST", "/translate", wish | ({"api_key": self._key} if self._key else {}))
        found = answer.get("translatedText") if isinstance(answer, dict) else None
        if (
            not isinstance(found, list)
            or len(found) != len(texts)
            or not all(isinstance(t, str) for t in found)
        ):
            raise Unavailable("The translation service answers something else.")
        return Translated(found, source or _detected_in(answer))

    async def close(self) -> None:
        """Close the connections."""
        await self._transport.close()

    async def _ask(self, method: str, path: str, body: Any) -> Any:
        sent = None if body is None else orjson.dumps(body)
        headers = {"Accept": "application/json", "Content-Type": "application/json"}
        try:
            response = await self._transport.send(
                method,
                parse_remote_url(self._base + path),
                headers,
                sent,
                max_bytes=_MAX_BYTES,
                deadline_seconds=_SECONDS,
            )
        except FediUnionError as error:
            raise Unavailable("The translation service does not answer.") from error
        if response.status != 200:
            raise Unavailable(f"The translation service answered {response.status}.")
        try:
            return orjson.loads(response.body)
        except orjson.JSONDecodeError as error:
            raise Unavailable("The translation service answers something else.") from error


def _languages_in(answer: Any) -> Languages:
    if not isinstance(answer, list):
        raise Unavailable("The translation service answers something else.")
    return {
        each["code"]: [
            target for target in each["targets"] if isinstance(target, str) and target != each["code"]
        ]
        for each in answer
        if isinstance(each, dict)
        and isinstance(each.get("code"), str)
        and isinstance(each.get("targets"), list)
    }


def _detected_in(answer: Mapping[str, Any]) -> str:
    """Return the language of the first text, as the service found it; `und` where it does not say."""
    detected = answer.get("detectedLanguage")
    first = detected[0] if isinstance(detected, list) and detected else detected
    language = first.get("language") if isinstance(first, dict) else None
    return language if isinstance(language, str) else "und"


async def close_translation(world: World) -> None:
    """Close the connections to the service of `world`, where it was ever asked."""
    if LibreTranslate in world.parts:
        await world.part(LibreTranslate).close()
