-- No file with real values is in the repository, and git ignores those that will have them.
--
-- Whoever has a clone has the secrets, for as long as the history lives. A file that nothing ignores is one `git add .` away from that.
--
-- Fix:
--     git rm --cached .env && echo .env >> .gitignore    # and replace every secret that it held
--
-- @level error
-- @over env_dotenv
-- @noun files
-- @supports soc2:CC6.1 iso27001:A.8.4 iso27001:A.5.17 asvs5:13.3.1 cwe:798

select r.at, r.path as subject, 'it holds what look like real values of ' || r.names as message
from real_value as r
union all
select u.at, u.actual, 'no .gitignore covers it, and ' || u.path || ' is to be copied to it'
from uncovered_file as u
