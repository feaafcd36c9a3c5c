"""/admin/campaigns/{slug}/messages: messages of solidarity, read by somebody before they are shown."""

from collections.abc import Mapping, Sequence
from typing import Final

from sqlalchemy.orm import Session
from starlette.responses import Response
from starlette.routing import BaseRoute

from fediunion.kit.sentences import Sentence
from fediunion.members.models import Role
from fediunion.social.moderation.officers import Officer
from fediunion.union.campaigns import solidarity
from fediunion.union.campaigns.models import CampaignCall, SolidarityMessage
from fediunion.union.campaigns.pages.officers.acting import CAMPAIGNS, done, own_call, path_of
from fediunion.union.campaigns.pages.shown import ShownCall
from fediunion.web.forms import Form
from fediunion.web.listing import id_in_path
from fediunion.web.pages.admin.acting import read_as
from fediunion.web.render import page
from fediunion.web.routes import Who, sent, shown
from fediunion.web.visits import Visit

_PATH: Final = f"{CAMPAIGNS}/{{slug}}/messages"
_SHOWN: Final = Sentence("The message is shown on the page of the call.")
_REMOVED: Final = Sentence("The message is deleted.")


async def show_messages(visit: Visit) -> Response:
    """GET …/messages: those that wait, the oldest first, and those that are shown."""
    return await _page(visit)


async def show_one(visit: Visit, form: Form) -> Response:
    """POST …/messages/{id}/show: lets it be seen."""
    return await _decide(visit, solidarity.show_message, _SHOWN)


async def remove(visit: Visit, form: Form) -> Response:
    """POST …/messages/{id}/remove: deletes it."""
    return await _decide(visit, solidarity.remove_message, _REMOVED)


async def _decide(visit: Visit, do: solidarity.Decide, told: Sentence) -> Response:
    number = id_in_path(visit)

    def work(session: Session, officer: Officer) -> None:
        do(session, own_call(session, visit), number, by=officer.handle)

    async def again(_problems: Mapping[str, str], status: int) -> Response:
        return await _page(visit, status)

    return await done(visit, work, told, back=path_of(visit, "/messages"), again=again, least=Role.MODERATOR)


async def _page(visit: Visit, status: int = 200) -> Response:
    call, waiting, seen = await read_as(visit, Role.MODERATOR, lambda session, _: _load(session, visit))
    return page(
        visit,
        "campaigns/officers/messages.html",
        status=status,
        active="campaigns-admin",
        it=ShownCall(call=call),
        waiting=waiting,
        seen=seen,
        own_path=path_of(visit),
    )


def _load(
    session: Session, visit: Visit
) -> tuple[CampaignCall, Sequence[SolidarityMessage], Sequence[SolidarityMessage]]:
    call = own_call(session, visit)
    waiting = solidarity.list_messages(session, call, shown=False)
    return call, waiting, solidarity.list_messages(session, call, shown=True)


ROUTES: Final[Sequence[BaseRoute]] = (
    shown(_PATH, show_messages, to=Who.MODERATOR),
    sent(f"{_PATH}/{{id:int}}/show", show_one, to=Who.MODERATOR),
    sent(f"{_PATH}/{{id:int}}/remove", remove, to=Who.MODERATOR),
)
