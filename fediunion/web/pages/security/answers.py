"""How pages of second factors answer: with a new cookie and new recovery codes, or with what was wrong."""

from typing import Final

from starlette.responses import Response

from fediunion.kit.sentences import Sentence
from fediunion.members.factors.standing import FactorsChanged
from fediunion.web.render import page
from fediunion.web.routes import see_other
from fediunion.web.visitors import set_cookie
from fediunion.web.visits import Visit

PATH: Final = "/settings/security"


def changed(visit: Visit, what: FactorsChanged, told: Sentence) -> Response:
    """Return the way back after a factor came or went; new recovery codes are shown first, this once."""
    # The rights of the session may be others now, and so is its cookie (row W02).
    visit.cookie = what.cookie
    answer = (
        codes_page(visit, what.recovery_codes, told) if what.recovery_codes else see_other(visit, PATH, told)
    )
    set_cookie(answer, visit.settings, what.cookie, lasts=True)
    return answer


def codes_page(visit: Visit, codes: tuple[str, ...], told: Sentence | str = "") -> Response:
    """Return the page that shows recovery codes once."""
    return page(visit, "security/codes.html", active="security", codes=codes, told=told)
