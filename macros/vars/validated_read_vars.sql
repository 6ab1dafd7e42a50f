{% macro validated_read_vars(given_names, read_names, readers, raise_error) %}
    {%- for name in given_names -%}
        {#- a whole family is read as search_* -#}
        {%- if name not in read_names and name.split('_')[0] ~ '_*' not in read_names -%}
            {{ return(raise_error(
                readers ~ " does not read the var '" ~ printable_text(name | string) ~ "'."
                ~ (" Did you mean '" ~ nearest_name(name, read_names) ~ "'?"
                if read_names and name not in var_rules() else '')
                ~ ' It reads: ' ~ read_names | join(', ') | default('no vars', true) ~ '.'
            )) }}
        {%- endif -%}
    {%- endfor -%}
    {{ return(given_names | list) }}
{% endmacro %}
