-- Every new carve-out is seen by a person.
--
-- A carve-out opens what a rule would close. One that comes with the change it excuses, or that excuses more or for longer than it did,
-- is a decision: it is shown until it has landed, so that whoever reviews the change decides it too. It cannot itself be carved out.
--
-- Fix:
--     let the owner of .invariants/ approve the change
--
-- @level warning
-- @over compared_carveout
-- @noun carve-outs
-- @against base
-- @supports soc2:CC8.1 iso27001:A.8.32

select
    c.at,
    c.rule || ' ' || c.subject as subject,
    case when b.rule is null then 'it is new: it excuses what nobody has agreed to yet'
         when coalesce(c.expires, '~') > coalesce(b.expires, '~') then 'it holds for longer than it did: until ' || coalesce(c.expires, 'it is removed')
         else 'it may excuse more than it did: ' || c.at_most || ' subjects' end as message
from compared_carveout as c
left join base_settings_carveout as b on b.rule = c.rule and b.subject = c.subject and b.database = c.database and b.fault is null
where b.rule is null
   or coalesce(c.expires, '~') > coalesce(b.expires, '~')
   or coalesce(c.at_most, 0) > coalesce(b.at_most, 0)
