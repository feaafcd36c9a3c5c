"""/components: every part of the look on one page, in development and for admins."""

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from markupsafe import Markup
from starlette.responses import Response
from starlette.routing import BaseRoute

from fediunion.activitypub.audience import Audience
from fediunion.kit.errors import NotFound
from fediunion.web.assets import assets
from fediunion.web.render import page
from fediunion.web.routes import Who, may_open, shown
from fediunion.web.shown import AUDIENCES, PostActions, ShownPerson, ShownPost
from fediunion.web.visits import Visit

_SYMBOL: Final = re.compile(rb'<symbol id="([a-z]+)"')
_COLOURS: Final = (
    *("page", "sheet", "wash", "line", "edge", "ink", "ink-2", "act", "act-tint", "amber", "amber-tint"),
    *("red", "red-tint", "green", "green-tint", "focus", "d1", "d2", "d3", "d4"),
)
_LONG: Final = "Gleichstellungsbeauftragte der Rechtsschutzversicherungsgesellschaften"


async def show_components(visit: Visit) -> Response:
    """GET /components: the parts. Elsewhere than in development only admins find the page."""
    role = visit.visitor.role if visit.visitor else "member"
    if not visit.settings.is_development and not may_open(role, Who.ADMIN):
        raise NotFound("There is no such page.")
    symbols = [name.decode() for name in _SYMBOL.findall(assets().files["sprite.svg"].body)]
    return page(
        visit,
        "components/components.html",
        colours=_COLOURS,
        symbols=[name for name in symbols if name != "land"],
        audiences=AUDIENCES.values(),
        choices=_choices(),
        posts=_posts(visit),
        problems={"closing": "Give a closing date", "address": "Use the employer’s own address"},
    )


def _choices() -> list[dict[str, object]]:
    servers = [("unions.example", "affiliated"), ("clerks.example", "affiliated")]
    reach = {
        Audience.LOCAL: ("Goes to no other server", [("here.example", "everyone with an account here")], ""),
        Audience.NETWORK: ("Goes to 2 other servers", servers, "Their administrators can read it."),
        Audience.PUBLIC: ("Goes to 2 servers now, and can travel anywhere", servers, ""),
    }
    return [
        {
            "value": str(audience),
            "symbol": AUDIENCES[audience].symbol,
            "label": AUDIENCES[audience].label,
            "summary": summary,
            "servers": hosts,
            "more": [more] if more else [],
            "disabled": "",
        }
        for audience, (summary, hosts, more) in reach.items()
    ]


def _posts(visit: Visit) -> list[ShownPost]:
    board = ShownPerson(name="Vacancies", handle="@jobs@here.example", path="#", is_institution=True)
    heron = ShownPerson(name="blue-heron", handle="@blue-heron@here.example", path="#")
    long = ShownPerson(
        name=_LONG, handle="@gleichstellung@donaudampfschifffahrtsgesellschaft.example", path="#"
    )
    actions = PostActions(
        path="/components", reply_path="#", replies=2, boosts=9, favourites=1214, favourited=True
    )
    stays = PostActions(path="/components", reply_path="#", no_boost="This post stays in the union network.")
    now = visit.reader.now
    mine = visit.visitor is not None
    return [
        ShownPost(
            path="#",
            author=board,
            audience=AUDIENCES[Audience.PUBLIC],
            published_at=now - timedelta(minutes=12),
            content=Markup("<p>New: <a href='#'>P-3 Humanitarian Affairs Officer, Nairobi</a>.</p>"),
            actions=actions if mine else None,
        ),
        ShownPost(
            path="#",
            author=heron,
            audience=AUDIENCES[Audience.NETWORK],
            published_at=now - timedelta(hours=3),
            content=Markup("<p>Which clinic takes the staff medical card?</p>"),
            warning="Health",
            edited=True,
            boosted_by=_LONG,
            actions=stays if mine else None,
        ),
        ShownPost(
            path="#",
            author=long,
            audience=AUDIENCES[Audience.UNLISTED],
            published_at=now - timedelta(days=40),
            content=Markup("<p>Arbeitsunfähigkeitsbescheinigungspflicht ab dem vierten Kalendertag.</p>"),
            language="de",
            actions=actions if mine else None,
        ),
    ]


ROUTES: Final[Sequence[BaseRoute]] = (shown("/components", show_components, to=Who.ANYBODY),)
