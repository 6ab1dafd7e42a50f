-- What keeps every version of a row of a live table; see replication/changes.py.

create or replace function raw_ingest.row_key(version jsonb, names text[]) returns jsonb
language sql immutable strict
return (
    select jsonb_agg(version -> name order by place)
    from unnest(names) with ordinality as names (name, place)
);
create or replace function raw_ingest.record_change() returns trigger
language plpgsql as $$
-- arguments: the source, the table, and the columns of its key
declare
    metadata constant text[] := '{_load_id,_loaded_at,_source_file,_extracted_at}';
    before constant jsonb := to_jsonb(old) - metadata;
    after constant jsonb := to_jsonb(new) - metadata;
    key_before constant jsonb := raw_ingest.row_key(before, tg_argv[2:]);
    key_after constant jsonb := raw_ingest.row_key(after, tg_argv[2:]);
begin
    if tg_op = 'TRUNCATE' then
        insert into raw_ingest.changes (source_name, table_name, operation)
        values (tg_argv[0], tg_argv[1], 'truncate');
        return null;
    end if;
    -- a row whose key changes is another row from then on
    if tg_op = 'DELETE' or key_before <> key_after then
        insert into raw_ingest.changes (source_name, table_name, operation, row_key, payload)
        values (tg_argv[0], tg_argv[1], 'delete', key_before, before);
    end if;
    if tg_op = 'DELETE' then
        return old;
    end if;
    insert into raw_ingest.changes (source_name, table_name, operation, row_key, payload)
    values (
        tg_argv[0], tg_argv[1],
        case when key_before = key_after then 'update' else 'insert' end, key_after, after
    );
    new._loaded_at := now();
    new._extracted_at := now();
    return new;
end
$$;
