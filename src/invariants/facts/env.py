"""Environment variables: what the manifest says of them, where they are read, and where they are given. Values are never facts."""

from typing import Annotated, Literal, NamedTuple

from invariants.facts.place import Place

Kind = Literal["secret", "config", "public", "platform"]
Side = Literal["server", "client"]
Value = Literal["none", "empty", "placeholder", "reference", "hidden", "plain", "random", "issued"]
Shape = Literal["none", "bit", "integer", "number", "boolean", "uuid", "url", "email", "text"]
Transport = Literal["none", "secured", "open", "unknown"]
State = Literal["same", "changed", "absent", "unreadable", "not comparable"]


class Manifest(NamedTuple):
    """The manifest of environment variables: one row, and none where there is none."""

    at: Annotated[Place, "Its first line."]


class Variable(NamedTuple):
    """A variable of the manifest."""

    at: Annotated[Place, "Its entry."]
    name: Annotated[str, "The variable."]
    kind: Annotated[Kind, "secret: nobody else may know it; public: browsers may; platform: the platform sets it."]
    exposure: Annotated[str, "Where it may be read: server, client, build, ci; empty where nothing is said."]
    format: Annotated[str | None, "What its values are: boolean, integer, number, uuid, url, email; any text where nothing is said."]
    rotation: Annotated[int | None, "The days after which its value is to be changed."]
    read_by: Annotated[str | None, "What reads it, where no code does."]
    owner: Annotated[str | None, "Who answers for it."]
    source: Annotated[str | None, "Where its value is kept, such as op://vault/item/field."]


class Demand(NamedTuple):
    """A variable that a target has to have, or may have."""

    at: Annotated[Place, "The variable's entry."]
    name: Annotated[str, "The variable."]
    target: Annotated[str, "The target."]
    is_optional: Annotated[bool, "It may be there, and need not."]
    condition: Annotated[str | None, "The variable with which it has to be there; without that one it need not."]


class Target(NamedTuple):
    """Where variables are given: an example file, a platform, a service, a job."""

    at: Annotated[Place, "Its entry in the manifest."]
    name: Annotated[str, "What the manifest calls it."]
    path: Annotated[str, "The file that says what it has."]
    format: Annotated[str, "The form of that file."]
    scope: Annotated[str, "The service, job, container or environment in it; empty for the whole file."]
    is_local: Annotated[bool, "It is on a developer's own machine."]
    max_age: Annotated[int | None, "The days after which a snapshot of it tells nothing any more."]
    secrets: Annotated[str | None, "The file with its real values, which git ignores."]


class Ignored(NamedTuple):
    """Names that need not be in the manifest."""

    at: Annotated[Place, "The entry."]
    pattern: Annotated[str, "A name, * for any characters."]
    reason: Annotated[str, "Why."]


class Accessor(NamedTuple):
    """A function that reads the variable whose name it is given."""

    at: Annotated[Place, "The manifest's line."]
    name: Annotated[str, "The function: requireEnv, config.get."]


class Excluded(NamedTuple):
    """Files whose reads do not count."""

    at: Annotated[Place, "The manifest's line."]
    pattern: Annotated[str, "A path pattern: * within a folder, ** across folders."]


class Read(NamedTuple):
    """A place where a variable is read."""

    at: Annotated[Place, "Where it is named."]
    name: Annotated[str, "The variable."]
    side: Annotated[Side, "client: the code says itself that browsers run it."]
    medium: Annotated[
        Literal["code", "schema", "shell", "image", "compose", "workflow", "platform", "proxy"],
        "What reads it: code; the declaration of a schema in code; a script; a Dockerfile; a compose file; a workflow; "
        "a file of a deployment platform; a web server's configuration.",
    ]
    is_defaulted: Annotated[bool, "A value stands there for when it is absent."]


class ScriptName(NamedTuple):
    """A variable that a script sets itself."""

    at: Annotated[Place, "Its first line."]
    name: Annotated[str, "The variable."]


class Sourcing(NamedTuple):
    """Another script that a script runs in its own shell, so that what one sets the other has."""

    at: Annotated[Place, "Its first line."]
    target: Annotated[str, "The end of its path."]


class Unresolved(NamedTuple):
    """A read of which it cannot be told which variable is meant, or a file that may hold one and cannot be read."""

    at: Annotated[Place, "The read, or the file."]
    accessor: Annotated[str, "The function that is given the name, where it is one; declared as an accessor it is resolved by its callers."]
    taker: Annotated[str, "The function that the whole environment is handed to, where it is; it is resolved where that function is read."]
    message: Annotated[str, "What could not be told, as a complete clause."]
    remedy: Annotated[str, "What would resolve it."]


class Taker(NamedTuple):
    """A function with a parameter that is the environment, so that what it reads of that is read of the environment."""

    at: Annotated[Place, "The parameter."]
    function_name: Annotated[str, "The function."]


class Declaration(NamedTuple):
    """A variable that something other than the manifest declares: .env.schema, .env.example, t3-env, envalid, pydantic-settings."""

    at: Annotated[Place, "The declaration."]
    name: Annotated[str, "The variable."]
    kind: Annotated[Kind | None, "What kind it is said to be."]
    is_required: Annotated[bool, "It has to be there."]
    origin: Annotated[Literal["schema", "example", "t3-env", "envalid", "zod", "pydantic"], "Who declares it."]
    about: Annotated[str, "What is said of it; empty where nothing is."]


