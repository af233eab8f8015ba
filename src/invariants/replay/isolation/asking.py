"""Questions of one database: products repeat one expression on table after table and for role after role, which is judged once."""

from functools import lru_cache
from typing import Any

from invariants.replay.isolation.arms import conjuncts
from invariants.replay.isolation.compiling import tree_of
from invariants.replay.isolation.decision import TOO_LARGE, Answer, decide, is_too_large
from invariants.replay.isolation.grounds import Memory
from invariants.replay.isolation.naming import Names, named
from invariants.replay.isolation.search import Question, Start
from invariants.replay.isolation.tenancy import Tenancy, Verdict
from invariants.replay.isolation.visibility import standing
from invariants.replay.isolation.world import RIGHTS


class Asker:
    """Who asks the questions, and keeps what they were answered."""

    def __init__(self, tenancy: Tenancy, memory: Memory) -> None:
        self._tenancy = tenancy
        self._memory = memory
        self._told: dict[Any, Answer] = {}
        self._by_rights: set[Any] = set()
        """What depends on what the role sees, and not on which it is."""
        self._alike: dict[Any, Any] = {}

    def answer(self, question: Question, start: Start | None) -> Answer:
        """The answer to a question; ``start`` is where one ended that asks less."""
        if is_too_large(*question.everything):
            return Answer(Verdict("unverified", TOO_LARGE))
        key = (self._likeness(question), *question[2:])
        known = self._known(key, question)
        if known is None:
            known = self._decided(key, question, start)
            self._told[(*key, self._whose(known, key, question))] = known
        return known

    def _known(self, key: Any, question: Question) -> Answer | None:
        known = self._told.get((*key, "")) or self._told.get((*key, question.role))
        return self._told.get((*key, self._standing(question))) if known is None and key in self._by_rights else known

    def _decided(self, key: Any, question: Question, start: Start | None) -> Answer:
        role, table = (*key, question.role), question.table.name
        return self._memory.answer(role, question.everything, table, lambda: decide(self._tenancy, question, start))

    def _whose(self, answer: Answer, key: Any, question: Question) -> Any:
        """Whose the answer is: everybody's, or of all who see the same; the role's own where it asks or names the role."""
        if answer.asks_role != RIGHTS or answer.verdict.word == "open":
            return question.role if answer.asks_role else ""
        self._by_rights.add(key)
        return self._standing(question)

    def _standing(self, question: Question) -> Any:
        """What the role sees of all that the question reaches."""
        role = self._tenancy.catalog.roles.named(question.role)
        if role is None:
            return question.role
        return standing(self._tenancy, role.oid, self._memory.grounds.tables(question.everything, question.table.name))

    def _likeness(self, question: Question) -> Any:
        """What the verdict depends on, of the table that it is about; the table itself, where other rows are asked for."""
        asked = (question.table.oid, question.texts, question.others, question.beside)
        if asked not in self._alike:
            texts = [*question.texts, *question.others, *([question.beside] if question.beside else [])]
            self._alike[asked] = self._tenancy.likeness(question.table, [_named(text) for text in texts])
        return self._alike[asked]


@lru_cache(maxsize=4096)
def _named(text: str) -> Names:
    """What an expression names."""
    node, arms = tree_of(text), conjuncts(text)
    return arms[0].names if len(arms) == 1 and arms[0].node is node else named(node)
