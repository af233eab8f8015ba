"""Doors: what registers routes and what stands before them, one file at a time; and the routes that follow from all files together.

Registrations are in the words of their framework's module, which knows the framework's own rules of order and scope, and says them here
as `covers`. A part of a path or prefix that another file says stands in it as `${symbol}`. What a symbol means in another file is told by
the stage that puts files together.
"""

import re
from typing import Annotated, Literal, NamedTuple

from invariants.facts.place import Place

Kind = Literal["http", "websocket", "action", "rpc"]
Means = Literal["decorator", "dependency", "wrapper", "middleware", "hook", "extractor", "layer", "mixin", "option", "edge", "rescue"]
Level = Literal["route", "router", "app", "edge"]
FUNCTION = re.compile(r"(?:^|/)supabase/functions/(?P<name>[^_/][^/]*)/")
"""The folder of one of Supabase's edge functions, which is served under its name."""
SENT = "sent"
"""Of what is put beside a request, that it is nothing but what the caller sent."""
MADE = "made"
"""Of what is put beside a request, that it is an object which is made there, so that its function finds something when it asks for it."""
HANDED = "handed "
"""What begins the name of a setting that says which function hands on what is there whoever comes (`next({ ctx: { user } })`)."""
TEXT = "text "
"""What begins the name of a setting that says which function answers with a text, be it an empty one, whoever comes."""
UNSIGNED = "unsigned "
"""What begins the name of a setting that says what reads a cookie which nobody signs."""
STATUS = "status "
"""What begins the name of a setting that says the status of errors of a class."""
ANSWERED = "answered "
"""What begins the name of a setting that says the status with which something answers errors of a class."""
ANSWER = -1
"""Where a function asks for a path that answers by it."""
SENSITIVE = "sensitive"
"""The name of a setting that says of a router of Koa's that case matters in its paths."""
SLASHES = "slashes"
"""The name of a setting that says of Flask that routes answer with a slash at the end of their paths, and without."""
REWRITES = "rewrites"
"""The name of a setting that says which function gives requests another address."""
REROUTED = "rerouted"
"""The name of a setting that says that an application answers other addresses as if they were those of its routes."""
BASED = "based"
"""The name of a setting that says what stands before all paths, also in what a guard sees of them."""
EXCHANGED = "exchanged"
"""The name of a setting that says which function puts another one in the place of what answers requests, and which that is."""
PUT_THERE = "put there"
"""The name of a setting that says what is beside every request, whoever sent it."""
UNHOOKED = "unhooked"
"""The name of a setting that says that routes are taken what they have before them."""
BLANK = "blank "
"""What begins the name of a setting that a file says of its own names: they stand for nothing where nobody sets a variable."""


class Router(NamedTuple):
    """A thing that routes are registered on: an application, a router, a blueprint, a controller, a folder of files."""

    at: Annotated[Place, "Where it is made."]
    name: Annotated[str, "Its symbol in this file."]
    framework: Annotated[str, "The framework: fastapi, express, axum ..."]
    kind: Annotated[
        Literal["app", "router", "given"],
        "app: it is served by itself; router: it is served where it is mounted; given: so is it, and where nothing mounts it, it is none.",
    ]
    prefix: Annotated[str | None, "What every path on it begins with; null where it cannot be told."]
    shares: Annotated[bool, "It is a part of what it is put into, so that no prefix stands before it (fastify-plugin)."] = False


class Mount(NamedTuple):
    """A router put into another one."""

    at: Annotated[Place, "The registration."]
    router: Annotated[str, "The router that takes it in; its symbol in this file."]
    position: Annotated[
        int,
        "Its place among everything that this file registers on that router, from 0; -1: it is handed to a function that goes on with it.",
    ]
    child: Annotated[str, "The symbol of what is put in; dotted Python names of other modules where the framework takes strings."]
    prefix: Annotated[str | None, "What is put before the paths of it; null where it cannot be told."]
    isolates: Annotated[bool, "The parent's middleware does not reach it (FastAPI's app.mount, another application)."]
    replaces: Annotated[bool, "The prefix stands in the place of the router's own (Flask's register_blueprint)."] = False
    inherits: Annotated[
        bool, "What stands before the child stands before the parent too (a class of NestJS and the one that it extends)."
    ] = False
    certain: Annotated[bool, "It has routes, whatever it is: it is neither middleware nor what a function makes of a router."] = False
    makes: Annotated[
        bool, "It is what a function makes that answers with the router, which is of its kind, and has its routes and middleware first."
    ] = False


