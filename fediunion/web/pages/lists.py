"""/settings/lists: a member's lists and who is on them. What is on a list is read on /lists/{id}."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy.orm import Session
from starlette.responses import Response
from starlette.routing import BaseRoute

from fediunion.actors.known import find_account_by_acct
from fediunion.actors.models import Actor
from fediunion.kit.errors import Invalid, NotFound
from fediunion.kit.pages import Page
from fediunion.kit.sentences import Sentence, sentence_of
from fediunion.social.lists.models import AccountList
from fediunion.social.lists.queries import get_list, list_lists, list_members
from fediunion.social.lists.service import (
    add_accounts,
    change_list,
    create_list,
    delete_list,
    remove_accounts,
)
from fediunion.web.forms import Form
from fediunion.web.listing import id_in_path, page_of, people_of, ways_on, whole_number
from fediunion.web.render import page
from fediunion.web.routes import Who, see_other, sent, shown
from fediunion.web.rows import own_actor
from fediunion.web.visits import Visit

PATH: Final = "/settings/lists"
_POLICIES: Final = (
    ("list", Sentence("Answers to people on the list")),
    ("followed", Sentence("Answers to people whom you follow")),
    ("none", Sentence("No answers")),
)
_SAVED: Final = Sentence("Saved.")
_DELETED: Final = Sentence("The list is deleted.")
_ADDED: Final = Sentence("This person is on the list.")
_REMOVED: Final = Sentence("This person is on the list no longer.")
_NOT_FOLLOWED: Final = Sentence("Only people whom you follow can be on a list. Type a handle such as @ana.")


async def show_lists(visit: Visit) -> Response:
    """GET /settings/lists: all lists, and a form for one more."""
    return await _all(visit)


async def _all(visit: Visit, typed: str = "", problem: str = "") -> Response:
    rows = await visit.world.db.read(list_lists, visit.member.actor_id)
    return page(
        visit,
        "lists/lists.html",
        status=422 if problem else 200,
        active="lists",
        lists=rows,
        typed=typed,
        problems={"title": problem} if problem else {},
    )


async def make(visit: Visit, form: Form) -> Response:
    """POST /settings/lists: makes a list and leads to it, or shows what is wrong with its title."""
    title = form.get("title", "")

    def unit(session: Session) -> AccountList:
        return create_list(session, own_actor(session, visit), title=title)

    try:
        made = await visit.world.db.write(unit)
    except Invalid as error:
        return await _all(visit, title, sentence_of(error))
    return see_other(visit, f"{PATH}/{made.id}")


async def show_list(visit: Visit) -> Response:
    """GET /settings/lists/{id}: how a list works and who is on it. Raises NotFound."""
    return await _one(visit)


async def _one(visit: Visit, problems: dict[str, str] | None = None, **typed: str) -> Response:
    wanted = page_of(visit)
    row, members = await visit.world.db.read(_load, visit.member.actor_id, id_in_path(visit), wanted)
    people = people_of(visit, members)
    return page(
        visit,
        "lists/list.html",
        status=422 if problems else 200,
        active="lists",
        list=row,
        title=typed.get("title", row.title),
        account=typed.get("account", ""),
        policies=_POLICIES,
        people=[(actor.id, people[actor.id]) for actor in members],
        problems=problems or {},
        ways=ways_on(visit, wanted, [actor.id for actor in members]),
    )


def _load(session: Session, owner_id: int, list_id: int, wanted: Page) -> tuple[AccountList, Sequence[Actor]]:
    return get_list(session, owner_id, list_id), list_members(session, owner_id, list_id, wanted)


async def change(visit: Visit, form: Form) -> Response:
    """POST /settings/lists/{id}: changes how a list works. Raises NotFound."""
    title, policy, exclusive = (
        form.get("title", ""),
        form.get("replies", "list"),
        form.get("exclusive") == "1",
    )

    def unit(session: Session) -> None:
        owner = own_actor(session, visit)
        change_list(
            session, owner, id_in_path(visit), title=title, replies_policy=policy, exclusive=exclusive
        )

    try:
        await visit.world.db.write(unit)
    except Invalid as error:
        return await _one(visit, {error.field: sentence_of(error)}, title=title)
    return see_other(visit, f"{PATH}/{id_in_path(visit)}", _SAVED)


async def remove(visit: Visit, form: Form) -> Response:
    """POST /settings/lists/{id}/delete: deletes a list; its posts stay where they were. Raises NotFound."""
    del form
    await visit.world.db.write(
        lambda session: delete_list(session, own_actor(session, visit), id_in_path(visit))
    )
    return see_other(visit, PATH, _DELETED)


async def add(visit: Visit, form: Form) -> Response:
    """POST /settings/lists/{id}/add: puts somebody whom the member follows on the list."""
    acct = form.get("account", "").strip()[:320]

    def unit(session: Session) -> bool:
        get_list(session, visit.member.actor_id, id_in_path(visit))
        found = find_account_by_acct(session, acct, visit.member.viewer)
        if found is None:
            return False
        try:
            add_accounts(session, own_actor(session, visit), id_in_path(visit), [found.id])
        except NotFound:
            return False
        return True

    try:
        if not await visit.world.db.write(unit):
            return await _one(visit, {"account": _NOT_FOLLOWED}, account=acct)
    except Invalid as error:
        return await _one(visit, {"account": sentence_of(error)}, account=acct)
    return see_other(visit, f"{PATH}/{id_in_path(visit)}", _ADDED)


async def take_off(visit: Visit, form: Form) -> Response:
    """POST /settings/lists/{id}/remove: takes somebody off the list. Raises NotFound."""
    actor_id = whole_number(form.get("actor", "")) or 0
    await visit.world.db.write(
        lambda session: remove_accounts(session, own_actor(session, visit), id_in_path(visit), [actor_id])
    )
    return see_other(visit, f"{PATH}/{id_in_path(visit)}", _REMOVED)


ROUTES: Final[Sequence[BaseRoute]] = (
    shown(PATH, show_lists, to=Who.MEMBER),
    sent(PATH, make, to=Who.MEMBER),
    shown(f"{PATH}/{{id:int}}", show_list, to=Who.MEMBER),
    sent(f"{PATH}/{{id:int}}", change, to=Who.MEMBER),
    sent(f"{PATH}/{{id:int}}/delete", remove, to=Who.MEMBER),
    sent(f"{PATH}/{{id:int}}/add", add, to=Who.MEMBER),
    sent(f"{PATH}/{{id:int}}/remove", take_off, to=Who.MEMBER),
)
