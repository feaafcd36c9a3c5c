"""The Admin::DomainBlock and Admin::DomainAllow entities."""

import hashlib
from typing import Final

from fediunion.actors.models import DomainAction, DomainRule
from fediunion.api.mastodon.entities.frame import Entity, instant

SEVERITIES: Final = {"suspend": DomainAction.BLOCK, "silence": DomainAction.SILENCE}
"""What the words of the documentation are here; "noop" is no rule, and so is not among them."""

_WORDS: Final = {str(action): word for word, action in SEVERITIES.items()}


def admin_domain_block_entity(rule: DomainRule) -> Entity:
    """Return a rule against a server. Of a blocked one nothing is taken, no picture and no report either.

    Source: https://docs.joinmastodon.org/entities/Admin_DomainBlock/
    """
    blocked = rule.action == DomainAction.BLOCK
    return {
        "id": str(rule.id),
        "domain": rule.host,
        "digest": hashlib.sha256(rule.host.encode()).hexdigest(),
        "created_at": instant(rule.created_at),
        "severity": _WORDS[rule.action],
        "reject_media": blocked,
        "reject_reports": blocked,
        "private_comment": rule.private_reason or None,
        "public_comment": rule.reason or None,
        "obfuscate": False,
    }


def admin_domain_allow_entity(rule: DomainRule) -> Entity:
    """Return a server that is allowed. Source: https://docs.joinmastodon.org/entities/Admin_DomainAllow/"""
    return {"id": str(rule.id), "domain": rule.host, "created_at": instant(rule.created_at)}
