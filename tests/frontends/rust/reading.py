"""Sources as the frontend reads them."""

from frontends.reading import Language
from invariants.frontends import rust

_language = Language(rust.read, "src/lib.rs")
facts, values, outline, origins = _language.facts, _language.values, _language.outline, _language.origins
