"""Conditions that are the same for whoever comes, whatever they look for: the value in them is never what they ask for."""

import re
from collections.abc import Callable, Sequence

from invariants.facts.code import DISPLAY, NOTHING, PART, Dependence
from invariants.replay.web.strangers import dotted

Answers = Callable[[str], frozenset[str]]
"""What a function of the repository may answer that is written there; empty where none of that can be seen."""

ALWAYS = re.compile(
    r"(?:not |!)?(?:bool|str|repr)?\(?(?:(?:\w+\.)*request\.user|current_user|(?:\w+\.)*scope(?:\.get\(|\[)[\"']user[\"'][\])])\)?"
    r"(?: is(?: not)? None| [!=]= None)?"
)
"""Whether there is a user: frameworks put one beside requests of nobody, too."""
ANYWAY = re.compile(r"[^&]*(?:\?\?|\|\|) (?:true|\{\}|\[\])\)?")
"""A value, or yes in its place."""
REQUEST = re.compile(r"!(?:ctx|req|request)")
"""Whether there is a request."""
KEEPING = re.compile(r"(?:\w+\.)*request\.session (?:is(?: not)?|[!=]=) None")
"""Whether there is a session: what nobody has kept anything in is one, too."""
NAMED = re.compile(r"(?:\w+\.)*request\.user [!=]= (?:'[^']*'|\"[^\"]*\")")
"""Whether a user, who is an object, is a text."""
SAID = re.compile(r"[\w.]+\.(?:username|groups|user_permissions|auth\.scopes) (?:is(?: not)?|[!=]=) None")
"""Whether nothing stands for what users have who are nobody, too."""
STRICT = re.compile(r".*\b(?:req|request|getRequest\(\))\.\w+ [!=]== null")
"""Whether something beside a request is null, where what nobody put there is undefined."""
DECIDED = re.compile(r"[\w.]+\.is_\w+ (?:is(?: not)?|[!=]=) None")
"""Whether what is true or false is neither."""
UNCALLED = re.compile(
    r"(?:not |!)?(?:[\w?]+\.)+(?:has_perms?|has_module_perms|isAuthenticated|isUnauthenticated|hasPermission|hasRole"
    r"|(?:get|fetch|load)(?:Current)?(?:User|Session)"
    r"|get_(?!or_)\w+|check_password|has_usable_password)(?: [!=]==? (?:true|false)| is(?: not)? None)?"
)
"""Whether there is a method that was meant to be called."""
TYPED = re.compile(r"typeof\b|`\$\{[^}]*\}` [!=]==? (?:''|\"\"|``)")
"""Whether a value is of a type: `typeof null` is `object`."""
PLACES = frozenset({"findIndex", "findLastIndex", "indexOf", "lastIndexOf", "search"})
"""Methods that answer a place: what asks for no more takes -1, which says that there is none, for a yes."""
TWICE = re.compile(r"(.+) [!=]==? \1|.*(?:compare_digest|timingSafeEqual)\((.+), \2\)")
NEGATED = re.compile(r"!(?:[\w.?\[\]]+|'[^']*'|\"[^\"]*\")(?:\([^()]*\))? (?:in|instanceof|[!=]==?) (?!true\b|false\b|!).+")
"""Whether what is true or false is something else: `!user === null`, `!"admin" in roles`."""
UNEQUAL = re.compile(r".+ [=!]==? (?:Number\.)?NaN")
"""Whether something is what is never the same as anything."""
NO_PERMISSIONS = re.compile(r"(?:not )?[\w.]+\.has_perms\((?:\[\]|\(\))\)")
AMONG = re.compile(r"[^()]*(?:\([^()]*\))? (?:not )?in [(\[{](?:.*, ?)?None\b.*")
"""Whether something is one of several, of which one is nothing."""
PRINCIPAL = re.compile(r"(?:(?:\w+\??\.)*User|[\w.?]+\.Identity) (?:[!=]= null|is (?:not )?null)")
"""Whether there is a principal or an identity: ASP.NET puts one beside requests of nobody, too."""
EACH = (PRINCIPAL, ALWAYS, KEEPING, ANYWAY, REQUEST, NAMED, SAID, STRICT, DECIDED, UNCALLED, NEGATED, UNEQUAL, NO_PERMISSIONS, AMONG)
ALIKE_FOR_ALL = re.compile("|".join(each.pattern for each in EACH))
MEMBER = re.compile(r"[^=!&|]+\?\.[\w.?]+")
"""A part of what may not be there at all: `session?.user.id`."""
CLASS = re.compile(r"!?\(?\w+ instanceof (\w+)\)?")
RESPONSES = {"Response": frozenset({"Response"}), "NextResponse": frozenset({"Response", "NextResponse"})}
HELD = re.compile(r"(?:String\()?(.+?)\)? [=!]==? (?:String\()?(.+?)\)?")
LASTING = frozenset({"param", "params", "path", "pathname"})
"""Parts of a request that are there whatever is sent."""
PLAIN = re.compile(r"(?:not |!)?\(?(?:await )?(?:\w+|[\w.$]+(?:\(\w*\)\.[\w.$]+)*\([^()=<>]*(?:\([^()]*\)[^()=<>]*)?\))\)?")
"""Whether there is a value, or an answer."""
TEXT = re.compile(r"!?(?:String|JSON\.stringify|new \w+)\(.*\)")
"""Whether there is a text or an object that is made, as there is of nothing, too."""
FIELD = re.compile(r"(?:not |!)?\w+(?:\??\.\w+)+")
"""Whether there is a part of something."""
TABLE = re.compile(r"!?[\w.]+\[.*\]")
"""Whether a table has something under a key."""
OPTION = re.compile(r"let (?:Some|Ok)\(.*\) = [\w.]+|[\w.]+ = (?:Some|Ok)\(.*\)")
"""Whether there is a value, in Rust."""
ASKED = re.compile(r"(===?|!==?|=|is not|is) (None|null|undefined|False|false)\)?")
LENGTH = re.compile(r"!?\(?[^=<>&|]*\.length\)?(?: (?:[=!]==?|[<>]=?) \d+)?")
"""How much there is in a list."""
NEVER = re.compile(r" [!=]== (?:null|undefined)\b")
"""Whether something is one kind of nothing, and no other."""
EMPTY = "{}"
"""What is there, and holds nothing."""
NONE = re.compile(r"[^=<>!&|]+ (?:is(?: not)?|[!=]=) None")
ALIKE = {"null": {"null", "undefined", "None"}, "undefined": {"null", "undefined", "None"}}
"""What JavaScript takes for the same where it is not asked to be strict."""
PRESENT = frozenset({DISPLAY, "True", "true"})
ABSENT = frozenset({"None", "null", "undefined", "False", "false"})
SPOKEN = "''"
"""A text that a function answers with, be it an empty one."""


