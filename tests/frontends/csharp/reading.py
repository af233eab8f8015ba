"""Sources as the frontend reads them."""

from frontends.reading import Language
from invariants.frontends import csharp

_language = Language(csharp.read, "src/UsersController.cs")
facts, values, outline, origins = _language.facts, _language.values, _language.outline, _language.origins
