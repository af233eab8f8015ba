create role app;
create role anon;
create role authenticated;
create schema auth;
create table tenants (id uuid primary key, parent_id uuid references tenants, db_user text);
create table users (id uuid primary key, login uuid unique not null, email text, raw_user_meta_data jsonb, raw_app_meta_data jsonb);
create table memberships (tenant_id uuid not null references tenants, user_id uuid not null, rank text, primary key (tenant_id, user_id));
create table admins (user_id uuid primary key);
create table plans (id uuid primary key, is_free boolean not null, made_by uuid);
create table shares (order_id uuid not null, tenant_id uuid not null references tenants, partner uuid not null references tenants);
create table orders (
    id uuid primary key, tenant_id uuid not null references tenants, "tenantId" text not null, user_id uuid references users,
    project_id uuid, plan_id uuid references plans, status text, deleted boolean not null, created_at timestamptz, members uuid[], data jsonb
);
create table notes (id uuid primary key, tenant_id uuid references tenants, user_id uuid);
create table items (id uuid primary key, order_id uuid not null references orders, name text);
create table secrets (id uuid primary key, tenant_id uuid not null references tenants);
create table lines (id uuid primary key, secret_id uuid not null references secrets, tenant_id uuid not null references tenants);
alter table secrets enable row level security;
create policy own on secrets using (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid);
create function tenant() returns uuid language sql stable as $$ select nullif(current_setting('app.tenant', true), '')::uuid $$;
create function circle() returns uuid language sql stable as $$ select circle() $$;
create function dynamic(t uuid) returns boolean language plpgsql stable as
    $$ declare said boolean; begin execute 'select true' into said; return said; end $$;
create function my_tenants() returns setof uuid language sql stable security definer as
    $$ select tenant_id from memberships where user_id = auth.uid() $$;
create function is_in(t uuid) returns boolean language sql stable as
    $$ select exists (select 1 from memberships as m where m.tenant_id = t and m.user_id = auth.uid()) $$;
create function has_rank(tenant_id uuid, rank text default null) returns boolean language sql stable security definer as $$
    select exists (
        select 1 from memberships as m
        where m.tenant_id = has_rank.tenant_id and m.user_id = auth.uid() and (m.rank = has_rank.rank or has_rank.rank is null)
    ) $$;
create function decides(t uuid) returns boolean language plpgsql stable as $$
declare
    known text;
begin
    if auth.uid() is null then
        return false;
    end if;
    select rank into known from memberships where tenant_id = t and user_id = auth.uid();
    if not found then
        return false;
    elsif known = 'guest' then
        raise exception 'guests see nothing';
    end if;
    return true;
end $$;
create function scoped(t uuid) returns boolean language sql stable as $$
    select case
        when coalesce(nullif(current_setting('app.scope', true), ''), 'none') = 'system' then true
        when t is null then false
        else coalesce(t = any (string_to_array(nullif(current_setting('app.tenants', true), ''), ',')::uuid[]), false)
    end $$;
create function mine_of(subject text) returns uuid language sql stable as $$ select id from users where login::text = subject $$;
create view own_orders with (security_invoker) as select * from orders where tenant_id = tenant();
