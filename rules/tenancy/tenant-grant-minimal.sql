-- The application holds no privilege on tables of tenants' rows that row security does not govern.
--
-- TRUNCATE empties a table of every tenant; REFERENCES tells which keys exist; TRIGGER and MAINTAIN act on all rows. None
-- of them asks a policy. GRANT ALL and default privileges hand them out unasked.
--
-- Fix:
--     revoke truncate, references, trigger on orders from app;
--
-- @level warning
-- @over row_owned_table
-- @noun tables
-- @supports soc2:CC6.3 iso27001:A.8.2 cwe:250

select
    g.at,
    t.database,
    t.name as subject,
    g.role || ' holds ' || group_concat(distinct g.privilege) || ' on it, which row security does not govern' as message
from row_owned_table as t
join app_grant as g on g.database = t.database and g.object_name = t.name
where g.privilege in ('truncate', 'references', 'trigger', 'maintain')
group by g.at, t.database, t.name, g.role
