-- A view that reads tenant tables reads them with its caller's rights.
--
-- A view reads with the rights of its owner unless it is a `security_invoker` view (PostgreSQL 15 and later): policies then see
-- the owner, not the caller. A materialized view holds the rows of every tenant, and cannot have policies at all. CREATE OR REPLACE VIEW
-- without the option drops it. Where the rows of a table are a tenant's only if they refer to one, nobody can tell whether such rows are
-- there: then it is unverified.
--
-- Fix:
--     alter view order_totals set (security_invoker = true);
--     revoke all on order_report from app;    -- a materialized view
--
-- @level error
-- @over tenant_view
-- @supports soc2:CC6.1 asvs5:8.4.1 cwe:639

select
    v.options_at as at,
    v.database,
    v.name as subject,
    case when v.target is null then 'unverified' else 'broken' end as verdict,
    case v.kind when 'materialized' then 'it keeps rows of ' || coalesce(v.target, v.perhaps) || ' of every tenant, and ' || v.readers || ' may read them'
         else 'it reads ' || coalesce(v.target, v.perhaps) || ' with the rights of its owner ' || v.owner || ', and ' || v.readers || ' may read it' end
    || case when v.target is null then '; its rows are a tenant''s where they refer to one, which may be absent: secure the view all the same, or carve it out'
         else '' end as message
from tenant_view as v
where not v.security_invoker and v.readers is not null
