-- Every variable in the manifest is read somewhere, or says why not.
--
-- A variable that nothing reads any more is a secret that is rotated, copied and leaked for nobody's sake; a name that is read under
-- another spelling is a bug that waits for production.
--
-- Fix:
--     remove it from .invariants/env.toml and from its targets, or say there what reads it: read_by = "the backup job"
--
-- @level warning
-- @over env_variable
-- @lacks manifest
-- @supports soc2:CC8.1 iso27001:A.8.9

select v.at, v.name as subject, 'nothing reads it' as message
from env_variable as v
where v.kind <> 'platform'
  and v.read_by is null
  and not exists (select 1 from variable_read as r where r.name = v.name)
