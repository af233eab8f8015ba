-- What extensions that are not installed would have brought, as far as plain SQL can: enough for tables, defaults and triggers to be made.

-- citext
create domain citext as text;

-- uuid-ossp
create function uuid_generate_v1() returns uuid language sql volatile as $$ select gen_random_uuid() $$;
create function uuid_generate_v1mc() returns uuid language sql volatile as $$ select gen_random_uuid() $$;
create function uuid_generate_v4() returns uuid language sql volatile as $$ select gen_random_uuid() $$;
create function uuid_nil() returns uuid language sql immutable as $$ select '00000000-0000-0000-0000-000000000000'::uuid $$;

-- pgcrypto
create function gen_random_bytes(integer) returns bytea language sql volatile
    as $$ select substr(sha512(convert_to(gen_random_uuid()::text, 'UTF8')), 1, $1) $$;
create function digest(text, text) returns bytea language sql immutable as $$ select sha256(convert_to($1, 'UTF8')) $$;
create function digest(bytea, text) returns bytea language sql immutable as $$ select sha256($1) $$;
create function hmac(text, text, text) returns bytea language sql immutable as $$ select sha256(convert_to($2 || $1, 'UTF8')) $$;
create function hmac(bytea, bytea, text) returns bytea language sql immutable as $$ select sha256($2 || $1) $$;
create function gen_salt(text) returns text language sql volatile as $$ select md5(random()::text) $$;
create function gen_salt(text, integer) returns text language sql volatile as $$ select md5(random()::text) $$;
create function crypt(text, text) returns text language sql immutable as $$ select md5($2 || $1) $$;

-- moddatetime
create function moddatetime() returns trigger language plpgsql as $$ begin return new; end $$;

-- unaccent
create function unaccent(text) returns text language sql immutable as $$ select $1 $$;
