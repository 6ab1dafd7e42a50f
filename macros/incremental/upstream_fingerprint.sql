{% macro upstream_fingerprint(model_name) %}
    {%- set checksums, seen = [], [] -%}
    {%- set left = graph.nodes.values() | selectattr('name', 'equalto', model_name)
        | map(attribute='unique_id') | list -%}
    {%- for unused in range(100000) if left -%}
        {%- set node_id = left.pop() -%}
        {%- set node = graph.nodes.get(node_id) -%}
        {%- if node and node_id not in seen -%}
            {%- do seen.append(node_id) -%}
            {%- do checksums.append(node.checksum.checksum) -%}
            {%- do left.extend(node.depends_on.get('nodes', [])) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(local_md5(checksums | sort | join)) }}
{% endmacro %}
