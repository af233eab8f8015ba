"""Requests: what they are called, and what of one whoever sends it decides."""

CALLER = frozenset(
    """headers header query queries body params param method url path pathname cookies cookie nextUrl originalUrl baseUrl searchParams
    rawBody rawHeaders json formData text input rawInput getRawInput hostname host origin protocol href search valid""".split()
)
"""What of a request whoever sends it decides."""
REQUESTS = frozenset("req request ctx context c event args opts evt r call".split())
"""What requests, and contexts that hold them, are called."""
ASKED = frozenset({"getRequest"})
"""Calls that answer with the request (NestJS's `context.switchToHttp().getRequest()`)."""
HEADERS = frozenset({"headers", "header"})
TAKES = HEADERS | {"get"}
"""Calls that take one header."""
NEXT_HEADERS = frozenset({"headers", "cookies", "draftMode"})


def is_request(name: str) -> bool:
    """Whether a name is one of a request, or of what holds one: `ctx`, `loaderArgs`."""
    return name in REQUESTS or name.endswith(("Args", "Request", "Req", "Context", "Ctx", "Event"))


def is_caller(parts: list[str]) -> bool:
    """A dotted name of something that whoever sends the request decides: `req.headers`, `c.req.header`, `event.request.headers`."""
    if is_request(parts[0]) and len(parts) > 1 and parts[1] in CALLER:
        return True
    return len(parts) > 2 and parts[1] in {"req", "request", "raw"} and (parts[2] in CALLER or parts[2] == "raw")


def is_switch(name: str) -> bool:
    """Whether a name is that of what says how an application is set up."""
    return name.startswith(("is_dev", "isDev", "isProd", "IS_", "isLocal", "isTest", "isSelfHosted"))
