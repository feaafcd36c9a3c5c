"""The rules of the union's own pages, and of how all pages look."""

import re
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fediunion.db import now_of, settings_of
from fediunion.kit.errors import Invalid
from fediunion.kit.html import plain_name
from fediunion.kit.markdown import markdown_to_html
from fediunion.kit.sentences import Sentence
from fediunion.social.media.addresses import file_address
from fediunion.social.media.files import drop_picture, keep_picture
from fediunion.social.moderation.audit import record_audit
from fediunion.social.site.colours import LEAST_CONTRAST, SHEET, contrast, is_colour
from fediunion.social.site.models import Appearance, OwnPage
from fediunion.social.site.queries import THE_ONE, find_appearance, get_own_page

LONGEST_TITLE: Final = 100
LONGEST_TEXT: Final = 30_000
MOST_PAGES: Final = 100
_SLUG: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LONGEST_SLUG: Final = 60


def page_content(source: str) -> str:
    """Return the clean HTML of a page in Markdown, with tables; no script, frame or picture comes through."""
    return markdown_to_html(source, mentions={}, hashtag_url=None, tables=True)


def put_own_page(session: Session, slug: str, title: str, source: str, *, by: str) -> OwnPage:
    """Make the page of that name or change it; return it. Raises Invalid with its field."""
    name, heading = slug.strip().lower(), plain_name(title, LONGEST_TITLE)
    if not _SLUG.fullmatch(name) or len(name) > _LONGEST_SLUG:
        raise Invalid(
            Sentence("An address has letters a to z, digits and single dashes inside."), field="slug"
        )
    if not heading:
        raise Invalid(Sentence("A title is needed."), field="title")
    if not source.strip() or len(source) > LONGEST_TEXT:
        raise Invalid(Sentence("The text has 1 to %(most)s characters.", most=LONGEST_TEXT), field="source")
    row = session.scalar(select(OwnPage).where(OwnPage.slug == name))
    if row is None:
        if (session.scalar(select(func.count()).select_from(OwnPage)) or 0) >= MOST_PAGES:
            raise Invalid(Sentence("There are %(most)s pages at most.", most=MOST_PAGES), field="slug")
        row = OwnPage(slug=name)
        session.add(row)
    row.title, row.source, row.content = heading, source, page_content(source)
    row.changed_at = now_of(session)
    record_audit(session, by=by, action="page.publish", subject=name)
    return row


def remove_own_page(session: Session, slug: str, *, by: str) -> None:
    """Remove a page. Raises NotFound."""
    session.delete(get_own_page(session, slug))
    record_audit(session, by=by, action="page.remove", subject=slug)


def choose_brand(session: Session, brand: str, *, by: str) -> Appearance:
    """Give the pages a colour, "" for the one that they have by themselves; return the row.

    Raises Invalid for what is no colour, and for one that cannot be told from a sheet (WCAG 1.4.3).
    """
    colour = brand.strip().lower()
    if colour and not is_colour(colour):
        raise Invalid(Sentence("Write the colour as # and six digits, such as #0b5560."), field="brand")
    if colour and contrast(colour, SHEET) < LEAST_CONTRAST:
        sentence = Sentence(
            "This colour is too light: its contrast on white is %(found)s, and 4.5 is needed.",
            found=f"{contrast(colour, SHEET):.1f}",
        )
        raise Invalid(sentence, field="brand")
    row = _appearance(session)
    row.brand = colour
    record_audit(session, by=by, action="appearance.change", subject=colour or "brand")
    return row


def choose_logo(session: Session, file_id: int | None, *, by: str) -> Appearance:
    """Give the pages a stored file (media.uploads.store_picture) as logo, or no logo; return the row."""
    row = _appearance(session)
    if file_id is None:
        drop_picture(session, row.logo_url)
        row.logo_url = None
    else:
        name = keep_picture(session, file_id, row.logo_url)
        row.logo_url = file_address(settings_of(session).base_url, name)
    record_audit(session, by=by, action="appearance.change", subject="logo")
    return row


def _appearance(session: Session) -> Appearance:
    row = find_appearance(session)
    if row is None:
        row = Appearance(id=THE_ONE, brand="", logo_url=None)
        session.add(row)
    return row
