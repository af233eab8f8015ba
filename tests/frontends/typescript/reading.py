"""Sources as the frontend reads them."""

from frontends.reading import Language
from invariants.frontends import typescript

_language = Language(typescript.read, "lib/file.ts")
facts, values, outline, origins = _language.facts, _language.values, _language.outline, _language.origins
