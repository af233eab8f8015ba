-- Every carve-out names a rule, an exact subject, a reason and an owner.
--
-- An exception that says neither why nor who answers for it is a hole nobody will close. One that is malformed excuses nothing.
--
-- Fix:
--     [[carveout]]
--     rule = "rls-enabled"
--     subject = "public.platform_audit_log"
--     reason = "Written across tenants by design; read by the platform team only."
--     owner = "@acme/security"
--
-- @level error
-- @over settings_carveout
-- @noun carve-outs
-- @supports soc2:CC3.4 iso27001:A.5.36

select c.at, c.rule || ' ' || c.subject as subject, c.fault as message
from settings_carveout as c
where c.fault is not null
