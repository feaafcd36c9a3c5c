"""The kinds of asks that there are; a further kind is a module, and a line here."""

from collections.abc import Mapping
from typing import Final

from fediunion.kit.json import JsonObject
from fediunion.union.campaigns.asks import boost_pledge, sign, solidarity, union_resolution, write_to_target
from fediunion.union.campaigns.asks.kind import Ask, AskTerms

ASKS: Final[Mapping[str, Ask]] = {
    each.kind: each
    for each in (sign.ASK, boost_pledge.ASK, write_to_target.ASK, union_resolution.ASK, solidarity.ASK)
}
"""By the names of their kinds, in the order of the ladder: what costs the least comes first."""

_ALIASES: Final = {alias: each.kind for each in ASKS.values() for alias in each.aliases}


def find_ask(name: str) -> Ask | None:
    """Return the kind of ask of that name, or None where it is none of ours."""
    return ASKS.get(_ALIASES.get(name, name))


def ask_json(terms: AskTerms) -> JsonObject:
    """Return an ask as JSON in plain names: `{"type": "sign", …}`."""
    return {"type": terms.kind, **ASKS[terms.kind].write(terms)}
