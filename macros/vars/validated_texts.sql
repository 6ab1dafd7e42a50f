{% macro validated_texts(name, value, maximum_length, raise_error) %}
    {#- what has a length and places, but is neither text nor bytes nor a mapping, is a list -#}
    {%- set is_list = value is sequence and value is not string and value is not mapping
        and value.decode is not defined -%}
    {%- set texts = value | list if is_list else [value] -%}
    {%- set problem = namespace(text=none) -%}
    {%- if texts | length > 100 -%}
        {%- set problem.text = 'a list of ' ~ texts | length ~ '. Give at most 100' -%}
    {%- elif not texts -%}
        {%- set problem.text = 'an empty list. Leave the var out if nothing is to be filtered' -%}
    {%- endif -%}
    {%- for text in texts if problem.text is none -%}
        {%- set place = ' in place ' ~ loop.index ~ ' of the list' if is_list else '' -%}
        {%- if text is not string -%}
            {%- set problem.text = described_value(text) ~ place
                ~ '. YAML reads ON and NO as truth values, 501, 0123 and 12:30 as numbers, '
                ~ '2022-01-31 as a date: put each text in quotes, and lists not into lists' -%}
        {%- elif not text.strip() -%}
            {%- set problem.text = 'blank text' ~ place
                ~ '. Leave the var out if nothing is to be looked for' -%}
        {%- elif text | length > maximum_length -%}
            {%- set problem.text = 'a text of ' ~ text | length ~ ' characters' ~ place
                ~ '. Give at most ' ~ maximum_length -%}
        {%- elif modules.re.search('[\\x00\\ud800-\\udfff]', text) -%}
            {%- set problem.text = described_value(text) ~ place
                ~ ', with a character that no database holds. Take it out' -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if problem.text is none -%}
        {{ return(texts) }}
    {%- endif -%}
    {{ return(raise_error(
        "The var '" ~ name ~ "' must be " ~ described_rule({'kind': 'texts'}) ~ "; found "
        ~ problem.text ~ ". For example: --vars '{" ~ name ~ ': "501"' ~ "}' or --vars '{" ~ name
        ~ ': ["501", "two words"]' ~ "}'"
    )) }}
{% endmacro %}
