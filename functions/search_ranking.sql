{%- set index = search_index() -%}
#variable_conflict use_column
<<request>>
declare
    -- what was asked for
    terms text := nullif(trim(search_ranking.search_terms), '');
    {%- for name, type in search_argument_types().items() if name not in ('search_terms', 'fold') %}
    {{ name }} {{ type }} := {{ "nullif(search_ranking." ~ name ~ ", '{}')" if type == 'text[]'
        else 'search_ranking.' ~ name }};
    {%- endfor %}
    is_folded boolean := search_ranking.fold;
    has_filters boolean := num_nonnulls({{ search_filters() | join(', ') }}) > 0;
    -- listings beside the best of their items, and how many to look for: in another order than by
    -- relevance all that is found is sorted
    folded_count bigint := 0;
    candidate_limit bigint;
    -- what stands between or, with its words
    alternatives refcursor;
    alternative record;
    nearest record;
    is_checked boolean;
    strict_query tsquery;
    loose_query tsquery;
    -- the quickest way to the best of the listings that have all words
    word_count bigint;
    expected_count double precision;
    rarest_word bigint;
    others_score bigint;
    rarest_count double precision;
    is_simple boolean;
    depth bigint;
    cut_score bigint;
    last_score bigint;
    matched_keys bigint[];
    is_done boolean;
    best_keys bigint[];
    best_scores bigint[];
    -- what is found, and what else of an item counts as found
    listing_keys bigint[] := '{}';
    scores bigint[] := '{}';
    are_relaxed boolean[] := '{}';
    forms text[] := '{}';
    strict_queries tsquery[] := '{}';
    loose_queries tsquery[] := '{}';
    loose_numbers integer[] := '{}';
    loose_terms text[] := '{}';
begin
    if has_filters then
        {{ compare_search_filters() }};
    end if;
    if request.sort_by is not null and is_folded then
        folded_count := {{ search_listings_to_fold('request.result_limit', index) }};
    end if;
    if request.sort_by = 'relevance' then
        candidate_limit := request.result_limit + folded_count;
    end if;

    if terms is null then
        {{ keep_found_listings(found_by_filters(index)) }};
    elsif length(terms) < 1000 and terms !~* '["“”„«»-]|\mor\M' then
        open alternatives for
        {{ search_alternatives(plain_search_words('request.terms'), index) }};
    else
        open alternatives for
        {{ search_alternatives(parse_search_terms('request.terms'), index) }};
    end if;
    while terms is not null loop
        fetch alternatives into alternative;
        exit when not found;
        {{ correct_search_words(index) }}
        is_checked := has_filters or alternative.has_exclusion;
        is_done := false;
        is_simple := false;
        if
            alternative.unit_count = 1 and not alternative.has_phrase
            and request.search_mode <> 'broad' and not is_checked and folded_count = 0
        then
            strict_query := null;
        else
            {{ search_queries() }} into strict_query, loose_query;
        end if;

        if alternative.unit_count = 0 then
            {{ keep_found_listings(found_by_filters(index)) }};
            is_done := true;
        elsif request.search_mode = 'broad' then
            null;
        elsif alternative.unit_count = 1 and not alternative.has_phrase then
            {{ keep_found_listings(found_by_one_word(index)) }};
            is_done := true;
        elsif request.search_mode <> 'any' or alternative.unit_count = 1 then
            {{ find_by_all_words(index) }}
        end if;

        if is_done then
            strict_queries := strict_queries || strict_query;
        else
            {{ find_by_any_word(index) }}
        end if;
        if alternative.has_exclusion then
            alternative.forms := array(
                select words.forms
                from unnest(alternative.forms, alternative.are_excluded) as words (forms, is_excluded)
                where not words.is_excluded
            );
        end if;
        forms := forms || string_to_array(array_to_string(alternative.forms, ' '), ' ');
    end loop;

    {{ return_search_ranking(index) }}
end
