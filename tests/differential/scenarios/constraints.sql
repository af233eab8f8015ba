-- scenario: names that PostgreSQL gives
create table t (id int primary key, a int unique, b int check (b > 0), c int references t, check (a > b), unique (a, b), foreign key (a) references t (id));
-- refused
create table u (id int, a int, constraint u_pkey unique (a), primary key (id));

-- scenario: names that are taken
create table t (id int constraint k primary key, a int);
-- refused
alter table t add constraint k unique (a);
-- refused
create table u (id int constraint k unique);
create table k2 (id int constraint k check (id > 0));
-- refused
alter table t add constraint k check (a > 0);

-- scenario: two primary keys, a key twice
-- refused
create table t (id int primary key, a int primary key);
create table t (id int primary key, a int unique, unique (a));
-- refused
alter table t add primary key (a);
-- refused
alter table t add unique (a, a);
-- refused
alter table t add unique (gone);

-- scenario: foreign keys and their actions
create table t (id int primary key, a int, b int, unique (a, b));
create table u (id int references t on delete cascade on update set null, a int, b int,
  foreign key (a, b) references t (a, b) on delete set default on update restrict deferrable initially deferred,
  constraint named foreign key (id) references t (id) match simple);
-- refused
create table v (id int references t (a));
-- refused
create table v (id int, foreign key (id) references t (a, b));
-- refused
create table v (id int references gone);
-- refused
create table v (id int, foreign key (gone) references t);
create table v (a int, b int);
-- refused
alter table v add foreign key (a, b) references t;
alter table v add foreign key (b, a) references t (b, a);

-- scenario: constraints that are not valid yet
create table t (id int primary key, a int);
alter table t add constraint c check (a > 0) not valid;
alter table t add constraint f foreign key (a) references t not valid;
alter table t validate constraint c;
alter table t validate constraint c;
-- refused
alter table t validate constraint gone;
-- refused
alter table t validate constraint t_pkey;
create table u (id int, constraint c check (id > 0) not valid);

-- scenario: dropping constraints
create table t (id int constraint pk primary key, a int constraint un unique, constraint ch check (a > 0));
alter table t drop constraint ch;
alter table t drop constraint if exists ch;
-- refused
alter table t drop constraint ch;
alter table t drop constraint pk, drop constraint un;

-- scenario: renaming constraints
create table t (id int primary key, a int check (a > 0), b int references t);
alter table t rename constraint t_pkey to t_key;
alter table t rename constraint t_a_check to positive;
alter table t rename constraint t_b_fkey to parent;
-- refused
alter table t rename constraint gone to x;
-- refused
alter table t rename constraint parent to positive;
alter index t_key rename to t_primary;

-- scenario: indexes made keys
create table t (id int, a int, b int);
create unique index i on t (id);
create unique index j on t (a) where a > 0;
create index k on t (b);
create unique index l on t (a, b);
alter table t add primary key using index i;
-- refused
alter table t add unique using index j;
-- refused
alter table t add unique using index k;
alter table t add constraint named unique using index l;
-- refused
alter table t add unique using index l;
-- refused
drop index i;
-- refused
drop index named;
alter table t drop constraint named;

-- scenario: exclusion
create table t (id int, during tstzrange, exclude using gist (during with &&));
alter table t add constraint e exclude using btree (id with =);
alter table t drop constraint e;

-- scenario: checks go down to children
create table a (id int, constraint c check (id > 0));
create table b () inherits (a);
alter table a add constraint d check (id < 100);
alter table a add constraint e check (id <> 5) no inherit;
-- refused
alter table b drop constraint c;
-- refused
alter table b rename constraint c to x;
alter table a rename constraint c to f;
alter table a drop constraint d;
alter table only a add constraint g check (id <> 6) no inherit;

-- scenario: keys and references of partitioned tables
create table p (id int primary key);
create table t (id int, p_id int references p, tenant_id int, primary key (tenant_id, id)) partition by list (tenant_id);
create table t1 partition of t for values in (1);
create table u (tenant_id int, t_id int, foreign key (tenant_id, t_id) references t (tenant_id, id));
alter table t add constraint positive check (id > 0);
-- refused
alter table t1 drop constraint positive;
-- refused
alter table t1 drop constraint t1_pkey;
alter table t drop constraint t_p_id_fkey;

-- scenario: deferrable keys and nulls not distinct
create table t (id int unique deferrable initially deferred, a int, unique nulls not distinct (a), b int unique not deferrable);
alter table t add constraint f foreign key (a) references t (b) deferrable;
alter table t alter constraint f not deferrable;

