-- Every carve-out still excuses something.
--
-- One that excuses nothing is a spare key: the next table of that name is excused before anyone has looked at it.
--
-- Fix:
--     remove the stanza
--
-- @level error
-- @over settings_carveout
-- @noun carve-outs
-- @supports soc2:CC3.4

select c.at, c.rule || ' ' || c.subject as subject, 'it excuses nothing any more' as message
from settings_carveout as c
where c.excused = 0 and c.fault is null and not c.expired
