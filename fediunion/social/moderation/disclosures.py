"""What the instance tells everybody about itself: what it keeps, where it goes, what could be taken."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fediunion.actors.domains import list_domain_rules
from fediunion.actors.models import DomainAction, DomainRule, Instance
from fediunion.config import FederationMode, Settings
from fediunion.db import settings_of
from fediunion.kit.sentences import Sentence
from fediunion.members.sessions import LONGEST
from fediunion.outbox.ledger import DEAD_LETTER_DAYS


@dataclass(frozen=True)
class Surroundings:
    """With how many servers the instance deals, and about which it decided.

    `limited` has the rules themselves only where the instance publishes them (row V20).
    """

    known: int
    blocked: int
    silenced: int
    allowed: int
    limited: Sequence[DomainRule]


def surroundings(session: Session) -> Surroundings:
    """Return what strangers are told of the servers around."""
    rules = list_domain_rules(session)

    def having(action: DomainAction) -> list[DomainRule]:
        return [rule for rule in rules if rule.action == action]

    blocked, silenced = having(DomainAction.BLOCK), having(DomainAction.SILENCE)
    return Surroundings(
        known=session.scalar(select(func.count()).select_from(Instance)) or 0,
        blocked=len(blocked),
        silenced=len(silenced),
        allowed=len(having(DomainAction.ALLOW)),
        limited=[*blocked, *silenced] if settings_of(session).transparency.publish_limited_servers else [],
    )


def kept_sentences(settings: Settings) -> list[Sentence]:
    """Return what is kept and for how long, a sentence each; the figures are those that the jobs use."""
    privacy, media = settings.privacy, settings.media
    return [
        Sentence("Accounts, posts and files are kept on this server until their author deletes them."),
        Sentence("Received activities are kept as they came for %(days)s days.", days=privacy.inbox_days),
        Sentence("Records of successful deliveries are kept for %(days)s days.", days=privacy.delivery_days),
        Sentence("Records of deliveries that failed are kept for %(days)s days.", days=DEAD_LETTER_DAYS),
        Sentence(
            "Posts from elsewhere that nobody here uses are kept for %(days)s days.",
            days=privacy.remote_post_days,
        ),
        Sentence(
            "Copies of files from elsewhere that nobody looks at are kept for %(days)s days.",
            days=media.remote_cache_days,
        ),
        Sentence(
            "Who is signed in, with which kind of device, is kept until the sign-in ends, %(days)s days at"
            " most.",
            days=LONGEST.days,
        ),
        Sentence(
            "No log of visits is written. Network addresses are never stored: failed log-ins are counted"
            " under keyed hashes, for an hour at most."
        ),
        Sentence("Backups are kept for %(days)s days.", days=privacy.backup_days),
    ]


def leaving_sentences(settings: Settings) -> list[Sentence]:
    """Return where things go from here, a sentence each."""
    found = [
        Sentence("What you post goes to whom you address."),
        Sentence(
            "Other servers that receive it keep copies of their own, and are told when you delete it. Nobody"
            " can make them obey."
        ),
        Sentence("Nothing is given or sold to third parties; pages load nothing from other companies."),
        Sentence(
            "Direct messages are not end-to-end encrypted: administrators of a recipient's server can"
            " read them."
        ),
    ]
    if settings.federation.mode is FederationMode.OFF:
        found = [
            Sentence("This server talks with no other server. Nothing that is posted leaves it."),
            *found[2:],
        ]
    if settings.translation.url:
        found.append(
            Sentence("Public posts go to a translation service when a member asks for a translation.")
        )
    return found


def order_sentences() -> list[Sentence]:
    """Return what a court order could obtain from this server, and what is not there to be obtained."""
    return [
        Sentence("Names and posts of accounts, those that are not public too."),
        Sentence(
            "Direct messages that are still kept: they are stored readable, so that they can be shown to you."
        ),
        Sentence(
            "E-mail addresses of those who gave one. They are stored encrypted, but this server has the key."
        ),
        Sentence("Who follows whom, which posts somebody liked or kept, and who was blocked or reported."),
        Sentence("Passwords only as hashes from which they cannot be read."),
        Sentence("No network addresses, no log of visits, no legal names unless somebody typed them."),
        Sentence("No list of the union's members: this server does not hold the membership register."),
    ]
