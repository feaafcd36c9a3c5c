"""A union whose calls are looked at: what tests of their pages need."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.actors.queries import find_local_actor
from fediunion.members.models import Role
from fediunion.union.campaigns.models import CampaignCall
from fediunion.union.campaigns.service.drafting import create_draft
from fediunion.union.campaigns.service.publishing import publish_call
from fediunion.union.campaigns.terms.call import CallTerms
from tests.oauth.rig import Browser, Desk, fields_of
from tests.union.campaigns.samples import CLOSES, OPENS, call_terms

T = TypeVar("T")

JSON = {"Accept": "application/json"}
PEER = {"Accept": "application/activity+json"}


async def put(
    desk: Desk,
    terms: CallTerms | None = None,
    *,
    audience: Audience = Audience.PUBLIC,
    draft: bool = False,
    opens: datetime = OPENS,
    closes: datetime = CLOSES,
    **changed: Any,
) -> CampaignCall:
    """Return a call of `campaigns`, `changed` in terms, published or kept as a draft."""

    def work(session: Session) -> CampaignCall:
        actor = find_local_actor(session, "campaigns")
        assert actor is not None
        said = replace(terms or call_terms(), **changed)
        call = create_draft(session, actor, said, opens, closes, audience, by="tests")
        if not draft:
            publish_call(session, call, by="tests")
        return call

    made: CampaignCall = await desk.db.write(work)
    return made


async def change(desk: Desk, call: CampaignCall, do: Callable[..., T], *more: Any, **named: Any) -> T:
    """Let a service do something with a call."""

    def work(session: Session) -> T:
        return do(session, session.get_one(CampaignCall, call.id), *more, **named)

    done: T = await desk.db.write(work)
    return done


async def again(desk: Desk, call: CampaignCall) -> CampaignCall:
    """Return a call as it is now."""
    found: CampaignCall = await desk.db.read(lambda session: session.get_one(CampaignCall, call.id))
    return found


async def officer(desk: Desk, role: Role = Role.ADMIN, name: str = "olga") -> Browser:
    """Return the browser of an officer."""
    await desk.member(name, role=role)
    return await desk.signed_in(name)


async def press(browser: Browser, page: str, path: str, **fields: str) -> Any:
    """Send a form of a page; return the answer."""
    token = fields_of((await browser.get(page)).text)["form_token"]
    return await browser.post(path, {"form_token": token, **fields})
