with

final as (

    select
        channel,
        channel_name,
        is_online
    from (
        values
        ('marketplace', 'Peer-to-peer marketplace', true),
        ('shop', 'Online shop', true),
        ('store', 'Branch stores', false)
    ) as channels (channel, channel_name, is_online)

)

select * from final
