"""The policies of a database, judged disjunct by disjunct, for each role of the application and each command that they let in."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property, lru_cache, reduce
from typing import Any, NamedTuple

from invariants.facts import db, settings
from invariants.facts.place import PLATFORM, Place
from invariants.postgres import tree
from invariants.postgres.grammar import GrammarError, write_expression
from invariants.replay import objects as o
from invariants.replay.catalog import Catalog
from invariants.replay.isolation.asking import Asker
from invariants.replay.isolation.compiling import tree_of
from invariants.replay.isolation.decision import TOO_LARGE, TOO_MANY, Answer, is_too_large
from invariants.replay.isolation.folding import folded
from invariants.replay.isolation.grounds import NONE, Answers, Grounds, Memory
from invariants.replay.isolation.naming import settings_named
from invariants.replay.isolation.search import Question, Start
from invariants.replay.isolation.tenancy import Tenancy, Verdict
from invariants.replay.isolation.visibility import applying, binding
from invariants.replay.isolation.world import CIRCULAR, ITSELF

COMMANDS: Mapping[str, tuple[db.Command, ...]] = {"using": ("select", "update", "delete"), "check": ("insert", "update")}
"""The commands that look at each side."""
GRAVITY = ("open", "unverified", "isolates", "denies")
BOUND = {"isolates", "denies"}
MOST_ARMS = 24
"""Disjuncts of all policies together that are asked whether one of them fails; what more there is leaves an open one open."""
MOST_APART = 32
"""Disjuncts of one policy that are judged each by itself: policies of products were seen to have four, and each takes as long as one."""
WHOSE = "make the reference NOT NULL or add the tenant key if each row is a tenant's, else carve the policy out"
RESETS = "its policies ask set_config, so that what the session says changes while rows are read; set it before the statement"
NOBODY = Verdict("denies", "no role of the application is subject to it")


class Judged(NamedTuple):
    """The verdict on a disjunct, and the role and command that decided it."""

    verdict: Verdict
    role: str
    command: db.Command
    writes: bool = False
    """Rows being written decided it: where nothing else is said, what is asked of seen rows is asked of written ones."""


class Judge:
    """The policies of one database."""

    def __init__(self, catalog: Catalog, database: str, known: Iterable[Any], before: Answers = NONE) -> None:
        """``before`` holds what was answered of the database in an earlier state."""
        self.catalog = catalog
        self.database = database
        self.tenancy = Tenancy(catalog, [each for each in known if getattr(each, "database", "") in {"", database}])
        self.tenancy.reading = self.reading
        self.memory = Memory(Grounds(self.tenancy), before)
        self._asker = Asker(self.tenancy, self.memory)
        self._plain: dict[str, str] = {}
        self._read: dict[tuple[int, str, int | None], tuple[Verdict, int]] = {}
        self._asking: set[tuple[int, str, int | None]] = set()

    def facts(self, policies: Iterable[o.Policy]) -> Iterator[Any]:
        """The verdict on every disjunct of those of the policies that are permissive, and the settings that they go by."""
        for policy in policies:
            yield from _sources_used(policy, self._bodies)
            known = self.tenancy.table(self.catalog.relations[policy.table])
            if policy.permissive and (known.is_tenants or known.optional):
                for side in COMMANDS:
                    yield from self._side(policy, side)

    @cached_property
    def _bodies(self) -> dict[str, str]:
        """SQL functions without arguments, by ``schema.name`` and, where no other has it, by name."""
        found: dict[str, str] = {}
        for function in self.catalog.functions:
            if function.language == "sql" and not function.inputs:
                found[f"{self.catalog.schemas[function.schema].name}.{function.name}"] = function.body
                found.setdefault(function.name, function.body)
        return found

    def _steps(self, policy: o.Policy, side: str, judged: Judged) -> Iterator[str]:
        """What was taken into account, the restrictive policies first."""
        for name, text in self._restrictive(policy.table, side, judged.command, judged.role) if judged.role else ():
            yield f"the restrictive policy {name} is asked besides: {text}"
        if judged.writes and side == "using":
            yield "no WITH CHECK is said, so USING is asked of the rows that are written too"
        yield from judged.verdict.steps

    def _side(self, policy: o.Policy, side: str) -> Iterator[db.PolicyTerm | db.PolicyStep]:
        text = policy.using if side == "using" else policy.check
        if text is None:
            return
        places = policy.using_arms if side == "using" else policy.check_arms
        at = (policy.using_at if side == "using" else policy.check_at) if places else policy.at
        for number, term in enumerate(disjuncts(text)):
            judged = self._supposed(policy, self._worst(policy, side, term))
            place = places[number] if number < len(places) else at
            fact = self._fact(policy, place if place != PLATFORM else policy.made, side, number, term, judged)
            yield fact
            for position, what in enumerate(self._steps(policy, side, judged)):
                yield db.PolicyStep(fact.at, self.database, fact.table_name, policy.name, fact.side, number, position, what)

    def _fact(self, policy: o.Policy, at: Place, side: Any, position: int, term: str, judged: Judged) -> db.PolicyTerm:
        table = self.tenancy.name(self.catalog.relations[policy.table])
        verdict = judged.verdict
        return db.PolicyTerm(
            at,
            self.database,
            table,
            policy.name,
            side,
            position,
            verdict.word,
            term,
            self._folded(term),
            verdict.reason,
            judged.role,
            judged.command,
            judged.writes,
            verdict.witness,
            verdict.looked_at,
        )

    def _folded(self, term: str) -> str:
        """What a term comes to, unless that is more than anybody reads; products repeat one expression on table after table."""
        if is_too_large(term):
            return term
        if term not in self._plain:
            self._plain[term] = self.memory.answer(("folded", term), (term,), "", lambda: folded(self.tenancy, term))
        return self._plain[term]

    def verdicts(self, policy: o.Policy, side: str, term: str) -> Iterator[Judged]:
        """The verdict on a disjunct for each role that the policy applies to and each command that it lets in."""
        for each in ("using", "check") if side == "using" and policy.check is None else (side,):
            for role, held in self.tenancy.roles.items():
                for command in COMMANDS[each]:
                    if next(applying([policy], command, held), None):
                        verdict = self._lasting(policy.table, self._decided(policy, each, term, role, command))
                        yield Judged(verdict, role, command, writes=each == "check")

    def _lasting(self, table: int, verdict: Verdict) -> Verdict:
        """The verdict, unless what the session says is changed while rows are read, so that each row is asked something else."""
        if verdict.word in {"open", "unverified"} or self.catalog.relations[table].name.lower() not in self.tenancy.volatility.setting:
            return verdict
        return verdict._replace(word="unverified", reason=RESETS, steps=(*verdict.steps, RESETS))

    def _worst(self, policy: o.Policy, side: str, term: str) -> Judged:
        """The gravest verdict; nothing is graver than an open one, and what is too large for one role is not tried for the next."""
        worst = Judged(NOBODY, "", policy.command)
        for each in self.verdicts(policy, side, term):
            if not worst.role or GRAVITY.index(each.verdict.word) < GRAVITY.index(worst.verdict.word):
                worst = each
            if worst.verdict.word == "open" or worst.verdict.reason in {TOO_MANY, TOO_LARGE}:
                break
        return worst

    def _supposed(self, policy: o.Policy, judged: Judged) -> Judged:
        """What is open on a table whose rows need not belong to a tenant: nobody can tell whether they do."""
        optional = self.tenancy.table(self.catalog.relations[policy.table]).optional
        if judged.verdict.word != "open" or not optional:
            return judged
        reason = f"its rows are tenants' where {' or '.join(optional)} is set, which may be absent, and {judged.verdict.reason}"
        return judged._replace(verdict=judged.verdict._replace(word="unverified", reason=f"{reason}; {WHOSE}"))

    def reading(self, table: o.Relation, role: str, executor: int | None) -> tuple[Verdict, int]:
        """What a table's policies do to the rows that an executor reads: the gravest verdict on any of their disjuncts; and what that
        depends on of the role."""
        key = (table.oid, role, executor)
        if key not in self._read:
            name = table.name
            why = f"its policies ask {name} itself: PostgreSQL refuses such a query (infinite recursion)"
            self._read[key] = Verdict("unverified", why), ITSELF | CIRCULAR
            self._asking.add(key)
            self._read[key] = self._worst_read(table, role, executor)
            self._asking.remove(key)
        self.memory.is_circular |= key in self._asking
        return self._read[key]

    def _worst_read(self, table: o.Relation, role: str, executor: int | None) -> tuple[Verdict, int]:
        held, inherited = (frozenset[int](),) * 2 if executor is None else (self.tenancy.held(executor), self.tenancy.inherits(executor))
        policies = list(applying(self.tenancy.policies(table.oid), "select", held))
        restrictive = tuple(each.using for each in binding(policies, inherited) if each.using is not None)
        terms = [term for each in policies if each.permissive and each.using is not None for term in disjuncts(each.using)]
        found = [self._asked(table.oid, role, (term, *restrictive), is_new=False) for term in terms]
        verdicts = (each.verdict for each in found)
        worst = min(verdicts, key=lambda each: GRAVITY.index(each.word), default=Verdict("denies", "it has no policy"))
        return worst, reduce(int.__or__, (each.asks_role for each in found), 0)

    def _decided(self, policy: o.Policy, side: str, term: str, role: str, command: str) -> Verdict:
        table, is_new = policy.table, side == "check"
        if is_new and table in self.tenancy.numbered:
            return Verdict("isolates", "no row can have the key of another tenant, which is there already: who adds one makes a tenant")
        restrictive = self._restrictive(table, side, command, role)
        texts = (term, *(text for _, text in restrictive))
        answer = self._asked(table, role, texts, is_new=is_new)
        if answer.verdict.word in {"open", "unverified"} and answer.verdict.reason not in {TOO_MANY, TOO_LARGE}:
            answer = self._in_company(policy, side, role, command, texts, answer)
        verdict = answer.verdict
        if verdict.word != "isolates" or not restrictive or self._asked(table, role, (term,), is_new=is_new).verdict.word in BOUND:
            return verdict
        return verdict._replace(reason=f"the restrictive policy {restrictive[0][0]} binds it")

    def _in_company(self, policy: o.Policy, side: str, role: str, command: str, texts: tuple[str, ...], alone: Answer) -> Answer:
        """The answer, given what the other policies say: one may fail, and an update has another side."""
        beside = self._other_side(policy.table, role, "using" if side == "check" else "check") if command == "update" else ""
        applied = applying(self.tenancy.policies(policy.table), command, self.tenancy.roles[role])
        arms = [arm for each in applied if (text := _text(each, side)) is not None for arm in disjuncts(text)]
        if len(arms) > MOST_ARMS:
            arms = []
        others = tuple(arm for arm in dict.fromkeys(arms) if arm != texts[0] and self.tenancy.may_fail(arm))
        if not beside and not others:
            return alone
        return self._asked(policy.table, role, texts, is_new=side == "check", others=others, beside=beside, start=alone.start)

    def _restrictive(self, table: int, side: str, command: str, role: str) -> list[tuple[str, str]]:
        """What the restrictive policies ask besides, with their names."""
        policies = binding(applying(self.tenancy.policies(table), command, self.tenancy.roles[role]), self._inherited[role])
        return [(each.name, text) for each in policies if (text := _text(each, side)) is not None]

    @cached_property
    def _inherited(self) -> Mapping[str, frozenset[int]]:
        """The application's roles, each with the roles it has the rights of without SET ROLE."""
        known = {name: self.catalog.roles.named(name) for name in self.tenancy.roles}
        return {name: frozenset() if role is None else self.tenancy.inherits(role.oid) for name, role in known.items()}

    def _other_side(self, table: int, role: str, side: str) -> str:
        """What an update asks on one side, all policies together."""
        policies = [each for each in applying(self.tenancy.policies(table), "update", self.tenancy.roles[role]) if each.permissive]
        opened = " OR ".join(f"({text})" for each in policies if (text := _text(each, side)) is not None) or "false"
        return " AND ".join([f"({opened})", *(f"({text})" for _, text in self._restrictive(table, side, "update", role))])

    def _asked(
        self,
        table: int,
        role: str,
        texts: tuple[str, ...],
        *,
        is_new: bool,
        others: tuple[str, ...] = (),
        beside: str = "",
        start: Start | None = None,
    ) -> Answer:
        """An answer; ``start`` is where a question ended that asks less."""
        try:
            return self._asker.answer(Question(self.catalog.relations[table], role, texts, is_new, others, beside), start)
        except GrammarError as error:
            return Answer(Verdict("unverified", f"its expression could not be read: {error.message}"))


def _text(policy: o.Policy, side: str) -> str | None:
    """What a policy asks on one side; without a check, USING is asked of written rows too."""
    return policy.check if side == "check" and policy.check is not None else policy.using


@lru_cache(maxsize=4096)
def disjuncts(text: str) -> tuple[str, ...]:
    """The arms of the outermost ORs, which are judged each by itself; the whole, where they are too many for that."""
    try:
        arms = list(tree.disjuncts(tree_of(text)))
    except GrammarError:
        return (text,)
    return (text,) if len(arms) == 1 or len(arms) > MOST_APART else tuple(write_expression(each) for each in arms)


def _sources_used(policy: o.Policy, bodies: dict[str, str]) -> Iterator[settings.SessionSource]:
    """The settings that policies go by, by themselves or through the functions they call."""
    for text in (policy.using, policy.check):
        for name in sorted(settings_named(text, bodies)) if text else ():
            yield settings.SessionSource(policy.at if policy.at != PLATFORM else policy.made, name, "detected")
