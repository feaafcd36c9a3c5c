"""Which names an actor of ours may have."""

import re
from typing import Final

from fediunion.config import Settings
from fediunion.kit.errors import Invalid
from fediunion.kit.sentences import Sentence

INSTANCE_NAME: Final = "instance"
READER_NAME: Final = "reader"
UNION_NAME: Final = "union"

LONGEST_NAME: Final = 30

_MADE_BY_US = re.compile(r"s-[a-z2-7]{12}|p-[a-z2-7]{26}")
"""Names that searches are given by what they ask for: whoever took one would be taken for it."""

_NAME = re.compile(r"[a-z0-9_]+(?:[.-][a-z0-9_]+)*")
_MACHINERY = frozenset({INSTANCE_NAME, READER_NAME})
_WORDS_OF_ROUTES_AND_INSTITUTIONS = """
    about abuse actor actors agreements all announcements anonymous api apps assets auth authorize board
    boards branch campaign campaigns committee contact contexts directory editor events everybody
    everyone explore federation fediunion feed feeds follow followers following group groups health help
    here hiring home host inbox index info instance learn learning legal local login logout media
    members metrics network news newsletter nobody nodeinfo notifications ns oauth office official
    outbox password petition petitions policy posts press privacy public reader register representative
    research rss safety search security settings share signin signup site status statuses strike system
    tags terms union unions users vacancies vacancy well-known working-abroad www
"""
_WORDS_OF_AUTHORITY = """
    admin administrator administrators hostmaster mailer-daemon mod moderation moderator moderators no-reply
    noreply owner postmaster root secretary staff steward support sysadmin team treasurer webmaster
"""
RESERVED_NAMES: Final = frozenset(_WORDS_OF_ROUTES_AND_INSTITUTIONS.split())
RESERVED_AT_SIGN_UP: Final = RESERVED_NAMES | frozenset(_WORDS_OF_AUTHORITY.split())


def check_member_name(text: str, settings: Settings, *, by_operator: bool = False) -> str:
    """Return the name in lower case; raise Invalid where a member may not have it.

    Names of routes and institutions are reserved, and so is the name of the server itself, which means
    the instance actor (FEP-d556). Names that claim authority are for the operator alone to give.
    Whether the name is taken is for the database to say.
    """
    name = check_actor_name(text)
    reserved = RESERVED_NAMES if by_operator else RESERVED_AT_SIGN_UP
    if name in reserved or _is_ours(name, settings):
        raise Invalid(
            Sentence("The name %(name)s is reserved.", name=name), field="username", reason="reserved"
        )
    return name


def check_institution_name(text: str, settings: Settings) -> str:
    """Return the name in lower case; raise Invalid where no union, board, feed or group may have it.

    What is kept from members so that institutions can have it is theirs.
    """
    name = check_actor_name(text)
    if _is_ours(name, settings):
        raise Invalid(
            Sentence("The name %(name)s is reserved.", name=name), field="username", reason="reserved"
        )
    return name


def check_actor_name(text: str) -> str:
    """Return the name in lower case; raise Invalid unless it is one that every server can read.

    Letters a to z, digits and `_`, single dots and dashes inside, at most 30 characters.
    Source: Mastodon's USERNAME_ONLY_RE reads dots and dashes only between other characters.
    """
    name = text.strip().lower()
    if not _NAME.fullmatch(name) or len(name) > LONGEST_NAME:
        raise Invalid(
            Sentence(
                "A name has 1 to %(most)s letters a to z, digits or _, and single dots or dashes inside.",
                most=LONGEST_NAME,
            ),
            field="username",
            reason="bad-username",
        )
    return name


def _is_ours(name: str, settings: Settings) -> bool:
    """Return whether only what the server makes by itself has such a name."""
    hosts = {host.partition(":")[0] for host in settings.authority}
    return name in _MACHINERY or name in hosts or _MADE_BY_US.fullmatch(name) is not None
