-- Routes that change something write an audit row.
--
-- What nobody wrote down cannot be looked into afterwards.
--
-- Fix:
--     call the function that writes the audit log, or wrap the route in it
--
-- @level warning
-- @over changing_route
-- @noun routes
-- @supports soc2:CC7.2 asvs5:16.2.1 cwe:778

select r.at, r.name as subject, 'it changes something and writes no audit row' as message
from changing_route as r
where not exists (select 1 from audit_call as c where c.registered = r.at)