class Endpoint(NamedTuple):
    """A route as it is registered."""

    at: Annotated[Place, "The registration: the decorator, call or exported name."]
    router: Annotated[str, "The router's symbol in this file; empty where the file's path is the route."]
    position: Annotated[int, "Its place among everything that this file registers on that router, from 0."]
    framework: Annotated[str, "The framework."]
    kind: Annotated[Kind, "action: a server action; rpc: a procedure that clients call by name."]
    method: Annotated[str, "GET, POST ..., or ANY; ACTION, RPC."]
    path: Annotated[
        str | None, "Its path on the router, parameters as {name}; of an action or procedure its name; null: it cannot be told."
    ]
    handler: Annotated[str, "The symbol of what answers it: a function's name in the file, or a symbol from elsewhere."]


class Use(NamedTuple):
    """Something put before routes, which may or may not be a guard: a decorator, dependency, wrapper, middleware, layer, extractor."""

    at: Annotated[Place, "The use."]
    router: Annotated[str, "The router that it is put on; or that of the endpoint that it is put on."]
    position: Annotated[int, "Its place among what this file registers on the router; of an endpoint's own, that of the endpoint."]
    own: Annotated[bool, "It stands on the endpoint of that position alone."]
    rank: Annotated[int, "Its place among the uses of the endpoint or the registration, the outermost first, from 0."]
    means: Annotated[
        Means,
        "How it is put there. edge: before the application (Next's middleware, a proxy); rescue: it is called after errors, "
        "or, where it has a stage, with answers.",
    ]
    symbol: Annotated[str, "The symbol, as the file writes it."]
    covers: Annotated[
        Literal["all", "after", "before", "none"],
        "Which of the router's registrations it stands before: all; those after it in the file (Express, Hono); those before it (axum's "
        "layers). none: it is declared where the framework does not reach it (a decorator above @route), which guards nothing.",
    ]
    pattern: Annotated[str | None, "The paths that it stands before, under the router's prefix, ** for any; null where it cannot be told."]
    methods: Annotated[str, "The methods that it stands before, divided by blanks; empty: all."]
    excludes: Annotated[str, "Patterns that it lets by, divided by blanks; ? where these cannot be told."]
    escapes: Annotated[bool, "It reaches what is registered later on the router's parent (Express's use in a router mounted at the root)."]
    function_name: Annotated[str, "The function that holds the call whose arguments are its own; empty: the module."]
    step: Annotated[int | None, "The place of that call among the steps of the function; null where it is not called."]
    stage: Annotated[
        int, "When it runs, where a framework has several such times, from 0 (Fastify's hooks); all of one run before the next."
    ] = 0


class PathTest(NamedTuple):
    """A branch that asks which path a request has; where it asks for several, any of them is enough."""

    at: Annotated[Place, "The condition."]
    function_name: Annotated[str, "The function."]
    position: Annotated[int, "The branch's place among the steps of the function; -1: that is what the function answers."]
    negated: Annotated[bool, "It holds where the path is none of them."]
    subject: Annotated[
        Literal["path", "sent", "url", "original", "route", "given"],
        "What it looks at. path: the path as the framework hands it on, which may lack what a router is mounted at; sent: that as it was "
        "sent, with its escapes; url: that with the query; original: the whole of it; route: the route as its files are called "
        "(event.route.id of SvelteKit); given: what the function is given.",
    ]
    how: Annotated[
        Literal["starts", "ends", "is", "holds", "asks"],
        "How the path is held against the text; asks: the symbol is a function that answers whether.",
    ]
    folded: Annotated[bool, "The path is put into small letters before."]
    whole: Annotated[bool, "All that is listed is asked for; else some of it may be left out."]
    kind: Annotated[Literal["text", "symbol", "unknown"], "What it is held against; of a symbol, any of what that lists."]
    value: Annotated[str, "The string, or the symbol."]
    suffix: Annotated[str, "What is put behind each."]