def misses(condition: str, found: Sequence[Dependence], answers: Answers, refusals: Answers) -> bool:
    """Whether a condition is the same for those who are known and for everybody else, as far as can be seen."""
    if any(map(ALIKE_FOR_ALL.fullmatch, {condition, dotted(condition)})) or _is_twice(condition):
        return True
    if _is_listed(condition, found) or _is_of_nothing(condition, found):
        return True
    calls = [each.symbol for each in found if each.origin == "call"]
    if TYPED.search(condition):
        return bool(calls)
    if LENGTH.fullmatch(condition) and any(each.origin == "constant" and each.symbol == DISPLAY for each in found):
        return True
    if NEVER.search(condition) and any(each.origin == "constant" and each.symbol == NOTHING for each in found):
        return True
    is_asked = any(each.fullmatch(condition) for each in (PLAIN, NONE, TABLE, FIELD, OPTION, TEXT))
    if is_asked and any(each.origin == "constant" and each.symbol == DISPLAY for each in found):
        return True
    if is_asked and calls and any(each.origin == "constant" and each.symbol == "True" for each in found):
        return True
    if NONE.fullmatch(condition) and any(each.origin == "constant" and each.symbol == EMPTY for each in found):
        return True
    if any(_is_of_another_class(condition, said) for each in calls if (said := refusals(each))):
        return True
    is_part = any(each.origin == "constant" and each.symbol == PART for each in found)
    return not is_part and any(is_unmet(condition, said) for each in calls if (said := answers(each)))


