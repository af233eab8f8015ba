-- What a route says of who may come in is enforced.
--
-- A guard that is named and not reached, whose answer nobody looks at, or that the caller can skip, turns nobody away.
--
-- Fix:
--     put the guard where the framework reaches it, await it, and answer 401 where it finds nobody
--
-- @level error
-- @over route
-- @supports soc2:CC6.1 asvs5:8.3.1 cwe:862

select
    r.at,
    r.name as subject,
    case r.enforcement when 'declared' then 'broken' else 'unverified' end as verdict,
    r.reason as message
from route as r
where coalesce(r.posture, '') <> 'public'
  and (r.enforcement = 'declared' or (r.enforcement = 'unverified' and r.level is not null))
