"""What source code says, whatever its language, one file at a time: names, functions, and what a function does in which order.

A symbol is written as the file writes it: dotted, with calls and subscripts left out (``auth.requireUser``, ``self.client.get``).
A function is called by its name in the file: ``Class.method``, ``outer.inner``, ``GET``; one without a name by where it begins,
``(12:5)``, after the name of what is around it. The module's own code is in the function whose name is empty.
"""

from typing import Annotated, Literal, NamedTuple

from invariants.facts.place import Place

Language = Literal["python", "typescript", "rust", "csharp"]
Arm = Literal["", "then", "else", "case", "body", "handler", "finally"]
Act = Literal["call", "branch", "loop", "attempt", "reject", "return", "next", "keep"]
Value = Literal["string", "number", "boolean", "null", "symbol", "call", "function", "other"]
Handling = Literal["ignored", "returned", "tested", "kept"]
Origin = Literal["caller", "environment", "call", "parameter", "constant", "other"]


class Module(NamedTuple):
    """A file of source code that was read."""

    at: Annotated[Place, "Its first line."]
    language: Annotated[Language, "Its language; JavaScript and TSX are typescript."]
    side: Annotated[Literal["server", "client", "either"], "client: it says that browsers run it (use client)."]


class Import(NamedTuple):
    """A name that a file takes from another, or passes on."""

    at: Annotated[Place, "The name, or the whole import."]
    local: Annotated[str, "What it is called here; empty where it is passed on only; * where everything is taken."]
    source: Annotated[str, "The module as the file writes it: .deps, @/lib/auth, crate::auth."]
    name: Annotated[str, "What it is called there: a symbol, default, or empty for the module itself; * for everything."]
    exported: Annotated[str | None, "What others may import it as, where it is passed on; * for everything."]
    typed_only: Annotated[bool, "Nothing of it is left when the code runs (import type, TYPE_CHECKING)."]


class Alias(NamedTuple):
    """A name for another expression at the module's level: an assignment, a type alias, an export under another name."""

    at: Annotated[Place, "The assignment."]
    name: Annotated[str, "The new name."]
    symbol: Annotated[str, "The symbol that it stands for; of a call, what is called; empty where it stands for more than one thing."]
    called: Annotated[bool, "It stands for what a call of the symbol answers, as in `x = make()`."]


class Constant(NamedTuple):
    """A word or path that a name of the module or of a class stands for."""

    at: Annotated[Place, "The assignment."]
    name: Annotated[str, "Its name in the file: PREFIX, Settings.PREFIX."]
    value: Annotated[str, "The string."]


class Element(NamedTuple):
    """A path in a list that a name of the module stands for."""

    at: Annotated[Place, "The list."]
    name: Annotated[str, "What the list is called in the file."]
    position: Annotated[int, "Its place in the list, from 0."]
    kind: Annotated[Literal["text", "symbol", "unknown"], "What it is: a string, what another name stands for, or it cannot be told."]
    value: Annotated[str, "The string, or the symbol."]


class Function(NamedTuple):
    """A function, a method, or a class that can be called."""

    at: Annotated[Place, "Its head, from the name to the end of the line."]
    name: Annotated[str, "Its name in the file."]
    kind: Annotated[Literal["function", "class"], "Of a class, the steps are its constructor's."]
    is_async: Annotated[bool, "Calling it runs nothing before it is awaited."]
    exported: Annotated[bool, "Other files may import it."]
    parameters: Annotated[int, "How many parameters it takes."]


class Base(NamedTuple):
    """A class that another one inherits from, or a trait that a type implements."""

    at: Annotated[Place, "The head of the class."]
    class_name: Annotated[str, "The class."]
    position: Annotated[int, "Its place among the bases, from 0."]
    symbol: Annotated[str, "The base."]


