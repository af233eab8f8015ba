"""``env.toml`` as pydantic models; their JSON schema is published in ``docs/schemas``."""

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from invariants.settings.models import Model, Word

Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]
Exposure = Literal["server", "client", "build", "ci"]
Format = Literal[
    "dotenv",
    "compose",
    "workflow",
    "kubernetes",
    "fly.toml",
    "render.yaml",
    "vercel.json",
    "vercel",
    "supabase",
    "fly",
    "github",
    "heroku",
    "railway",
    "doppler",
]
SCOPES = {"service": "compose", "job": "workflow", "container": "kubernetes", "environment": ""}
"""The key that names a part of a file, and the format that it belongs to; none: of a platform."""


class Target(Model):
    """Where variables are given: the file or snapshot that is the truth about it."""

    file: Word = Field(description="The file, relative to the root; for a platform, the snapshot that `invariants env snapshot` writes.")
    format: Format = Field(description="The form of the file; a platform's name for a snapshot.")
    environment: Word | None = Field(default=None, description="The platform's environment: production, preview ...")
    service: Word | None = Field(default=None, description="The service of a compose file.")
    job: Word | None = Field(default=None, description="The job of a workflow.")
    container: Word | None = Field(default=None, description="The container of a Kubernetes manifest.")
    local: bool = Field(default=False, description="It is on a developer's own machine: TLS is not demanded.")
    max_age: int | None = Field(default=None, ge=1, description="The days after which a snapshot tells nothing any more.")
    values: Word | None = Field(
        default=None, description="The dotenv file with its real values, local or pulled, that fingerprints are taken of; git ignores it."
    )

    @model_validator(mode="after")
    def _fitting(self) -> Self:
        for key, form in SCOPES.items():
            if getattr(self, key) is not None and form and self.format != form:
                raise ValueError(f"`{key}` is a part of a {form} file, and this one is {self.format}")
        if sum(getattr(self, key) is not None for key in SCOPES) > 1:
            raise ValueError(f"it names more than one of {', '.join(SCOPES)}")
        return self

    @property
    def scope(self) -> str:
        return self.environment or self.service or self.job or self.container or ""


class Variable(Model):
    """One environment variable."""

    kind: Literal["secret", "config", "public", "platform"] = Field(
        description="secret: nobody else may know it; public: browsers may; platform: the platform sets it; config: anything else."
    )
    exposure: list[Exposure] = Field(
        default=[],
        description="Where it may be read; anywhere if empty. Without client, browsers must not get it.",
    )
    required: list[Word] | None = Field(default=None, description="The targets that must have it; every target where left out.")
    optional: list[Word] = Field(default=[], description="The targets that may have it.")
    when: Name | None = Field(default=None, description="It is required only where this other variable is there.")
    read_by: Word | None = Field(default=None, description="What reads it, where no code does.")
    format: Literal["boolean", "integer", "number", "uuid", "url", "email"] | None = Field(
        default=None, description="What its value is, wherever a target shows it; any text where left out."
    )
    description: Word | None = Field(default=None, description="What it is for; goes into .env.example.")
    example: str | None = Field(default=None, description="A value that may be published; goes into .env.example.")
    owner: Word | None = Field(default=None, description="Who answers for it.")
    source: Word | None = Field(default=None, description="Where its value is kept, such as op://vault/item/field.")
    rotation: int | None = Field(default=None, ge=1, description="The days after which its value is to be changed, as snapshots tell.")
    fingerprint: list[Word] = Field(default=[], description="The targets whose value must match its recorded fingerprint.")

    @model_validator(mode="after")
    def _unpublished(self) -> Self:
        if self.kind == "secret" and self.example:
            raise ValueError("it is a secret and has an `example`, which would be published")
        if self.fingerprint and self.kind != "secret":
            raise ValueError("only secrets have fingerprints; the value of anything else can be written down")
        return self


class Fingerprints(Model):
    """How fingerprints are made."""

    key_variable: Name = Field(default="INVARIANTS_FP_KEY", description="The environment variable that holds the key.")
    key_file: Word | None = Field(default=None, description="A file outside the repository that holds the key; ~ is the home folder.")


class Lock(Model):
    """`.invariants/env.lock.toml`: the fingerprints of secrets. It is written by `invariants env record`."""

    version: Literal["invariants-env-lock/1"] = Field(alias="schema", description="What this file is.")
    key_id: Word | None = Field(default=None, description="What tells the key that they were made with.")
    fingerprints: dict[Word, dict[Name, Word]] = Field(default={}, description="By target and variable, the fingerprints.")


class Env(Model):
    """`.invariants/env.toml`: every environment variable, and where it has to be."""

    targets: dict[Word, Target] = Field(default={}, description="Where variables are given.")
    variables: dict[Name, Variable] = Field(default={}, description="The variables.")
    ignore: dict[Word, Word] = Field(default={}, description="Names that need no entry, * for any characters, each with the reason.")
    accessors: list[Word] = Field(default=[], description="Functions that read the variable whose name they are given.")
    exclude: list[Word] = Field(default=[], description="Path patterns of files whose reads do not count.")
    fingerprints: Fingerprints = Field(default=Fingerprints(), description="How fingerprints are made.")

    @model_validator(mode="after")
    def _known(self) -> Self:
        for name, variable in self.variables.items():
            for target in (*(variable.required or ()), *variable.optional, *variable.fingerprint):
                if target not in self.targets:
                    raise ValueError(f"`variables.{name}` names the target {target}, which is none of {', '.join(self.targets) or 'these'}")
            if variable.when is not None and variable.when not in self.variables:
                raise ValueError(f"`variables.{name}.when` names {variable.when}, which is not in the manifest")
        return self
