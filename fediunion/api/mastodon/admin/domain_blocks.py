"""Blocked and silenced servers. Source: https://docs.joinmastodon.org/methods/admin/domain_blocks/"""

from typing import Final

from sqlalchemy.orm import Session

from fediunion.actors.domains import find_domain_rule, get_domain_rule, page_of_domain_rules
from fediunion.actors.models import DomainAction, DomainRule
from fediunion.api.endpoint import NO_CONTENT, Answer, Call, Endpoint, Json, delete, get, post, put
from fediunion.api.mastodon.admin.acting import MOST, USUAL, Moderator, read_as, write_as
from fediunion.api.mastodon.entities.admin_domain_rule import SEVERITIES, admin_domain_block_entity
from fediunion.api.mastodon.entities.frame import Entity
from fediunion.api.mastodon.listing import links
from fediunion.kit.errors import Invalid
from fediunion.members.models import Role
from fediunion.social.moderation.servers import decide_on_host, forget_decision

_BLOCKS: Final = tuple(SEVERITIES.values())
LONGEST_HOST: Final = 300
_LONGEST_COMMENT: Final = 2_000


async def list_(call: Call) -> Answer:
    """List the servers that are blocked or silenced."""
    page = call.page(USUAL, MOST)

    def load(session: Session, _moderator: Moderator) -> list[DomainRule]:
        return page_of_domain_rules(session, _BLOCKS, page)

    rules = await read_as(call, Role.ADMIN, load)
    shown = [admin_domain_block_entity(rule) for rule in rules]
    return Answer(shown, headers=links(call, page, [rule.id for rule in rules]))


async def show(call: Call) -> Json:
    """Show one of them."""
    rule_id = call.id

    def load(session: Session, _moderator: Moderator) -> Entity:
        return admin_domain_block_entity(get_domain_rule(session, rule_id, _BLOCKS))

    return await read_as(call, Role.ADMIN, load)


async def create(call: Call) -> Json:
    """Block or silence a server and those below it. A second time is 422: that rule is to be changed."""

    def work(session: Session, moderator: Moderator) -> Entity:
        host = call.params.text("domain", most=LONGEST_HOST)
        known = find_domain_rule(session, host)
        if known is not None and known.action != DomainAction.ALLOW:
            raise Invalid("There is a rule about this server already.", field="domain", reason="taken")
        return _decide(call, session, moderator, host, "silence", "", "")

    return await write_as(call, Role.ADMIN, work)


async def change(call: Call) -> Json:
    """Change a rule about a server."""
    rule_id = call.id

    def work(session: Session, moderator: Moderator) -> Entity:
        rule = get_domain_rule(session, rule_id, _BLOCKS)
        word = next(word for word, action in SEVERITIES.items() if action == rule.action)
        return _decide(call, session, moderator, rule.host, word, rule.reason, rule.private_reason)

    return await write_as(call, Role.ADMIN, work)


def _decide(
    call: Call, session: Session, moderator: Moderator, host: str, severity: str, public: str, private: str
) -> Entity:
    params = call.params
    rule = decide_on_host(
        session,
        host,
        SEVERITIES[params.word("severity", SEVERITIES, severity)],
        by=moderator.handle,
        reason=params.text("public_comment", most=_LONGEST_COMMENT, default=public),
        private_reason=params.text("private_comment", most=_LONGEST_COMMENT, default=private),
    )
    return admin_domain_block_entity(rule)


async def remove(call: Call) -> Json:
    """Forget a rule about a server; follows that ended stay ended."""
    rule_id = call.id

    def work(session: Session, moderator: Moderator) -> None:
        rule = get_domain_rule(session, rule_id, _BLOCKS)
        forget_decision(session, rule.host, by=moderator.handle)

    await write_as(call, Role.ADMIN, work)
    return NO_CONTENT


_READS: Final = "admin:read:domain_blocks"
_WRITES: Final = "admin:write:domain_blocks"
_ONE: Final = "/api/v1/admin/domain_blocks/:id"

ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    get("/api/v1/admin/domain_blocks", list_, _READS),
    post("/api/v1/admin/domain_blocks", create, _WRITES),
    get(_ONE, show, _READS),
    put(_ONE, change, _WRITES),
    delete(_ONE, remove, _WRITES),
)
