-- The tenant setting lasts for the transaction only.
--
-- A setting made for the session stays on the connection when it goes back to the pool: the next request, of another tenant,
-- runs with it.
--
-- Fix:
--     select set_config('app.tenant_id', $1, true);    -- or SET LOCAL, inside a transaction
--
-- @level error
-- @over tenant_context
-- @noun modules
-- @supports soc2:CC6.1 asvs5:8.4.1 cwe:488

select
    s.at,
    s.database,
    s.module as subject,
    case s.scope when 'session' then 'broken' else 'unverified' end as verdict,
    case s.scope when 'session' then 'it sets ' || s.name || ' for the whole session: the next user of the connection inherits it'
         else 'it cannot be told whether it sets ' || s.name || ' for the transaction only' end as message
from tenant_context as s
where s.scope in ('session', 'unknown')
