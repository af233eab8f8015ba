-- A table with row security has a policy for each command that the application is granted.
--
-- Row security without a policy denies everything. That is safe, but rarely meant: the query finds no rows, the update
-- changes none, and no error says why. A table that only the owner or a definer function uses is carved out.
--
-- Fix:
--     create policy tenant_rows on orders
--         using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
--
-- @level warning
-- @over secured_table
-- @supports soc2:CC6.1 cwe:284

select
    t.rls_at as at,
    t.database,
    t.name as subject,
    'row security is enabled, and no policy lets any role ' || m.commands as message,
    case when d.at is null then 'broken' else 'unverified' end as verdict,
    d.at as also_at,
    'this may give it one' as also
from secured_table as t
left join obscured as d on d.database = t.database and d.name = t.name and d.what = 'policy'
join (
    select database, table_name, group_concat(command, ', ') as commands from missing_policy group by database, table_name
) as m on m.database = t.database and m.table_name = t.name
