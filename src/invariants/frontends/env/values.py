"""What a value is like, told without the value: an example, a reference, a secret; a URL that demands TLS."""

import re
from base64 import urlsafe_b64decode
from binascii import Error
from collections import Counter
from math import log2
from urllib.parse import parse_qs, urlsplit

from invariants.facts.env import Entry, Shape, Transport, Value
from invariants.facts.place import Place
from invariants.frontends.env.names import sounds_secret

REFERENCE = re.compile(
    r"^(?:op|pass|doppler|vault|awssm|aws-sm|gcpsm|infisical|keychain|sops|ref)(?:\+\w+)?://|^@[a-z]|\$\{|\$\(|\{\{|^\$\w+$"
)
HIDDEN = re.compile(r"^(?:\[SENSITIVE\]|ENC\[|encrypted:|vault:v\d)|^\*{3,}$")
PLACEHOLDER = re.compile(
    r"your|change|example|sample|xxx|placeholder|dummy|replace|todo|insert|redacted|fake|secret|password|passwd|test|local|demo|default|"
    r"generate|Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq|<[^>]*>|\.\.\.|1234|abcd|0000|must|should|please|here\b|openssl|dev(?:elopment)?\b|insecure|minio|(.)\1{5}",
    re.IGNORECASE,
)
KEYS = re.compile(
    r"sk_live_\w{16,}|rk_live_\w{16,}|whsec_[A-Za-z0-9+/=]{24,}|\bAKIA[0-9A-Z]{16}\b|"
    r"\bgh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{50,}|xox[abprs]-[\w-]{20,}|"
    r"\bsk-(?:proj-|ant-)?[A-Za-z0-9_-]{40,}|\bSG\.[\w-]{22}\.[\w-]{43}|sb_secret_[\w-]{20,}|"
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----|glpat-[\w-]{20}|dop_v1_\w{60,}"
)
"""Forms that only real keys have, by the documentation of those who issue them."""
TOKEN = re.compile(r"eyJ[\w-]{10,}\.(eyJ[\w-]{10,})\.[\w-]{20,}")
RANDOM = re.compile(r"[A-Za-z0-9+/=_\-.~!@#%^&*:]{16,}\Z")
WEAK = re.compile(r"^(?:postgres\w*|root|admin|user\w*|guest|rabbitmq|redis|mysql|pass|pw)$", re.IGNORECASE)
LOOPBACK = re.compile(r"^(?:localhost|127\.\d+\.\d+\.\d+|::1|0\.0\.0\.0|)$")
PLAIN = {"postgres", "postgresql", "mysql", "mariadb", "redis", "amqp", "mongodb", "mqtt", "nats", "kafka", "sqlserver", "cockroachdb"}
SECURED = {"rediss", "amqps", "mqtts", "mongodb+srv", "tls", "postgresqls", "valkeys"}
DEMANDS = {
    "sslmode": {"require", "verify-ca", "verify-full", "no-verify"},
    "ssl-mode": {"required", "verify_ca", "verify_identity"},
    "ssl": {"true", "1", "require"},
    "tls": {"true", "1"},
    "sslaccept": {"strict", "accept_invalid_certs"},
    "encrypt": {"true", "strict"},
    "usessl": {"true"},
}
"""Parameters by which a URL demands TLS, and the values that demand it (libpq, Connector/J, PyMongo, go-sql-driver, Prisma)."""
SHAPES: tuple[tuple[Shape, re.Pattern[str]], ...] = (
    ("bit", re.compile(r"[01]\Z")),
    ("integer", re.compile(r"[+-]?\d+\Z")),
    ("number", re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\Z")),
    ("boolean", re.compile(r"(?:true|false|yes|no|on|off)\Z", re.IGNORECASE)),
    ("uuid", re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\Z", re.IGNORECASE)),
    ("url", re.compile(r"(?:jdbc:)?[a-z][a-z0-9+.-]*://\S+\Z", re.IGNORECASE)),
    ("email", re.compile(r"(?:[^<>@]*<)?[^\s<>@]+@[^\s<>@]+\.[^\s<>@]+>?\Z")),
)


def entry(at: Place, scope: str, name: str, written: str | None, *, absent: Value = "none", sealed: bool | None = None) -> Entry:
    """A variable that a file gives, with what its value is like; ``absent`` is what is like a value that is not written there."""
    value = kind(name, written) if written is not None else absent
    return Entry(at, scope, name, value, shape(written), transport(written), sealed, "")


def shape(value: str | None) -> Shape:
    """What a value could be read as."""
    text = (value or "").strip()
    return next((name for name, pattern in SHAPES if pattern.match(text)), "text" if text else "none")


def kind(name: str, value: str | None) -> Value:
    """What a value is like."""
    if value is None:
        return "none"
    text = value.strip()
    if not text:
        return "empty"
    if HIDDEN.search(text):
        return "hidden"
    if REFERENCE.search(text):
        return "reference"
    return _real(name, text) or ("placeholder" if PLACEHOLDER.search(text) else "plain")


def _real(name: str, text: str) -> Value | None:
    """What nobody would make up for an example."""
    if KEYS.search(text):
        return None if re.search(r"xxx|\.\.\.|your|example|1234567890", text, re.IGNORECASE) else "issued"
    if token := TOKEN.search(text):
        return None if _is_demo(token[1]) else "random"
    if "://" in text:
        return "issued" if _holds_password(text) else None
    is_random = bool(RANDOM.match(text)) and not PLACEHOLDER.search(text) and _entropy(text) >= 3.4 and _is_mixed(text)
    return "random" if is_random and sounds_secret(name) else None


def _is_demo(payload: str) -> bool:
    """A token that Supabase's own documentation prints, or that anybody may have."""
    try:
        claims = urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
    except (Error, ValueError):
        return False
    return b"supabase-demo" in claims or b'"anon"' in claims or b"1234567890" in claims


def _holds_password(text: str) -> bool:
    try:
        url = urlsplit(text)
        host, password = url.hostname or "", url.password or ""
    except ValueError:
        return False
    is_real = len(password) >= 8 and not WEAK.match(password) and not PLACEHOLDER.search(password)
    return is_real and "." in host and not LOOPBACK.match(host) and not PLACEHOLDER.search(host)


def _entropy(text: str) -> float:
    """Bits a character, by how often each stands in the text."""
    counts = Counter(text).values()
    return -sum(count / len(text) * log2(count / len(text)) for count in counts)


def _is_mixed(text: str) -> bool:
    return any(letter.isdigit() for letter in text) and any(letter.isalpha() for letter in text) and "://" not in text


def transport(value: str | None) -> Transport:
    """Whether a URL of a database or broker demands TLS; connections that stay on one machine need none."""
    text = (value or "").strip().removeprefix("jdbc:")
    scheme, mark, rest = text.partition("://")
    scheme = scheme.partition("+")[0].lower() if scheme.lower() not in SECURED else scheme.lower()
    if not mark or scheme not in PLAIN | SECURED:
        return "none"
    if scheme in SECURED:
        return "secured"
    return _demanded(text, rest)


def _demanded(text: str, rest: str) -> Transport:
    try:
        url = urlsplit(text)
        hosts = {part.rpartition("@")[2].partition(":")[0] for part in url.netloc.split(",")}
        asked = parse_qs(url.query or url.fragment)
    except ValueError:
        return "unknown"
    for key, values in asked.items():
        if key.lower() in DEMANDS:
            said = values[-1].lower()
            return "unknown" if "$" in said else "secured" if said in DEMANDS[key.lower()] else "open"
    if all(LOOPBACK.match(host) for host in hosts) or "host=/" in url.query:
        return "none"
    return "unknown" if re.search(r"[?&]\$|\$\{?\w+\}?$", rest) or (rest.startswith("$") and "/" not in rest) else "open"
