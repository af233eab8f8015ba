-- Logins, codes and tokens cannot be tried again and again.
--
-- Whoever may ask as often as they like finds out passwords and codes by trying.
--
-- Fix:
--     put a limiter before the route, or name it in `[routes] rate_limit`
--
-- @level error
-- @over limited_route
-- @noun routes
-- @supports asvs5:6.3.1 cwe:307

select
    r.at,
    r.name as subject,
    case when c.registered is null then 'broken' else 'unverified' end as verdict,
    case when c.registered is null then 'nothing limits how often somebody may ask' else 'not every path is limited' end as message
from limited_route as r
left join (select registered, max(is_sure) as is_sure from limiting_call group by registered) as c on c.registered = r.at
where coalesce(c.is_sure, 0) = 0
