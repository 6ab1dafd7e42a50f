{% macro lock_holders(relation) %}
    select
        string_agg(
            format(
                'pid %s, user %s, application %s, %s, in a transaction since %s: %s',
                sessions.pid,
                sessions.usename,
                coalesce(nullif(sessions.application_name, ''), '(no name)'),
                sessions.state,
                to_char(sessions.xact_start, 'YYYY-MM-DD HH24:MI:SS TZ'),
                left(regexp_replace(sessions.query, '\s+', ' ', 'g'), 200)
            ),
            '; ' order by sessions.xact_start
        ) as holders
    from pg_stat_activity as sessions
    where
        sessions.pid <> pg_backend_pid()
        and sessions.pid in (
            select locks.pid
            from pg_locks as locks
            where
                locks.granted
                and locks.database = (
                    select databases.oid
                    from pg_database as databases
                    where databases.datname = current_database()
                )
                and locks.relation in (
                    select cast(to_regclass({{ sql_text(relation.render()) }}) as oid)
                    union
                    -- views on it, which are replaced or dropped with it
                    select rules.ev_class
                    from pg_depend as dependencies
                    inner join pg_rewrite as rules on dependencies.objid = rules.oid
                    where
                        dependencies.refobjid
                        = cast(to_regclass({{ sql_text(relation.render()) }}) as oid)
                )
        )
{% endmacro %}
