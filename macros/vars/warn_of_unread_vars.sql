{% macro warn_of_unread_vars() %}
    {%- set rules, given, read = var_rules(), [], [] -%}
    {%- for name in invocation_args_dict.get('vars') or {}
        if name in rules and not rules[name].of_every_run -%}
        {%- do given.append(name) -%}
    {%- endfor -%}
    {%- if execute and given -%}
        {%- for id in selected_resources if id in graph.nodes -%}
            {%- do read.extend(graph.nodes[id].config.meta.get('vars', [])) -%}
        {%- endfor -%}
        {%- for name in given -%}
            {%- do validated_read_vars(
                [name], read | unique | list, 'What is selected', exceptions.warn
            ) -%}
        {%- endfor -%}
    {%- endif -%}
{% endmacro %}
