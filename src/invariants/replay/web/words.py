"""Names that speak of who may come in: hints, never proofs."""

import re
from functools import lru_cache

KEPT = 20_000
"""So many names are looked at once: the same ones come again and again."""
SPLIT = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
API_KEY = re.compile(r"\bapi key\b")
"""Two words for one thing."""
STORED = re.compile(r"\b(db|database|sql|async)( (?:read|write|async|sync|scoped))? session\b|\bsession(?= (?:local|maker|factory)\b)")
"""One word for two things: a session of a database is nobody's."""
GATES = frozenset("auth authenticate authorize authn authz guard protected session".split())
"""Words of a function that is there to turn people away."""
WHO = frozenset(
    "auth authn authz authenticated authenticate authentication authorize authorized authorization authoriser session user users login "
    "logged signed token tokens jwt bearer credential credentials principal identity account member membership admin superuser staff owner "
    "role roles permission permissions permitted perm scope scopes access acl policy guard csrf signature hmac secret apikey verify "
    "unauthorized unauthenticated forbidden denied protect protected principal tenant workspace organization cron webhook privilege "
    "privileges viewer caller key".split()
)
"""Words of a name that speak of who somebody is and what they may do."""
ERRORS = frozenset(
    "auth authentication authorization unauthorized unauthorised unauthenticated forbidden permission permissions denied credentials "
    "credential access login token session jwt privileges".split()
)
"""Words of an error that turns away somebody."""
FAILURES = frozenset("e ex exc err error errors exception failure".split())
"""Words of an error that is caught, and of what answers one."""
PROOFS = frozenset("jwt jws jose token signature".split())
"""Words of an error about what a caller proves who they are by."""
COMPLAINTS = frozenset("found missing invalid validation value type key bad conflict limit implemented assertion index stop".split())
"""Words of an error about what somebody asks for."""
DEMANDS = frozenset(
    "require requires required ensure assert check verify enforce protect authorize authenticate validate guard must with".split()
)
"""Words that begin the name of what turns people away."""


SECRETS = frozenset(
    "authorization token key apikey secret password pass signature hmac bearer credential credentials digest hash sig basic auth "
    "session cookie csrf nonce code pin".split()
)
"""Words of what only those know who are let in; a role, a name or a mark of a request is none, for anybody can write one."""
GENERAL = frozenset("sig hash basic auth session cookie csrf nonce code pin authorization bearer digest".split())
"""Of these, the words of much else in an environment that is no secret."""
OPEN = frozenset("public publishable anon anonymous vite".split())
"""Words of what is given to browsers."""
SPARES = frozenset("skip optional anonymous bypass ignore disable disabled public unauthenticated".split())
"""Words of an option by which a guard is told to turn nobody away: `{ skipAuth: true }`."""
INSISTS = frozenset("required require mandatory enforce auth".split())
"""Words of an option by which it is told to: `required=False` says the contrary."""
ASKS = frozenset("verify verifies verified signature validate limit limited limiter throttle".split())
ATTACHES = frozenset("attach load set init inject populate provide extract decode parse refresh".split())
"""Words that begin the name of what only puts beside a request who may have sent it."""
COMPARES = frozenset("timingsafeequal comparedigest constanttimecompare limit ratelimit isvalidsignature".split())
"""Functions whose answer has to be looked at."""
LIMITS = frozenset("limit limiter ratelimit ratelimiter throttle".split())
"""Words of what turns away whoever comes too often."""
PLUMBING = LIMITS | frozenset(
    "cors log logs logger logging trace tracing metrics compress compression header headers agent extension cache".split()
)
"""Words of what stands before routes for another reason than to turn people away."""
KINDS = frozenset(
    "header headers name names url uri path id ids prefix suffix mode enabled disabled required length size ttl expiry expires expiration "
    "hours minutes seconds days age type algorithm algorithms issuer audience count limit domain domains format provider".split()
)
"""Last words of what is about a secret and none itself."""
KEYS = frozenset("token apikey secret password signature hmac credential credentials authorization jwt otp bearer".split())
"""Words of what a caller sends to prove who they are; a key, code or hash may be that of what is asked for."""
REFUSALS = frozenset("unauthorized unauthorised unauthenticated forbidden denied authentication authorization".split())
"""Words of an error that say that somebody is turned away."""
THINGS = frozenset("id ids uuid slug name path number index key page".split())
"""Last words of what says which one is asked for."""
SENT = frozenset("headers header cookies cookie authorization session getheader".split())
"""Parts of a request that hold credentials."""
HEADERS = frozenset({"headers", "header"})
TAKES = frozenset({"get", "getAll", "has", "to_str"})
"""Calls that take a header, or may: what is named after one is a header's name."""
APART = frozenset({"match", "split", "replace", "trim", "slice"})  # what takes a text apart
WHOLE = frozenset("req request c ctx event conn connection websocket parts http_request".split())
"""What a request is called."""
"""Words of where a request comes from."""
SETTINGS = frozenset("config conf cfg configuration settings flags features env environ".split())
"""What holds how an application is set up."""
SOMEBODY = frozenset("user session authenticated principal viewer identity account member login logged signed".split())
"""Last words of what is there for those who are known."""
NOBODY = frozenset("no not non missing without invalid anonymous guest unknown bad blocked banned disabled wrong other".split())
"""Words of what is there for others."""
ALONE = re.compile(r"[\w.?]+(\(\))?")
PARSERS = frozenset("parse safeparse parseasync safeparseasync model_validate model_validate_json".split())
CLOCKS = frozenset({"Date", "time.time", "performance.now", "dayjs", "moment"})
MODES = frozenset("env environment mode stage debug region host hostname url origin version name port".split())
"""Words of a variable that everybody may know."""
FORMS = ("startswith", "endswith", "includes(", ".match(", "starts_with", "len(", ".length", " in ", "typeof", "isinstance")
"""What asks only for the form of a value."""


