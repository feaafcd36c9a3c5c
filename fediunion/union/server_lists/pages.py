"""/admin/server-lists: lists of ours that are published, and those that we follow with what they would do."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.responses import Response
from starlette.routing import BaseRoute

from fediunion.kit.errors import BadDocument, FediUnionError, Invalid, NotFound
from fediunion.kit.sentences import Sentence, sentence_of
from fediunion.members.models import Role
from fediunion.social.moderation.officers import Officer
from fediunion.union.server_lists.documents import list_url
from fediunion.union.server_lists.fetching import fetch_list
from fediunion.union.server_lists.models import (
    Applying,
    EntryState,
    FollowedList,
    ListEntryRow,
    ListName,
    PublishedList,
)
from fediunion.union.server_lists.queries import Previewed, entries_in, list_followed, preview
from fediunion.union.server_lists.service import (
    apply_entries,
    follow_list,
    publish_list,
    skip_entries,
    unfollow_list,
    withdraw_list,
)
from fediunion.web.forms import Form
from fediunion.web.listing import id_in_path, whole_number
from fediunion.web.pages.admin.acting import read_as, write_as
from fediunion.web.pages.admin.servers import ACTIONS
from fediunion.web.render import page
from fediunion.web.routes import Who, require_step_up, see_other, sent, shown
from fediunion.web.visits import Visit

PATH: Final = "/admin/server-lists"
NAMES: Final[Mapping[ListName, Sentence]] = {
    ListName.BLOCKED: Sentence("Servers that we block or limit"),
    ListName.ALLOWED: Sentence("Servers that we allow"),
}
_NO_LIST: Final = Sentence("No list with a valid proof answers at this address.")
_CHANGED: Final = Sentence("The lists that everybody can read are changed.")
_FOLLOWED: Final = Sentence("The list is followed.")
_UNFOLLOWED: Final = Sentence("The list is followed no longer. Rules that were made from it stay.")
_SKIPPED: Final = Sentence("What you chose waits no longer.")
_OPEN: Final = (EntryState.WAITING, EntryState.GONE)


async def show_lists(visit: Visit) -> Response:
    """GET /admin/server-lists: all of them."""
    return await _lists(visit)


async def publish(visit: Visit, form: Form) -> Response:
    """POST /admin/server-lists/published: publishes a list of ours, or takes it back."""
    name = form.get("name", "")
    if name not in tuple(ListName):
        raise NotFound("There is no such list.")

    def work(session: Session, officer: Officer) -> None:
        change = withdraw_list if form.get("undo") else publish_list
        change(session, ListName(name), by=officer.handle)

    await write_as(visit, Role.ADMIN, work)
    return see_other(visit, PATH, _CHANGED)


async def follow(visit: Visit, form: Form) -> Response:
    """POST /admin/server-lists: follows a list of another union; what it says waits."""
    applying = Applying.AUTOMATIC if form.get("automatic") else Applying.ASK
    # A list that blocks by itself decides about follows of members: that takes a proof.
    if applying is Applying.AUTOMATIC and (elsewhere := require_step_up(visit, back=PATH)):
        return elsewhere
    try:
        found, document = await fetch_list(visit.world, list_url(form.get("url", "").strip()))

        def work(session: Session, officer: Officer) -> None:
            follow_list(session, found, document, applying, by=officer.handle)

        await write_as(visit, Role.ADMIN, work)
    except Invalid as error:
        return await _lists(visit, form, {"url": sentence_of(error)})
    except (FediUnionError, BadDocument):
        return await _lists(visit, form, {"url": _NO_LIST})
    return see_other(visit, PATH, _FOLLOWED)


async def decide(visit: Visit, form: Form) -> Response:
    """POST /admin/server-lists/{id}: applies the chosen entries, or skips them."""
    number = id_in_path(visit)
    chosen = {whole_number(text) for text in form.every("entry[]")}

    def work(session: Session, officer: Officer) -> int:
        followed = _get(session, number)
        entries = [row for row in entries_in(session, followed, *_OPEN) if row.id in chosen]
        if form.get("act") == "skip":
            skip_entries(entries)
            return 0
        return len(apply_entries(session, followed, entries, by=officer.handle))

    done = await write_as(visit, Role.ADMIN, work)
    told = Sentence.counted("%(count)s entry is applied.", "%(count)s entries are applied.", count=done)
    return see_other(visit, PATH, _SKIPPED if form.get("act") == "skip" else told)


async def unfollow(visit: Visit, form: Form) -> Response:
    """POST /admin/server-lists/{id}/end: follows it no longer."""
    number = id_in_path(visit)

    def work(session: Session, officer: Officer) -> None:
        unfollow_list(session, _get(session, number), by=officer.handle)

    await write_as(visit, Role.ADMIN, work)
    return see_other(visit, PATH, _UNFOLLOWED)


async def _lists(
    visit: Visit,
    typed: Mapping[str, str] = MappingProxyType({}),
    problems: Mapping[str, str] = MappingProxyType({}),
) -> Response:
    def load(
        session: Session, _officer: Officer
    ) -> tuple[set[str], list[tuple[FollowedList, list[Previewed], int]]]:
        published = set(session.scalars(select(PublishedList.name)))
        followed = []
        for row in list_followed(session):
            entries = entries_in(session, row)
            waiting: list[ListEntryRow] = [each for each in entries if each.state in _OPEN]
            applied = sum(each.state == EntryState.APPLIED for each in entries)
            followed.append((row, preview(session, waiting), applied))
        return published, followed

    published, followed = await read_as(visit, Role.ADMIN, load)
    return page(
        visit,
        "server_lists/lists.html",
        status=422 if problems else 200,
        active="server-lists",
        published=published,
        followed=followed,
        names=NAMES,
        actions=ACTIONS,
        typed=typed,
        problems=problems,
    )


def _get(session: Session, number: int) -> FollowedList:
    found = session.get(FollowedList, number)
    if found is None:
        raise NotFound("This list is not followed.")
    return found


ROUTES: Final[Sequence[BaseRoute]] = (
    shown(PATH, show_lists, to=Who.ADMIN),
    sent(PATH, follow, to=Who.ADMIN),
    sent(f"{PATH}/published", publish, to=Who.ADMIN),
    sent(f"{PATH}/{{id:int}}", decide, to=Who.ADMIN),
    sent(f"{PATH}/{{id:int}}/end", unfollow, to=Who.ADMIN),
)