-- scenario: attributes of a column's constraints
create table t2 (id int primary key not deferrable initially immediate, a int not null unique deferrable);
create table t (id int primary key deferrable, a int references t2 deferrable initially deferred, b int unique initially deferred check (b > 0));
alter table t add column c int unique deferrable;
-- refused
create table t3 (id int not null deferrable);
-- refused
create table t3 (id int deferrable primary key);
-- refused
create table t3 (id int references t);
-- refused
create table t3 (id int references t (b));

-- scenario: indexes of all sorts
create table t (id int, a text, b int[], c jsonb);
create index on t (a);
create index on t (a desc nulls last, id);
create index on t (lower(a));
create index on t (lower(a), upper(a), (id + 1));
create index i on t using gin (b);
create index on t using gin (c jsonb_path_ops) where id > 0;
create unique index if not exists i on t (id);
-- refused
create index i on t (id);
create index on t (id) include (a);
create index on t using brin (id);
-- refused
create index on t (gone);
-- refused
create index on gone (id);
create view v as select 1 as one;
-- refused
create index on v (one);
drop index t_a_idx, t_lower_idx;
-- refused
drop index gone;
drop index if exists gone;
-- refused
drop table i;
alter index i rename to j;
alter table t rename to u;

-- scenario: two constraints that would have one name
create table t (a int, b int, check (a > 0), check (a > 1), check (b > 0), check (a > b), check (b > a));
alter table t add check (a > 2);
create table t_a_check (id int);
create table t2 (a int);
create table t2_a_key (id int);
alter table t2 add unique (a);

-- scenario: a constraint's names in a schema
create schema app;
create table app.t (id int primary key, a int unique);
create table t (id int primary key, a int unique);
-- refused
alter table t set schema app;
alter table t rename to u;
-- refused
alter table u set schema app;

-- scenario: unlogged and permanent tables that reference each other
create table t (id int primary key, u_id int);
create unlogged table u (id int primary key, t_id int references t);
-- refused
alter table t add foreign key (u_id) references u;
alter table u set logged;
alter table t add foreign key (u_id) references u;
-- refused
alter table t set unlogged;
create table s (id int);
alter table s set unlogged;

-- scenario: a not valid check and those who inherit it
create table t (id int);
create table c () inherits (t);
alter table t add constraint k check (id > 0) not valid;
create table d () inherits (t);
create table e (id int, constraint k check (id > 0));
alter table e inherit t;

-- scenario: types that a foreign key compares
create table wholes (a smallint unique, b integer unique, c bigint unique);
create table others (n numeric(10, 2) unique, r real unique, d double precision unique, o oid unique);
create table words (t text unique, v varchar(36) unique, c char(36) unique, n name unique);
create table days (d date unique, t timestamp(3) unique, z timestamptz unique);
create table rest (u uuid unique, b bool unique, y bytea unique, i inet unique, c cidr unique, s interval unique, j jsonb unique);
create table fits (a bigint references wholes (a), b smallint references others (n), c int references others (d), d numeric references others (r));
create table texts (a text references words (v), b varchar(9) references words (c), c char(3) references words (t), d text references words (n), e name references words (t));
create table dates (a timestamptz references days (d), b date references days (z), c timestamp references days (z));
create table more (a cidr references rest (i), b inet references rest (c), c uuid references rest (u), d real references others (d), e int references others (o));
create domain amount as numeric;
create table amounts (a amount references others (n), b amount unique);
create table spent (a numeric references amounts (b));
-- refused
create table x (a numeric references wholes (b));
-- refused
create table x (a real references wholes (b));
-- refused
create table x (a double precision references others (n));
-- refused
create table x (a text references rest (u));
-- refused
create table x (a uuid references words (t));
-- refused
create table x (a int references words (t));
-- refused
create table x (a bool references wholes (b));
-- refused
create table x (a text references days (d));
-- refused
create table x (a oid references wholes (b));
create table y (a text, b uuid);
-- refused
alter table y add foreign key (a, b) references rest (u, u);
-- refused
alter table y add foreign key (b) references wholes (b);

-- scenario: types that a foreign key compares no longer
create table p (id int primary key);
create table c (a int references p, b int);
-- refused
alter table c alter a type numeric(10, 2);
-- refused
alter table p alter id type uuid using gen_random_uuid();
alter table p alter id type bigint;
alter table c alter a type smallint, alter b type numeric;
-- refused
alter table c add constraint b foreign key (b) references p;
