-- No secret is published to browsers.
--
-- Bundlers write the value of every variable with a public prefix, or in their own lists, into the files that everybody downloads. A
-- service key that was published once is to be replaced. A secret of the manifest that browsers' code reads by another name is undefined
-- there under Next.js or Vite, until somebody puts it through; other bundlers write its value in, as Parcel does.
--
-- Fix:
--     rename the variable so that no public prefix begins it, read it on the server only, and replace the secret
--
-- @level error
-- @over published_variable
-- @supports soc2:CC6.1 soc2:CC6.7 iso27001:A.8.12 asvs5:13.3.1 cwe:200 cwe:522

select p.at, p.name as subject, 'it ' || s.why || ', and ' || p.how as message, p.entry as also_at, 'where browsers begin' as also
from published_variable as p
join secret_name as s on s.name = p.name
