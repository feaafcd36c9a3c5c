"""/admin/campaigns/{slug}/publish, close and withdraw: each says first what happens."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from sqlalchemy.orm import Session
from starlette.responses import Response
from starlette.routing import BaseRoute

from fediunion.kit.errors import Invalid, NotFound
from fediunion.kit.sentences import Sentence
from fediunion.members.models import Role
from fediunion.social.moderation.officers import Officer
from fediunion.union.campaigns.models import CallState, CampaignCall, OutcomeStatus
from fediunion.union.campaigns.pages.officers.acting import CAMPAIGNS, done, own_call, path_of
from fediunion.union.campaigns.pages.officers.drafts import post_preview_of
from fediunion.union.campaigns.pages.officers.servers import servers_of_call
from fediunion.union.campaigns.pages.shown import OUTCOMES, ShownCall
from fediunion.union.campaigns.service.ending import close_call, withdraw_call
from fediunion.union.campaigns.service.publishing import publish_call
from fediunion.union.campaigns.service.rows import terms_of
from fediunion.web.forms import Form
from fediunion.web.pages.admin.acting import read_as
from fediunion.web.previews import PostPreview
from fediunion.web.render import page
from fediunion.web.routes import Who, sent, shown
from fediunion.web.visits import Visit

_CALL: Final = f"{CAMPAIGNS}/{{slug}}"
_PUBLISHED: Final = Sentence("The call is published.")
_WAITS: Final = Sentence("The call is published by itself when it opens.")
_CLOSED: Final = Sentence("The call is closed. Everybody who has it, or asked to hear, is told how it ended.")
_THROWN: Final = Sentence("The draft is gone.")
_NONE: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True)
class _Stand:
    call: CampaignCall
    post_preview: PostPreview
    servers: Sequence[str]


async def show_publish(visit: Visit) -> Response:
    """GET …/publish: how it reads, and who gets it."""
    return await _publish_page(visit)


async def publish(visit: Visit, form: Form) -> Response:
    """POST …/publish: opens it, or has it opened when its time comes."""
    stand = await _stand(visit, (CallState.DRAFT,))

    def work(session: Session, officer: Officer) -> None:
        publish_call(session, own_call(session, visit), by=officer.handle)

    async def again(problems: Mapping[str, str], status: int) -> Response:
        return await _publish_page(visit, problems, status)

    later = stand.call.opens_at > visit.reader.now
    return await done(visit, work, _WAITS if later else _PUBLISHED, back=path_of(visit), again=again)


async def show_close(visit: Visit) -> Response:
    """GET …/close: the outcome that each call must have; of a draft, whether it goes."""
    return await _close_page(visit)


async def close(visit: Visit, form: Form) -> Response:
    """POST …/close: closes it with its outcome; a draft is gone."""
    stand = await _stand(visit)

    def work(session: Session, officer: Officer) -> None:
        call = own_call(session, visit)
        if call.state == CallState.DRAFT:
            withdraw_call(session, call, "", by=officer.handle)
            return
        if form.get("status") not in tuple(OutcomeStatus):
            raise Invalid(Sentence("Choose how the call ended."), field="status")
        status = OutcomeStatus(form["status"])
        close_call(session, call, status, form.get("text", ""), form.get("on", ""), by=officer.handle)

    async def again(problems: Mapping[str, str], status: int) -> Response:
        return await _close_page(visit, problems, status, typed=form)

    was_draft = stand.call.state == CallState.DRAFT
    back = CAMPAIGNS if was_draft else path_of(visit)
    return await done(visit, work, _THROWN if was_draft else _CLOSED, back=back, again=again)


async def _stand(visit: Visit, states: Sequence[CallState] = tuple(CallState)) -> _Stand:
    def read(session: Session, _officer: Officer) -> _Stand:
        call = own_call(session, visit)
        if call.state not in states:
            raise NotFound(Sentence("There is no such call."))
        return _Stand(call, post_preview_of(session, call, terms_of(call)), servers_of_call(session, call))

    return await read_as(visit, Role.ADMIN, read)


async def _publish_page(visit: Visit, problems: Mapping[str, str] = _NONE, status: int = 200) -> Response:
    stand = await _stand(visit, (CallState.DRAFT,))
    return page(
        visit,
        "campaigns/officers/publish.html",
        status=status,
        active="campaigns-admin",
        it=ShownCall(call=stand.call),
        post_preview=stand.post_preview,
        servers=stand.servers,
        own_path=path_of(visit),
        problems=problems,
    )


async def _close_page(
    visit: Visit,
    problems: Mapping[str, str] = _NONE,
    status: int = 200,
    *,
    typed: Mapping[str, str] = _NONE,
) -> Response:
    stand = await _stand(visit)
    return page(
        visit,
        "campaigns/officers/close.html",
        status=status,
        active="campaigns-admin",
        it=ShownCall(call=stand.call),
        has_outcome=bool(stand.call.outcome_status),
        outcomes=[(value, label, "") for value, (label, _) in OUTCOMES.items()],
        servers=stand.servers,
        own_path=path_of(visit),
        typed=typed,
        problems=problems,
    )


ROUTES: Final[Sequence[BaseRoute]] = (
    shown(f"{_CALL}/publish", show_publish, to=Who.ADMIN),
    sent(f"{_CALL}/publish", publish, to=Who.ADMIN),
    shown(f"{_CALL}/close", show_close, to=Who.ADMIN),
    sent(f"{_CALL}/close", close, to=Who.ADMIN),
)
