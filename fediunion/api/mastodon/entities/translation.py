"""The Translation entity."""

from collections.abc import Sequence

from fediunion.api.mastodon.entities.frame import Entity
from fediunion.kit.html import clean_html, html_to_text
from fediunion.social.translation.libretranslate import Translated
from fediunion.social.translation.service import Translatable

PROVIDER = "LibreTranslate"


def translation_entity(words: Translatable, translated: Translated, target: str) -> Entity:
    """Return a Translation; `translated` has the texts in the order of `texts_of`. Nothing in it is believed.

    `poll` is an object as Mastodon sends it, not the list of its documentation: apps read the object.
    Source: https://docs.joinmastodon.org/entities/Translation/
    """
    content, warning, *rest = translated.texts
    plain = [html_to_text(text) for text in rest]
    options, descriptions = plain[: len(words.options)], plain[len(words.options) :]
    return {
        "content": clean_html(content),
        "spoiler_text": html_to_text(warning),
        "language": target,
        "poll": {"id": str(words.post_id), "options": [{"title": title} for title in options]}
        if words.options
        else None,
        "media_attachments": _described(words, descriptions),
        "detected_source_language": translated.source,
        "provider": PROVIDER,
    }


def _described(words: Translatable, descriptions: Sequence[str]) -> list[Entity]:
    return [
        {"id": str(row_id), "description": description}
        for (row_id, _), description in zip(words.descriptions, descriptions, strict=True)
    ]
