"""Posts in another language: asked for once, and kept for a day for whoever wants the same."""

from html import escape
from typing import Final

from fediunion.actors.viewer import Viewer
from fediunion.kit.errors import Invalid, NotAllowed, NotFound
from fediunion.kit.sentences import Sentence
from fediunion.kit.text import valid_language_tag
from fediunion.social.translation.libretranslate import Languages, LibreTranslate, Translated
from fediunion.social.translation.service import Translatable, translatable
from fediunion.world import World

_KEPT_TRANSLATIONS: Final = 500
_KEPT_SECONDS: Final = 86_400.0


async def translate_post(
    world: World, viewer: Viewer, post_id: int, wished: str
) -> tuple[Translatable, Translated]:
    """Return the words of a post that everybody may read, and the same in the language `wished`.

    The texts are HTML, and nothing in them is believed: content, warning, options of a poll, descriptions
    of files. Raises NotFound where nothing is translated or the post is not there, NotAllowed for a post
    that only some may read and for a language that the service does not know, Invalid for no language.
    """
    service = world.part(LibreTranslate)
    if not service.is_there:
        raise NotFound("Nothing is translated here.")
    words = await world.db.read(translatable, post_id, viewer)
    if not valid_language_tag(wished):
        raise Invalid(Sentence("This is no language."), field="lang")
    target = wished.partition("-")[0].lower()
    cache = world.cache("translations", _KEPT_TRANSLATIONS, _KEPT_SECONDS)

    async def read() -> Translated:
        source = _checked_source(await service.languages(), words.language, target)
        return await service.translate(_texts_of(words), source, target)

    return words, await cache.load((words.post_id, words.version, target), read)


def _checked_source(languages: Languages, source: str | None, target: str) -> str | None:
    """Return the language of the post where the service knows it, else None. Raises NotAllowed."""
    targets = languages.get(source or "", ())
    if source in languages and target not in targets:
        raise NotAllowed("This action is not allowed")
    if source not in languages and not any(target in others for others in languages.values()):
        raise NotAllowed("This action is not allowed")
    return source if source in languages else None


def _texts_of(words: Translatable) -> list[str]:
    plain = [words.content_warning, *words.options, *(text for _, text in words.descriptions)]
    return [words.content, *(escape(text) for text in plain)]
