-- An event that comes twice is acted on once.
--
-- Senders send again whenever they are not sure that they were heard.
--
-- Fix:
--     record the id of the event under a unique constraint before acting on it
--
-- @level error
-- @over webhook_route
-- @noun routes
-- @supports asvs5:2.3.3 cwe:837

select r.at, r.name as subject, 'nothing tells whether the event has come before' as message
from webhook_route as r
where not exists (select 1 from deduplicating_call as c where c.registered = r.at)
