-- Connections to databases and brokers demand TLS.
--
-- Without sslmode=require or more, a client takes what it is offered: whoever sits on the way reads every tenant's rows, password included.
--
-- Fix:
--     postgresql://user@host/orders?sslmode=require    # or rediss://, amqps://, tls=true
--
-- @level error
-- @over connection_url
-- @noun connections
-- @lacks manifest
-- @supports soc2:CC6.7 iso27001:A.8.24 asvs5:12.3.1 cwe:319

select c.at, c.name as subject, case when c.transport = 'unknown' then 'unverified' else 'broken' end as verdict,
    case when c.transport = 'unknown' then 'whether it demands TLS is decided by what is filled in' else 'it does not demand TLS' end as message
from connection_url as c
where c.transport in ('open', 'unknown')
