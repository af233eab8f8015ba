-- A SECURITY DEFINER function that touches tenant tables is on the carve-out list.
--
-- It runs as its owner, past the caller's policies, for whoever may execute it. Each is a door of its own and needs somebody's
-- judgement: what it checks itself, and why it must exist.
--
-- Fix:
--     alter function close_account(uuid) security invoker;
--
-- @level error
-- @over definer_function
-- @supports soc2:CC6.1 asvs5:8.4.1 cwe:269

select
    f.at,
    f.database,
    f.name as subject,
    case when r.target is null then 'unverified' else 'broken' end as verdict,
    case when r.target is null then 'it runs as its owner ' || f.owner || ', and what it reads or writes cannot be told: ' || f.doubt
         else 'it runs as its owner ' || f.owner || ' and touches the tenant table ' || r.target end as message
from definer_function as f
left join definer_reading as r on r.database = f.database and r.name = f.name
where r.target is not null or f.doubt is not null
