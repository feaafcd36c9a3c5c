"""Tables whose rows stay as they were written; that they do is tested in social/moderation/test_audit.py."""

from sqlalchemy.engine import Connection

from fediunion.db import Database
from fediunion.db.append_only import append_only_rules
from fediunion.db.migrate import all_tables, differences


async def test_a_trigger_that_is_missing_is_seen_with_what_makes_it(database: Database) -> None:
    """A database from which somebody took a trigger is not taken for whole."""

    def lose_and_mend(connection: Connection) -> None:
        of_table = "" if connection.dialect.name == "sqlite" else " ON audit_entry"
        connection.exec_driver_sql(f"DROP TRIGGER audit_entry_keep_delete{of_table}")
        (missing,) = [each for each in differences(connection) if "audit_entry" in str(each)]
        connection.exec_driver_sql(str(missing))
        assert not [each for each in differences(connection) if "audit_entry" in str(each)]

    await database.run_on_connection(lose_and_mend)


def test_the_log_of_privileged_acts_is_kept_and_its_head_grows() -> None:
    rules = {rule.table: rule.grows for rule in append_only_rules(all_tables())}
    assert rules == {"audit_entry": "", "audit_head": "number"}
