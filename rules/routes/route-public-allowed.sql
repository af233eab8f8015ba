-- A route that is open to everybody is carved out.
--
-- A carve-out has a reason and an owner, so that a person has answered for every door without a lock.
--
-- Fix:
--     put a guard before it, or carve it out in .invariants/carveouts.toml
--
-- @level error
-- @over route
-- @supports soc2:CC6.1 asvs5:8.1.1 cwe:306

select r.at, r.name as subject, 'it is open to everybody' as message
from route as r
where r.posture = 'public'
