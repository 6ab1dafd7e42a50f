{% macro report_function() %}
    {%- if not this.identifier.startswith('rpt_') -%}
        {{ exceptions.raise_compiler_error(
            "The model '" ~ this.identifier ~ "' names vars in `meta.vars`, but is not called rpt_…,"
            ~ " from which the name of its function is made. Rename it, or take `vars` away."
        ) }}
    {%- endif -%}
    {{ return(this.incorporate(path={'identifier': this.identifier[4:]})) }}
{% endmacro %}
