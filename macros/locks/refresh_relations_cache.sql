{% macro refresh_relations_cache() %}
    {%- set schemas = [] -%}
    {%- for name in selected_resources if name in graph.nodes -%}
        {%- set node = graph.nodes[name] -%}
        {%- if node.schema and (node.database, node.schema) not in schemas -%}
            {%- do schemas.append((node.database, node.schema)) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- for database, schema in schemas -%}
        {%- set place = api.Relation.create(database=database, schema=schema) -%}
        {%- set present = [] -%}
        {%- for row in list_relations_without_caching(place).rows -%}
            {%- do present.append(api.Relation.create(
                database=row[0], identifier=row[1], schema=row[2], type=row[3]
            )) -%}
        {%- endfor -%}
        {%- set known = adapter.list_relations(database, schema) -%}
        {%- for relation in known if relation not in present -%}
            {%- do adapter.cache_dropped(relation) -%}
        {%- endfor -%}
        {%- for relation in present if relation not in known -%}
            {%- do adapter.cache_added(relation) -%}
        {%- endfor -%}
    {%- endfor -%}
{% endmacro %}
