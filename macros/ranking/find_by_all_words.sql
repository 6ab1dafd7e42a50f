{% macro find_by_all_words(index) -%}
    {%- set enough = 10 %}
    matched_keys := null;
    others_score := null;
    if candidate_limit is not null and not alternative.has_phrase then
        {{ measured_search_words(index) }}
        into word_count, expected_count, rarest_word, rarest_count, is_simple;
        is_simple := is_simple and word_count = alternative.unit_count
            and not alternative.has_exclusion;
        -- the list of one word tells the best of very many sooner than all are looked up
        depth := 500;
        while is_simple and not is_done and depth * 20 < expected_count loop
            {{ best_with_rarest_word(index) }}
        end loop;
    end if;

    if not is_done then
        matched_keys := array(
            {{ listings_with_all_words(index) }}
        );
    end if;
    if
        request.search_mode = 'auto' and alternative.unit_count > 1
        and coalesce(cardinality(coalesce(matched_keys, best_keys)), 0)
        < least({{ enough }}, request.result_limit)
    then
        -- any of them will do
        is_done := false;
    else
        -- of many the list tells the best sooner than each is scored, if it is not much longer
        depth := greatest(500, 500 * rarest_count / greatest(cardinality(matched_keys), 1));
        while
            is_simple and not is_done
            and cardinality(matched_keys) > greatest(rarest_count / 8, 2000)
        loop
            {{ best_with_rarest_word(index) }}
        end loop;
        if is_done then
            listing_keys := listing_keys || best_keys;
            scores := scores || best_scores;
            are_relaxed := are_relaxed || array_fill(false, array[cardinality(best_keys)]);
        elsif is_simple then
            {{ keep_found_listings(score_by_terms('request.matched_keys', index)) }};
        else
            {{ keep_found_listings(found_by_all_words(index)) }};
        end if;
        is_done := true;
    end if;
{%- endmacro %}
