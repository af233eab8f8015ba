"""The session: settings, the search path, who is acting, and transactions."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from invariants.postgres.grammar import pb, unwrap
from invariants.postgres.identifiers import quote
from invariants.replay import acl
from invariants.replay.catalog import Catalog, Session
from invariants.replay.errors import Failure, Unknown
from invariants.replay.machine import Handler, Machine
from invariants.replay.names import role_named
from invariants.replay.records import replace

DEFAULT_PATH = ('"$user"', "public")
LISTS = {"search_path", "temp_tablespaces", "session_preload_libraries", "local_preload_libraries"}
"""The settings that are lists of identifiers (GUC_LIST_QUOTE)."""


CAPITALS = {"timezone": "TimeZone", "datestyle": "DateStyle", "intervalstyle": "IntervalStyle"}
"""The settings whose names PostgreSQL writes with capitals."""


def assign(catalog: Catalog, name: str, value: str | None, *, local: bool = False) -> None:
    """Give a setting its value, None for its default; a local one goes back when the transaction ends."""
    session = catalog.session
    changed = _with(catalog, session, name.lower(), value)
    if local:
        catalog.configure(replace(changed, after=session.after or session))
    elif session.after is not None:
        catalog.configure(replace(changed, after=_with(catalog, session.after, name.lower(), value)))
    else:
        catalog.configure(changed)


def _with(catalog: Catalog, session: Session, name: str, value: str | None) -> Session:
    value = dict(session.defaults).get(name) if value is None else value
    if name == "search_path":
        return replace(session, search_path=DEFAULT_PATH if value is None else path(value))
    if name == "role":
        return replace(session, user=session.login if value is None or value == "none" else _role(catalog, session, value))
    if name == "session_authorization":
        login = 10 if value is None else role_named(catalog, value)
        return replace(session, login=login, user=login)
    others = tuple(each for each in session.settings if each[0] != name)
    return replace(session, settings=others if value is None else (*others, (name, value)))


def _role(catalog: Catalog, session: Session, name: str) -> int:
    """The role that a session may take on: one that its login belongs to."""
    role, login = role_named(catalog, name), catalog.roles[session.login]
    if login.superuser or login.external or role in acl.groups(catalog, login.oid):
        return role
    raise Failure("42501", f'permission denied to set role "{name}"')


def path(text: str) -> tuple[str, ...]:
    """The schemas of a search path as the setting's text lists them; ``"$user"`` keeps its quotes."""
    names: list[str] = []
    rest = text.strip()
    while rest:
        name, rest = _quoted(rest) if rest.startswith('"') else _plain(rest)
        names.append('"$user"' if name == "$user" else name)
        rest = rest.lstrip().removeprefix(",").lstrip()
    return tuple(name for name in names if name)


def _quoted(text: str) -> tuple[str, str]:
    """A quoted identifier at the beginning of a text, and what comes after it; a doubled quote stands for one."""
    end = text.find('"', 1)
    while end > 0 and text[end + 1 : end + 2] == '"':
        end = text.find('"', end + 2)
    if end < 0:
        raise Failure("22023", 'invalid value for parameter "search_path"')
    return text[1:end].replace('""', '"'), text[end + 1 :]


def _plain(text: str) -> tuple[str, str]:
    name, comma, rest = text.partition(",")
    return name.strip().lower(), comma + rest


def value_of(statement: Any) -> str:
    """The text of what a SET clause sets (flatten_set_variable_args)."""
    quoting = quote if statement.name.lower() in LISTS else str
    return ", ".join(quoting(_argument(each)) for each in statement.args)


def _argument(node: Any) -> str:
    kind, value = unwrap(node)
    if kind == "type_cast":
        return _argument(value.arg)
    constant = value.WhichOneof("val") if kind == "a_const" else None
    if constant == "ival":
        return str(value.ival.ival)
    if constant == "fval":
        return str(value.fval.fval)
    return str(value.sval.sval) if constant == "sval" else ""


def configured(catalog: Catalog, settings: tuple[tuple[str, str], ...], statement: Any) -> tuple[tuple[str, str], ...]:
    """The settings of a function or role after one of its SET or RESET clauses."""
    name = CAPITALS.get(statement.name.lower(), statement.name.lower())
    if statement.kind == pb.VAR_RESET_ALL:
        return ()
    others = tuple(each for each in settings if each[0] != name)
    if statement.kind in {pb.VAR_RESET, pb.VAR_SET_DEFAULT}:
        return others
    value = current(catalog, name) if statement.kind == pb.VAR_SET_CURRENT else value_of(statement)
    if any(each[0] == name for each in settings):
        return tuple((key, value if key == name else old) for key, old in settings)
    return (*others, (name, value))


def current(catalog: Catalog, name: str) -> str:
    """The text of a setting; empty where nothing set it."""
    session = catalog.session
    if name == "search_path":
        return ", ".join(each if each == '"$user"' else quote(each) for each in session.search_path)
    if name == "role":
        return "none" if session.user == session.login else catalog.roles[session.user].name
    return dict(session.settings).get(name, "")


def _set(machine: Machine, node: Any) -> None:
    catalog = machine.catalog
    if node.kind == pb.VAR_RESET_ALL:
        _reset_all(catalog)
    elif node.kind in {pb.VAR_RESET, pb.VAR_SET_DEFAULT}:
        assign(catalog, node.name, None, local=node.is_local)
    elif node.kind == pb.VAR_SET_VALUE:
        assign(catalog, node.name, value_of(node), local=node.is_local)


