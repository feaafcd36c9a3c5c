"""Calls as templates show them: in a list, on a card, and on a page of their own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from markupsafe import Markup

from fediunion.kit.markdown import markdown_to_html
from fediunion.kit.sentences import Sentence
from fediunion.union.campaigns.models import CallState, CampaignCall, OutcomeStatus, SigningMode
from fediunion.union.campaigns.service.rows import terms_of
from fediunion.union.campaigns.terms.call import CallTerms
from fediunion.web.drawings import meter
from fediunion.web.markup import already_clean
from fediunion.web.reading import current_reader

OUTCOMES: Final[Mapping[str, tuple[Sentence, str]]] = {
    OutcomeStatus.WON: (Sentence("Won"), "ok"),
    OutcomeStatus.PARTLY_WON: (Sentence("Partly won"), "ok"),
    OutcomeStatus.LOST: (Sentence("Lost"), "no"),
    OutcomeStatus.WITHDRAWN: (Sentence("Withdrawn"), ""),
}
"""What a call's end is called, and the tone that it is shown in."""

MODES: Final[Mapping[str, tuple[Sentence, Sentence]]] = {
    SigningMode.COUNTED: (
        Sentence("Count me, without a name"),
        Sentence("Only the number is told."),
    ),
    SigningMode.TARGET: (
        Sentence("Tell my name to the people addressed only"),
        Sentence("It is on the list that they are given, and on no page."),
    ),
    SigningMode.PUBLIC: (
        Sentence("Show my name here"),
        Sentence("Everybody can read it on this page."),
    ),
}
"""How one can sign: what each is called, and who learns the name. What tells the least stands first."""


@dataclass(frozen=True, kw_only=True)
class ShownCall:
    """A call in a row, on a card or on its page. `lead_name` and `lead_path` are of who publishes it."""

    call: CampaignCall
    lead_name: str = ""
    lead_path: str = ""
    sponsors: Sequence[str] = field(default=())

    @cached_property
    def terms(self) -> CallTerms:
        """Everything that it says."""
        return terms_of(self.call)

    @property
    def path(self) -> str:
        """The page of it here."""
        return f"/campaigns/{self.call.slug}"

    @property
    def language(self) -> str:
        """The language that title and demand are in."""
        return self.terms.language

    @property
    def is_draft(self) -> bool:
        """Whether nobody else sees it yet."""
        return self.call.state == CallState.DRAFT

    @property
    def is_open(self) -> bool:
        """Whether it can be signed; the clock may be ahead of the row by some seconds."""
        return self.call.state == CallState.OPEN and self.call.opens_at <= current_reader().now < (
            self.call.closes_at
        )

    @property
    def is_to_come(self) -> bool:
        """Whether it is published and opens later."""
        return self.call.state == CallState.OPEN and current_reader().now < self.call.opens_at

    @property
    def outcome(self) -> tuple[Sentence, str] | None:
        """How it ended, with the tone of that; None where that is not told."""
        return OUTCOMES.get(self.call.outcome_status)

    @property
    def bar(self) -> Markup:
        """How far it is to the goal, as a bar; nothing where it has none."""
        if not self.call.goal:
            return Markup()
        return meter(min(self.call.signatures_count, self.call.goal), self.call.goal)

    @property
    def case(self) -> tuple[Markup, str]:
        """The case for this reader, and the language that it is in."""
        text, language = self.terms.case_in(current_reader().language)
        return case_html(text), language


def case_html(text: str) -> Markup:
    """Return Markdown that somebody of ours or of a peer typed as clean HTML; HTML in it is text."""
    if not text.strip():
        return Markup()
    return already_clean(markdown_to_html(text, mentions={}, hashtag_url=None))
