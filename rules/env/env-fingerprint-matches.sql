-- Every secret whose fingerprint is recorded still has the value that was recorded.
--
-- An encryption key that differs from its escrow, or a secret that was rotated on one side only, is noticed when it is needed. What cannot
-- be compared proves nothing: without the key, without the file, or where a platform gives a placeholder for the value.
--
-- Fix:
--     put the recorded value back; or, where it was changed on purpose: invariants env record
--
-- @level error
-- @over compared_secret
-- @noun fingerprints
-- @lacks manifest
-- @supports soc2:CC6.1 iso27001:A.8.24 iso27001:A.5.17 asvs5:13.3.4 cwe:324

select c.at, c.name as subject, case when c.state = 'changed' then 'broken' else 'unverified' end as verdict,
    c.state || ': ' || c.message as message
from compared_secret as c
where c.state <> 'same'
