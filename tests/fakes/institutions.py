"""The institutional actors that instances in tests begin with: made once for each domain, then copied."""

from collections.abc import Callable
from typing import Any, Final

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from fediunion.actors.keys import NewKeys
from fediunion.actors.models import Actor, ActorKey
from fediunion.actors.service import ensure_institution_actors
from fediunion.config import Settings
from fediunion.db import Base, now_of, settings_of
from fediunion.db.known_uris import KnownUri

_TABLES: Final = [Base.metadata.tables[model.__tablename__] for model in (Actor, ActorKey, KnownUri)]
_MADE: Final[dict[object, list[list[dict[str, Any]]]]] = {}


def begin_with_institutions(session: Session, new_keys: Callable[[Settings], NewKeys]) -> None:
    """Have the institutional actors, by the service the first time in a process and from its rows after.

    Making them is most of what it costs to start an instance, which nearly every test does. They are made
    by the service too where the database has actors already. Each `new_keys` has rows of its own.
    """
    settings = settings_of(session)
    who = (new_keys.__module__, new_keys.__qualname__)
    made_for = (who, settings.instance, settings.secrets, now_of(session))
    empty = session.scalar(select(Actor.id).limit(1)) is None
    if empty and made_for in _MADE:
        for table, rows in zip(_TABLES, _MADE[made_for], strict=True):
            session.execute(insert(table), rows)
        return
    instance, reader, union = (new_keys(settings) for _ in range(3))
    ensure_institution_actors(session, instance_keys=instance, reader_keys=reader, union_keys=union)
    if empty:
        session.flush()
        _MADE[made_for] = [
            [dict(row) for row in session.execute(select(table)).mappings()] for table in _TABLES
        ]
