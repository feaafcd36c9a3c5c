"""A peer's notice full of markup and marks: nothing of it is more than words, wherever it is shown."""

import csv
import io
import re
from typing import Any

from multidict import CIMultiDict
from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.kit.urls import parse_remote_url
from fediunion.union.vacancies.models import Vacancy
from tests.union.vacancies.conftest import Halls, vacancies
from tests.union.vacancies.peers import board_of, tell
from tests.union.vacancies.samples import posting

BREAK = "</script><script>alert(1)</script><img src=x onerror=alert(1)>\"'><svg onload=alert(1)>\u202e\u200b"
INJECTED = re.compile(
    rb"<script>alert|<img[^>]*onerror|<svg[^>]*onload|(?:href|src)=.?javascript:|\xe2\x80\xae|\xe2\x80\x8b"
)


def planted() -> dict[str, Any]:
    """Return a JobPosting whose every text tries to be markup, a formula, or a line of its own."""
    texts = (
        *("title", "description", "responsibilities", "qualifications", "jobBenefits"),
        *("eligibilityToWorkRequirement", "securityClearanceRequirement", "physicalRequirement"),
        *("educationRequirements", "applicationContact", "fu:unionAtEmployer", "fu:recognition"),
        *("fu:globalAgreement", "fu:duration"),
    )
    member = posting("V-01")
    member |= {name: f"=1+1 {BREAK}\r\nX-INJECTED:1\r\n {name}" for name in texts}
    organization = member["hiringOrganization"] | {
        "name": f"Employer {BREAK}",
        "sameAs": "javascript:alert(1)",
    }
    return member | {
        "fu:grade": "=<script>alert(1)</script>\r\nX",
        "hiringOrganization": organization | {"department": {"name": BREAK}},
        "identifier": {"value": f"@N-1 {BREAK}"},
        "jobLocation": [{"address": {"addressLocality": f"Nairobi {BREAK}", "addressCountry": "KE"}}],
        "occupationalCategory": [{"inCodeSet": "ESCO", "codeValue": "javascript:alert(1)", "name": BREAK}],
    }


async def get(halls: Halls, path: str, accept: str = "text/html") -> tuple[int, str, bytes]:
    """Return how the union in Nairobi answers: status, media type, body."""
    answer = await halls.internet.send(
        "GET",
        parse_remote_url(f"https://nairobisu.example{path}"),
        CIMultiDict({"accept": accept}),
        None,
        max_bytes=1 << 20,
        deadline_seconds=600,
    )
    return answer.status, answer.headers["content-type"], answer.body


async def test_V11_words_of_a_peer_stay_words_in_every_form_in_which_they_are_shown(halls: Halls) -> None:
    board = await board_of(halls, "evil.example")
    await tell(halls, board, planted())
    (one,) = await vacancies(halls.nairobi)

    def show(session: Session) -> None:
        session.scalars(select(Vacancy)).one().hidden = False

    await halls.nairobi.world.db.write(show)
    shown = {}
    for path in (
        f"/vacancies/{one.slug}",
        "/vacancies",
        "/vacancies?q=employer",
        *(f"/vacancies.{ending}" for ending in ("json", "jsonld", "jsonfeed", "atom", "rss", "ics", "csv")),
        "/",
        "/sitemap.xml",
    ):
        status, media_type, body = await get(halls, path)
        shown[path] = body
        assert status in (200, 404, 302, 303), (path, status)
        if media_type.startswith(("text/html", "application/atom", "application/rss", "application/xml")):
            assert INJECTED.search(body) is None, (path, INJECTED.search(body))
    assert b"Employer" in shown[f"/vacancies/{one.slug}"]
    assert b"Employer" in shown["/vacancies"]
    lines = shown["/vacancies.ics"].split(b"\r\n")
    assert b"BEGIN:VEVENT" in lines
    assert all(len(line) <= 75 for line in lines)
    assert not any(line.startswith(b"X-INJECTED") for line in lines)
    cells = [cell for row in csv.reader(io.StringIO(shown["/vacancies.csv"].decode())) for cell in row]
    assert any("Employer" in cell for cell in cells)
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in cells)
    for ending in ("json", "jsonld", "jsonfeed"):
        assert b"\xe2\x80\xae" not in shown[f"/vacancies.{ending}"]
