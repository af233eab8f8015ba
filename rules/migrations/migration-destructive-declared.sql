-- What a migration takes away is declared as the contract step of a migration that has landed.
--
-- While a release rolls out, code that knows the old schema still runs: what drops or renames a column breaks it, and what it drops no later
-- migration brings back. So the schema is first expanded (the new column is added and filled, the code moves over), that lands, and a
-- migration of its own then contracts it, which says in a comment of which one it is the second half. What a change itself makes it may
-- take away again, and a view that is made anew is not lost.
--
-- Fix:
--     -- invariants: contract 0041_add_full_name.sql -- nothing reads first_name since 1.4
--     alter table users drop column first_name;
--
-- @level error
-- @over new_migration
-- @against base
-- @supports soc2:CC8.1 soc2:A1.2 iso27001:A.8.32

select l.at, m.database, m.path as subject,
    l.message || case when c.path is null then ', and declares no earlier migration that made room for it'
                      when c.reason = '' then ', and does not say why nothing relies on it any more'
                      else ', and ' || c.expand || ', which it names as its expand step, is no one migration that has landed' end as message
from new_migration as m
join db_loss as l on l.path = m.path
left join contract_step as c on c.path = m.path
where exists (select 1 from base_db_column as b where b.table_name = l.table_name and l.column_name in ('', b.name))
  and not exists (select 1 from db_view as v where l.is_view and v.database = l.database and v.name = l.table_name)
  and (c.path is null or c.reason = '' or not c.has_landed)
