"""Single e-mail addresses that nobody signs up with; only keyed hashes of them are kept.

Source: https://docs.joinmastodon.org/methods/admin/canonical_email_blocks/
"""

from typing import Final

from sqlalchemy.orm import Session

from fediunion.api.endpoint import NO_CONTENT, Answer, Call, Endpoint, Json, delete, get, post
from fediunion.api.mastodon.admin.acting import MOST, USUAL, Moderator, read_as, write_as
from fediunion.api.mastodon.entities.admin_email_block import admin_canonical_email_block_entity
from fediunion.api.mastodon.entities.frame import Entity
from fediunion.api.mastodon.listing import links
from fediunion.members.email_rules import find_email_block, get_email_block, list_email_blocks
from fediunion.members.models import EmailBlock, Role
from fediunion.social.moderation.emails import block_email, unblock_email

_LONGEST: Final = 320


async def list_(call: Call) -> Answer:
    """List them."""
    page = call.page(USUAL, MOST)

    def load(session: Session, _moderator: Moderator) -> list[EmailBlock]:
        return list_email_blocks(session, page)

    rows = await read_as(call, Role.ADMIN, load)
    shown = [admin_canonical_email_block_entity(row) for row in rows]
    return Answer(shown, headers=links(call, page, [row.id for row in rows]))


async def show(call: Call) -> Json:
    """Show one of them."""
    block_id = call.id

    def load(session: Session, _moderator: Moderator) -> Entity:
        return admin_canonical_email_block_entity(get_email_block(session, block_id))

    return await read_as(call, Role.ADMIN, load)


async def create(call: Call) -> Json:
    """Block an address, given as it is or by its hash here."""

    def work(session: Session, moderator: Moderator) -> Entity:
        email = call.params.text("email", most=_LONGEST)
        key = call.params.text("canonical_email_hash", most=_LONGEST)
        row = block_email(session, email=email, key=key, by=moderator.handle)
        return admin_canonical_email_block_entity(row)

    return await write_as(call, Role.ADMIN, work)


async def test(call: Call) -> Json:
    """List the blocks that an address meets: one or none."""

    def load(session: Session, _moderator: Moderator) -> list[Entity]:
        row = find_email_block(session, call.params.text("email", most=_LONGEST))
        return [] if row is None else [admin_canonical_email_block_entity(row)]

    return await read_as(call, Role.ADMIN, load)


async def remove(call: Call) -> Json:
    """Block an address no longer."""
    block_id = call.id

    def work(session: Session, moderator: Moderator) -> None:
        unblock_email(session, block_id, by=moderator.handle)

    await write_as(call, Role.ADMIN, work)
    return NO_CONTENT


_READS: Final = "admin:read:canonical_email_blocks"
_WRITES: Final = "admin:write:canonical_email_blocks"
_ONE: Final = "/api/v1/admin/canonical_email_blocks/:id"

ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    get("/api/v1/admin/canonical_email_blocks", list_, _READS),
    post("/api/v1/admin/canonical_email_blocks", create, _WRITES),
    post("/api/v1/admin/canonical_email_blocks/test", test, _READS),
    get(_ONE, show, _READS),
    delete(_ONE, remove, _WRITES),
)
