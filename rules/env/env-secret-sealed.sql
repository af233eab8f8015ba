-- Every platform keeps every secret sealed.
--
-- A variable that a platform stores as an ordinary one is shown to everybody who may see the project, and to whoever breaks into the
-- platform; a sealed one is given to running code alone.
--
-- Fix:
--     store it as sensitive (vercel env add NAME --sensitive), replace its value, then take a new snapshot
--
-- @level error
-- @over kept_secret
-- @noun stored secrets
-- @lacks manifest
-- @supports soc2:CC6.1 iso27001:A.8.24 asvs5:13.3.1 asvs5:13.3.2 cwe:522

select k.at, k.name as subject, 'it is a secret, and the platform does not store it as one' as message
from kept_secret as k
where not k.sealed
