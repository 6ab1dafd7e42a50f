with

products as (

    select title from {{ ref('int_products_versioned') }}
    where is_current

),

brand_names as (

    select * from {{ ref('brand_names') }}

),

size_names as (

    select * from {{ ref('size_names') }}

),

colour_names as (

    select * from {{ ref('colour_names') }}

),

-- first what differs, as spelling it takes longer
different_titles as (

    select distinct title from products
    where title is not null

),

titles as (

    select
        title,
        {{ spelling_key('title') }} as title_spelling
    from different_titles

),

words as (

    select
        titles.title,
        titles.title_spelling,
        split.word,
        split.place
    from titles
    cross join
        unnest(string_to_array(titles.title_spelling, ' ')) with ordinality as split (word, place)

),

-- a brand of several words wins over one of its words; joined by its first word, for speed
brands_found as (

    select distinct on (words.title)
        words.title,
        brand_names.brand
    from words
    inner join brand_names
        on
            words.word = split_part(brand_names.brand_variant, ' ', 1)
            and position(
                ' ' || brand_names.brand_variant || ' ' in ' ' || words.title_spelling || ' '
            ) > 0
    order by
        words.title asc, length(brand_names.brand_variant) desc, brand_names.brand_variant asc

),

colours_found as (

    select distinct on (words.title)
        words.title,
        colour_names.colour
    from words
    inner join colour_names
        on words.word = colour_names.colour_variant
    order by words.title, words.place

),

final as (

    select
        titles.title,
        titles.title_spelling,
        brands_found.brand,
        size_names.size,
        colours_found.colour
    from titles
    left join brands_found
        on titles.title = brands_found.title
    left join colours_found
        on titles.title = colours_found.title
    left join size_names
        on substring(titles.title_spelling from '[^ ]+$') = size_names.size_variant

)

select * from final
