{% macro nearest_name(name, known_names) %}
    {#- likeness is the share of letter pairs in common, which typing errors hardly change -#}
    {%- set typed = ' ' ~ (name | string | lower)[:60] ~ ' ' -%}
    {%- set best = namespace(name=none, likeness=-1) -%}
    {%- for known_name in known_names | sort -%}
        {%- set known = ' ' ~ known_name | lower ~ ' ' -%}
        {%- set shared = namespace(pairs=0) -%}
        {%- for position in range(typed | length - 1) if typed[position:position + 2] in known -%}
            {%- set shared.pairs = shared.pairs + 1 -%}
        {%- endfor -%}
        {%- set likeness = 2 * shared.pairs / (typed | length + known | length - 2) -%}
        {%- if likeness > best.likeness -%}
            {%- set best.name = known_name -%}
            {%- set best.likeness = likeness -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(best.name) }}
{% endmacro %}
