"""Reporting an account. Source: https://docs.joinmastodon.org/methods/reports/"""

from typing import Final

from sqlalchemy.orm import Session

from fediunion.actors.known import get_account
from fediunion.actors.queries import get_actor
from fediunion.api.endpoint import Call, Endpoint, Json, post
from fediunion.api.mastodon.entities.account import account_entity
from fediunion.api.mastodon.entities.frame import Entity, frame_for
from fediunion.api.mastodon.entities.report import report_entity
from fediunion.db import settings_of
from fediunion.kit.errors import Invalid
from fediunion.social.moderation.reports import (
    CATEGORIES,
    MAX_COMMENT_CHARACTERS,
    MAX_POSTS,
    MAX_RULES,
    report,
)


async def file_report(call: Call) -> Json:
    """Report an account to the moderators, and with `forward` to its own server.

    The words are forwarded only where `fediunion[forward_comment]` says so: they may tell who reported.
    """
    params, caller = call.params, call.member
    account_id = params.id("account_id")
    if account_id is None:
        raise Invalid("A report names an account.", field="account_id")
    comment = params.text("comment", most=MAX_COMMENT_CHARACTERS)
    category = params.word("category", CATEGORIES, "other")
    post_ids = params.ids("status_ids", most=MAX_POSTS + 1)
    rule_numbers = params.ids("rule_ids", most=MAX_RULES)
    extension = params.group("fediunion")

    def unit(session: Session) -> Entity:
        target = get_account(session, account_id, caller.viewer)
        row = report(
            session,
            get_actor(session, caller.actor_id),
            target,
            post_ids=post_ids,
            comment=comment,
            category=category,
            rule_numbers=rule_numbers,
            forward=params.flag("forward"),
            forwards_comment=extension is not None and extension.flag("forward_comment"),
        )
        account = account_entity(target, frame_for(settings_of(session), caller.viewer))
        return report_entity(row, account, post_ids)

    return await call.world.db.write(unit)


ENDPOINTS: Final[tuple[Endpoint, ...]] = (post("/api/v1/reports", file_report, "write:reports"),)
