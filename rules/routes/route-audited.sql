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

select
    r.at,
    r.name as subject,
    case when c.registered is null then 'broken' else 'unverified' end as verdict,
    case when c.registered is null then 'it changes something and writes no audit row' else 'not every path that changes something writes an audit row' end as message
from changing_route as r
left join (select registered, max(is_sure) as is_sure from audit_call group by registered) as c on c.registered = r.at
where coalesce(c.is_sure, 0) = 0
