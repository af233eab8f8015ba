-- Every SECURITY DEFINER function pins its search_path.
--
-- Names in its body are looked up along the caller's search_path otherwise: whoever can create a table or function anywhere on
-- that path runs code as the function's owner. CREATE OR REPLACE FUNCTION without SET drops an earlier pin.
--
-- Fix:
--     alter function close_account(uuid) set search_path = '';
--
-- @level error
-- @over definer_function
-- @supports soc2:CC6.1 asvs5:13.2.2 cwe:426

select
    f.at,
    f.database,
    f.name as subject,
    'it runs as its owner ' || f.owner || ' and does not pin its search_path' as message
from definer_function as f
where f.search_path is null
