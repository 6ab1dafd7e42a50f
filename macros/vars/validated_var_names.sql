{% macro validated_var_names(given_names, known_names, raise_error) %}
    {%- for name in given_names -%}
        {#- a name with a colon belongs to a package, which checks its own -#}
        {%- if name not in known_names and ':' not in name | string -%}
            {{ return(raise_error(
                "There is no var '" ~ printable_text(name | string) ~ "'. Did you mean '"
                ~ nearest_name(name, known_names) ~ "'? The vars of this project are: " ~ known_names | sort | join(', ') ~ "."
            )) }}
        {%- endif -%}
    {%- endfor -%}
    {{ return(given_names | list) }}
{% endmacro %}