def _reset_all(catalog: Catalog) -> None:
    """RESET ALL leaves alone who is acting."""
    after = catalog.session.after
    kept = None if after is None else _at_first(catalog, after)
    catalog.configure(replace(_at_first(catalog, catalog.session), after=kept))


def _at_first(catalog: Catalog, session: Session) -> Session:
    return _opened(catalog, replace(session, settings=(), search_path=DEFAULT_PATH))


def _opened(catalog: Catalog, session: Session) -> Session:
    """A session with the settings that it begins with."""
    for name, value in session.defaults:
        session = _with(catalog, session, name, value)
    return session


def _discard(machine: Machine, node: Any) -> None:
    if node.target == pb.DISCARD_ALL:
        assign(machine.catalog, "session_authorization", None)
        _reset_all(machine.catalog)


def _begin(catalog: Catalog) -> None:
    """A second BEGIN is a warning to PostgreSQL, no more."""
    if not catalog.session.blocks:
        catalog.configure(replace(catalog.session, blocks=(("", catalog.journal.mark()),)))


def _commit(catalog: Catalog) -> None:
    session = catalog.session
    catalog.configure(replace(session.after or session, after=None, blocks=()))
    catalog.journal.forget()


def finish(catalog: Catalog, fresh: Session) -> None:
    """The end of a migration: what it left open is committed, and the next one finds the session as it was at first.

    Some runners connect anew for each migration, and Supabase's says RESET ALL: a baseline from pg_dump empties the search path.
    What ALTER ROLE ... SET said of the role that runs them holds from then on.
    """
    _commit(catalog)
    said = tuple(each for each in catalog.roles[fresh.login].settings if each[0] not in {"role", "session_authorization"})
    catalog.configure(_opened(catalog, replace(fresh, defaults=(*said, *fresh.defaults))))


def start(catalog: Catalog, schemas: Sequence[str]) -> None:
    """The session of a runner that sets the search path itself, whatever the role's is."""
    defaults = (("search_path", ", ".join(map(quote, schemas))),)
    catalog.configure(_opened(catalog, replace(catalog.session, defaults=defaults)))


def _rollback(catalog: Catalog) -> None:
    """Outside a transaction block, ROLLBACK is a warning to PostgreSQL, no more."""
    if catalog.session.blocks:
        catalog.journal.undo(catalog.session.blocks[0][1])


def _savepoint(catalog: Catalog, name: str) -> None:
    """Runners wrap migrations in transactions, so a savepoint needs no BEGIN before it."""
    _begin(catalog)
    session = catalog.session
    catalog.configure(replace(session, blocks=(*session.blocks, (name, catalog.journal.mark() + 1))))


def _position(catalog: Catalog, name: str) -> int:
    """The place of the newest savepoint of a name among the blocks."""
    blocks = catalog.session.blocks
    found = next((each for each in range(len(blocks) - 1, 0, -1) if blocks[each][0] == name), 0)
    if not found:
        raise Failure("3B001", f'savepoint "{name}" does not exist')
    return found


def _release(catalog: Catalog, name: str) -> None:
    kept = catalog.session.blocks[: _position(catalog, name)]
    catalog.configure(replace(catalog.session, blocks=kept))


def _rollback_to(catalog: Catalog, name: str) -> None:
    catalog.journal.undo(catalog.session.blocks[_position(catalog, name)][1])


ENDS: Mapping[int, Callable[[Catalog], None]] = {
    pb.TRANS_STMT_BEGIN: _begin,
    pb.TRANS_STMT_START: _begin,
    pb.TRANS_STMT_COMMIT: _commit,
    pb.TRANS_STMT_PREPARE: _commit,
    pb.TRANS_STMT_ROLLBACK: _rollback,
}
SAVEPOINTS: Mapping[int, Callable[[Catalog, str], None]] = {
    pb.TRANS_STMT_SAVEPOINT: _savepoint,
    pb.TRANS_STMT_RELEASE: _release,
    pb.TRANS_STMT_ROLLBACK_TO: _rollback_to,
}


def _transaction(machine: Machine, node: Any) -> None:
    if node.kind in SAVEPOINTS:
        SAVEPOINTS[node.kind](machine.catalog, node.savepoint_name)
    elif node.kind in ENDS:
        ENDS[node.kind](machine.catalog)
        if node.chain:
            _begin(machine.catalog)


def _nothing(machine: Machine, node: Any) -> None:
    """Says something to the session that changes no catalog."""


def _set_for_database(_: Machine, node: Any) -> None:
    """ALTER DATABASE ... SET: what names mean hangs on the search path alone, and whether it is this database's on its name."""
    if node.setstmt.name.lower() == "search_path":
        raise Unknown("which database it sets the search path of is not known", "say `search_path` under `[[database]]`")


HANDLERS: dict[str, Handler] = {
    "variable_set_stmt": _set,
    "variable_show_stmt": _nothing,
    "discard_stmt": _discard,
    "alter_database_set_stmt": _set_for_database,
    "constraints_set_stmt": _nothing,
    "transaction_stmt": _transaction,
}
