-- Every variable that is read is in the manifest.
--
-- A variable that only code knows is missing on the day of the deployment, or is set by hand on one platform and forgotten on the next.
-- Where its name is computed, nobody can say which variables the code needs.
--
-- Fix:
--     [variables.ORDERS_URL]    # in .invariants/env.toml
--     kind = "config"
--
-- @level error
-- @over read_variable
-- @lacks manifest
-- @supports soc2:CC8.1 iso27001:A.8.9

select r.at, r.name as subject, 'broken' as verdict, 'it is read, and is not in the manifest' as message
from read_variable as r
where not exists (select 1 from env_variable as v where v.name = r.name)
union all
select u.at, u.file, 'unverified', u.message || '; ' || u.remedy
from unresolved_read as u
