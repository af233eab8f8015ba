"""The files of ``.invariants/`` as pydantic models; their JSON schemas are published in ``docs/schemas``."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

Word = Annotated[str, StringConstraints(min_length=1, pattern=r"\S")]


class Model(BaseModel):
    """What all of them have in common: a key that means nothing is a mistake."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Tenancy(Model):
    """How tenants are kept apart; what is left out is detected."""

    isolation: Literal["row", "query", "schema"] | None = Field(
        default=None, description="What keeps tenants apart: row security, the application's queries, or a schema for each."
    )
    keys: list[Word] = Field(default=[], description="The column names that say which tenant a row belongs to.")
    root: Word | None = Field(default=None, description="The table of tenants itself, as schema.table.")
    roles: list[Word] = Field(default=[], description="The roles that the application connects as.")
    session: list[Word] = Field(default=[], description="Settings or functions that hold who the session is: its tenant, its user.")
    predicates: list[Word] = Field(default=[], description="Functions, as schema.name, that are known to isolate.")
    schemas: list[Word] = Field(default=[], description="Patterns of the schemas that each belong to one tenant.")
    force: Literal["required", "off"] | None = Field(default=None, description="Whether row security must be forced on the owner too.")
    force_reason: Word | None = Field(default=None, description="Why not, where it need not be.")

    @model_validator(mode="after")
    def _reasoned(self) -> Self:
        if self.force == "off" and self.force_reason is None:
            raise ValueError('`force = "off"` is a decision: say why in `force_reason`')
        return self


class Database(Model):
    """One independent database; detected where none is configured."""

    name: Word | None = Field(default=None, description="What findings call it; the folder of its migrations where left out.")
    migrations: list[Word] = Field(min_length=1, description="Path patterns of its migrations: * within a folder, ** across folders.")
    runner: Word | None = Field(default=None, description="What applies them; detected where left out.")
    search_path: list[Word] = Field(
        default=[], description="The schemas that its connection looks names up in, where the runner sets them."
    )


class Guard(Model):
    """A function, class, decorator or wrapper that turns people away."""

    name: Word = Field(description="Its defining file without extension, a dot, and its name; dotted Python names work too.")
    posture: Word = Field(description="Whom it lets in, in words; {0} or {name} stands for an argument of its call.")


class Requirement(Model):
    """What routes of a pattern must have."""

    match: Word = Field(description="A path pattern, ** for any number of segments; or the name of an ACTION or RPC, * for any characters.")
    method: list[Word] = Field(default=[], description="The methods it is asked of; all where left out.")
    posture: Word | None = Field(default=None, description="The words that the posture must have, in each of its alternatives.")
    calls: list[Word] = Field(default=[], description="The functions that must be called.")

    @model_validator(mode="after")
    def _asking(self) -> Self:
        if self.posture is None and not self.calls:
            raise ValueError("it asks for nothing: give it a `posture` or `calls`")
        return self


class Routes(Model):
    """Who may come in by which route, and what routes do."""

    audit: list[Word] = Field(default=[], description="The functions that write audit rows.")
    rate_limit: list[Word] = Field(default=[], description="The functions that limit how often somebody may ask.")
    cron_wrapper: Word | None = Field(default=None, description="What every scheduled job must be wrapped in.")
    guard: list[Guard] = Field(default=[], description="The guards, besides those that are known or seen to turn people away.")
    require: list[Requirement] = Field(default=[], description="What routes of a pattern must have.")


class Confine(Model):
    """A module or symbol that only some files may use."""

    name: Word = Field(description="A module without extension, or a symbol in it.")
    allow: list[Word] = Field(description="Path patterns of the files that may use it: * within a folder, ** across folders.")


class Check(Model):
    """How findings count."""

    unverified: Literal["error", "warning", "note"] | None = Field(
        default=None, description="The gravest level that a finding has which could not be decided; `error` where left out."
    )
    expires: Literal["required", "optional"] | None = Field(
        default=None, description="Whether every carve-out must say until when it holds."
    )


class Config(Model):
    """`.invariants/config.toml`: what holds for this repository."""

    tenancy: Tenancy = Field(default=Tenancy(), description="How tenants are kept apart.")
    database: list[Database] = Field(default=[], description="The independent databases.")
    routes: Routes = Field(default=Routes(), description="Who may come in by which route, and what routes do.")
    confine: list[Confine] = Field(default=[], description="What only some files may use.")
    check: Check = Field(default=Check(), description="How findings count.")
    levels: dict[Word, Literal["error", "warning", "note", "off"]] = Field(default={}, description="The level of a rule, by its id.")


class Carveout(Model):
    """One exception, exactly as wide as it says."""

    rule: Word = Field(description="The rule it excuses from.")
    subject: Word = Field(description="The subject it excuses; with a * a pattern, which needs `at_most`.")
    reason: Word = Field(description="Why.")
    owner: Word = Field(description="Who answers for it.")
    database: Word | None = Field(default=None, description="The one database it is meant for, where several hold the subject.")
    at_most: int | None = Field(default=None, ge=1, description="How many subjects a pattern may excuse.")
    expires: date | None = Field(default=None, description="The last day it holds.")

    @model_validator(mode="after")
    def _exact(self) -> Self:
        if "*" in self.subject and self.at_most is None:
            raise ValueError("its subject is a pattern without `at_most = N`, which says how many subjects it may excuse")
        return self


class Debt(Model):
    """A finding that was there when the baseline was written."""

    rule: Word = Field(description="The rule that does not hold.")
    subject: Word = Field(description="What it does not hold for.")
    database: Word | None = Field(default=None, description="The database, where there are several.")


class Baseline(Model):
    """`.invariants/baseline.json`: what is owed. It is written by `invariants baseline write`, and only ever shrinks unless asked."""

    version: Literal["invariants-baseline/1"] = Field(alias="schema", description="What this file is.")
    debt: list[Debt] = Field(description="The findings that are owed, by rule and subject.")


class Carveouts(Model):
    """`.invariants/carveouts.toml`: the exceptions, in one place for review."""

    carveout: list[Carveout] = Field(default=[], description="The exceptions.")
