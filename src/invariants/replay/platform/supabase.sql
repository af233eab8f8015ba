-- What a Supabase project holds before its first migration: supabase/postgres' init scripts, and the schemas of its
-- auth, storage and realtime services, without their indexes, triggers and comments.

create role supabase_admin login superuser createdb createrole replication bypassrls;
create role supabase_replication_admin login replication;
create role supabase_etl_admin login replication;
create role supabase_read_only_user login bypassrls;
create role anon nologin noinherit;
create role authenticated nologin noinherit;
create role service_role nologin noinherit bypassrls;
create role authenticator login noinherit;
create role supabase_auth_admin login noinherit createrole;
create role supabase_storage_admin login noinherit createrole;
create role supabase_functions_admin login noinherit createrole;
create role supabase_realtime_admin nologin noinherit;
create role dashboard_user nologin createdb createrole replication;
create role pgbouncer login;
grant anon, authenticated, service_role, supabase_admin to authenticator;
grant supabase_auth_admin, supabase_storage_admin, supabase_functions_admin, supabase_realtime_admin to postgres;
grant anon, authenticated, service_role to postgres;
grant anon, authenticated, service_role, authenticator to supabase_storage_admin;
alter role anon set statement_timeout = '3s';
alter role authenticated set statement_timeout = '8s';
alter role supabase_admin set search_path to "$user", public, auth, extensions;
alter role supabase_auth_admin set search_path to auth;
alter role supabase_storage_admin set search_path to storage;
alter role postgres set search_path to "$user", public, extensions;
create publication supabase_realtime;

create schema auth authorization supabase_admin;
create schema extensions;
create schema graphql authorization supabase_admin;
create schema graphql_public authorization supabase_admin;
create schema pgbouncer authorization pgbouncer;
create schema realtime authorization supabase_admin;
create schema storage authorization supabase_admin;
create schema supabase_functions authorization supabase_admin;
create schema supabase_migrations;
create schema vault authorization supabase_admin;

grant usage on schema public, extensions, graphql, graphql_public, storage to postgres, anon, authenticated, service_role;
grant usage on schema auth, realtime to anon, authenticated, service_role;
grant usage on schema vault to postgres with grant option;
grant all on schema auth to supabase_auth_admin, dashboard_user, postgres;
grant all on schema storage to supabase_storage_admin, dashboard_user, postgres;
grant all on schema realtime to supabase_realtime_admin, postgres;
grant all on schema extensions to dashboard_user, postgres;
grant all on schema supabase_functions to supabase_functions_admin, postgres;

create extension "uuid-ossp" schema extensions;
create extension pgcrypto schema extensions;
create extension pg_stat_statements schema extensions;
create extension pg_graphql schema graphql;
create extension supabase_vault schema vault;

set role supabase_auth_admin;
set search_path to auth;

create type aal_level as enum ('aal1', 'aal2', 'aal3');
create type code_challenge_method as enum ('s256', 'plain');
create type factor_status as enum ('unverified', 'verified');
create type factor_type as enum ('totp', 'webauthn', 'phone');
create type one_time_token_type as enum (
    'confirmation_token', 'reauthentication_token', 'recovery_token',
    'email_change_token_new', 'email_change_token_current', 'phone_change_token'
);

