{% macro source_said_at(node) -%}
    {#- the rows alone do not tell: those of an export that are as they were keep their time -#}
    {%- set read = [] -%}
    {%- for name in node.depends_on.nodes if name in graph.nodes -%}
        {%- for source_ in graph.nodes[name].depends_on.nodes if source_ in graph.sources -%}
            {%- do read.append(graph.sources[source_]) -%}
        {%- endfor -%}
    {%- endfor -%}
    (
        select greatest(
            max(source_now.{{ node.config.updated_at }}){% for table in read %},
            case when count(*) > 0 then (
                select max(loads.extracted_at)
                from {{ graph.sources['source.' ~ project_name ~ '.ingest.loads'].relation_name }}
                    as loads
                where
                    loads.source_name = '{{ table.source_name }}'
                    and loads.table_name = '{{ table.name }}'
                    and loads.status = 'loaded'
                group by loads.started_at
                order by loads.started_at desc
                limit 1
            ) end
            {%- endfor %}
        )
        from ({{ node.compiled_code }}) as source_now
    )
{%- endmacro %}
