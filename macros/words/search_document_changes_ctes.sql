{% macro search_document_changes_ctes() -%}
    {% if is_incremental() %}
    held_counts as (

        select * from {{ this }}

    ),

    counted_before as (

        select coalesce(max(counted_at), {{ beginning_of_time() }}) as counted_at
        from held_counts

    ),

    {% endif %}
    -- a document that came or went since the last count moves the counts of its words
    changes as (

        select
            documents.*,
            1 as difference,
            documents.indexed_at as changed_at
        from documents
        {% if is_incremental() %}
        cross join counted_before
        where documents.indexed_at > counted_before.counted_at
        {% endif %}

        union all

        select
            documents.*,
            -1 as difference,
            documents.retired_at as changed_at
        from documents
        {% if is_incremental() %}
        cross join counted_before
        {% endif %}
        where
            documents.retired_at < {{ end_of_time() }}
            {% if is_incremental() %}
            and documents.retired_at > counted_before.counted_at
            {% endif %}

    )
{%- endmacro %}
