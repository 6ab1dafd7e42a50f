{% macro claim_relation() %}
    {{ return(api.Relation.create(
        database=target.database,
        schema=generate_schema_name('intermediate', {'name': 'dbt_runs', 'resource_type': 'model'}),
        identifier='dbt_runs',
        type='table'
    )) }}
{% endmacro %}
