-- No carve-out has expired.
--
-- An expiry is a promise to look again. Past its last day a carve-out excuses nothing, and what it excused is reported.
--
-- Fix:
--     mend what it excused, or decide again and move the date
--
-- @level error
-- @over settings_carveout
-- @noun carve-outs
-- @supports soc2:CC3.4 iso27001:A.5.36

select c.at, c.rule || ' ' || c.subject as subject, 'it expired on ' || c.expires as message
from settings_carveout as c
where c.expired
