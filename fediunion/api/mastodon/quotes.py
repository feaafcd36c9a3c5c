"""Who may quote a post, and who does. Source: https://docs.joinmastodon.org/methods/statuses/"""

from collections.abc import Sequence
from typing import Final

from sqlalchemy.orm import Session

from fediunion.actors.queries import get_actor
from fediunion.api.endpoint import Answer, Call, Endpoint, get, post, put
from fediunion.api.mastodon.drafts import quote_policy_in
from fediunion.api.mastodon.fragments import Shown, changed_statuses, show
from fediunion.api.mastodon.listing import statuses_answer
from fediunion.api.mastodon.statuses import one, own_post
from fediunion.kit.errors import Invalid
from fediunion.social.posts.reacting import list_quoting
from fediunion.social.posts.service.publishing import change_quote_policy
from fediunion.social.posts.service.quotes import revoke_quote
from fediunion.social.posts.visibility import get_visible_post


async def show_quotes(call: Call) -> Answer:
    """Show the posts that quote a post."""
    page = call.page()

    def load(session: Session) -> Sequence[int]:
        get_visible_post(session, call.id, call.viewer)
        return list_quoting(session, call.id, call.viewer, page)

    return await statuses_answer(call, page, await call.world.db.read(load))


async def change_interaction_policy(call: Call) -> Answer:
    """Say who may quote a post of the member's own."""
    caller, post_id, policy = call.member, call.id, quote_policy_in(call.params)
    if policy is None:
        raise Invalid("quote_approval_policy is missing", field="quote_approval_policy")

    def unit(session: Session) -> Shown:
        own = own_post(session, post_id, caller)
        change_quote_policy(session, get_actor(session, caller.actor_id), own, policy)
        session.flush()
        return show(session, [post_id], caller.viewer)

    return one(await changed_statuses(call.world, [post_id], await call.world.db.write(unit), caller.viewer))


async def revoke(call: Call) -> Answer:
    """Take the consent to a quote back; show the post that quoted, without what it quoted."""
    caller, post_id, quoting_id = call.member, call.id, call.id_in("quoting_status_id")

    def unit(session: Session) -> Shown:
        own = own_post(session, post_id, caller)
        quoting = get_visible_post(session, quoting_id, caller.viewer)
        revoke_quote(session, get_actor(session, caller.actor_id), own, quoting)
        session.flush()
        return show(session, [quoting_id], caller.viewer)

    shown = await call.world.db.write(unit)
    return one(await changed_statuses(call.world, [quoting_id], shown, caller.viewer))


ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    get("/api/v1/statuses/:id/quotes", show_quotes, "read:statuses"),
    put("/api/v1/statuses/:id/interaction_policy", change_interaction_policy, "write:statuses"),
    post("/api/v1/statuses/:id/quotes/:quoting_status_id/revoke", revoke, "write:statuses"),
)
