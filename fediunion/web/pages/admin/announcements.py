"""/admin/announcements: texts for all members; /admin/emoji: the emoji of this instance."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from sqlalchemy.orm import Session
from starlette.responses import Response
from starlette.routing import BaseRoute

from fediunion.kit.errors import Invalid
from fediunion.kit.sentences import Sentence, sentence_of
from fediunion.members.models import Role
from fediunion.social.announcements.queries import list_announcements
from fediunion.social.announcements.service import (
    MAX_CHARACTERS,
    publish_announcement,
    withdraw_announcement,
)
from fediunion.social.emoji.service import MAX_EMOJI_BYTES, check_shortcode, list_emojis
from fediunion.social.media.addresses import file_address
from fediunion.social.media.uploads import store_emoji
from fediunion.social.moderation.emoji import give_emoji, take_emoji
from fediunion.social.moderation.officers import Officer
from fediunion.web.forms import Form
from fediunion.web.listing import id_in_path
from fediunion.web.markup import already_clean
from fediunion.web.pages.admin.acting import read_as, write_as
from fediunion.web.render import page
from fediunion.web.routes import Who, see_other, sent, sent_with_files, shown
from fediunion.web.rows import moment_in
from fediunion.web.visits import Visit

PATH: Final = "/admin/announcements"
EMOJI: Final = "/admin/emoji"
UPLOAD: Final = "/uploads/admin/emoji"
_FIELDS: Final = ("text", "starts_at", "ends_at", "all_day")
_NOTHING: Final = MappingProxyType(dict.fromkeys(_FIELDS, ""))
_PUBLISHED: Final = Sentence("Every member sees it now.")
_WITHDRAWN: Final = Sentence("The announcement is gone.")
_ADDED: Final = Sentence("The emoji can be used now.")
_REMOVED: Final = Sentence("The emoji is gone; where it was written its name stays.")


async def show_announcements(visit: Visit) -> Response:
    """GET /admin/announcements: all of them, and the form for another one."""
    return await _announcements(visit)


async def publish(visit: Visit, form: Form) -> Response:
    """POST /admin/announcements: shows a text to all members."""
    typed = {name: form.get(name, "") for name in _FIELDS}
    try:
        starts_at, ends_at = (moment_in(typed[name], visit, name) for name in ("starts_at", "ends_at"))

        def work(session: Session, officer: Officer) -> None:
            publish_announcement(
                session,
                typed["text"],
                by=officer.handle,
                starts_at=starts_at,
                ends_at=ends_at,
                all_day=typed["all_day"] == "1",
            )

        await write_as(visit, Role.ADMIN, work)
    except Invalid as error:
        return await _announcements(visit, typed, {error.field: sentence_of(error)})
    return see_other(visit, PATH, _PUBLISHED)


async def withdraw(visit: Visit, form: Form) -> Response:
    """POST /admin/announcements/{id}/withdraw: takes one back."""
    del form
    number = id_in_path(visit)

    def work(session: Session, officer: Officer) -> None:
        withdraw_announcement(session, number, by=officer.handle)

    await write_as(visit, Role.ADMIN, work)
    return see_other(visit, PATH, _WITHDRAWN)


async def show_emoji(visit: Visit) -> Response:
    """GET /admin/emoji: the emoji of this instance, and the form for another one."""
    return await _emoji(visit)


async def upload_emoji(visit: Visit, form: Form) -> Response:
    """POST /uploads/admin/emoji: a picture that is written anew before it is stored."""
    name, category, files = form.get("shortcode", ""), form.get("category", ""), form.files("image")
    try:
        await read_as(visit, Role.ADMIN, lambda session, _: check_shortcode(session, name))
        if not files or not 0 < files[0].size <= MAX_EMOJI_BYTES:
            sentence = Sentence("A picture of at most %(most)s bytes is needed.", most=MAX_EMOJI_BYTES)
            raise Invalid(sentence, field="image")
        file_id, still_id = await store_emoji(visit.world, files[0].path)

        def work(session: Session, officer: Officer) -> None:
            give_emoji(
                session, name, file_id=file_id, still_id=still_id, by=officer.handle, category=category
            )

        await write_as(visit, Role.ADMIN, work)
    except Invalid as error:
        field = error.field if error.field in ("shortcode", "category") else "image"
        return await _emoji(visit, form, {field: sentence_of(error)})
    return see_other(visit, EMOJI, _ADDED)


async def remove_emoji(visit: Visit, form: Form) -> Response:
    """POST /admin/emoji/remove: removes an emoji."""

    def work(session: Session, officer: Officer) -> None:
        take_emoji(session, form.get("shortcode", ""), by=officer.handle)

    await write_as(visit, Role.ADMIN, work)
    return see_other(visit, EMOJI, _REMOVED)


async def _announcements(
    visit: Visit, typed: Mapping[str, str] = _NOTHING, problems: dict[str, str] | None = None
) -> Response:
    rows = await read_as(visit, Role.ADMIN, lambda session, _: list_announcements(session))
    return page(
        visit,
        "admin/announcements.html",
        status=422 if problems else 200,
        active="announcements",
        rows=[(row, already_clean(row.content)) for row in rows],
        typed=typed,
        zone=str(visit.reader.zone),
        most=MAX_CHARACTERS,
        problems=problems or {},
    )


async def _emoji(visit: Visit, form: Form | None = None, problems: dict[str, str] | None = None) -> Response:
    rows = await read_as(visit, Role.ADMIN, lambda session, _: list_emojis(session))
    base = visit.settings.base_url
    return page(
        visit,
        "admin/emoji.html",
        status=422 if problems else 200,
        active="emoji",
        rows=[(row, file_address(base, row.still_name or row.file_name)) for row in rows],
        typed=form or {},
        upload=UPLOAD,
        most=MAX_EMOJI_BYTES,
        problems=problems or {},
    )


ROUTES: Final[Sequence[BaseRoute]] = (
    shown(PATH, show_announcements, to=Who.ADMIN),
    sent(PATH, publish, to=Who.ADMIN),
    sent(f"{PATH}/{{id:int}}/withdraw", withdraw, to=Who.ADMIN),
    shown(EMOJI, show_emoji, to=Who.ADMIN),
    sent_with_files(UPLOAD, upload_emoji, to=Who.ADMIN),
    sent(f"{EMOJI}/remove", remove_emoji, to=Who.ADMIN),
)