create table users (
    instance_id uuid,
    id uuid not null primary key,
    aud varchar(255),
    role varchar(255),
    email varchar(255),
    encrypted_password varchar(255),
    email_confirmed_at timestamptz,
    invited_at timestamptz,
    confirmation_token varchar(255),
    confirmation_sent_at timestamptz,
    recovery_token varchar(255),
    recovery_sent_at timestamptz,
    email_change_token_new varchar(255),
    email_change varchar(255),
    email_change_sent_at timestamptz,
    last_sign_in_at timestamptz,
    raw_app_meta_data jsonb,
    raw_user_meta_data jsonb,
    is_super_admin boolean,
    created_at timestamptz,
    updated_at timestamptz,
    phone text unique default null,
    phone_confirmed_at timestamptz,
    phone_change text default '',
    phone_change_token varchar(255) default '',
    phone_change_sent_at timestamptz,
    confirmed_at timestamptz generated always as (least(email_confirmed_at, phone_confirmed_at)) stored,
    email_change_token_current varchar(255) default '',
    email_change_confirm_status smallint default 0,
    banned_until timestamptz,
    reauthentication_token varchar(255) default '',
    reauthentication_sent_at timestamptz,
    is_sso_user boolean not null default false,
    deleted_at timestamptz,
    is_anonymous boolean not null default false
);
create table identities (
    provider_id text not null,
    user_id uuid not null references users (id) on delete cascade,
    identity_data jsonb not null,
    provider text not null,
    last_sign_in_at timestamptz,
    created_at timestamptz,
    updated_at timestamptz,
    email text generated always as (lower(identity_data ->> 'email')) stored,
    id uuid not null default gen_random_uuid() primary key,
    constraint identities_provider_id_provider_unique unique (provider_id, provider)
);
create table sessions (
    id uuid not null primary key,
    user_id uuid not null references users (id) on delete cascade,
    created_at timestamptz,
    updated_at timestamptz,
    factor_id uuid,
    aal aal_level,
    not_after timestamptz,
    refreshed_at timestamp,
    user_agent text,
    ip inet,
    tag text
);
create table refresh_tokens (
    instance_id uuid,
    id bigserial primary key,
    token varchar(255) constraint refresh_tokens_token_unique unique,
    user_id varchar(255),
    revoked boolean,
    created_at timestamptz,
    updated_at timestamptz,
    parent varchar(255),
    session_id uuid references sessions (id) on delete cascade
);
create table instances (id uuid not null primary key, uuid uuid, raw_base_config text, created_at timestamptz, updated_at timestamptz);
create table audit_log_entries (
    instance_id uuid,
    id uuid not null primary key,
    payload json,
    created_at timestamptz,
    ip_address varchar(64) not null default ''
);
create table schema_migrations (version varchar(255) not null primary key);
create table mfa_factors (
    id uuid not null primary key,
    user_id uuid not null references users (id) on delete cascade,
    friendly_name text,
    factor_type factor_type not null,
    status factor_status not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    secret text,
    phone text,
    last_challenged_at timestamptz unique,
    web_authn_credential jsonb,
    web_authn_aaguid uuid
);
create table mfa_challenges (
    id uuid not null primary key,
    factor_id uuid not null constraint mfa_challenges_auth_factor_id_fkey references mfa_factors (id) on delete cascade,
    created_at timestamptz not null,
    verified_at timestamptz,
    ip_address inet not null,
    otp_code text,
    web_authn_session_data jsonb
);
create table mfa_amr_claims (
    session_id uuid not null references sessions (id) on delete cascade,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    authentication_method text not null,
    id uuid not null constraint amr_id_pk primary key,
    constraint mfa_amr_claims_session_id_authentication_method_pkey unique (session_id, authentication_method)
);
create table sso_providers (id uuid not null primary key, resource_id text, created_at timestamptz, updated_at timestamptz, disabled boolean);
create table sso_domains (
    id uuid not null primary key,
    sso_provider_id uuid not null references sso_providers (id) on delete cascade,
    domain text not null,
    created_at timestamptz,
    updated_at timestamptz
);
create table saml_providers (
    id uuid not null primary key,
    sso_provider_id uuid not null references sso_providers (id) on delete cascade,
    entity_id text not null unique,
    metadata_xml text not null,
    metadata_url text,
    attribute_mapping jsonb,
    created_at timestamptz,
    updated_at timestamptz,
    name_id_format text
);
create table flow_state (
    id uuid not null primary key,
    user_id uuid,
    auth_code text not null,
    code_challenge_method code_challenge_method not null,
    code_challenge text not null,
    provider_type text not null,
    provider_access_token text,
    provider_refresh_token text,
    created_at timestamptz,
    updated_at timestamptz,
    authentication_method text not null,
    auth_code_issued_at timestamptz
);
create table saml_relay_states (
    id uuid not null primary key,
    sso_provider_id uuid not null references sso_providers (id) on delete cascade,
    request_id text not null,
    for_email text,
    redirect_to text,
    created_at timestamptz,
    updated_at timestamptz,
    flow_state_id uuid references flow_state (id) on delete cascade
);
create table one_time_tokens (
    id uuid not null primary key,
    user_id uuid not null references users (id) on delete cascade,
    token_type one_time_token_type not null,
    token_hash text not null,
    relates_to text not null,
    created_at timestamp not null default now(),
    updated_at timestamp not null default now()
);

