"""Allowed servers. Source: https://docs.joinmastodon.org/methods/admin/domain_allows/"""

from typing import Final

from sqlalchemy.orm import Session

from fediunion.actors.domains import get_domain_rule, page_of_domain_rules
from fediunion.actors.models import DomainAction, DomainRule
from fediunion.api.endpoint import Answer, Call, Endpoint, Json, delete, get, post
from fediunion.api.mastodon.admin.acting import MOST, USUAL, Moderator, read_as, write_as
from fediunion.api.mastodon.admin.domain_blocks import LONGEST_HOST
from fediunion.api.mastodon.entities.admin_domain_rule import admin_domain_allow_entity
from fediunion.api.mastodon.entities.frame import Entity
from fediunion.api.mastodon.listing import links
from fediunion.members.models import Role
from fediunion.social.moderation.servers import decide_on_host, forget_decision

_ALLOWS: Final = (DomainAction.ALLOW,)


async def list_(call: Call) -> Answer:
    """List the servers that are allowed."""
    page = call.page(USUAL, MOST)

    def load(session: Session, _moderator: Moderator) -> list[DomainRule]:
        return page_of_domain_rules(session, _ALLOWS, page)

    rules = await read_as(call, Role.ADMIN, load)
    shown = [admin_domain_allow_entity(rule) for rule in rules]
    return Answer(shown, headers=links(call, page, [rule.id for rule in rules]))


async def show(call: Call) -> Json:
    """Show one of them."""
    rule_id = call.id

    def load(session: Session, _moderator: Moderator) -> Entity:
        return admin_domain_allow_entity(get_domain_rule(session, rule_id, _ALLOWS))

    return await read_as(call, Role.ADMIN, load)


async def create(call: Call) -> Json:
    """Allow a server; a block of it ends, and a second time changes nothing."""

    def work(session: Session, moderator: Moderator) -> Entity:
        host = call.params.text("domain", most=LONGEST_HOST)
        return admin_domain_allow_entity(
            decide_on_host(session, host, DomainAction.ALLOW, by=moderator.handle)
        )

    return await write_as(call, Role.ADMIN, work)


async def remove(call: Call) -> Json:
    """Allow a server no longer; show what was."""
    rule_id = call.id

    def work(session: Session, moderator: Moderator) -> Entity:
        rule = get_domain_rule(session, rule_id, _ALLOWS)
        shown = admin_domain_allow_entity(rule)
        forget_decision(session, rule.host, by=moderator.handle)
        return shown

    return await write_as(call, Role.ADMIN, work)


_READS: Final = "admin:read:domain_allows"
_WRITES: Final = "admin:write:domain_allows"
_ONE: Final = "/api/v1/admin/domain_allows/:id"

ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    get("/api/v1/admin/domain_allows", list_, _READS),
    post("/api/v1/admin/domain_allows", create, _WRITES),
    get(_ONE, show, _READS),
    delete(_ONE, remove, _WRITES),
)
