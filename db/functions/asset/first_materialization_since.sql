create or replace function asset.first_materialization_since(p_at timestamptz)
  returns bigint
  language plpgsql
  stable
as $$
declare
  v_low bigint := 1;
  v_high bigint := coalesce((select max(materialization_id) from asset.materializations), 0) + 1;
  v_middle bigint;
begin
  -- No index is in the order of time, and none need be: ids rise with it.
  while v_low < v_high loop
    v_middle := (v_low + v_high) / 2;
    if (select started_at from asset.materializations where materialization_id >= v_middle order by materialization_id limit 1) < p_at then
      v_low := v_middle + 1;
    else
      v_high := v_middle;
    end if;
  end loop;
  return v_low;
end;
$$;
comment on function asset.first_materialization_since(timestamptz) is
  'An id so that every materialization before it was started before a time: the first since then, or one more than the last. Found by halving, so in a few probes.';
