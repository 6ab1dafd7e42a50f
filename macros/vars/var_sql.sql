{% macro var_sql(name) %}
    {#- by `meta.vars` the report gets its function, and a run is warned of other vars -#}
    {%- if execute and model.resource_type == 'model'
        and name not in config.get('meta', {}).get('vars', []) -%}
        {{ exceptions.raise_compiler_error(
            "The model '" ~ model.name ~ "' reads the var '" ~ name ~ "' in its SQL, and its"
            ~ " `meta: {vars: […]}` does not name it. Add it there."
        ) }}
    {%- endif -%}
    {{ return(sql_cast(checked_var(name), var_type(var_rules()[name]))) }}
{% endmacro %}