@lru_cache(KEPT)
def words(symbol: str) -> tuple[str, ...]:
    """The words of the last part of a name, or of the last two where the last one is general."""
    parts = [part for part in symbol.split(".") if part and not part.startswith("(")]
    found = " ".join(SPLIT.findall(parts[-1])).lower() if parts else ""
    return tuple(STORED.sub(r"\1\2 connection", API_KEY.sub("apikey", found)).split())


@lru_cache(KEPT)
def speaks_of_who(symbol: str) -> bool:
    """Whether a name speaks of who may come in."""
    return bool(WHO & set(words(symbol)))


def is_limiter(symbol: str) -> bool:
    """Whether a name is that of what turns away whoever comes too often."""
    return bool(LIMITS & set(words(symbol)))


def spares(option: str, value: str) -> bool:
    """Whether an option tells a guard to turn nobody away."""
    found = set(words(option))
    if "expiration" in found:
        return False  # one that is over is still nobody else's
    return (value == "true" and bool(SPARES & found)) or (value == "false" and bool(INSISTS & found) and not SPARES & found)


def is_option(symbol: str) -> bool:
    """Whether a name is that of an option by which a guard turns nobody away: `required`, `allowAnonymous`."""
    found = words(symbol)
    return bool(found) and (found[-1] in INSISTS - {"auth"} or bool(SPARES & set(found)))


def is_setting(symbol: str) -> bool:
    """Whether a call asks how the application is set up (`CONFIG.signups_allowed()`, `ssoEnabled()`), and not who comes."""
    return is_switch(symbol) or bool(SETTINGS & {word.lower() for part in symbol.split(".")[:-1] for word in SPLIT.findall(part)})


def is_switch(symbol: str) -> bool:
    """Whether a call asks whether something is switched on, by its name: `ssoEnabled()`, `anonymous_access_enabled(tenant)`."""
    return words(symbol)[-1:] in {("enabled",), ("configured",)}


def is_set_up(symbol: str) -> bool:
    """Whether a value is there where an application is set up, whoever comes: `options.clientSecret`, `provider.clientId`."""
    return words(symbol)[-2:] in {("client", "secret"), ("client", "id")}


def is_session_id(symbol: str) -> bool:
    """Whether a value is only the name of a session, which those have too who never signed in: `locals.sessionId`, `req.session.id`."""
    return words(symbol)[-2:] in {("session", "id"), ("session", "key")} or symbol.endswith(".session.id")


def is_somebody(symbol: str) -> bool:
    """Whether a value is there for those alone who are known: `session`, `request.user.is_authenticated`, `currentUser`."""
    found = words(symbol)
    return bool(found) and found[-1] in SOMEBODY and not NOBODY & set(found)


def is_nobody(symbol: str) -> bool:
    """Whether a value stands for those who are not known, by its name: `GUEST`, `AnonymousUser`."""
    return bool({"guest", "anonymous", "anon", "nobody", "stranger"} & set(words(symbol)))


def is_clock(symbol: str) -> bool:
    """Whether a call asks what time it is (`Date.now()`, `datetime.utcnow()`, `Utc::now()`)."""
    return symbol in CLOCKS or symbol.rpartition(".")[2].lower() in {"now", "utcnow", "today", "gettime", "timestamp"}


def is_parser(symbol: str) -> bool:
    """Whether a call only holds what was sent against the form that it should have (`AccessSchema.safeParse(body)`)."""
    return symbol.rpartition(".")[2].lower() in PARSERS


def is_plumbing(symbol: str) -> bool:
    """Whether a name is that of what stands before routes for another reason: CORS, logs, headers; no `enforceTraceAccess` is."""
    return bool(PLUMBING & set(words(symbol))) and not demands(symbol)


