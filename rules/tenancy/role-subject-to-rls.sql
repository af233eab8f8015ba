-- No role that the application connects as stands above row security.
--
-- Superusers and roles with BYPASSRLS see every row, forced or not; a member can become them with SET ROLE, inheriting or
-- not. The owner of a table, and whoever is a member of its owner, sees every row where row security is not forced.
--
-- Fix:
--     alter role app nosuperuser nobypassrls;
--     revoke owner_role from app;
--
-- @level error
-- @over row_app_role
-- @noun roles
-- @supports soc2:CC6.3 iso27001:A.8.2 asvs5:8.4.1 cwe:250

select w.at, w.database, w.role as subject, w.message
from role_weakness as w
