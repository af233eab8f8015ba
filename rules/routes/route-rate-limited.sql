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

select r.at, r.name as subject, 'nothing limits how often somebody may ask' as message
from limited_route as r
where not exists (select 1 from limiting_call as c where c.registered = r.at)