class Setting(NamedTuple):
    """What a framework is told for the whole application and that decides who may come in (DEFAULT_PERMISSION_CLASSES, APP_GUARD)."""

    at: Annotated[Place, "Where it is said."]
    framework: Annotated[str, "The framework."]
    name: Annotated[str, "The setting."]
    position: Annotated[int, "Its place among the values, from 0."]
    symbol: Annotated[str, "The value."]


class Job(NamedTuple):
    """A route that a deployment calls on a schedule."""

    at: Annotated[Place, "The entry."]
    path: Annotated[str, "The route's path."]
    schedule: Annotated[str, "When; empty where it does not say."]


class Route(NamedTuple):
    """A route that is served, all files put together."""

    at: Annotated[Place, "Its registration."]
    name: Annotated[str, "METHOD /path/{param}, ACTION module.function, RPC router.procedure."]
    method: Annotated[str, "GET, POST ..., or ANY; ACTION, RPC."]
    path: Annotated[str, "Its whole path; or the name of an action or procedure."]
    framework: Annotated[str, "The framework."]
    posture: Annotated[str | None, "Who may come in, in words; alternatives are divided by ' | '; null where nothing says it."]
    enforcement: Annotated[
        Literal["enforced", "declared", "none", "unverified"],
        "enforced: a guard that rejects is reached before the handler; declared: something says so, and nothing enforces it; none: nothing "
        "says so; unverified: it cannot be told.",
    ]
    level: Annotated[Level | None, "The nearest evidence: the route itself, its router, the app, the edge."]
    handler: Annotated[str, "What answers it: the defining file without extension, a dot, the name."]
    reason: Annotated[str, "Why this is the enforcement, as a clause."]


class RouteGuard(NamedTuple):
    """A guard that stands before a route, and what became of it."""

    at: Annotated[Place, "The use."]
    route: Annotated[str, "The route's name."]
    registered: Annotated[Place, "The route's registration: two applications may have a route of one name."]
    position: Annotated[int, "Its place, the outermost first, from 0."]
    symbol: Annotated[str, "The guard: the defining file without extension, a dot, the name."]
    posture: Annotated[str | None, "What it lets in, in words; null where that is not known."]
    state: Annotated[
        Literal["rejects", "void", "passes", "unverified"],
        "rejects: it turns away who is not let in; void: it stands there and guards nothing; passes: it is no guard; unverified: it cannot "
        "be told.",
    ]
    reason: Annotated[str, "Why, as a clause."]


class RouteFunction(NamedTuple):
    """A function that runs for a route: its handler, or something that stands on that."""

    at: Annotated[Place, "The use; of a handler, where the route is registered."]
    route: Annotated[str, "The route's name."]
    registered: Annotated[Place, "The route's registration: two applications may have a route of one name."]
    function_name: Annotated[str, "The function: the defining file without extension, a dot, the name; of a library, its dotted name."]
    is_before: Annotated[bool, "It runs before the handler."]


class Reached(NamedTuple):
    """A function that one which runs for a route reaches, by itself or through others."""

    at: Annotated[Place, "The call."]
    function_name: Annotated[str, "The function that runs for a route."]
    symbol: Annotated[str, "What is called: the defining file without extension, a dot, the name; of a library, its dotted name."]
    depth: Annotated[int, "How many calls away, from 0."]
    certain: Annotated[bool, "Every path of the function that does not reject comes by it."]
    position: Annotated[int, "The place, among the function's steps, of the call that leads to it."]
    heeded: Annotated[bool, "Something is made of what it answers, or it is not known to need that."]


class Reference(NamedTuple):
    """A file that takes a confined module or symbol from where it is defined, or a client that loads it by way of others."""

    at: Annotated[Place, "The import; of a client's entry that loads it by way of others, the import that leads there."]
    path: Annotated[str, "The importing file."]
    name: Annotated[str, "What is confined, as it is configured."]
    side: Annotated[Literal["server", "client"], "client: code that browsers run takes it, itself or by way of others."]


class Extent(NamedTuple):
    """How much of the source code was parsed to tell the routes: what is left holds no word that registers any, nor do those need it."""

    at: Annotated[Place, "The first file of code."]
    files: Annotated[int, "How many files of code there are, without tests."]
    parsed: Annotated[int, "How many of them were parsed."]
