"""Names of variables: those that every system provides, and those that sound like secrets."""

import re

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")

PROVIDED = frozenset(
    "PATH HOME USER LOGNAME SHELL PWD OLDPWD TERM TMPDIR TEMP TMP LANG TZ HOSTNAME EDITOR VISUAL PAGER DISPLAY COLUMNS LINES "
    "NODE_OPTIONS NODE_PATH PYTHONPATH VIRTUAL_ENV CARGO_MANIFEST_DIR CARGO_PKG_NAME CARGO_PKG_VERSION OUT_DIR CARGO_TARGET_DIR "
    "APPDATA LOCALAPPDATA USERPROFILE PROGRAMFILES SYSTEMROOT COMSPEC XDG_CONFIG_HOME XDG_CACHE_HOME XDG_DATA_HOME XDG_RUNTIME_DIR "
    "NO_COLOR FORCE_COLOR COLORTERM SSH_AUTH_SOCK INIT_CWD".split()
)
"""What shells, systems and languages set themselves, and nobody configures. NODE_ENV and CI are deliberately not among them."""
PREFIXES = ("npm_", "LC_", "CARGO_PKG_", "CARGO_CFG_", "CARGO_FEATURE_", "CARGO_BIN_EXE_", "DEP_", "BASH_", "COMP_", "VSCODE_", "XDG_")
RUNNER = ("GITHUB_", "RUNNER_")
"""What GitHub sets in every step of a workflow."""
SHELL = frozenset(
    "UID EUID GID GROUPS PPID RANDOM SRANDOM SECONDS LINENO IFS PS1 PS2 PS3 PS4 OPTARG OPTIND OPTERR REPLY FUNCNAME PIPESTATUS BASH SHLVL "
    "OSTYPE HOSTTYPE MACHTYPE EPOCHSECONDS EPOCHREALTIME BASHPID DIRSTACK HISTFILE MAPFILE COPROC ZSH_VERSION".split()
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


def is_provided(name: str) -> bool:
    """Every process has it, or may have it, without anybody's configuration."""
    return name in PROVIDED or name.startswith(PREFIXES)


def is_name(text: str) -> bool:
    """It may be the name of a variable."""
    return bool(NAME.match(text))


def sounds_secret(name: str) -> bool:
    """Its name says that nobody else may know its value."""
    return bool(CONNECTION.search(name)) or (bool(SECRET.search(name)) and not PUBLIC.search(name))
