-- Routes have what the configuration asks of them.
--
-- A requirement says what a whole part of the application must have: a role, a second factor, a row in the audit log. Where a guard
-- that would bring it stands before the route, and it cannot be told whether that turns anybody away, this is unverified.
--
-- Fix:
--     give the route the guard or the call that is asked for
--
-- @level error
-- @over required_route
-- @noun routes
-- @supports soc2:CC6.3 asvs5:8.2.1 cwe:862

select
    q.at,
    q.name as subject,
    case when q.enforcement = 'unverified' or exists (
        select 1
        from web_route_guard as g
        where (g.registered, g.route) = (q.at, q.name) and g.state = 'unverified' and ' ' || g.posture || ' ' like '% ' || q.value || ' %'
    ) then 'unverified' else 'broken' end as verdict,
    case q.kind when 'call' then 'it does not call ' || q.value else 'its posture lacks ' || q.value end as message
from required_route as q
where not q.is_met
