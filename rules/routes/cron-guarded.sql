-- Scheduled jobs check the secret of the scheduler.
--
-- A job is a route like any other: whoever finds it can run it.
--
-- Fix:
--     check the secret of the scheduler, and run inside the wrapper that `[routes] cron_wrapper` names
--
-- @level error
-- @over scheduled_route
-- @noun routes
-- @supports soc2:CC6.1 cwe:306

select
    r.at,
    r.name as subject,
    case r.enforcement when 'unverified' then 'unverified' else 'broken' end as verdict,
    case r.enforcement
        when 'enforced' then 'it does not run inside ' || w.name
        when 'unverified' then 'it cannot be told whether only the scheduler calls it: ' || r.reason
        else 'nothing checks that the scheduler calls it'
    end as message
from scheduled_route as r
left join settings_route_word as w on w.purpose = 'cron_wrapper'
where r.enforcement <> 'enforced'
   or (w.name is not null and not exists (select 1 from route_call as c where c.purpose = 'schedule' and c.registered = r.at))
