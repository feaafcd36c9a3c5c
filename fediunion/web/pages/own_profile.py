"""/settings/profile: what a member says about itself, and its pictures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Final

from starlette.responses import Response
from starlette.routing import BaseRoute

from fediunion.actors.models import Actor, Reach
from fediunion.kit.errors import Invalid, Unavailable
from fediunion.kit.html import html_to_text
from fediunion.kit.sentences import Sentence, sentence_of
from fediunion.members.attempts import TooManyAttempts
from fediunion.social.media.allowance import check_uploads_left
from fediunion.social.media.uploads import store_picture
from fediunion.social.profiles.service import (
    MAX_FIELD_CHARACTERS,
    MAX_FIELDS,
    MAX_NAME_CHARACTERS,
    MAX_PICTURE_DESCRIPTION,
    MAX_SUMMARY_CHARACTERS,
    ProfileChanges,
    remove_picture,
    update_profile,
)
from fediunion.web.forms import Form
from fediunion.web.markup import already_clean
from fediunion.web.render import page
from fediunion.web.routes import Who, see_other, sent, sent_with_files, shown
from fediunion.web.rows import Place, own_actor
from fediunion.web.visits import Visit

PATH: Final = "/settings/profile"
UPLOAD_PATH: Final = "/uploads/profile"
_PICTURES: Final = ("avatar", "header")
_SAVED: Final = Sentence("Your profile is saved.")
_REMOVED: Final = Sentence("The picture is removed.")
_TOO_MUCH: Final = Sentence("You have uploaded too much; wait a while.")
_FIELDS: Final = {"profile_fields": "fields", "file": "avatar"}


@dataclass(frozen=True)
class _Typed:
    """What stands in the form; `fields` are (name, text)."""

    display_name: str
    summary: str
    fields: Sequence[tuple[str, str]]
    avatar_description: str
    header_description: str
    discoverable: bool
    indexable: bool
    bot: bool
    locked: bool


async def show_profile(visit: Visit) -> Response:
    """GET /settings/profile: the form with what is there now."""
    actor = await visit.world.db.read(own_actor, visit)
    return _form(visit, actor, _typed_of(actor))


async def save_profile(visit: Visit, form: Form) -> Response:
    """POST /uploads/profile: keeps it, with pictures that came; or shows what is wrong, nothing changed."""
    typed = _read(form)
    changes = ProfileChanges(
        display_name=typed.display_name,
        summary=typed.summary,
        fields=typed.fields,
        avatar_description=typed.avatar_description,
        header_description=typed.header_description,
        discoverable=typed.discoverable,
        indexable=typed.indexable,
        bot=typed.bot,
        locked=typed.locked,
    )
    try:
        changes = replace(
            changes,
            avatar_file_id=await _picture(visit, form, "avatar"),
            header_file_id=await _picture(visit, form, "header"),
        )
        await visit.world.db.write(
            lambda session: update_profile(session, own_actor(session, visit), changes)
        )
    except Invalid as error:
        actor = await visit.world.db.read(own_actor, visit)
        return _form(visit, actor, typed, {_FIELDS.get(error.field, error.field): sentence_of(error)})
    return see_other(visit, PATH, _SAVED)


async def _picture(visit: Visit, form: Form, which: str) -> int | None:
    """Return the id of a picture that came with the form, stored; None where none came. Raises Invalid."""
    files = [file for file in form.files(which) if file.size]
    if not files:
        return None
    try:
        await check_uploads_left(visit.world, visit.member.actor_id)
        return await store_picture(visit.world, visit.member.actor_id, files[0].path, which)
    except TooManyAttempts as error:
        raise Invalid(_TOO_MUCH, field=which) from error
    except (Invalid, Unavailable) as error:
        raise Invalid(sentence_of(error), field=which) from error


async def take_picture_away(visit: Visit, form: Form) -> Response:
    """POST /settings/profile/remove: takes a picture away; for another word nothing changes."""
    which = form.get("which", "")
    if which in _PICTURES:
        await visit.world.db.write(lambda session: remove_picture(session, own_actor(session, visit), which))
    return see_other(visit, PATH, _REMOVED)


def _typed_of(actor: Actor) -> _Typed:
    return _Typed(
        display_name=actor.display_name,
        summary=actor.summary_source,
        fields=[(field["name"], html_to_text(field["value"])) for field in actor.fields],
        avatar_description=actor.icon_description,
        header_description=actor.header_description,
        discoverable=actor.discoverable,
        indexable=actor.indexable,
        bot=actor.wire_type == "Service",
        locked=actor.locked,
    )


def _read(form: Form) -> _Typed:
    pairs = zip(form.every("field_name[]"), form.every("field_value[]"), strict=False)
    return _Typed(
        display_name=form.get("display_name", ""),
        summary=form.get("summary", "").replace("\r\n", "\n"),
        fields=list(pairs)[:MAX_FIELDS],
        avatar_description=form.get("avatar_description", ""),
        header_description=form.get("header_description", ""),
        discoverable=form.get("discoverable") == "1",
        indexable=form.get("indexable") == "1",
        bot=form.get("bot") == "1",
        locked=form.get("locked") == "1",
    )


def _form(
    visit: Visit, actor: Actor, typed: _Typed, problems: Mapping[str, str] = MappingProxyType({})
) -> Response:
    empty = [("", "")] * (MAX_FIELDS - len(typed.fields))
    return page(
        visit,
        "settings/profile.html",
        status=422 if problems else 200,
        active="settings",
        typed=typed,
        fields=[*typed.fields, *empty],
        verified=[_verified(field) for field in actor.fields if field.get("verified_at")],
        person=Place(visit, "", "").person(actor),
        header=actor.header_url or "",
        is_public=actor.reach == Reach.PUBLIC,
        longest={
            "name": MAX_NAME_CHARACTERS,
            "summary": MAX_SUMMARY_CHARACTERS,
            "field": MAX_FIELD_CHARACTERS,
            "picture": MAX_PICTURE_DESCRIPTION,
        },
        problems=problems,
    )


def _verified(field: Mapping[str, Any]) -> dict[str, object]:
    return {"name": field["name"], "value": already_clean(field["value"])}


ROUTES: Final[Sequence[BaseRoute]] = (
    shown(PATH, show_profile, to=Who.MEMBER),
    sent_with_files(UPLOAD_PATH, save_profile, to=Who.MEMBER),
    sent(f"{PATH}/remove", take_picture_away, to=Who.MEMBER),
)
