-- One JSON array of nested orders, one order a line, some 500 bytes each; :rows is replaced.
select case n when 1 then '[' else ',' end || json_build_object(
    'order', json_build_object(
        'id', n,
        'placed_at', timestamptz '2015-01-02 08:00Z' + n % 3000000 * interval '110 seconds',
        'status', (array['paid', 'refunded', 'cancelled'])[n % 3 + 1],
        'payment', json_build_object(
            'currency', 'EUR', 'unit_price', round((n * 7919 % 19900 + 100) / 100.0, 2)),
        'buyer', json_build_object(
            'name', 'Customer "' || n % 90001 || '"',
            'contact', json_build_object(
                'email', 'customer.' || n % 90001 || '@example.com', 'phone', null))),
    'tickets', json_build_array(
        json_build_object('ticket_id', n * 2, 'type', 'early bird', 'price', 9.5,
            'attendee', json_build_object('name', 'First of ' || n, 'checked_in_at', null)),
        json_build_object('ticket_id', n * 2 + 1, 'type', 'regular', 'price', 12,
            'attendee', json_build_object('name', 'Second of ' || n, 'checked_in_at', null)))
) || case n when :rows then ']' else '' end
from generate_series(cast(1 as bigint), :rows) as n
