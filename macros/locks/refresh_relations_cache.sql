{% macro refresh_relations_cache() %}
    {%- set schemas = [] -%}
    {%- set found = {} -%}
    {%- for name in selected_resources if name in graph.nodes and graph.nodes[name].schema -%}
        {%- set node = graph.nodes[name] -%}
        {%- if node.schema not in schemas -%}
            {%- do schemas.append(node.schema) -%}
            {%- set place = api.Relation.create(database=node.database, schema=node.schema) -%}
            {%- for row in list_relations_without_caching(place) -%}
                {%- do found.update({(row.schema, row.name): row.type}) -%}
            {%- endfor -%}
        {%- endif -%}
        {%- set known = adapter.get_relation(node.database, node.schema, node.alias) -%}
        {%- if known and found.get((node.schema, node.alias)) != known.type -%}
            {%- do adapter.cache_dropped(known) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- for place, type in found.items() -%}
        {%- if not adapter.get_relation(target.database, place[0], place[1]) -%}
            {%- do adapter.cache_added(api.Relation.create(
                database=target.database, schema=place[0], identifier=place[1], type=type
            )) -%}
        {%- endif -%}
    {%- endfor -%}
{% endmacro %}
