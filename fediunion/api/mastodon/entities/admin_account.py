"""The Admin::Account entity."""

from fediunion.api.mastodon.entities.account import account_entity
from fediunion.api.mastodon.entities.frame import Entity, Frame, day
from fediunion.api.mastodon.entities.role import role_entity
from fediunion.members.models import MemberState, Role
from fediunion.social.moderation.account_queries import ModeratedAccount


def admin_account_entity(account: ModeratedAccount, frame: Frame, *, email: str = "") -> Entity:
    """Return an account as moderators see it. `email` is empty where it is not for the reader.

    There is no address of a network: none is kept, so `ip` is null and `ips` empty on purpose.
    Source: https://docs.joinmastodon.org/entities/Admin_Account/
    """
    actor, member, sign_up = account.actor, account.member, account.sign_up
    return {
        "id": str(actor.id),
        "username": actor.username,
        "domain": None if actor.local else actor.handle_host,
        "created_at": day(actor.created_at),
        "email": email,
        "ip": None,
        "ips": [],
        "locale": member.locale if member else "",
        "invite_request": (sign_up.reason or None) if sign_up else None,
        "role": role_entity(member.role if member else Role.MEMBER),
        "confirmed": sign_up is None or sign_up.confirmed_at is not None,
        "approved": member is None or member.state != MemberState.PENDING or _is_approved(account),
        "disabled": member is not None and member.state == MemberState.DISABLED,
        "silenced": actor.silenced_at is not None,
        "suspended": actor.suspended_at is not None,
        "sensitized": actor.sensitized_at is not None,
        "account": account_entity(actor, frame),
        "created_by_application_id": (
            str(sign_up.application_id) if sign_up and sign_up.application_id is not None else None
        ),
        "invited_by_account_id": None,
    }


def _is_approved(account: ModeratedAccount) -> bool:
    return account.sign_up is not None and account.sign_up.approved_at is not None
