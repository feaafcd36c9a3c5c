"""/admin/email-domains: at which domains nobody signs up with an address."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy.orm import Session
from starlette.responses import Response
from starlette.routing import BaseRoute

from fediunion.kit.errors import Invalid
from fediunion.kit.sentences import Sentence, sentence_of
from fediunion.members.email_rules import list_domain_blocks
from fediunion.members.models import Role
from fediunion.social.moderation.emails import block_domain, unblock_domain
from fediunion.social.moderation.officers import Officer
from fediunion.web.forms import Form
from fediunion.web.listing import id_in_path, page_of, ways_on
from fediunion.web.pages.admin.acting import read_as, write_as
from fediunion.web.render import page
from fediunion.web.routes import Who, see_other, sent, shown
from fediunion.web.visits import Visit

PATH: Final = "/admin/email-domains"
_BLOCKED: Final = Sentence("Nobody signs up with an address there any more.")
_UNBLOCKED: Final = Sentence("Addresses at this domain may sign up again.")


async def show_domains(visit: Visit) -> Response:
    """GET /admin/email-domains: the blocked domains, the newest first."""
    return await _domains(visit)


async def block(visit: Visit, form: Form) -> Response:
    """POST /admin/email-domains: blocks one."""
    domain = form.get("domain", "")

    def work(session: Session, officer: Officer) -> None:
        block_domain(session, domain, by=officer.handle)

    try:
        await write_as(visit, Role.ADMIN, work)
    except Invalid as error:
        return await _domains(visit, domain, {"domain": sentence_of(error)})
    return see_other(visit, PATH, _BLOCKED)


async def unblock(visit: Visit, form: Form) -> Response:
    """POST /admin/email-domains/{id}/remove: takes a block back."""
    del form
    number = id_in_path(visit)

    def work(session: Session, officer: Officer) -> None:
        unblock_domain(session, number, by=officer.handle)

    await write_as(visit, Role.ADMIN, work)
    return see_other(visit, PATH, _UNBLOCKED)


async def _domains(visit: Visit, typed: str = "", problems: dict[str, str] | None = None) -> Response:
    asked = page_of(visit)
    rows = await read_as(visit, Role.ADMIN, lambda session, _: list_domain_blocks(session, asked))
    return page(
        visit,
        "admin/email_domains.html",
        status=422 if problems else 200,
        active="email-domains",
        rows=rows,
        typed=typed,
        problems=problems or {},
        ways=ways_on(visit, asked, [row.id for row in rows]),
        only=visit.settings.registration.email_domains,
    )


ROUTES: Final[Sequence[BaseRoute]] = (
    shown(PATH, show_domains, to=Who.ADMIN),
    sent(PATH, block, to=Who.ADMIN),
    sent(f"{PATH}/{{id:int}}/remove", unblock, to=Who.ADMIN),
)