def compares_secrets(condition: str, more: str = "") -> bool:
    """Whether a condition holds a secret against another, by its names, and not only against the form that one has."""
    is_form = any(each in condition.lower() for each in FORMS) and not any(each in condition for each in ("==", "!=", " is "))
    return bool(SECRETS & {word.lower() for word in SPLIT.findall(f"{condition} {more}")}) and not is_form


def is_secret(variable: str) -> bool:
    """Whether a variable or field holds a secret, by its name."""
    found = words(variable)
    return bool(found) and bool((SECRETS - GENERAL) & set(found)) and not OPEN & set(found) and found[-1] not in KINDS


def parts(symbol: str) -> list[str]:
    """The parts of a dotted name and of its words with underscores, in small letters."""
    return symbol.lower().replace("_", ".").split(".")


def sends_credentials(symbol: str) -> bool:
    """Whether a part of a request may hold what tells who sent it: the request as a whole, a header, a token by its name."""
    before, _, header = symbol.rpartition(".")
    if header in APART and before:
        return sends_credentials(before)
    if HEADERS & set(before.lower().split(".")) and header not in TAKES:
        return bool(SECRETS & set(words(header)))
    found = words(symbol)
    is_key = found[:1] == ("x",) and "key" in found  # a parameter that is named after its header
    return symbol in WHOLE or bool(SENT & set(parts(symbol))) or bool(KEYS & set(found)) or is_key


def is_credential(symbol: str) -> bool:
    """Whether a value is a credential itself, by its name, and not a part of something else."""
    found = words(symbol)
    return "." not in symbol and bool(KEYS & set(found)) and found[-1] not in KINDS


def names_thing(symbol: str) -> bool:
    """Whether a value says which thing is asked for."""
    found = words(symbol)
    return bool(found) and found[-1] in THINGS


def is_mode(variable: str) -> bool:
    """Whether a variable of the environment is nobody's secret, by its name."""
    found = set(words(variable))
    return bool(MODES & found) and not SECRETS & found


def is_scheme(constant: str) -> bool:
    """Whether a constant is no more than how credentials are sent."""
    return constant.strip("\"'` ").lower() in {"", "bearer", "basic", "token"}


def is_error(symbol: str) -> bool:
    """Whether a name is that of an error, or of what is made of one."""
    return bool(FAILURES & set(words(symbol)))


def is_refusal(symbol: str) -> bool:
    """Whether what is raised says that somebody is turned away."""
    return bool(REFUSALS & set(words(symbol)))


def is_denial(symbol: str) -> bool:
    """Whether what is raised turns somebody away, by its name."""
    return bool(ERRORS & set(words(symbol)))


def is_unproven(symbol: str) -> bool:
    """Whether an error, or one of several, says that what a caller sent proves nothing, by its name."""
    return any(PROOFS & set(words(each)) for each in symbol.strip("()").split(","))


def is_complaint(symbol: str) -> bool:
    """Whether what is raised is about the request and not about who makes it."""
    return not symbol or bool(COMPLAINTS & set(words(symbol)))


def turns_away(name: str) -> bool:
    """Whether a function is there to turn people away, by its name, so that its errors do: requireUser, auth, authMiddleware."""
    return demands(name) or bool(
        {"auth", "authenticate", "authorize", "authn", "authz", "guard", "protected", "session"} & set(words(name))
    )


def attaches(symbol: str) -> bool:
    """Whether a name says that who comes is found out and put beside the request, and nobody turned away: attach_session."""
    return bool(ATTACHES & set(words(symbol)[:1]))


def asks(symbol: str) -> bool:
    """Whether a name asks for an answer about a request: verifySignature, limit."""
    return bool(ASKS & set(words(symbol))) or only_answers(symbol)


def only_answers(symbol: str) -> bool:
    """Whether a library's function by this name answers yes or no, and raises nothing."""
    return symbol.rpartition(".")[2].replace("_", "").lower() in COMPARES


def compares(symbol: str) -> bool:
    """Whether a call holds what it is given against each other, by its name: compare_digest, timingSafeEqual, verify."""
    return asks(symbol) or bool({"compare", "compares", "equal", "equals", "eq"} & set(words(symbol)))


def demands(symbol: str) -> bool:
    """Whether a name says that it turns people away: requireUser, check_permission, verify_token."""
    found = words(symbol)
    return bool(found) and found[0] in DEMANDS and bool(WHO & set(found[1:]))


READS = frozenset(
    "get getall get_all header headers cookies cookie query args split strip trim lower upper tolowercase touppercase removeprefix slice "
    "startswith replace substring str string int number decode encode json parse json_parse len partition rpartition has at pop "
    "depends loads b64decode urlsafe_b64decode unquote parse_qs atob from".split()
)
"""Calls that take a value apart."""


def reads(symbol: str) -> bool:
    """Whether a call only takes a part out of a value."""
    return symbol.rpartition(".")[2].lower() in READS
