"""E-mail domains that nobody signs up with.

Source: https://docs.joinmastodon.org/methods/admin/email_domain_blocks/
"""

from typing import Final

from sqlalchemy.orm import Session

from fediunion.api.endpoint import NO_CONTENT, Answer, Call, Endpoint, Json, delete, get, post
from fediunion.api.mastodon.admin.acting import MOST, USUAL, Moderator, read_as, write_as
from fediunion.api.mastodon.entities.admin_email_block import admin_email_domain_block_entity
from fediunion.api.mastodon.entities.frame import Entity
from fediunion.api.mastodon.listing import links
from fediunion.members.email_rules import get_domain_block, list_domain_blocks
from fediunion.members.models import EmailDomainBlock, Role
from fediunion.social.moderation.emails import block_domain, unblock_domain

_LONGEST: Final = 300


async def list_(call: Call) -> Answer:
    """List them."""
    page = call.page(USUAL, MOST)

    def load(session: Session, _moderator: Moderator) -> list[EmailDomainBlock]:
        return list_domain_blocks(session, page)

    rows = await read_as(call, Role.ADMIN, load)
    shown = [admin_email_domain_block_entity(row) for row in rows]
    return Answer(shown, headers=links(call, page, [row.id for row in rows]))


async def show(call: Call) -> Json:
    """Show one of them."""
    block_id = call.id

    def load(session: Session, _moderator: Moderator) -> Entity:
        return admin_email_domain_block_entity(get_domain_block(session, block_id))

    return await read_as(call, Role.ADMIN, load)


async def create(call: Call) -> Json:
    """Block a domain."""

    def work(session: Session, moderator: Moderator) -> Entity:
        domain = call.params.text("domain", most=_LONGEST)
        return admin_email_domain_block_entity(block_domain(session, domain, by=moderator.handle))

    return await write_as(call, Role.ADMIN, work)


async def remove(call: Call) -> Json:
    """Block a domain no longer."""
    block_id = call.id

    def work(session: Session, moderator: Moderator) -> None:
        unblock_domain(session, block_id, by=moderator.handle)

    await write_as(call, Role.ADMIN, work)
    return NO_CONTENT


_READS: Final = "admin:read:email_domain_blocks"
_WRITES: Final = "admin:write:email_domain_blocks"
_ONE: Final = "/api/v1/admin/email_domain_blocks/:id"

ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    get("/api/v1/admin/email_domain_blocks", list_, _READS),
    post("/api/v1/admin/email_domain_blocks", create, _WRITES),
    get(_ONE, show, _READS),
    delete(_ONE, remove, _WRITES),
)
