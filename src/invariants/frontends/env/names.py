"""Names of variables: those that shells and runners set, and those that sound like secrets."""

import re

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")

RUNNER = ("GITHUB_", "RUNNER_")
"""What GitHub sets in every step of a workflow."""
SHELL = frozenset(
    "UID EUID GID GROUPS PPID RANDOM SRANDOM SECONDS LINENO IFS PS1 PS2 PS3 PS4 OPTARG OPTIND OPTERR REPLY FUNCNAME PIPESTATUS BASH SHLVL "
    "OSTYPE HOSTTYPE MACHTYPE EPOCHSECONDS EPOCHREALTIME BASHPID BASH_SOURCE BASH_VERSION BASH_REMATCH BASH_LINENO BASH_SUBSHELL "
    "DIRSTACK HISTFILE MAPFILE COPROC ZSH_VERSION".split()
)
"""What a shell sets itself."""
SECRET = re.compile(
    r"SECRET|PASSWORD|PASSWD|PASSPHRASE|PRIVATE_?KEY|SERVICE_ROLE|ENCRYPTION_KEY|SIGNING_KEY|(?:^|_)(?:TOKEN|API_?KEY|ACCESS_KEY|AUTH|SALT|DSN|PWD|PAT)$",
    re.IGNORECASE,
)
PUBLIC = re.compile(
    r"PUBLIC|PUBLISHABLE|ANON_KEY|SITE_KEY|CLIENT_ID|_URL$|_NAME$|_ID$|_HEADER$|_ENABLED$|_EXPIR\w*$|_TTL$|_LENGTH$|_PATH$|_FILE$"
)
CONNECTION = re.compile(r"(?:DATABASE|POSTGRES|PG|REDIS|MONGO\w*|AMQP|RABBITMQ|MYSQL|DIRECT|DB)_?(?:\w+_)?(?:URL|URI|DSN)$", re.IGNORECASE)


def is_of_runner(name: str) -> bool:
    """GitHub sets it in every step; the token is given by nobody but the workflow."""
    return name.startswith(RUNNER) and name != "GITHUB_TOKEN"


def is_name(text: str) -> bool:
    """It may be the name of a variable."""
    return bool(NAME.match(text))


def may_be_secret(name: str) -> bool:
    """Its name does not say that everybody may know its value."""
    return bool(CONNECTION.search(name) or SECRET.search(name) or "SERVICE_ACCOUNT" in name.upper())


def sounds_secret(name: str) -> bool:
    """Its name says that nobody else may know its value."""
    return bool(CONNECTION.search(name)) or (bool(SECRET.search(name)) and not PUBLIC.search(name))
