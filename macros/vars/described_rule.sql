{% macro described_rule(rule) %}
    {%- set bounds = (var_bounds(rule) or []) | join(' to ') -%}
    {{ return({
        'day': 'a day of the calendar',
        'count': 'a whole number from ' ~ bounds,
        'amount': 'an amount from ' ~ bounds,
        'choice': 'one of: ' ~ rule.choices | default([]) | join(', '),
        'texts': 'text, or a list of texts',
        'switch': 'true or false',
        'name': 'a name of 1 to 31 small letters, digits and single underscores, beginning with a'
            ~ ' letter',
    }[rule.kind]) }}
{% endmacro %}
