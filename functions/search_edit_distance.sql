declare
    above integer[];
    here integer[];
    further_above integer[];
    typed_sign text;
    known_sign text;
    cost integer;
    best integer;
begin
    -- row by row of the table of distances between beginnings of the words
    here := array(select generate_series(0, length(known)));
    for typed_place in 1..length(typed) loop
        further_above := above;
        above := here;
        here := array[typed_place];
        typed_sign := substr(typed, typed_place, 1);
        for known_place in 1..length(known) loop
            known_sign := substr(known, known_place, 1);
            cost := case when typed_sign = known_sign then 0 else 1 end;
            best := least(
                above[known_place + 1] + 1,
                here[known_place] + 1,
                above[known_place] + cost
            );
            if
                typed_place > 1 and known_place > 1
                and typed_sign = substr(known, known_place - 1, 1)
                and known_sign = substr(typed, typed_place - 1, 1)
            then
                best := least(best, further_above[known_place - 1] + 1);
            end if;
            here := here || best;
        end loop;
    end loop;
    return here[length(known) + 1];
end
