{% macro postgres__get_show_grant_sql(relation) -%}
    {%- set place = 'cast(' ~ sql_text(relation.render()) ~ ' as regclass)' -%}
    select
        cast(pg_get_userbyid(held.grantee) as text) as grantee,
        lower(held.privilege_type) || coalesce(
            ' (' || string_agg(
                '"' || held.column_name || '"', ', ' order by held.column_name collate "C"
            ) || ')',
            ''
        ) as privilege_type
    from (
        select
            relation_grants.grantee,
            relation_grants.privilege_type,
            cast(null as text) as column_name
        from pg_class
        cross join lateral aclexplode(pg_class.relacl) as relation_grants
        where pg_class.oid = {{ place }}

        union all

        select
            column_grants.grantee,
            column_grants.privilege_type,
            cast(pg_attribute.attname as text) as column_name
        from pg_attribute
        cross join lateral aclexplode(pg_attribute.attacl) as column_grants
        where pg_attribute.attrelid = {{ place }}
    ) as held
    inner join pg_class as granted
        on granted.oid = {{ place }} and held.grantee <> granted.relowner
    -- 0 is everybody
    where held.grantee <> 0
    group by held.grantee, held.privilege_type, held.column_name is null
{%- endmacro %}
