"""/admin/requests: who asks for an account; letting them in, or refusing with a reason."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy.orm import Session
from starlette.responses import Response
from starlette.routing import BaseRoute

from fediunion.kit.errors import Invalid, NotAllowed
from fediunion.kit.sentences import Sentence, sentence_of
from fediunion.members.models import Role
from fediunion.social.moderation import members
from fediunion.social.moderation.account_queries import AccountFilter, get_moderated, list_moderated
from fediunion.social.moderation.officers import Officer
from fediunion.web.forms import Form
from fediunion.web.listing import id_in_path, page_of, ways_on
from fediunion.web.pages.admin.acting import read_as, write_as
from fediunion.web.pages.admin.people import shown_account
from fediunion.web.render import page
from fediunion.web.routes import Who, see_other, sent, shown
from fediunion.web.visits import Visit

PATH: Final = "/admin/requests"
_APPROVED: Final = Sentence("They are in, once the e-mail address is confirmed.")
_REJECTED: Final = Sentence("The request is refused, and what was typed is deleted.")


async def show_requests(visit: Visit) -> Response:
    """GET /admin/requests: those who wait, the newest first."""
    return await _requests(visit)


async def approve(visit: Visit, form: Form) -> Response:
    """POST /admin/requests/{id}/approve: lets somebody in."""
    del form
    number = id_in_path(visit)

    def work(session: Session, officer: Officer) -> None:
        members.approve(session, get_moderated(session, number).actor, by=officer.handle)

    try:
        await write_as(visit, Role.MODERATOR, work)
    except NotAllowed as error:
        return await _requests(visit, {"": sentence_of(error)})
    return see_other(visit, PATH, _APPROVED)


async def reject(visit: Visit, form: Form) -> Response:
    """POST /admin/requests/{id}/reject: refuses, and writes the reason where there is an address."""
    number, reason = id_in_path(visit), form.get("reason", "").strip()

    def work(session: Session, officer: Officer) -> None:
        if len(reason) > members.MAX_TEXT:
            raise Invalid(Sentence("Say why, in %(most)s characters at most.", most=members.MAX_TEXT))
        actor = get_moderated(session, number).actor
        members.reject(session, actor, by=officer.handle, reason=reason)

    try:
        await write_as(visit, Role.MODERATOR, work)
    except (Invalid, NotAllowed) as error:
        return await _requests(visit, {"": sentence_of(error)})
    return see_other(visit, PATH, _REJECTED)


async def _requests(visit: Visit, problems: dict[str, str] | None = None) -> Response:
    asked, wanted = page_of(visit), AccountFilter(local=True, states=["pending"])
    found = await read_as(visit, Role.MODERATOR, lambda session, _: list_moderated(session, wanted, asked))
    ids = [account.actor.id for account in found]
    return page(
        visit,
        "admin/requests.html",
        status=422 if problems else 200,
        active="requests",
        rows=[(shown_account(account), account.sign_up) for account in found],
        problems=problems or {},
        ways=ways_on(visit, asked, ids),
    )


ROUTES: Final[Sequence[BaseRoute]] = (
    shown(PATH, show_requests, to=Who.MODERATOR),
    sent(f"{PATH}/{{id:int}}/approve", approve, to=Who.MODERATOR),
    sent(f"{PATH}/{{id:int}}/reject", reject, to=Who.MODERATOR),
)
