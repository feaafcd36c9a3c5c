"""/admin/servers: rules about other servers, with what a block would sever; /admin/peers: how they answer."""

import csv
from collections.abc import Sequence
from io import StringIO
from typing import Final

from sqlalchemy.orm import Session
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute

from fediunion.actors.domains import list_domain_rules, normalise_host
from fediunion.actors.models import DomainAction
from fediunion.kit.clock import parse_instant
from fediunion.kit.errors import Invalid, NotFound
from fediunion.kit.sentences import Sentence, sentence_of
from fediunion.members.models import Role
from fediunion.outbox.queries import list_peers
from fediunion.social.moderation.officers import Officer
from fediunion.social.moderation.servers import decide_on_host, forget_decision, severed_by
from fediunion.web.forms import Form
from fediunion.web.pages.admin.acting import read_as, write_as
from fediunion.web.pages.admin.words import reason_in_words
from fediunion.web.render import page
from fediunion.web.routes import Who, see_other, sent, shown
from fediunion.web.visits import Visit

PATH: Final = "/admin/servers"
_LONGEST: Final = 500
ACTIONS: Final = {
    DomainAction.BLOCK: Sentence("Blocked"),
    DomainAction.SILENCE: Sentence("Limited"),
    DomainAction.ALLOW: Sentence("Allowed"),
}
HEALTH: Final = {
    "ok": (Sentence("Well"), "ok", "ok"),
    "failing": (Sentence("Failing"), "alert", "bad"),
    "held": (Sentence("Held"), "clock", "late"),
    "blocked": (Sentence("Stopped"), "x", "bad"),
}
_DECIDED: Final = Sentence("The rule holds from now on.")
_FORGOTTEN: Final = Sentence("The rule is removed. Follows that it ended stay ended.")


async def show_rules(visit: Visit) -> Response:
    """GET /admin/servers: the rules, and the form for another one."""
    return await rules_page(visit)


async def decide(visit: Visit, form: Form) -> Response:
    """POST /admin/servers: shows first what a block would end, and makes the rule once that is confirmed."""
    host, action = form.get("host", ""), form.get("action", "")
    reason, private = form.get("reason", "").strip(), form.get("private_reason", "").strip()

    def work(session: Session, officer: Officer) -> None:
        if action not in tuple(DomainAction):
            raise Invalid(Sentence("Choose what happens."), field="action")
        if max(len(reason), len(private)) > _LONGEST:
            raise Invalid(
                Sentence("A reason has %(most)s characters at most.", most=_LONGEST), field="reason"
            )
        decide_on_host(
            session, host, DomainAction(action), by=officer.handle, reason=reason, private_reason=private
        )

    try:
        if action == DomainAction.BLOCK and form.get("confirmed") != normalise_host(host):
            severed = await read_as(visit, Role.ADMIN, lambda session, _: severed_by(session, host))
            return page(
                visit,
                "admin/block.html",
                active="policy",
                host=normalise_host(host),
                severed=severed,
                reason=reason,
                private_reason=private,
            )
        await write_as(visit, Role.ADMIN, work)
    except Invalid as error:
        field = "host" if error.field == "domain" else error.field
        return await rules_page(visit, form, {field: sentence_of(error)})
    return see_other(visit, PATH, _DECIDED)


async def forget(visit: Visit, form: Form) -> Response:
    """POST /admin/servers/forget: removes a rule."""

    def work(session: Session, officer: Officer) -> None:
        forget_decision(session, form.get("host", ""), by=officer.handle)

    try:
        await write_as(visit, Role.ADMIN, work)
    except (Invalid, NotFound) as error:
        return await rules_page(visit, None, {"": sentence_of(error)})
    return see_other(visit, PATH, _FORGOTTEN)


async def export(visit: Visit) -> Response:
    """GET /admin/servers/export.csv: the rules as a list that other servers read; no private reasons."""
    rules = await read_as(visit, Role.ADMIN, lambda session, _: list_domain_rules(session))
    text = StringIO()
    rows = csv.writer(text, lineterminator="\r\n")
    rows.writerow(["#domain", "#severity", "#public_comment"])
    words = {DomainAction.BLOCK: "suspend", DomainAction.SILENCE: "silence", DomainAction.ALLOW: "allow"}
    rows.writerows([rule.host, words[DomainAction(rule.action)], _plain(rule.reason)] for rule in rules)
    headers = {"content-disposition": 'attachment; filename="servers.csv"'}
    return PlainTextResponse(text.getvalue(), media_type="text/csv", headers=headers)


async def show_peers(visit: Visit) -> Response:
    """GET /admin/peers: the servers that we know, those that are not well first."""
    peers = await read_as(visit, Role.ADMIN, lambda session, _: list_peers(session))
    order = {state: place for place, state in enumerate(("failing", "held", "ok", "blocked"))}
    rows = sorted(peers, key=lambda peer: (order[str(peer["state"])], str(peer["host"])))
    return page(
        visit,
        "admin/peers.html",
        active="peers",
        rows=[
            (
                peer,
                parse_instant(str(peer["last_success_at"] or "")),
                HEALTH[str(peer["state"])],
                reason_in_words(str(peer["last_error"] or "")),
            )
            for peer in rows
        ],
    )


def _plain(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


async def rules_page(
    visit: Visit, form: Form | None = None, problems: dict[str, str] | None = None
) -> Response:
    """Return the page of the rules, with what was typed and what is wrong with it."""
    rules = await read_as(visit, Role.ADMIN, lambda session, _: list_domain_rules(session))
    return page(
        visit,
        "admin/servers.html",
        status=422 if problems else 200,
        active="policy",
        rules=rules,
        actions=ACTIONS,
        mode=str(visit.settings.federation.mode),
        typed=form or {},
        problems=problems or {},
    )


ROUTES: Final[Sequence[BaseRoute]] = (
    shown(PATH, show_rules, to=Who.ADMIN),
    sent(PATH, decide, to=Who.ADMIN),
    sent(f"{PATH}/forget", forget, to=Who.ADMIN),
    shown(f"{PATH}/export.csv", export, to=Who.ADMIN),
    shown("/admin/peers", show_peers, to=Who.ADMIN),
)
