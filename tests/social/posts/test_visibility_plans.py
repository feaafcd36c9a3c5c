"""What decides who may see a post is looked up by index, however many rows there are."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from fediunion.actors.viewer import ANONYMOUS, Viewer
from fediunion.db import Database
from fediunion.social.posts.models import Post
from fediunion.social.posts.visibility import visible_to

VIEWERS = [ANONYMOUS, Viewer(5, None, is_member=True), Viewer(5, "good.example")]


@pytest.mark.parametrize("viewer", VIEWERS)
async def test_R12_no_table_is_read_whole_to_see_who_may_see_a_post(
    database: Database, viewer: Viewer
) -> None:
    statement = select(Post.id).where(Post.id == 1, visible_to(viewer))

    def explain(session: Session) -> list[str]:
        bind = session.connection().engine.dialect
        compiled = statement.compile(dialect=bind, compile_kwargs={"literal_binds": True})
        if bind.name == "sqlite":
            return [str(row[3]) for row in session.execute(text(f"EXPLAIN QUERY PLAN {compiled}"))]
        session.execute(text("SET LOCAL enable_seqscan = off"))
        return [str(row[0]) for row in session.execute(text(f"EXPLAIN {compiled}"))]

    plan = await database.read(explain)
    assert plan
    assert not [step for step in plan if step.startswith("SCAN") or "Seq Scan" in step], plan
