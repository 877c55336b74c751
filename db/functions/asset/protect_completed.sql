create or replace function asset.protect_completed()
  returns trigger
  language plpgsql
  volatile
as $$
begin
  raise exception 'materialization % is completed', old.materialization_id
    using errcode = 'RK021', hint = 'What it says is history: materialize the instance again.';
end;
$$;
comment on function asset.protect_completed() is 'A materialization is immutable once completed (A7). RK021.';

create or replace trigger completed_is_final
  before update or delete on asset.materializations
  for each row when (old.completed_at is not null)
  execute function asset.protect_completed();
comment on trigger completed_is_final on asset.materializations is 'A7.';
