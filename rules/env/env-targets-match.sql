-- Each target has exactly the variables that the manifest asks of it.
--
-- What is missing fails at run time, often long after the deployment; what is there besides is a secret that nobody looks after. A value
-- of another format than asked, or not changed for longer than `rotation` lets it be, is not what was asked. A target that cannot be read, or
-- whose snapshot is too old, tells nothing.
--
-- Fix:
--     set the variable on the target or remove it there, then take a new snapshot: invariants env snapshot TARGET --from FILE
--
-- @level error
-- @over target_demand
-- @noun requirements
-- @lacks manifest
-- @supports soc2:CC8.1 iso27001:A.8.9 iso27001:A.8.32

select d.at, d.name as subject, case when d.doubt is null then 'broken' else 'unverified' end as verdict,
    coalesce('whether it is there cannot be told: ' || d.doubt, 'it is required there, and is missing') as message, d.target_at as also_at,
    'the target' as also
from target_demand as d
where not d.is_given or d.in_doubt
union all
select s.at, s.name, 'broken',
    'it is there, and ' || case when s.is_declared then 'the manifest does not ask for it there' else 'is not in the manifest' end, null, null
from target_surplus as s
union all
select m.at, m.name, 'broken', 'its value there is no ' || m.format, null, null
from misfit as m
union all
select o.at, o.name, case when o.updated is null then 'unverified' else 'broken' end,
    coalesce('it was last changed on ' || o.updated || ', more than ' || o.rotation || ' days ago',
        'it is to be changed every ' || o.rotation || ' days, and when it was last changed is not told there'), null, null
from overdue_rotation as o
