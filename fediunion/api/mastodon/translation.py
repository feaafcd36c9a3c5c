"""Posts in another language. Source: https://docs.joinmastodon.org/methods/statuses/#translate"""

from html import escape
from typing import Final

from sqlalchemy.orm import Session

from fediunion.api.endpoint import Call, Endpoint, Json, get
from fediunion.api.mastodon.entities.frame import Entity
from fediunion.api.mastodon.entities.translation import translation_entity
from fediunion.kit.errors import Invalid, NotAllowed, NotFound
from fediunion.kit.text import valid_language_tag
from fediunion.members.queries import find_member_of
from fediunion.social.translation.libretranslate import Languages, LibreTranslate
from fediunion.social.translation.service import Translatable, translatable

_KEPT_TRANSLATIONS: Final = 500
_KEPT_SECONDS: Final = 86_400.0
_UNKNOWN: Final = "und"


async def translate_status(call: Call) -> Json:
    """Show the words of a post that everybody may read in the reader's language, or in `lang`."""
    service = call.world.part(LibreTranslate)
    if not service.is_there:
        raise NotFound("Nothing is translated here.")
    words, locale = await call.world.db.read(_words, call)
    wished = call.params.text("lang", most=35) or locale
    if not valid_language_tag(wished):
        raise Invalid("This is no language", field="lang")
    cache = call.world.cache("translations", _KEPT_TRANSLATIONS, _KEPT_SECONDS)
    target = wished.partition("-")[0].lower()
    key = (words.post_id, words.version, target)

    async def read() -> Entity:
        source = _checked_source(await service.languages(), words.language, target)
        return translation_entity(words, await service.translate(_texts_of(words), source, target), target)

    return await cache.load(key, read)


def _words(session: Session, call: Call) -> tuple[Translatable, str]:
    words = translatable(session, call.id, call.viewer)
    member = None if call.caller is None else find_member_of(session, call.caller.actor_id)
    return words, "en" if member is None else member.locale


def _checked_source(languages: Languages, source: str | None, target: str) -> str | None:
    """Return the language of the post where the service knows it, else None. Raises NotAllowed."""
    targets = languages.get(source or "", ())
    if source in languages and target not in targets:
        raise NotAllowed("This action is not allowed")
    if source not in languages and not any(target in others for others in languages.values()):
        raise NotAllowed("This action is not allowed")
    return source if source in languages else None


def _texts_of(words: Translatable) -> list[str]:
    """Return the texts as HTML: content, warning, options of a poll, descriptions of files."""
    plain = [words.content_warning, *words.options, *(text for _, text in words.descriptions)]
    return [words.content, *(escape(text) for text in plain)]


async def show_translation_languages(call: Call) -> Json:
    """Show what can be translated into what; `und` is a language that nobody named."""
    service = call.world.part(LibreTranslate)
    if not service.is_there:
        return {}
    languages = await service.languages()
    every = sorted({target for targets in languages.values() for target in targets})
    return {source: sorted(targets) for source, targets in languages.items()} | {_UNKNOWN: every}


ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    Endpoint("POST", "/api/v1/statuses/:id/translate", translate_status, ("read:statuses",), any_token=True),
    get("/api/v1/instance/translation_languages", show_translation_languages, public=True),
)
