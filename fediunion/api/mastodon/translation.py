"""Posts in another language. Source: https://docs.joinmastodon.org/methods/statuses/#translate"""

from typing import Final

from sqlalchemy.orm import Session

from fediunion.api.endpoint import Call, Endpoint, Json, get
from fediunion.api.mastodon.entities.translation import translation_entity
from fediunion.members.queries import find_member_of
from fediunion.social.translation.libretranslate import LibreTranslate
from fediunion.social.translation.translating import translate_post

_UNKNOWN: Final = "und"


async def translate_status(call: Call) -> Json:
    """Show the words of a post that everybody may read in the reader's language, or in `lang`."""
    wished = call.params.text("lang", most=35) or await call.world.db.read(_locale, call)
    words, translated = await translate_post(call.world, call.viewer, call.id, wished)
    return translation_entity(words, translated, wished.partition("-")[0].lower())


def _locale(session: Session, call: Call) -> str:
    member = None if call.caller is None else find_member_of(session, call.caller.actor_id)
    return "en" if member is None else member.locale


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
