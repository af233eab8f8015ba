-- A route whose path names a tenant holds it against the session's.
--
-- A tenant in the path is what the caller says. Unless it is compared with who the caller is, everybody reads everybody's by typing another one.
--
-- Fix:
--     put a guard with the posture `tenant` before it, and say so in `[[routes.guard]]`
--
-- @level error
-- @over tenant_route
-- @noun routes
-- @supports soc2:CC6.1 asvs5:8.2.2 cwe:639

select
    r.at,
    r.name as subject,
    case r.enforcement when 'unverified' then 'unverified' else 'broken' end as verdict,
    'nothing holds {' || r.parameter || '} against the tenant of the session' as message
from tenant_route as r
where coalesce(r.posture, '') <> 'public' and r.enforcement <> 'none' and ' ' || coalesce(r.posture, '') || ' ' not like '% tenant %'
