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
    case when r.enforcement = 'unverified' or v.is_late = 0 then 'unverified' else 'broken' end as verdict,
    case v.is_late
        when 0 then 'not every path verifies who sent it'
        when 1 then 'it changes something before it verifies who sent it'
        else 'nothing verifies who sent it'
    end as message
from webhook_route as r
left join (select registered, min(is_late) as is_late, max(is_sure and not is_late) as is_sure from verifying_call group by registered) as v on v.registered = r.at
where r.enforcement <> 'enforced' and coalesce(v.is_sure, 0) = 0
