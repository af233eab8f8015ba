-- What is confined is used only where it may be.
--
-- A client that owns the database, or a key that decrypts, is safe as long as few files hold it, and everybody knows which.
--
-- Fix:
--     go through a function of the files that may use it, or add the file to `allow` in `[[confine]]`
--
-- @level error
-- @over confined_use
-- @noun uses
-- @supports soc2:CC6.1 asvs5:15.2.5 cwe:668

select
    u.at,
    u.path as subject,
    case u.side when 'client' then u.symbol || ' is loaded by code that runs in browsers' else u.symbol || ' is confined, and this file is not among those that may use it' end
        as message
from confined_use as u
where u.side = 'client' or not u.is_allowed
