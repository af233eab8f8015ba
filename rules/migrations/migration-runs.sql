-- Every SQL file among the migrations is one that the runner runs.
--
-- A file that the runner passes over is reviewed and merged like the others, and does nothing: the policy in it protects nobody. Runners pass
-- over names that they do not know, files that their journal does not list, and the second of two files that have one version; and they
-- never see policies that are kept outside their folder.
--
-- Fix:
--     give the file the next version and a name that the runner knows, or move its statements into a migration
--
-- @level error
-- @over db_migration
-- @supports soc2:CC8.1 iso27001:A.8.32

select i.at, i.database, i.path as subject, i.message
from db_idle as i
union all
select s.at, '', s.file,
    'no runner runs this file: '
        || case when s.policy_name = '' then 'row security of ' || s.table_name || ' is not enabled by it'
                else 'the policy ' || s.policy_name || ' on ' || s.table_name || ' is in no database' end
from ddl_stray as s
where exists (select 1 from db_table as t where t.name = s.table_name)
  and not exists (select 1 from db_table as t where t.name = s.table_name and t.rls_enabled and s.policy_name = '')
  and not exists (select 1 from db_policy as p where p.table_name = s.table_name and p.name = s.policy_name)
