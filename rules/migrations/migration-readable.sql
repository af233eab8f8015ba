-- Every statement of a migration was read and understood.
--
-- A statement that does not parse, or whose effect is decided at run time, may switch row security off, drop a policy or make a table:
-- until it can be told, nothing that rests on it is proved.
--
-- Fix:
--     write the statement out, or carve out the migration with what it really does as the reason
--
-- @level error
-- @over db_migration
-- @supports soc2:CC8.1

select
    u.at,
    m.database,
    m.path as subject,
    'unverified' as verdict,
    u.message || '; ' || u.remedy as message
from migration_file as m
join source_unread as u on u.file = m.file