alter table users enable row level security;
alter table identities enable row level security;
alter table sessions enable row level security;
alter table refresh_tokens enable row level security;
alter table instances enable row level security;
alter table audit_log_entries enable row level security;
alter table schema_migrations enable row level security;
alter table mfa_factors enable row level security;
alter table mfa_challenges enable row level security;
alter table mfa_amr_claims enable row level security;
alter table sso_providers enable row level security;
alter table sso_domains enable row level security;
alter table saml_providers enable row level security;
alter table saml_relay_states enable row level security;
alter table flow_state enable row level security;
alter table one_time_tokens enable row level security;

create function uid() returns uuid language sql stable as $$
    select coalesce(
        nullif(current_setting('request.jwt.claim.sub', true), ''),
        (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub')
    )::uuid
$$;
create function role() returns text language sql stable as $$
    select coalesce(
        nullif(current_setting('request.jwt.claim.role', true), ''),
        (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'role')
    )::text
$$;
create function email() returns text language sql stable as $$
    select coalesce(
        nullif(current_setting('request.jwt.claim.email', true), ''),
        (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'email')
    )::text
$$;
create function jwt() returns jsonb language sql stable as $$
    select coalesce(
        nullif(current_setting('request.jwt.claim', true), ''),
        nullif(current_setting('request.jwt.claims', true), '')
    )::jsonb
$$;
reset role;
grant all on all tables in schema auth to postgres, dashboard_user;
grant all on all sequences in schema auth to postgres, dashboard_user;
grant all on all routines in schema auth to postgres, dashboard_user;
grant select on users, identities, sessions, refresh_tokens, instances, audit_log_entries, mfa_factors, mfa_challenges, mfa_amr_claims,
    sso_providers, sso_domains, saml_providers, saml_relay_states, flow_state, one_time_tokens to postgres with grant option;

alter default privileges in schema public grant all on tables to postgres, anon, authenticated, service_role;
alter default privileges in schema public grant all on functions to postgres, anon, authenticated, service_role;
alter default privileges in schema public grant all on sequences to postgres, anon, authenticated, service_role;
alter default privileges for role supabase_admin in schema public grant all on tables to postgres, anon, authenticated, service_role;
alter default privileges for role supabase_admin in schema public grant all on functions to postgres, anon, authenticated, service_role;
alter default privileges for role supabase_admin in schema public grant all on sequences to postgres, anon, authenticated, service_role;
alter default privileges in schema storage grant all on tables to postgres, anon, authenticated, service_role;
alter default privileges in schema storage grant all on functions to postgres, anon, authenticated, service_role;
alter default privileges in schema storage grant all on sequences to postgres, anon, authenticated, service_role;

set search_path to storage;

create type buckettype as enum ('STANDARD', 'ANALYTICS', 'VECTOR');
create table buckets (
    id text not null primary key,
    name text not null,
    owner uuid,
    created_at timestamptz default now(),
    updated_at timestamptz default now(),
    public boolean default false,
    avif_autodetection boolean default false,
    file_size_limit bigint,
    allowed_mime_types text[],
    owner_id text,
    type buckettype not null default 'STANDARD'
);
create unique index bname on buckets (name);
create table objects (
    id uuid not null default gen_random_uuid() primary key,
    bucket_id text constraint "objects_bucketId_fkey" references buckets (id),
    name text,
    owner uuid,
    created_at timestamptz default now(),
    updated_at timestamptz default now(),
    last_accessed_at timestamptz default now(),
    metadata jsonb,
    path_tokens text[] generated always as (string_to_array(name, '/')) stored,
    version text,
    owner_id text,
    user_metadata jsonb
);
create unique index bucketid_objname on objects (bucket_id, name);
create table migrations (
    id integer not null primary key,
    name varchar(100) not null unique,
    hash varchar(40) not null,
    executed_at timestamp default current_timestamp
);
create table s3_multipart_uploads (
    id text not null primary key,
    in_progress_size bigint not null default 0,
    upload_signature text not null,
    bucket_id text not null references buckets (id),
    key text not null,
    version text not null,
    owner_id text,
    created_at timestamptz not null default now(),
    user_metadata jsonb
);
create table s3_multipart_uploads_parts (
    id uuid not null default gen_random_uuid() primary key,
    upload_id text not null references s3_multipart_uploads (id) on delete cascade,
    size bigint not null default 0,
    part_number integer not null,
    bucket_id text not null references buckets (id),
    key text not null,
    etag text not null,
    owner_id text,
    version text not null,
    created_at timestamptz not null default now()
);
alter table buckets enable row level security;
alter table objects enable row level security;
alter table migrations enable row level security;
alter table s3_multipart_uploads enable row level security;
alter table s3_multipart_uploads_parts enable row level security;
revoke all on migrations, s3_multipart_uploads, s3_multipart_uploads_parts from anon, authenticated, service_role;
grant select on s3_multipart_uploads, s3_multipart_uploads_parts to anon, authenticated;
grant all on s3_multipart_uploads, s3_multipart_uploads_parts to service_role;
alter table buckets owner to supabase_storage_admin;
alter table objects owner to supabase_storage_admin;
alter table migrations owner to supabase_storage_admin;
alter table s3_multipart_uploads owner to supabase_storage_admin;
alter table s3_multipart_uploads_parts owner to supabase_storage_admin;

create function foldername(name text) returns text[] language plpgsql immutable as $$
declare
    _parts text[];
begin
    select string_to_array(name, '/') into _parts;
    return _parts[1 : array_length(_parts, 1) - 1];
end
$$;
create function filename(name text) returns text language plpgsql immutable as $$
declare
    _parts text[];
begin
    select string_to_array(name, '/') into _parts;
    return _parts[array_length(_parts, 1)];
end
$$;
create function extension(name text) returns text language plpgsql immutable as $$
declare
    _parts text[];
    _filename text;
begin
    select string_to_array(name, '/') into _parts;
    select _parts[array_length(_parts, 1)] into _filename;
    return reverse(split_part(reverse(_filename), '.', 1));
end
$$;
create function operation() returns text language plpgsql stable as $$
begin
    return current_setting('storage.operation', true);
end
$$;
alter function foldername(text) owner to supabase_storage_admin;
alter function filename(text) owner to supabase_storage_admin;
alter function extension(text) owner to supabase_storage_admin;
alter function operation() owner to supabase_storage_admin;

set search_path to realtime;

create table messages (
    topic text not null,
    extension text not null,
    payload jsonb,
    event text,
    private boolean default false,
    updated_at timestamp not null default now(),
    inserted_at timestamp not null default now(),
    id uuid not null default gen_random_uuid(),
    primary key (id, inserted_at)
) partition by range (inserted_at);
alter table messages enable row level security;
grant select, insert, update on messages to anon, authenticated, service_role;
grant all on messages to postgres, dashboard_user;
create table schema_migrations (version bigint not null primary key, inserted_at timestamp(0));
create table subscription (
    id bigint generated always as identity primary key,
    subscription_id uuid not null,
    entity regclass not null,
    claims jsonb not null,
    created_at timestamp not null default timezone('utc', now())
);
grant select on schema_migrations, subscription to anon, authenticated, service_role;
grant all on schema_migrations, subscription to postgres, dashboard_user;
alter table messages owner to supabase_realtime_admin;
alter table schema_migrations owner to supabase_admin;
alter table subscription owner to supabase_admin;

create function topic() returns text language sql stable as $$
    select nullif(current_setting('realtime.topic', true), '')::text
$$;
create function send(payload jsonb, event text, topic text, private boolean default true) returns void language plpgsql as $$
begin
    insert into realtime.messages (payload, event, topic, private, extension) values (payload, event, topic, private, 'broadcast');
end
$$;
create function broadcast_changes(
    topic_name text, event_name text, operation text, table_name text, table_schema text, new record, old record, level text default 'ROW'
) returns void language plpgsql as $$
begin
    perform realtime.send(jsonb_build_object('operation', operation, 'record', new, 'old_record', old), event_name, topic_name);
end
$$;
alter function topic() owner to supabase_realtime_admin;
alter function send(jsonb, text, text, boolean) owner to supabase_admin;
alter function broadcast_changes(text, text, text, text, text, record, record, text) owner to supabase_admin;

set search_path to vault;

create table secrets (
    id uuid not null default gen_random_uuid() primary key,
    name text,
    description text not null default '',
    secret text not null,
    key_id uuid,
    nonce bytea,
    created_at timestamptz not null default current_timestamp,
    updated_at timestamptz not null default current_timestamp
);
create view decrypted_secrets as
    select id, name, description, secret, secret as decrypted_secret, key_id, nonce, created_at, updated_at from secrets;
create function create_secret(new_secret text, new_name text default null, new_description text default '', new_key_id uuid default null)
    returns uuid language plpgsql security definer set search_path to '' as $$
begin
    insert into vault.secrets (secret, name, description) values (new_secret, new_name, new_description);
    return null;
end
$$;
create function update_secret(
    secret_id uuid, new_secret text default null, new_name text default null, new_description text default null, new_key_id uuid default null
) returns void language plpgsql security definer set search_path to '' as $$
begin
    update vault.secrets set secret = new_secret where id = secret_id;
end
$$;
revoke all on function create_secret(text, text, text, uuid), update_secret(uuid, text, text, text, uuid) from public;
grant execute on function create_secret(text, text, text, uuid), update_secret(uuid, text, text, text, uuid) to postgres, service_role;
alter table secrets owner to supabase_admin;
alter view decrypted_secrets owner to supabase_admin;
grant select, delete, references, truncate on secrets, decrypted_secrets to postgres with grant option;
grant select, delete on secrets, decrypted_secrets to service_role;
alter function create_secret(text, text, text, uuid) owner to supabase_admin;
alter function update_secret(uuid, text, text, text, uuid) owner to supabase_admin;

set search_path to supabase_functions;

create table hooks (
    id bigserial primary key,
    hook_table_id integer not null,
    hook_name text not null,
    created_at timestamptz not null default now(),
    request_id bigint
);
create table migrations (version text primary key, inserted_at timestamptz not null default now());
create function http_request() returns trigger language plpgsql security definer set search_path to supabase_functions as $$
begin
    return new;
end
$$;
grant usage on schema supabase_functions to anon, authenticated, service_role;
revoke all on function http_request() from public;
grant execute on function http_request() to anon, authenticated, service_role;
alter table hooks owner to supabase_functions_admin;
alter table migrations owner to supabase_functions_admin;
alter function http_request() owner to supabase_functions_admin;

set search_path to graphql_public;

create function graphql("operationName" text default null, query text default null, variables jsonb default null, extensions jsonb default null)
    returns jsonb language plpgsql as $$
begin
    return null;
end
$$;
alter function graphql(text, text, jsonb, jsonb) owner to supabase_admin;

create table supabase_migrations.schema_migrations (version text not null primary key, statements text[], name text);
create table supabase_migrations.seed_files (path text not null primary key, hash text not null);

reset all;
set search_path to "$user", public, extensions;
