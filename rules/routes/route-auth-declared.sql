-- Every route says who may come in.
--
-- A route without a guard is open to everybody who finds it. That may be meant, and then it has to be said, so that somebody has
-- decided it. Where a registration is decided at run time, or a file cannot be read, nobody can say which routes there are.
--
-- Fix:
--     put a guard before it, or say above the handler: invariants: auth public -- why
--
-- @level error
-- @over route
-- @supports soc2:CC6.1 asvs5:8.2.1 cwe:306

select
    r.at,
    r.name as subject,
    case r.enforcement when 'none' then 'broken' else 'unverified' end as verdict,
    r.reason as message
from route as r
where r.enforcement = 'none' or (r.enforcement = 'unverified' and r.level is null)
union all
select u.at, u.file, 'unverified', u.message || '; ' || u.remedy
from unread_code as u
