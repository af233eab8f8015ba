"""The catalog: every object of one database, and the session that changes it."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

from invariants.facts.place import PLATFORM
from invariants.replay import objects as o
from invariants.replay.records import dataclass
from invariants.replay.shelf import Dependents, Journal, Shelf, T

BOOTSTRAP = "postgres"
"""The superuser that migrations run as unless they say otherwise."""


@dataclass(frozen=True)
class Session:
    """What the connection that runs the migrations carries from statement to statement."""

    user: int
    """The current user (SET ROLE changes it)."""
    login: int
    """The session user."""
    search_path: tuple[str, ...] = ('"$user"', "public")
    settings: tuple[tuple[str, str], ...] = ()
    defaults: tuple[tuple[str, str], ...] = ()
    """What it began with: ALTER ROLE ... SET, said before it was opened. RESET goes back to them."""
    after: "Session | None" = None
    """The session that comes back when the transaction ends, once SET LOCAL has changed this one."""
    blocks: tuple[tuple[str, int], ...] = ()
    """The open transaction, named by the empty string, and its savepoints, each with its mark in the journal."""


class Catalog:
    """One database. All change goes through shelves and :meth:`configure`, so all of it can be undone."""

    def __init__(self) -> None:
        self.journal = Journal()
        self.at = PLATFORM
        """The statement being run: what it makes, it made there."""
        self.dependents: Dependents = {}
        self._oids = count(16384)  # FirstNormalObjectId
        self.schemas: Shelf[o.Schema] = self._shelf()
        self.relations: Shelf[o.Relation] = self._shelf()
        self.indexes: Shelf[o.Index] = self._shelf()
        self.constraints: Shelf[o.Constraint] = self._shelf()
        self.policies: Shelf[o.Policy] = self._shelf()
        self.functions: Shelf[o.Function] = self._shelf()
        self.triggers: Shelf[o.Trigger] = self._shelf()
        self.event_triggers: Shelf[o.EventTrigger] = self._shelf()
        self.rules: Shelf[o.Rule] = self._shelf()
        self.types: Shelf[o.Type] = self._shelf()
        self.collations: Shelf[o.Collation] = self._shelf()
        self.extensions: Shelf[o.Extension] = self._shelf()
        self.roles: Shelf[o.Role] = self._shelf()
        self.memberships: Shelf[o.Membership] = self._shelf()
        self.default_acls: Shelf[o.DefaultAcl] = self._shelf()
        self.operators: Shelf[o.Operator] = self._shelf()
        self.publications: Shelf[o.Publication] = self._shelf()
        self._bootstrap()

    def _shelf(self) -> Shelf[Any]:
        return Shelf(self.journal, self.dependents)

    def _bootstrap(self) -> None:
        """What initdb leaves: the superuser, its database's public schema and the system schemas."""
        owner = self.roles.put(
            o.Role(oid=10, name=BOOTSTRAP, superuser=True, bypass_rls=True, login=True, create_role=True, create_db=True, replication=True)
        )
        self.session = Session(user=owner.oid, login=owner.oid)
        database_owner = self.roles.put(o.Role(oid=6171, name="pg_database_owner"))
        usage = tuple(o.Privilege(o.PUBLIC, "usage", owner.oid, False, PLATFORM) for _ in range(1))
        self.schemas.put(o.Schema(oid=11, name="pg_catalog", owner=owner.oid, acl=usage))
        self.schemas.put(o.Schema(oid=13183, name="information_schema", owner=owner.oid, acl=usage))
        own = tuple(o.Privilege(database_owner.oid, each, database_owner.oid, False, PLATFORM) for each in ("usage", "create"))
        everyone = (o.Privilege(o.PUBLIC, "usage", database_owner.oid, False, PLATFORM),)
        self.schemas.put(o.Schema(oid=2200, name="public", owner=database_owner.oid, acl=own + everyone))
        self.journal.forget()

    def oid(self) -> int:
        """A new identity."""
        return next(self._oids)

    def standing_on(self, shelf: Shelf[T], oid: int) -> list[T]:
        """The objects of a shelf that stand on an object, oldest first."""
        return [each for other in sorted(self.dependents.get(oid, ())) if (each := shelf.get(other)) is not None]

    def constraints_of(self, table: int) -> list[o.Constraint]:
        """The constraints of a table, oldest first."""
        return [each for each in self.standing_on(self.constraints, table) if each.table == table]

    def configure(self, session: Session) -> None:
        """Change the session; undone with everything else."""
        old = self.session
        self.journal.record(lambda: setattr(self, "session", old))
        self.session = session

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """A sub-transaction: whatever leaves by an exception takes its changes back."""
        mark = self.journal.mark()
        try:
            yield
        except BaseException:
            self.journal.undo(mark)
            raise
