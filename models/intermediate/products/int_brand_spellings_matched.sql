with

catalog_products as (

    select brand from {{ ref('stg_catalog__products') }}

),

brand_names as (

    select * from {{ ref('brand_names') }}

),

spellings as (

    select distinct {{ spelling_key('brand') }} as brand_spelling
    from catalog_products
    where {{ spelling_key('brand') }} is not null

),

-- what is compared: unknown spellings with known ones, each with its letters in order
candidates as (

    select
        spellings.brand_spelling as spelling,
        cast(null as text) as brand
    from spellings
    left join brand_names
        on spellings.brand_spelling = brand_names.brand_variant
    where brand_names.brand is null

    union all

    select
        brand_variant as spelling,
        brand
    from brand_names

),

lettered as (

    select
        candidates.spelling,
        candidates.brand,
        string_agg(letters.letter, '' order by letters.letter) as sorted_letters
    from candidates
    cross join lateral regexp_split_to_table(candidates.spelling, '') as letters (letter)
    where length(candidates.spelling) >= 3
    group by candidates.spelling, candidates.brand

),

-- each longer spelling, whole and with each of its letters left out
shortened as (

    select
        candidates.spelling,
        candidates.brand,
        left(candidates.spelling, places.place - 1) || substr(candidates.spelling, places.place + 1)
            as shortened_spelling
    from candidates
    cross join lateral generate_series(1, length(candidates.spelling) + 1) as places (place)
    where length(candidates.spelling) >= 5

),

near_misses as (

    select
        unknown_spellings.spelling,
        known_spellings.brand
    from lettered as unknown_spellings
    inner join lettered as known_spellings
        on
            unknown_spellings.sorted_letters = known_spellings.sorted_letters
            and left(unknown_spellings.spelling, 1) = left(known_spellings.spelling, 1)
    where unknown_spellings.brand is null and known_spellings.brand is not null

    union all

    select
        unknown_spellings.spelling,
        known_spellings.brand
    from shortened as unknown_spellings
    inner join shortened as known_spellings
        on unknown_spellings.shortened_spelling = known_spellings.shortened_spelling
    where unknown_spellings.brand is null and known_spellings.brand is not null

),

final as (

    select
        brand_variant as brand_spelling,
        brand,
        false as is_near_miss
    from brand_names

    union all

    select
        spelling as brand_spelling,
        min(brand) as brand,
        true as is_near_miss
    from near_misses
    group by spelling
    -- what could be two brands is neither
    having count(distinct brand) = 1

)

select * from final
