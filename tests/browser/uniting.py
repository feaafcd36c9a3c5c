"""Other unions beside an instance: one that is affiliated, one that offers to be."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from fediunion.actors.queries import find_local_actor
from fediunion.union.affiliation.models import AffiliationKind, AffiliationStatus
from tests.social.builders import remote_actor
from tests.union.directory.ties import add_tie


def add_unions(session: Session, *, name: str) -> Mapping[str, str]:
    """Add two unions and their relations with ours; return what stands in addresses. `name` is a long one."""
    union = find_local_actor(session, "union")
    assert union is not None
    ours = union.uri
    south, east = (remote_actor(session, host, "union") for host in ("south.example", "east.example"))
    for each in (south, east):
        each.wire_type, each.url = "Organization", f"{each.uri}/page"
    south.display_name = name
    session.flush()
    relation = add_tie(session, south.uri, ours, ours=ours)
    add_tie(
        session,
        east.uri,
        ours,
        AffiliationKind.SECTOR,
        ours=ours,
        label="health",
        status=AffiliationStatus.OFFERED,
    )
    return {"relation": str(relation), "union_host": "south.example"}
