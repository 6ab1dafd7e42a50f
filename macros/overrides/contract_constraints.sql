{% macro contract_constraints() %}
    {%- set constraints = [] -%}
    {%- for column in model.columns.values() -%}
        {%- set name = adapter.quote(column.name) if column.quote else column.name -%}
        {%- for constraint in column.constraints -%}
            {%- if constraint.type == 'not_null' -%}
                {%- do constraints.append('alter column ' ~ name ~ ' set not null') -%}
            {%- elif constraint.type == 'primary_key' -%}
                {%- do constraints.append('add primary key (' ~ distributed_key([name]) | join(', ') ~ ')') -%}
            {%- else -%}
                {%- do exceptions.raise_compiler_error(
                    'A column has the constraint ' ~ constraint.type ~ ', which '
                    ~ 'macros/overrides/contract_constraints.sql does not know. '
                    ~ 'Move it to the constraints of the model, or teach it to the macro.'
                ) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- for constraint in adapter.render_raw_model_constraints(model.constraints) -%}
        {%- do constraints.append('add ' ~ constraint) -%}
    {%- endfor -%}
    {{ return(constraints) }}
{% endmacro %}
