"""Notes about accounts, and recommending them. Source: https://docs.joinmastodon.org/methods/endorsements/"""

from collections.abc import Sequence
from typing import Final

from sqlalchemy.orm import Session

from fediunion.actors.known import get_account
from fediunion.actors.models import Actor
from fediunion.actors.viewer import Viewer
from fediunion.api.endpoint import Answer, Call, Endpoint, Json, get, post
from fediunion.api.mastodon.listing import accounts_answer
from fediunion.api.mastodon.relationships import act_on_account
from fediunion.kit.pages import Page
from fediunion.social.annotations import service
from fediunion.social.annotations.queries import list_endorsed


async def note(call: Call) -> Json:
    """Note something about an account."""
    text = call.params.text("comment", most=service.MAX_NOTE_CHARACTERS)

    def act(session: Session, member: Actor, account: Actor) -> None:
        service.write_note(session, member, account, text)

    return await act_on_account(call, act)


async def endorse(call: Call) -> Json:
    """Recommend an account."""
    return await act_on_account(call, service.endorse)


async def unendorse(call: Call) -> Json:
    """Recommend an account no longer."""
    return await act_on_account(call, service.unendorse)


async def show_own_endorsements(call: Call) -> Answer:
    """Show whom the member recommends."""
    return await _endorsed(call, call.member.actor_id)


async def show_endorsements(call: Call) -> Answer:
    """Show whom an account recommends; of accounts elsewhere that is not known."""
    return await _endorsed(call, call.id)


async def _endorsed(call: Call, actor_id: int) -> Answer:
    page = call.page(40, 80)
    rows = await call.world.db.read(_seen, actor_id, call.viewer, page)
    return accounts_answer(call, page, rows)


def _seen(session: Session, actor_id: int, viewer: Viewer, page: Page) -> Sequence[tuple[int, Actor]]:
    return list_endorsed(session, get_account(session, actor_id, viewer).id, page, viewer)


ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    post("/api/v1/accounts/:id/note", note, "write:accounts"),
    post("/api/v1/accounts/:id/endorse", endorse, "write:accounts"),
    post("/api/v1/accounts/:id/unendorse", unendorse, "write:accounts"),
    post("/api/v1/accounts/:id/pin", endorse, "write:accounts"),
    post("/api/v1/accounts/:id/unpin", unendorse, "write:accounts"),
    get("/api/v1/endorsements", show_own_endorsements, "read:accounts"),
    get("/api/v1/accounts/:id/endorsements", show_endorsements, "read:accounts", public=True),
)