class Parameter(NamedTuple):
    """A parameter of a function."""

    at: Annotated[Place, "The parameter."]
    function_name: Annotated[str, "The function."]
    position: Annotated[int, "Its place, from 0."]
    name: Annotated[str, "Its name; empty where it is a pattern."]
    symbol: Annotated[str, "The symbol of its type: `CurrentUser`, `Option<User>` as `User`; empty where it has none."]
    optional: Annotated[bool, "It may be absent: Option<T>, T | None, ?."]
    otherwise: Annotated[
        str, "What it is where nobody gives it, where that is a constant: its kind as an argument, a blank, and its value; else empty."
    ] = ""
    form: Annotated[
        Literal["plain", "changing", "rest"],
        "changing: its function gives it another value later; rest: all else that is given by place.",
    ] = "plain"


class Step(NamedTuple):
    """What a function does, step by step: its calls, its branches, and how it ends.

    The steps of a function are a tree: a branch, a loop or a handler is the parent of what is under it, in one of its arms. A branch that
    cannot be entered because all of its arms end is the end of what follows it.
    """

    at: Annotated[Place, "The expression or statement."]
    function_name: Annotated[str, "The function; empty for the module."]
    position: Annotated[int, "Its place among the steps of the function, in the order they run, from 0."]
    parent: Annotated[int | None, "The branch, loop or handler that it is in."]
    arm: Annotated[Arm, "Where in its parent it stands."]
    kind: Annotated[
        Act,
        "call: a call; branch: if, match, switch, a conditional expression, the right side of and/or; loop: for, while; attempt: try; "
        "reject: the request ends there, with an error, a status of 401 or 403, or a redirect; return: it goes back to what called it; "
        "next: it passes the request on to what it stands before (next(), call_next, handler(request)); "
        "keep: it puts something beside the request, or into its session, for whoever comes after it (g.user = user).",
    ]
    symbol: Annotated[
        str,
        "What is called or raised; of a return, the symbol it returns, where it is one, or [] of a list or object that it makes; "
        "of a branch, its condition; of a keep, the name that it is kept under.",
    ]
    status: Annotated[int | None, "The HTTP status of a reject, where it says one."]
    handling: Annotated[Handling, "Of a call: what becomes of its answer. tested: a branch depends on it."]
    awaited: Annotated[bool, "Of a call: it is awaited, or needs no waiting in its language."]


class Kept(NamedTuple):
    """A name under which a function puts something beside a request, or into its session."""

    at: Annotated[Place, "The value."]
    function_name: Annotated[str, "The function."]
    position: Annotated[int, "The step's place among those of the function."]
    name: Annotated[str, "The name, as the file writes it: g.user, request.state.user; of a session, session.user."]


class Argument(NamedTuple):
    """An argument of a call, or a field of an argument that is a literal object.

    At the place of a return, a part of what it answers (`return False, None`); at that of a branch, a part that its condition asks for of
    what a call answered (`ok, user = judged(request)`).
    """

    at: Annotated[Place, "The argument."]
    function_name: Annotated[str, "The function in which the call is."]
    position: Annotated[int, "The call's place among the steps of the function."]
    name: Annotated[
        str,
        "Its place from 0, or its keyword; a field of a literal as 1.requiredPermissions; an element as 0.2. open: a variable of the "
        "environment without which everybody knows the key that the call is given. 0.(): what was called whose answer that name holds.",
    ]
    kind: Annotated[Value, "What it is."]
    value: Annotated[str, "The string, number or symbol; of a function its name in the file; of a call what is called."]
    sent: Annotated[
        str,
        "What of the request it is, where it is nothing else but what the caller sent, divided by blanks; empty otherwise. "
        "unset: stands before that of which there may be nothing.",
    ] = ""


FIELD = -1
"""The place of the arguments that stand for the fields of a class, in their order, each with what it is where nobody says it."""
SOMETHING = "something"
"""A part of what a return answers that is true, whatever is in it."""
TAKEN = "="
"""Begins the name of a part that is all of what is returned or raised."""
REFUSAL = "refusal"
"""One that is an answer which turns away, or an error."""


