{% macro patiently(statements, relation, auto_begin=true) %}
    {%- set timeout, patience = checked_var('lock_timeout'), checked_var('lock_patience') -%}
    {%- set state = namespace(outcome='locked') -%}
    {%- for attempt in range(patience // (2 * timeout) + 1) if state.outcome == 'locked' -%}
        {%- call statement('patiently', fetch_result=true, auto_begin=auto_begin) -%}
            {%- if attempt %}
            -- as long as the wait before, so that others get their turn
            select pg_sleep({{ timeout }});
            {%- endif %}
            do $patiently$
            declare
                usual_timeout text := current_setting('lock_timeout');
            begin
                perform set_config('lock_timeout', '{{ timeout }}s', true);
                {%- for one in ([statements] if statements is string else statements) %}
                execute {{ sql_text(one) }};
                {%- endfor %}
                perform set_config('lock_timeout', usual_timeout, true);
                perform set_config('thinkthrift.outcome', 'done', false);
            exception
                when lock_not_available or deadlock_detected then
                    perform set_config('thinkthrift.outcome', 'locked', false);
                when invalid_table_definition then
                    perform set_config('thinkthrift.outcome', 'other columns', false);
            end
            $patiently$;
            select
                current_setting('thinkthrift.outcome') as outcome,
                case current_setting('thinkthrift.outcome')
                    when 'locked' then ({{ lock_holders(relation) }})
                end as holders
        {%- endcall -%}
        {%- set outcome, holders = load_result('patiently')['data'][0] -%}
        {%- set state.outcome = outcome -%}
        {%- if outcome == 'locked' -%}
            {%- set held = relation.include(database=false).render() ~ ' is held by '
                ~ (holders or 'a session that has ended since') -%}
            {%- if not attempt -%}
                {%- do log('Waiting up to ' ~ patience ~ ' s: ' ~ held, info=true) -%}
            {%- endif -%}
            {%- set state.held = held -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if state.outcome == 'locked' -%}
        {%- do exceptions.raise_database_error(
            'Could not get the lock within ' ~ patience ~ ' s: ' ~ state.held
            ~ '\nClose that transaction, or end its session with pg_terminate_backend(<pid>); then'
            ~ ' run `dbt retry`. The var lock_patience says how long dbt waits.'
        ) -%}
    {%- endif -%}
    {{ return(state.outcome == 'done') }}
{% endmacro %}
