create or replace function asset.first_success(p_instance_id bigint)
  returns bigint
  language plpgsql
  stable
as $$
begin
  return (
    select materialization_id from asset.materializations where instance_id = p_instance_id and status = 'success' order by materialization_id limit 1);
end;
$$;
comment on function asset.first_success(bigint) is 'The materialization with which an instance began: its enters are no news. Null before it.';