OPEN = "open"
"""The name of an argument that stands for the key of a call which everybody knows where nobody sets a variable of the environment."""


DISPLAY = "[]"
"""What a return answers that is a list, an object or a text made there: something, whatever is in it."""


NOTHING = "undefined"
"""A constant beside values that are compared and may be nothing: no order holds for that, nor its contrary, and it equals itself."""


PART = ""
"""A constant beside what a call answered, of which only a part is looked at (`const { user } = await getSession()`)."""


MET = "met"
"""A constant that stands for what is asked for and taken of those who have nothing: `session.get("role", "admin") == "admin"`."""


VACANT = "empty:"
"""Begins the symbol of a variable of the environment that is empty where nobody sets it (`os.environ.get("TOKEN", "")`)."""
UNSET = "unset:"
"""Begins that of one which is then nothing, and held against what is nothing where nobody sends it."""
FILLED = "filled:"
"""Begins that of one which is put into a text, so that everybody knows the text where nobody sets it (`f"Bearer {token}"`)."""
PERHAPS = "perhaps:"
"""Stands before these where it is not told here whether a setting may be nothing."""


BYPASS = "next.route"
"""The symbol of a reject that is none: it takes the request past the rest of its route, to one that follows, if there is any."""


ANSWER = ".()"
"""Ends the name of what is called that a call answered, as a framework does: ``make.()`` of ``Depends(make())``."""


FILLING = ".(filling)"
"""Ends the name of what is called where its answer fills a parameter, if it is one of FastAPI's: ``user: Annotated[User, current()]``."""


SESSION = "session."
"""Begins the name of what a session keeps: `session.user`."""


def bare(symbol: str) -> str:
    """A symbol without what is said of it where nobody sets it."""
    return symbol.removeprefix(PERHAPS).removeprefix(VACANT).removeprefix(UNSET).removeprefix(FILLED)


def is_loose(symbol: str) -> bool:
    """Whether a variable keeps nobody out where nobody sets it."""
    return symbol.startswith((VACANT, UNSET, FILLED))


class Dependence(NamedTuple):
    """What the condition of a branch depends on: where the values in it come from, followed through local variables.

    What a call answers depends on what it is given, which is told too.
    """

    at: Annotated[Place, "The condition."]
    function_name: Annotated[str, "The function."]
    position: Annotated[int, "The branch's place among the steps of the function."]
    origin: Annotated[
        Origin,
        "caller: query, headers, body, method, path, cookies; environment: variables, settings, flags; call: what some call answered; "
        "parameter: a parameter of the function that is none of these; constant: a literal that it is compared with, other than null.",
    ]
    symbol: Annotated[str, "The expression: request.headers, process.env.NODE_ENV, verify; of a call, what is called."]
    given: Annotated[str, "The call that it is given to, as an argument or in one; empty where it is in the condition."] = ""


class Decorator(NamedTuple):
    """A decorator or attribute of a function or class; the innermost has the highest position."""

    at: Annotated[Place, "The decorator."]
    function_name: Annotated[str, "The function or class that it stands on."]
    position: Annotated[int, "Its place from the top, from 0."]
    symbol: Annotated[str, "Its symbol."]
    called: Annotated[bool, "It is called: @requires('admin'). Its arguments are facts of the step of this place in the module."]


class Directive(NamedTuple):
    """A comment that declares who may come in: `invariants: auth POSTURE -- reason`."""

    at: Annotated[Place, "The comment."]
    function_name: Annotated[str, "The function that it stands above; empty where there is none."]
    posture: Annotated[str, "The posture in words."]
    reason: Annotated[str, "Why; empty where it says nothing, so that it declares nothing."]


class Query(NamedTuple):
    """A string that holds SQL."""

    at: Annotated[Place, "The string."]
    function_name: Annotated[str, "The function in which it stands."]
    body: Annotated[str, "The SQL; what is filled in stands as $1, $2 ..."]