def _is_of_another_class(condition: str, refusals: frozenset[str]) -> bool:
    """Whether an answer is asked for a class that no refusal is of: `found instanceof Error` of what answers with a response."""
    asked = CLASS.fullmatch(condition)
    kinds = [_kinds(each) for each in refusals]
    return asked is not None and bool(_kinds(asked[1])) and all(each and asked[1] not in each for each in kinds)


def _kinds(symbol: str) -> frozenset[str]:
    """The classes of a response or an error, by what makes it; none, where that is not told."""
    first = symbol.partition(".")[0]
    if first in RESPONSES:
        return RESPONSES[first]
    return frozenset({"Error", first}) if first.endswith(("Error", "Exception")) else frozenset()


def _is_twice(condition: str) -> bool:
    """Whether a value is held against itself."""
    return TWICE.fullmatch(condition) is not None


def _is_listed(condition: str, found: Sequence[Dependence]) -> bool:
    """Whether a list is asked for what is so of an empty one as well, or whether there is a list; what `find` misses is no `null`."""
    if "=>" in condition and re.search(r"\.find(?:Last)?\(.*\) [!=]== null$", condition):
        return True
    before, method = _last(condition.lstrip("!"))
    may_be_empty = any(each.origin == "constant" and each.symbol == DISPLAY for each in found) or "?? [])" in before or "|| [])" in before
    is_vacuous = (method == "every" and may_be_empty) or (method == "all" and before.endswith("iter()"))
    return is_vacuous or method in PLACES or (method in {"filter", "map"} and condition.startswith("!"))


def _last(condition: str) -> tuple[str, str]:
    """What a condition calls a method of in the end, and the method; both empty where it does no such thing."""
    depth = 0
    for place in range(len(condition) - 1, -1, -1) if condition.endswith(")") else ():
        depth += (condition[place] == ")") - (condition[place] == "(")
        if depth == 0:
            before, _, method = condition[:place].rpartition(".")
            return before, method
    return "", ""


def _is_of_nothing(condition: str, found: Sequence[Dependence]) -> bool:
    """Whether a part of what may not be there is held against what a caller may leave out, so that nothing is the same as nothing."""
    told = HELD.fullmatch(condition)
    if told is None or not any(MEMBER.fullmatch(each) for each in told.groups()):
        return False
    sent = [each.symbol.split(".") for each in found if each.origin == "caller"]
    is_strict = any(each in condition for each in ("===", "!=="))
    return any(not LASTING & set(each) and not (is_strict and "searchParams" in each) for each in sent)


def is_unmet(condition: str, said: frozenset[str]) -> bool:
    """Whether a condition asks for one kind of nothing where a function answers with another."""
    condition = condition.replace("().", ".")  # of what is made on the spot: `IsOwner().has_permission(request, view)`
    if "Boolean(" in condition or "!!" in condition:
        return False
    asked = ASKED.search(condition)
    is_plain = asked is None and PLAIN.fullmatch(condition)
    wanted = ABSENT | {SPOKEN} if is_plain else _wanted(asked[1], asked[2]) if asked else frozenset()
    return bool(wanted) and (said <= PRESENT | {SPOKEN} or bool(said & ABSENT)) and not said & wanted


def _wanted(operator: str, value: str) -> frozenset[str]:
    is_strict = operator in {"===", "!==", "=", "is", "is not"}
    return frozenset({value}) if is_strict else frozenset(ALIKE.get(value, {value}))
