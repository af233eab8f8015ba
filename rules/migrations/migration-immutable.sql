-- A migration that has landed stays as it is, and nothing new runs before it.
--
-- Databases that have run it will not run it again: whoever edits, removes or renames it makes new databases differ from those in use, and
-- most runners then refuse to go on. One that is new and sorts before it runs on new databases in an order that no other has seen.
-- What has landed is what the base holds: with `--staged` HEAD, with `--since` the commit that is named.
--
-- Fix:
--     restore the file, and say what should change in a new migration that sorts after all that have landed
--
-- @level error
-- @over landed_migration
-- @against base
-- @supports soc2:CC8.1 iso27001:A.8.32

select m.at, m.database, m.path as subject, 'it has landed, and was edited' as message
from landed_migration as l
join db_migration as m on m.path = l.path
join migration_content as f on f.path = l.path
where f.content <> l.content
union all
select coalesce(g.renamed_at, g.at), g.database, g.path,
    case when g.renamed_to is null then 'it has landed, and is gone from the migrations'
         else 'it has landed, and was renamed to ' || g.renamed_to end
from gone_migration as g
union all
select m.at, m.database, m.path, 'it is new, and runs before ' || min(l.path) || ', which has landed'
from new_migration as m
join db_migration as n on n.database = m.database and n.position > m.position
join landed_migration as l on l.path = n.path
where l.is_ordered
group by m.at, m.database, m.path
