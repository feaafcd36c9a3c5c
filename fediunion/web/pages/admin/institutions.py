"""/admin/institutions: boards, feeds and groups, and who publishes for them."""

import asyncio
from collections.abc import Sequence
from typing import Final

from sqlalchemy.orm import Session
from starlette.responses import Response
from starlette.routing import BaseRoute

from fediunion.actors.keys import NewKeys, make_keys
from fediunion.actors.models import ActorKind
from fediunion.actors.queries import get_actor
from fediunion.kit.errors import Invalid
from fediunion.kit.sentences import Sentence, sentence_of
from fediunion.members.models import Role
from fediunion.social.institutions.queries import get_institution, list_editors, list_institutions
from fediunion.social.institutions.service import (
    LONGEST_SUMMARY,
    LONGEST_TITLE,
    NewInstitution,
    check_new,
    create_institution,
    end_editor,
    name_editor,
)
from fediunion.social.moderation.officers import Officer
from fediunion.web.forms import Form
from fediunion.web.listing import id_in_path, whole_number
from fediunion.web.pages.admin.acting import read_as, write_as
from fediunion.web.pages.admin.people import handle_of
from fediunion.web.render import page
from fediunion.web.routes import Who, see_other, sent, shown
from fediunion.web.visits import Visit

PATH: Final = "/admin/institutions"
KINDS: Final = {
    ActorKind.UNION: Sentence("The union"),
    ActorKind.BOARD: Sentence("Board of vacancies"),
    ActorKind.FEED: Sentence("News feed"),
    ActorKind.GROUP: Sentence("Group"),
}
_MADE: Final = Sentence("It is there, and you are its first editor.")
_NAMED: Final = Sentence("The editor can publish for it now.")
_ENDED: Final = Sentence("The editor publishes for it no more.")


async def show_institutions(visit: Visit) -> Response:
    """GET /admin/institutions: all of them with their editors."""
    return await _institutions(visit)


async def make(visit: Visit, form: Form) -> Response:
    """POST /admin/institutions: makes a board, a feed or a group."""
    wanted = NewInstitution(
        form.get("kind", ""), form.get("username", ""), form.get("title", ""), form.get("summary", "")
    )
    try:
        await read_as(visit, Role.ADMIN, lambda session, _: check_new(session, wanted))
        keys = await asyncio.to_thread(make_keys, visit.settings)
        await write_as(visit, Role.ADMIN, lambda session, officer: _create(session, officer, wanted, keys))
    except Invalid as error:
        return await _institutions(visit, form, {error.field: sentence_of(error)})
    return see_other(visit, PATH, _MADE)


async def add_editor(visit: Visit, form: Form) -> Response:
    """POST /admin/institutions/{id}/editors: names an editor."""
    number, name = id_in_path(visit), form.get("editor", "")

    def work(session: Session, officer: Officer) -> None:
        name_editor(session, get_institution(session, number), name, by=officer.handle)

    try:
        await write_as(visit, Role.ADMIN, work)
    except Invalid as error:
        return await _institutions(visit, form, {f"editor-{number}": sentence_of(error)})
    return see_other(visit, PATH, _NAMED)


async def remove_editor(visit: Visit, form: Form) -> Response:
    """POST /admin/institutions/{id}/editors/end: ends the work of an editor."""
    number, member_id = id_in_path(visit), whole_number(form.get("member", "")) or 0

    def work(session: Session, officer: Officer) -> None:
        end_editor(session, get_institution(session, number), member_id, by=officer.handle)

    await write_as(visit, Role.ADMIN, work)
    return see_other(visit, PATH, _ENDED)


def _create(session: Session, officer: Officer, wanted: NewInstitution, keys: NewKeys) -> None:
    own = get_actor(session, officer.actor_id)
    create_institution(session, wanted, keys, by=officer.handle, editor=own.username)


async def _institutions(
    visit: Visit, form: Form | None = None, problems: dict[str, str] | None = None
) -> Response:
    def load(session: Session, _officer: Officer) -> list[dict[str, object]]:
        editors = list_editors(session)
        return [
            {
                "id": actor.id,
                "name": actor.display_name or actor.username,
                "handle": handle_of(actor),
                "username": actor.username,
                "kind": KINDS[ActorKind(actor.kind)],
                "followers": actor.followers_count,
                "editors": [(member.id, handle_of(own)) for member, own in editors.get(actor.id, ())],
            }
            for actor in list_institutions(session)
        ]

    return page(
        visit,
        "admin/institutions.html",
        status=422 if problems else 200,
        active="institutions",
        rows=await read_as(visit, Role.ADMIN, load),
        kinds=[(kind, KINDS[kind]) for kind in (ActorKind.BOARD, ActorKind.FEED, ActorKind.GROUP)],
        longest=(LONGEST_TITLE, LONGEST_SUMMARY),
        typed=form or {},
        problems=problems or {},
    )


ROUTES: Final[Sequence[BaseRoute]] = (
    shown(PATH, show_institutions, to=Who.ADMIN),
    sent(PATH, make, to=Who.ADMIN),
    sent(f"{PATH}/{{id:int}}/editors", add_editor, to=Who.ADMIN),
    sent(f"{PATH}/{{id:int}}/editors/end", remove_editor, to=Who.ADMIN),
)
