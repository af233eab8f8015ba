-- Webhooks are signed by who sends them.
--
-- Whoever knows the address of a webhook can send to it. Only the signature tells the sender from everybody else.
--
-- Fix:
--     verify the signature over the raw body before anything else, and answer 401 where it fails
--
-- @level error
-- @over webhook_route
-- @noun routes
-- @supports asvs5:4.1.5 cwe:345

select
    r.at,
    r.name as subject,
    case r.enforcement when 'unverified' then 'unverified' else 'broken' end as verdict,
    'nothing verifies who sent it' as message
from webhook_route as r
where r.enforcement <> 'enforced' and not exists (select 1 from verifying_call as c where c.registered = r.at)
