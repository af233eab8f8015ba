-- The application holds no privilege on tables of tenants' rows that row security does not govern.
--
-- TRUNCATE empties a table of every tenant; REFERENCES tells which keys exist; TRIGGER and MAINTAIN act on all rows. None
-- of them asks a policy. GRANT ALL and default privileges hand them out unasked. Where rows are a tenant's only if they refer to
-- one, nobody can tell whether such rows are there: then it is unverified.
--
-- Fix:
--     revoke truncate, references, trigger on orders from app;
--
-- @level warning
-- @over row_holding_table
-- @noun tables
-- @supports soc2:CC6.3 iso27001:A.8.2 cwe:250

select
    g.at,
    t.database,
    t.name as subject,
    case when t.parent is null then 'broken' else 'unverified' end as verdict,
    g.role || ' holds ' || group_concat(distinct g.privilege) || ' on it, which row security does not govern'
        || coalesce('; its rows are tenants'' where they lead to ' || t.parent || ', which may be absent: revoke it all the same, or carve the table out', '')
        as message
from row_holding_table as t
join app_grant as g on g.database = t.database and g.object_name = t.name
where g.privilege in ('truncate', 'references', 'trigger', 'maintain')
group by g.at, t.database, t.name, t.parent, g.role
