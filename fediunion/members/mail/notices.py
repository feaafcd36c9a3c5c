"""Mails in the reader's language: to a member's own address, or to one that is to become it."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from fediunion.config import Settings
from fediunion.db import settings_of
from fediunion.kit.catalogues import first_language, translated
from fediunion.kit.sentences import Sentence
from fediunion.members.emails import unseal_email
from fediunion.members.mail.service import Letter, queue_mail
from fediunion.members.models import Member


def title_of(settings: Settings) -> str:
    """Return what mails call this instance: the neutral name where the union has one."""
    return settings.instance.innocuous_name or settings.instance.title


def write_to(
    session: Session,
    member: Member,
    subject: Sentence,
    *paragraphs: str,
    language: str = "",
    unsubscribe: str = "",
) -> None:
    """Queue a mail to a member; to one without an address nothing is sent. The rest: `write_to_address`."""
    if member.sealed_email is None:
        return
    address = unseal_email(member.sealed_email, member.id, settings_of(session))
    write_to_address(
        session, address, subject, *paragraphs, reader=member, language=language, unsubscribe=unsubscribe
    )


def write_to_address(
    session: Session,
    address: str,
    subject: Sentence,
    *paragraphs: str,
    reader: Member,
    language: str = "",
    unsubscribe: str = "",
) -> None:
    """Queue a mail, translated for `reader`: a `Sentence` is, links and what people wrote stay as they are.

    The language is the one that the member set, where it is one of ours; else `language`, that of the page
    on which the act was done; else the instance's first. `unsubscribe`: see Letter.
    """
    chosen = language_for(reader, settings_of(session), language)
    _queue(session, address, subject, paragraphs, language=chosen, unsubscribe=unsubscribe)


def write_to_stranger(
    session: Session,
    address: str,
    subject: Sentence,
    *paragraphs: str,
    language: str,
    unsubscribe: str = "",
) -> None:
    """Queue a mail to an address of nobody here, translated as `write_to_address` does it.

    `language` is that of the page on which the address was typed; else it is the instance's first.
    """
    chosen = first_language(language, settings_of(session).instance.languages[0])
    _queue(session, address, subject, paragraphs, language=chosen, unsubscribe=unsubscribe)


def _queue(
    session: Session,
    address: str,
    subject: Sentence,
    paragraphs: Sequence[str],
    *,
    language: str,
    unsubscribe: str,
) -> None:
    texts = [_in_language(each, language).strip() for each in paragraphs]
    text = "\n\n".join(texts) + "\n"
    letter = Letter(
        to=address,
        subject=_in_language(subject, language),
        text=text,
        language=language,
        unsubscribe=unsubscribe,
    )
    queue_mail(session, letter)


def language_for(reader: Member, settings: Settings, of_page: str = "") -> str:
    """Return the language in which mails to a member are written."""
    return first_language(reader.locale, of_page, settings.instance.languages[0])


def tell_of_change(session: Session, member: Member, what: Sentence) -> None:
    """Tell a member that the way to sign in was changed: `what` is a sentence about it (row W12)."""
    settings = settings_of(session)
    title = title_of(settings)
    write_to(
        session,
        member,
        Sentence("Your account at %(title)s was changed", title=title),
        what,
        Sentence("If it was you, nothing is to be done. If it was not, choose another password now:"),
        f"{settings.base_url}/password/forgotten",
        Sentence("Tell those who run %(title)s, too.", title=title),
    )


def _in_language(text: str, language: str) -> str:
    return translated(text, language) if isinstance(text, Sentence) else text
