"""Changes at the shop, thousands of them, and what the shop itself knows of each."""

import contextlib
import threading

import psycopg
from shop_server import ShopServer

# every version is written down by the shop, too, with the transaction that made it
SCHEMA = """
    create table orders (
        order_id bigint primary key, status text, amount numeric, placed_at timestamptz,
        description text, secret text
    );
    create table stock (sku text, branch integer, quantity integer, primary key (sku, branch));
    create table beats (beat_id bigint primary key);
    -- wide values are kept apart from the row, and are not sent when they stay the same
    alter table orders alter column description set storage external;
    create table written (
        change_id bigint generated always as identity, table_name text, operation text,
        row_key jsonb, payload jsonb, transaction_id xid default pg_current_xact_id()::xid
    );
    create function write_down() returns trigger language plpgsql as $$
    begin
        -- another key is another row
        if tg_op = 'DELETE' or tg_op = 'UPDATE' and to_jsonb(old) ->> tg_argv[0]
            <> to_jsonb(new) ->> tg_argv[0]
        then
            insert into written (table_name, operation, row_key, payload)
            select
                tg_table_name, 'delete', jsonb_agg(to_jsonb(old) -> name), to_jsonb(old) - 'secret'
            from unnest(tg_argv) as name;
        end if;
        if tg_op <> 'DELETE' then
            insert into written (table_name, operation, row_key, payload)
            select
                tg_table_name,
                case
                    when tg_op = 'UPDATE'
                        and to_jsonb(old) ->> tg_argv[0] = to_jsonb(new) ->> tg_argv[0]
                        then 'update'
                    else 'insert'
                end,
                jsonb_agg(to_jsonb(new) -> name), to_jsonb(new) - 'secret'
            from unnest(tg_argv) as name;
        end if;
        return null;
    end $$;
    create trigger down after insert or update or delete on orders
        for each row execute function write_down('order_id');
    create trigger down after insert or update or delete on stock
        for each row execute function write_down('sku', 'branch');
    create procedure work(worker integer, changes integer) language plpgsql as $$
    declare
        number bigint; dice float; many integer;
    begin
        perform setseed(worker / 100.0);
        while changes > 0 loop
            many := 1 + floor(random() * 20);
            for step in 1..many loop
                -- the workers share the stock and have orders of their own
                dice := random();
                number := worker * 1000000 + floor(random() * 3000);
                if dice < 0.35 then
                    insert into orders values (
                        number, 'placed', round((random() * 1000)::numeric, 3),
                        clock_timestamp(),
                        case when dice < 0.02 then repeat(md5(random()::text), 300) end, 'x'
                    ) on conflict (order_id) do update
                        set amount = excluded.amount, status = 'changed';
                elsif dice < 0.7 then
                    update orders set status = md5(random()::text) where order_id = number;
                elsif dice < 0.8 then
                    delete from orders where order_id = number;
                elsif dice < 0.82 then
                    -- another key
                    update orders set order_id = order_id + 500000 where order_id = number
                        and not exists (select from orders as o where o.order_id = number + 500000);
                else
                    insert into stock values ('SKU-' || number % 1000000, worker, 1)
                    on conflict (sku, branch) do update set quantity = stock.quantity + 1;
                end if;
            end loop;
            if random() < 0.03 then rollback; else commit; end if;
            changes := changes - many;
        end loop;
    end $$;
"""


def work(shop: ShopServer, dbname: str, changes: int, workers: int = 3) -> list[threading.Thread]:
    """Start sessions that together try so many changes at once; those of a crash are lost."""

    def one(number: int) -> None:
        with contextlib.suppress(psycopg.OperationalError), shop.connect(dbname) as connection:
            connection.execute("set synchronous_commit to off")
            connection.execute("call work(%s, %s)", [number, changes // workers])

    threads = [threading.Thread(target=one, args=(number,)) for number in range(1, workers + 1)]
    for thread in threads:
        thread.start()
    return threads
