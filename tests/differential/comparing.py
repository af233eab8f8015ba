"""Running the same statements in PostgreSQL and in the replay, and comparing what each ends with."""

from collections.abc import Iterable
from itertools import zip_longest

from pg8000.native import DatabaseError

from differential import state, texts
from invariants.facts.place import Place
from invariants.postgres.grammar import GrammarError, parse
from invariants.replay.ddl import machine as new_machine
from invariants.replay.errors import Failure, Unknown
from invariants.replay.machine import Machine
from server import Database


class Replay:
    """The replay's machine; ``codes`` holds how each statement ended: empty, a SQLSTATE, or what could not be told."""

    def __init__(self) -> None:
        self.machine: Machine = new_machine()
        self.codes: list[str] = []

    def run(self, text: str) -> None:
        line = len(self.codes) + 1
        try:
            for parsed in parse(text):
                self.machine.apply(parsed, text, Place("m.sql", line, 1, line, 1), is_fixed=False)
            self.codes.append("")
        except Failure as failure:
            self.codes.append(failure.sqlstate)
        except GrammarError:
            self.codes.append("42601")
        except Unknown as unknown:
            self.codes.append(f"unknown: {unknown.message}")
        if not self.machine.catalog.session.blocks:
            self.machine.catalog.journal.forget()


def replayed(statements: Iterable[str]) -> Replay:
    """The machine after these statements."""
    replay = Replay()
    for each in statements:
        replay.run(each)
    return replay


def attempt(database: Database, text: str) -> str:
    """The SQLSTATE that a statement inside a transaction ends with; its failure costs only itself."""
    database.run("savepoint s")
    try:
        database.run(text)
    except DatabaseError as error:
        database.run("rollback to s")
        return str(error.args[0]["C"])
    return ""


def differences(database: Database, statements: list[str], theirs: list[str], replay: Replay) -> list[str]:
    """Where PostgreSQL, which may be inside a transaction, and the replay differ: in what they refuse, and in their catalogs."""
    database.run("reset session authorization")
    found = [
        f"{text!r}: PostgreSQL says {one or 'done'}, the replay {other or 'done'}"
        for text, one, other in zip_longest(statements, theirs, replay.codes, fillvalue="missing")
        if bool(one) != bool(other) or len(other) > 5
    ]
    found += state.differences(state.truth(database.run), state.Replayed(replay.machine.catalog).rows())
    return found or texts.differences(database.run, replay.machine.catalog)
