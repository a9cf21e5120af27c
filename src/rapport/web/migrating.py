"""Changes to the tables of the rooms: each with its note in one transaction, whole or not at all.

Django writes the note after the change is committed where indexes follow it. A process killed in
between would leave a store whose next opening makes the change again, and fails.
"""

from typing import Any

from django.core.management.sql import emit_post_migrate_signal
from django.db import transaction
from django.db.migrations.executor import MigrationExecutor


class WholeExecutor(MigrationExecutor):
    """Django's executor with a transaction around each change."""

    def apply_migration(self, *given: Any, **named: Any) -> Any:
        """Make one change and note it."""
        # SQLite lets references be broken for a while only from outside of a transaction.
        with self.connection.constraint_checks_disabled(), transaction.atomic():
            return super().apply_migration(*given, **named)


def bring_up_to_date(executor: WholeExecutor) -> None:
    """Make all changes that are missing."""
    executor.migrate(executor.loader.graph.leaf_nodes())
    emit_post_migrate_signal(verbosity=0, interactive=False, db=executor.connection.alias)
