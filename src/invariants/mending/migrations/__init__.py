"""The next migration, in the layout and by the names of the runner that will run it."""

from collections.abc import Sequence
from datetime import datetime

from invariants.finding import Edit
from invariants.mending.migrations import python, sql
from invariants.mending.migrations.folder import Folder, Step


def write(folder: Folder, steps: Sequence[Step], moment: datetime) -> tuple[Edit, ...]:
    """The files that a migration of these steps adds or changes; :class:`Unmended` where it cannot be told how to write one."""
    if folder.runner == "alembic":
        return python.alembic(folder, steps, moment)
    if folder.runner == "django":
        return python.django(folder, steps, moment)
    return sql.write(folder, steps, moment)


__all__ = ["Folder", "Step", "write"]
