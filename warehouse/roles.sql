-- The group roles and what each may do. Run by a superuser, as often as you like: a second run
-- changes nothing. What people may read of a mart or of the search is granted by dbt.

do $$
declare
    role text;
begin
    foreach role in array array[
        'thinkthrift_loader', 'thinkthrift_transformer', 'thinkthrift_analyst', 'thinkthrift_bi',
        'thinkthrift_personal'
    ] loop
        if not exists (select from pg_roles where rolname = role) then
            execute format('create role %I', role);
        end if;
        execute format(
            'alter role %I nologin nosuperuser nocreatedb nocreaterole noreplication nobypassrls',
            role
        );
        execute format('revoke all on database %I from %I', current_database(), role);
        execute format('grant connect, temporary on database %I to %I', current_database(), role);
    end loop;
    execute format('revoke all on database %I from public', current_database());
    execute format(
        'grant create on database %I to thinkthrift_loader, thinkthrift_transformer',
        current_database()
    );
end
$$;

-- only the owner creates in public
revoke create on schema public from public, thinkthrift_loader, thinkthrift_transformer;
revoke create on schema public from thinkthrift_analyst, thinkthrift_bi, thinkthrift_personal;

-- no language, no function: neither in a schema of one's own nor as a DO block
revoke usage on language sql, plpgsql from public;
grant usage on language sql, plpgsql to thinkthrift_transformer;

-- dbt's schemas, so that what is granted on them is there before the first build
do $$
declare
    layer text;
begin
    foreach layer in array array[
        'staging', 'intermediate', 'marts', 'personal', 'search', 'snapshots', 'seeds', 'secrets',
        'test_failures'
    ] loop
        execute format(
            'create schema if not exists %I authorization thinkthrift_transformer', layer
        );
    end loop;
end
$$;

-- what is kept of people who were forgotten, which nobody but the loader reads
create schema if not exists forgotten authorization thinkthrift_loader;

-- schemas and all in them go to their owners
do $$
declare
    place record;
    thing record;
begin
    -- raw tables that come later
    alter default privileges for role thinkthrift_loader
        grant usage on schemas to thinkthrift_transformer;
    alter default privileges for role thinkthrift_loader
        grant select on tables to thinkthrift_transformer;
    for place in
        select
            nspname as name,
            case
                when nspname like 'raw\_%' or nspname = 'forgotten' then 'thinkthrift_loader'
                else 'thinkthrift_transformer'
            end as owner
        from pg_namespace
        where
            nspname like 'raw\_%'
            or nspname in (
                'staging', 'intermediate', 'marts', 'personal', 'search', 'snapshots', 'seeds',
                'secrets', 'test_failures', 'forgotten'
            )
    loop
        execute format('alter schema %I owner to %I', place.name, place.owner);
        for thing in
            -- indexes and the sequences of columns follow their table
            select 'table' as kind, cast(oid as regclass)::text as name
            from pg_class
            where
                relnamespace = cast(quote_ident(place.name) as regnamespace)
                and relkind in ('r', 'p', 'v', 'm', 'f')
                and relowner <> cast(place.owner as regrole)
            union all
            select 'routine', cast(oid as regprocedure)::text
            from pg_proc
            where
                pronamespace = cast(quote_ident(place.name) as regnamespace)
                and proowner <> cast(place.owner as regrole)
        loop
            execute format('alter %s %s owner to %I', thing.kind, thing.name, place.owner);
        end loop;
        execute format(
            'revoke all on schema %I from public, thinkthrift_analyst, thinkthrift_bi,'
            ' thinkthrift_personal',
            place.name
        );
        if place.name like 'raw\_%' then
            execute format('grant usage on schema %I to thinkthrift_transformer', place.name);
            execute format(
                'grant select on all tables in schema %I to thinkthrift_transformer', place.name
            );
            -- those that a superuser makes, too
            execute format(
                'alter default privileges in schema %I grant select on tables'
                ' to thinkthrift_transformer',
                place.name
            );
        else
            execute format(
                'revoke all on schema %I from %I', place.name,
                case
                    when place.owner = 'thinkthrift_loader' then 'thinkthrift_transformer'
                    else 'thinkthrift_loader'
                end
            );
        end if;
    end loop;
end
$$;

grant usage on schema marts to thinkthrift_analyst, thinkthrift_bi;
grant usage on schema personal to thinkthrift_personal;
-- the search's synonyms are a seed, the only one that dbt lets them read
grant usage on schema search, seeds to thinkthrift_analyst, thinkthrift_bi;


-- of a cluster: ends what a node left in the middle of a commit when it was lost
do $$
begin
    if exists (select from pg_extension where extname = 'citus') then
        grant execute on function recover_prepared_transactions()
            to thinkthrift_loader, thinkthrift_transformer;
    end if;
end
$$;
