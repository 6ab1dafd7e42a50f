{% macro create_report_function() -%}
    {%- set names = config.get('meta', {}).get('vars', []) if execute else [] -%}
    {%- set given = invocation_args_dict.get('vars') or {} -%}
    {#- the defaults are the project's, not those of somebody's run -#}
    {%- if names and not names | select('in', given) | list -%}
        {%- set function = report_function() -%}
        {%- set rules, arguments, columns = var_rules(), [], [] -%}
        {%- for name in names -%}
            {%- set data_type = var_type(rules[name]) -%}
            {%- do arguments.append(name ~ ' ' ~ data_type ~ ' default ' ~ var_sql(name)) -%}
        {%- endfor -%}
        {%- for column in model.columns.values() -%}
            {%- do columns.append(column.name ~ ' ' ~ column.data_type) -%}
        {%- endfor -%}
        {%- if is_cluster() %}
        -- workers have read at once in this transaction, so that they cannot be sent a function
        set local citus.create_object_propagation to deferred;
        {%- endif %}
        {#- its columns may have changed -#}
        drop function if exists {{ function }};
        create function {{ function }} ({{ arguments | join(', ') }})
        returns table ({{ columns | join(', ') }})
        language plpgsql stable parallel safe set plan_cache_mode to force_custom_plan
        as $function$
        #variable_conflict use_column
        begin
        {%- for name in names %}
            {{ argument_check(name, rules[name]) }}
        {%- endfor %}
            return query select * from (
                {{ render(model.raw_code | replace('var_sql(', 'argument_sql(')) }}
            ) as report
            order by {{ config.get('meta').order | join(', ') }};
        end
        $function$;
        comment on function {{ function }} is '{{ model.description | trim | replace("'", "''") }}'
    {%- endif -%}
{%- endmacro %}