class Entry(NamedTuple):
    """A variable that a file gives to what it starts."""

    at: Annotated[Place, "The name."]
    scope: Annotated[str, "The service, job, container or environment that it is given to; empty for all in the file."]
    name: Annotated[str, "The variable."]
    value: Annotated[
        Value,
        "none: only its name is told; empty; placeholder: an example; reference: it is kept elsewhere, or filled in; hidden: encrypted or "
        "withheld; issued: of a form that only real keys have; random: it sounds like a secret and is made at random; plain: the rest.",
    ]
    shape: Annotated[Shape, "What its value could be read as; bit: 0 or 1; none: it is empty, or cannot be seen."]
    transport: Annotated[Transport, "Whether a database's or broker's URL demands TLS; none: it is no such URL, or cannot be seen."]
    sealed: Annotated[bool | None, "The platform shows it to nobody; absent where that cannot be told."]
    updated: Annotated[str, "The day of its last change on a platform, as YYYY-MM-DD; empty where that is not told."]


class Inclusion(NamedTuple):
    """Variables that come to a scope from elsewhere: an env_file, a ConfigMap, an env group."""

    at: Annotated[Place, "Where it says so."]
    scope: Annotated[str, "The scope that gets them; empty for all in the file."]
    path: Annotated[str, "The file that holds them; empty where only a name is told."]
    other: Annotated[str, "The scope that holds them; empty for a whole file."]
    prefix: Annotated[str, "What is put before their names."]
    is_optional: Annotated[bool, "It need not be there."]


class Blind(NamedTuple):
    """A part of such a file that cannot be read."""

    at: Annotated[Place, "The part."]
    scope: Annotated[str, "The scope that it would have told of; empty for all in the file."]
    message: Annotated[str, "What could not be told, as a complete clause."]
    remedy: Annotated[str, "What would resolve it."]


class Giver(NamedTuple):
    """A file that gives variables and was read, whatever it gives."""

    at: Annotated[Place, "Its first line."]
    path: Annotated[str, "The file."]


class Dotenv(NamedTuple):
    """A file of NAME=value lines."""

    at: Annotated[Place, "Its first line."]
    path: Annotated[str, "The file."]
    is_example: Annotated[bool, "Its name says that it is an example, to be copied."]
    actual: Annotated[str, "The file that an example is copied to; of any other file, itself."]


class Door(NamedTuple):
    """A setting of a bundler that publishes variables, whatever their names."""

    at: Annotated[Place, "The setting."]
    pattern: Annotated[str, "The names, * for any characters."]
    through: Annotated[str, "The setting, as words."]


class Load(NamedTuple):
    """The modules that a file of JavaScript, or a page, loads."""

    at: Annotated[Place, "Its first line."]
    path: Annotated[str, "The file."]
    sources: Annotated[str, "The modules, as the file writes them, each once and on a line of its own."]


class Runtime(NamedTuple):
    """A file of JavaScript that says itself where it runs: `use client`, `use server`."""

    at: Annotated[Place, "Its first line."]
    path: Annotated[str, "The file."]
    side: Annotated[Side, "Where it runs; what clients take of a server's file is called, and not loaded."]


class Exposed(NamedTuple):
    """A read of a variable in code that browsers load by way of other files."""

    at: Annotated[Place, "The read."]
    name: Annotated[str, "The variable."]
    entry: Annotated[Place, "Where browsers begin."]
    chain: Annotated[str, "The files from there to the read, > between them."]
    writer: Annotated[str, "The bundler that writes its value in, whatever its name; empty where none is known to."]


class IgnoreLine(NamedTuple):
    """A line of a .gitignore file."""

    at: Annotated[Place, "The line."]
    pattern: Annotated[str, "Paths, relative to the root or to what is above it, * for any characters."]
    is_negated: Annotated[bool, "It takes back what lines before it ignore."]
    depth: Annotated[int, "How many folders its file is below the root, negative above it: the deepest decides."]
    position: Annotated[int, "Its place in the file: the last decides."]
    under: Annotated[str, "What stands before the root's paths where its file lies above the root: apps/web/."]


class Snapshot(NamedTuple):
    """The names that a platform had on some day."""

    at: Annotated[Place, "Its first line."]
    path: Annotated[str, "The file."]
    platform: Annotated[str, "The platform."]
    taken: Annotated[str, "The day, as YYYY-MM-DD."]


class Pledge(NamedTuple):
    """A secret whose value on a target has to match a recorded fingerprint."""

    at: Annotated[Place, "The variable's entry in the manifest."]
    name: Annotated[str, "The variable."]
    target: Annotated[str, "The target."]


class FingerprintKey(NamedTuple):
    """Where the key of fingerprints is kept; never the key."""

    at: Annotated[Place, "The manifest's line."]
    variable: Annotated[str, "The environment variable that holds it."]
    path: Annotated[str | None, "The file that holds it."]


class Record(NamedTuple):
    """A fingerprint that was recorded."""

    at: Annotated[Place, "Its entry in the lock file."]
    name: Annotated[str, "The variable."]
    target: Annotated[str, "The target."]
    fingerprint: Annotated[str, "The fingerprint."]
    key_id: Annotated[str, "What tells the key that it was made with; empty without one."]


class Comparison(NamedTuple):
    """A recorded fingerprint against the value that is there in this run: made anew in every run."""

    at: Annotated[Place, "The record; the manifest's entry where there is none."]
    name: Annotated[str, "The variable."]
    target: Annotated[str, "The target."]
    state: Annotated[State, "Only same is good."]
    message: Annotated[str, "Why, as a complete clause."]


class Today(NamedTuple):
    """The day of the run: what ages are counted to."""

    at: Annotated[Place, "No place."]
    day: Annotated[str, "As YYYY-MM-DD."]
