-- A SECURITY DEFINER function that touches tenant tables is on the carve-out list.
--
-- It runs as its owner, past the caller's policies, for whoever may execute it. Each is a door of its own and needs somebody's
-- judgement: what it checks itself, and why it must exist. Where the rows of a table are a tenant's only if they refer to one, nobody can
-- tell whether such rows are there: then it is unverified.
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
    'it runs as its owner ' || f.owner || case
        when r.target is not null then ' and touches the tenant table ' || r.target
        when f.doubt is not null then ', and what it reads or writes cannot be told: ' || f.doubt
        else ' and touches ' || r.perhaps || ', whose rows are a tenant''s where they refer to one, which may be absent; '
            || 'make the reference NOT NULL or add the tenant key if each row is a tenant''s, else carve the function out'
    end as message
from definer_function as f
left join definer_reading as r on r.database = f.database and r.name = f.name
where r.target is not null or f.doubt is not null or r.perhaps is not null
