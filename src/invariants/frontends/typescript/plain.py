"""Functions of the language, and of the usual libraries, that check nothing: they answer what they are given, in another form."""

PURE = frozenset(
    """trim trimStart trimEnd split replace replaceAll toLowerCase toUpperCase startsWith endsWith includes indexOf slice substring substr
    toString join concat at charAt match matchAll test padStart padEnd flat keys entries values has localeCompare normalize
    toLocaleLowerCase valueOf hasOwnProperty""".split()
)
"""Methods of strings, lists and the like, which answer nothing but what they are given."""
TRANSPARENT = frozenset(
    """Boolean String Number parseInt parseFloat Array Array.isArray Array.from Object.keys Object.values Object.entries JSON.parse
    JSON.stringify URL URLSearchParams Headers Date Set Map decodeURIComponent encodeURIComponent decodeURI atob btoa Buffer.from RegExp
    Promise.resolve cookie.parse parseCookie parseCookies jwt.decode jwtDecode decodeJwt jose.decodeJwt""".split()
)
"""Functions that check nothing: what they answer depends on what they are given."""
