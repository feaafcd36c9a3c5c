"""/unions: the network of unions as a drawing and as a list, for everybody."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from starlette.responses import Response
from starlette.routing import BaseRoute

from fediunion.config import FederationMode
from fediunion.kit.catalogues import translated
from fediunion.kit.sentences import Sentence
from fediunion.union.affiliation.models import AffiliationKind
from fediunion.union.directory.drawn.svg import drawing_of, styles_in
from fediunion.union.directory.queries import KnownUnion, Network, network_of
from fediunion.union.directory.wording import LEVELS, REGIONS, STYLES, part_of
from fediunion.web.pages.public.heads import Head
from fediunion.web.reading import reading
from fediunion.web.render import page
from fediunion.web.routes import Who, shown
from fediunion.web.visits import Visit

PATH: Final = "/unions"
MOST_SHOWN: Final = 60
_TITLE: Final = Sentence("Unions in this network")


@dataclass(frozen=True)
class Part:
    """What a union is part of: in words, whether that is suspended now, and since when it is so."""

    words: Sentence
    is_suspended: bool
    since: datetime | None


@dataclass(frozen=True)
class Row:
    """A union in the list."""

    union: KnownUnion
    level: str
    region: str
    parts: Sequence[Part]

    @property
    def since(self) -> datetime | None:
        """The first of its relations here."""
        return min((part.since for part in self.parts if part.since is not None), default=None)


async def show_unions(visit: Visit) -> Response:
    """GET /unions: what both sides confirmed; what is only offered is nobody's business."""
    network = await visit.world.db.read(lambda session: network_of(session, most=MOST_SHOWN))
    with reading(visit.reader):
        drawing = drawing_of(network)
    title = str(translated(_TITLE, visit.reader.language))
    return page(
        visit,
        "directory/unions.html",
        active="unions",
        about=Head(address=f"{visit.settings.base_url}{PATH}", title=title),
        drawing=drawing,
        legend=[(style.value, STYLES[style]) for style in styles_in(network)],
        rows=rows_of(network),
        federates=visit.settings.federation.mode is not FederationMode.OFF,
        left_out=network.left_out,
    )


def rows_of(network: Network) -> list[Row]:
    """Return the list: each union with what it is part of, ours first."""
    names = {union.uri: union.name for union in network.unions}
    parts: dict[str, list[Part]] = {union.uri: [] for union in network.unions}
    for tie in network.ties:
        ends = [(tie.child, tie.parent)]
        if tie.kind == AffiliationKind.BILATERAL:
            ends.append((tie.parent, tie.child))
        for one, other in ends:
            words = part_of(tie.kind, tie.label, names[other])
            parts[one].append(Part(words, tie.is_suspended, tie.since))
    return [
        Row(
            union,
            LEVELS.get(union.level, ""),
            REGIONS.get(union.region, ""),
            parts[union.uri],
        )
        for union in network.unions
    ]


ROUTES: Final[Sequence[BaseRoute]] = (shown(PATH, show_unions, to=Who.ANYBODY),)
