-- A change does not narrow what it is judged by.
--
-- Whoever may change the configuration and the code at once could switch off the rule that would have stopped them. So a rule that goes, is
-- lowered or asks something else, a table that leaves its range and is still there, a name that is newly trusted, an entry that is
-- put into the baseline and a manifest of variables that asks for less are shown as long as they are new. A change cannot switch this rule off for itself: of its level here and that on
-- the base, the graver one counts.
--
-- Fix:
--     narrow rules in a change of their own, and let the owner of .invariants/ approve it
--
-- @level warning
-- @over base_rule
-- @against base
-- @supports soc2:CC8.1 iso27001:A.8.32

select r.at, r.name as subject, 'the rule is gone' as message
from base_rule as r
where not exists (select 1 from scope_rule as n where n.rule = r.name)
union all
select coalesce(l.at, b.at, n.at), r.name,
    case when n.level = 'off' then 'it was switched off; on the base it is of level ' || r.level
         else 'it was lowered from ' || r.level || ' to ' || n.level end
from base_rule as r
join scope_rule as n on n.rule = r.name
left join settings_level as l on l.rule = r.name
left join base_settings_level as b on b.rule = r.name
where instr('error warning note off', n.level) > instr('error warning note off', r.level)
union all
select n.at, r.name, 'it asks something else than on the base'
from base_rule as r
join scope_rule as n on n.rule = r.name
where n.query <> r.query
union all
select coalesce(s.at, d.at), d.rule, d.name || ' left its range, and is still there'
from scope_departure as d
left join standing as s on s.database = d.database and s.name = d.name
where s.at is not null or d.file <> ''
union all
select t.at, 'rls-policy-isolates', t.name || ' is newly trusted to keep rows apart'
from new_trust as t
union all
select d.at, d.rule, d.subject || ' was put into the baseline'
from new_debt as d
union all
select c.at, case c.name when 'tenancy.force' then 'rls-forced' when 'check.expires' then 'carveout-justified' else c.name end,
    c.name || ' is ' || c.says || '; on the base it is ' || c.was
from loosened_choice as c
union all
select m.at, m.rule, m.message
from loosened_manifest as m
